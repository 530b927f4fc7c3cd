<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Receipts of version 0.1, signed with Ed25519.
 *
 * Receipts are JSON text or native values, as {@see Samebyte} says; signed ones are canonical JSON text.
 */
final class Receipt
{
    private function __construct()
    {
    }

    /**
     * Signs a receipt; `node_pubkey` and `signature` are filled in.
     *
     * @param string|array<string, mixed>|\stdClass $receipt
     * @throws Exception\MalformedError the codes of the reader; `receipt_malformed`
     * @throws Exception\RejectedError `key_mismatch`
     * @throws Exception\UsageError `algorithm_unsupported`, `unsupported_type`, `key_not_string`
     */
    public static function sign(string|array|\stdClass $receipt, SigningKey $key): string
    {
        return Native::bytes('sb_receipt_sign', Json::text($receipt), $key->handle());
    }

    /**
     * Verifies a receipt with the key that is expected; the one inside the receipt is never trusted.
     *
     * @param string|array<string, mixed>|\stdClass $receipt best the very bytes that were received
     * @throws Exception\MalformedError the codes of the reader; `receipt_malformed`
     * @throws Exception\RejectedError `key_mismatch`, `signature_invalid`
     * @throws Exception\UsageError `algorithm_unsupported`, `unsupported_type`, `key_not_string`
     */
    public static function verify(string|array|\stdClass $receipt, PublicKey $publicKey): VerifiedReceipt
    {
        return VerifiedReceipt::of(Native::bytes('sb_receipt_verify', Json::text($receipt), $publicKey->handle()));
    }

    /**
     * The text `version|module_hash|exit_code|wall_time_ms|timestamp`, whose SHA-256 a receipt signs.
     *
     * @param string|array<string, mixed>|\stdClass $receipt
     * @throws Exception\MalformedError the codes of the reader; `receipt_malformed`
     * @throws Exception\UsageError `unsupported_type`, `key_not_string`
     */
    public static function canonicalRepresentation(string|array|\stdClass $receipt): string
    {
        return Native::bytes('sb_receipt_canonical_representation', Json::text($receipt));
    }
}
