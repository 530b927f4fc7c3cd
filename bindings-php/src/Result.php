<?php

declare(strict_types=1);

namespace Samebyte;

/** Signed results of named back ends, each for one job. */
final class Result
{
    private function __construct()
    {
    }

    /**
     * The canonical result with one more signature.
     *
     * @param string|array<string, mixed>|\stdClass $document with `display_name`, `job_id` and `payload`
     * @throws Exception\MalformedError the codes of the reader; `result_malformed`
     * @throws Exception\RejectedError `duplicate_signer`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `algorithm_unsupported`, `unsupported_type`, `key_not_string`
     */
    public static function sign(string|array|\stdClass $document, SigningKey $key): string
    {
        return Native::bytes('sb_result_sign', Json::text($document), $key->handle());
    }

    /**
     * Verifies a result, and returns what was verified.
     *
     * @param string|array<string, mixed>|\stdClass $document best the very bytes that were received
     * @param string $displayName the back end that it must be of
     * @param string $jobId the job that it must be for
     * @throws Exception\MalformedError the codes of the reader; `result_malformed`
     * @throws Exception\RejectedError `document_unsigned`, `duplicate_signer`, `signature_verification_failed`,
     *     `display_name_mismatch`, `job_id_mismatch`
     * @throws Exception\UntrustedError `signature_unknown`, `threshold_not_met`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `invalid_argument`, `unsupported_type`, `key_not_string`
     */
    public static function verify(
        string|array|\stdClass $document,
        Verifier|Keyset|PublicKey|SigningKey $trusted,
        string $displayName,
        string $jobId,
    ): VerifiedDocument {
        $text = Json::text($document);
        $result = Native::bytes('sb_result_verify', $text, Verifier::from($trusted)->handle(), $displayName, $jobId);
        return VerifiedDocument::of($result, 'result');
    }
}
