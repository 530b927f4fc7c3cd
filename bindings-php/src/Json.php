<?php

declare(strict_types=1);

namespace Samebyte;

use Samebyte\Exception\SamebyteError;

/**
 * The JSON text of a native value, or an error: nothing is replaced, dropped or guessed.
 *
 * @internal
 */
final class Json
{
    /** How deep a value may be where the caller says nothing; it also ends a value that holds itself. */
    private const MAX_DEPTH = 128;

    private const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_THROW_ON_ERROR;

    /** @var list<int|string> the keys that lead to where the walk is */
    private array $path = [];

    private function __construct(private readonly int $maxDepth)
    {
    }

    /**
     * A string is JSON text already; everything else is a native value.
     *
     * @throws SamebyteError `unsupported_type`, `key_not_string`, `number_not_finite`, `invalid_utf8`, `too_deep`
     */
    public static function text(#[\SensitiveParameter] mixed $value, ?int $maxDepth = null): string
    {
        return is_string($value) ? $value : (new self($maxDepth ?? self::MAX_DEPTH))->value($value);
    }

    private function value(#[\SensitiveParameter] mixed $value): string
    {
        return match (true) {
            is_string($value) => $this->string($value),
            is_int($value) => (string) $value,
            is_float($value) => $this->double($value),
            is_array($value) => array_is_list($value) ? $this->list($value) : $this->members($value, true),
            $value instanceof \stdClass && $value::class === \stdClass::class => $this->members((array) $value, false),
            $value === null => 'null',
            is_bool($value) => $value ? 'true' : 'false',
            default => throw $this->refuse(
                Code::UnsupportedType,
                'a value of type ' . get_debug_type($value) . ' has no JSON text: give an array, a stdClass or JSON text',
            ),
        };
    }

    private function string(#[\SensitiveParameter] string $value): string
    {
        try {
            return json_encode($value, self::FLAGS);
        } catch (\JsonException) {
            throw $this->refuse(Code::InvalidUtf8, 'a string is not UTF-8');
        }
    }

    /** The shortest digits that mean this double, whatever the settings `precision` and `serialize_precision` are. */
    private function double(float $value): string
    {
        if (!is_finite($value)) {
            throw $this->refuse(Code::NumberNotFinite, 'a number is NaN or infinite');
        }
        return sprintf('%.*H', -1, $value);
    }

    /** @param list<mixed> $values */
    private function list(#[\SensitiveParameter] array $values): string
    {
        $this->enter();
        $parts = [];
        foreach ($values as $index => $value) {
            $this->path[] = $index;
            $parts[] = $this->value($value);
            array_pop($this->path);
        }
        return '[' . implode(',', $parts) . ']';
    }

    /**
     * An object. PHP turns the array key "5" into the integer 5, so that an array with integer keys which is no list may
     * be an object as well as a list that lost an element: it is refused. A stdClass leaves no doubt.
     *
     * @param array<mixed> $members
     */
    private function members(#[\SensitiveParameter] array $members, bool $fromArray): string
    {
        $this->enter();
        $parts = [];
        foreach ($members as $name => $value) {
            $this->path[] = $name;
            if ($fromArray && is_int($name)) {
                throw $this->refuse(
                    Code::KeyNotString,
                    'an array that is no list has an integer key: make it a list (array_values) or an object (stdClass)',
                );
            }
            $parts[] = $this->string((string) $name) . ':' . $this->value($value);
            array_pop($this->path);
        }
        return '{' . implode(',', $parts) . '}';
    }

    private function enter(): void
    {
        if (count($this->path) >= $this->maxDepth) {
            throw $this->refuse(Code::TooDeep, "arrays and objects are nested deeper than {$this->maxDepth} levels");
        }
    }

    private function refuse(Code $code, string $message): SamebyteError
    {
        $pointer = '';
        foreach ($this->path as $key) {
            // What is shown is text; a name that is none ends it.
            if (preg_match('//u', (string) $key) !== 1) {
                break;
            }
            $pointer .= '/' . str_replace(['~', '/'], ['~0', '~1'], (string) $key);
        }
        return SamebyteError::of($code, $message, ['pointer' => $pointer]);
    }
}
