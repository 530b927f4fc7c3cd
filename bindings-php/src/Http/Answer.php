<?php

declare(strict_types=1);

namespace Samebyte\Http;

/** A response: what a gateway sends. */
final class Answer
{
    /** @param array<string, string> $fields those to set, with names in lower case */
    private function __construct(
        public readonly int $status,
        public readonly array $fields,
        public readonly string $body,
    ) {
    }

    /**
     * @internal
     * @param array{int, string, string} $parts
     */
    public static function of(array $parts): self
    {
        return new self($parts[0], Fields::parse($parts[1]), $parts[2]);
    }
}
