<?php

declare(strict_types=1);

namespace Samebyte\Http;

/**
 * The time.
 *
 * @internal
 */
final class Clock
{
    private function __construct()
    {
    }

    /** Unix milliseconds. */
    public static function now(): int
    {
        return (int) (microtime(true) * 1000);
    }
}
