<?php

declare(strict_types=1);

namespace Samebyte;

/** What a number in a JSON text means. */
enum Numbers: string
{
    /** RFC 8785 as written: a number is the nearest double. */
    case Ieee754 = 'ieee754';

    /** A number that is not the decimal value of its canonical text is refused with `number_not_exact`. */
    case Exact = 'exact';

    /**
     * What {@see native()} says of `Ieee754`.
     *
     * @internal
     */
    public const DEFAULT = 0;

    /**
     * The policy with this name, for example one from a configuration.
     *
     * @throws Exception\UsageError `invalid_argument`
     */
    public static function named(string $name): self
    {
        return self::tryFrom($name)
            ?? throw Exception\SamebyteError::of(Code::InvalidArgument, 'the number policy is `ieee754` or `exact`');
    }

    /**
     * The number that C knows it by: one of `sb_numbers`.
     *
     * @internal
     */
    public function native(): int
    {
        return match ($this) {
            self::Ieee754 => self::DEFAULT,
            self::Exact => 1,
        };
    }
}
