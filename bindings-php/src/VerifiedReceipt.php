<?php

declare(strict_types=1);

namespace Samebyte;

/** A receipt of version 0.1 that was verified. Work with this, and not with what was received. */
final class VerifiedReceipt
{
    /**
     * @param string $canonical the receipt in canonical form
     * @param string $moduleHash SHA-256 of the module, as the receipt spells it
     * @param int $exitCode 0 to 2^32 − 1
     * @param int $wallTimeMs milliseconds
     * @param int $timestamp Unix seconds
     * @param string $nodePubkey the key that signed, 64 hex digits
     */
    private function __construct(
        public readonly string $canonical,
        public readonly string $moduleHash,
        public readonly int $exitCode,
        public readonly int $wallTimeMs,
        public readonly int $timestamp,
        public readonly string $nodePubkey,
    ) {
    }

    /** @internal */
    public static function of(string $canonical): self
    {
        $receipt = json_decode($canonical);
        return new self(
            $canonical,
            $receipt->module_hash,
            $receipt->exit_code,
            $receipt->wall_time_ms,
            $receipt->timestamp,
            $receipt->node_pubkey,
        );
    }
}
