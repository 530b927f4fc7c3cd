<?php

declare(strict_types=1);

namespace Samebyte\Http;

/** A response that was verified. */
final class VerifiedResponse
{
    /** Whether it is signed: where no signature is required, it need not be. */
    public readonly bool $signed;

    /** Whether it answers this very request; if not, it is an error that was found before the request was read. */
    public readonly bool $bound;

    /** The key that signed it. */
    public readonly ?string $kid;

    /** @internal */
    public function __construct(
        /** What was verified: the canonical body, where it is JSON. */
        public readonly string $body,
        /** What is known of it, as canonical JSON. */
        public readonly string $report,
    ) {
        $members = json_decode($report, true, 8, JSON_THROW_ON_ERROR);
        $this->signed = $members['signed'];
        $this->bound = $members['bound'];
        $this->kid = $members['kid'] ?? null;
    }
}
