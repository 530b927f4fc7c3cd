<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Something that the native library owns, freed when the last PHP object that holds it goes away.
 *
 * @internal
 */
final class Handle
{
    /** @param object $pointer what {@see Native} knows it by */
    public function __construct(public readonly object $pointer, private readonly string $free)
    {
    }

    public function __destruct()
    {
        Native::free($this->free, $this->pointer);
    }

    private function __clone()
    {
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return [];
    }
}
