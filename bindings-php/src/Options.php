<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * The options object of an operation.
 *
 * @internal
 */
final class Options
{
    private function __construct()
    {
    }

    /**
     * The JSON text of the options that are set: null is one that is not.
     *
     * @param array<string, mixed> $options
     * @param array<string, null> $null those that are set to null
     */
    public static function text(array $options, array $null = []): string
    {
        $set = array_filter($options, static fn (mixed $option): bool => $option !== null) + $null;
        return $set === [] ? '' : Json::text((object) $set);
    }
}
