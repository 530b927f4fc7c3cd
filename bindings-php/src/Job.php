<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Jobs, signed with secp256k1 keys (or Ed25519).
 *
 * Jobs are JSON text or native values, as {@see Samebyte} says; signed ones are canonical JSON text.
 */
final class Job
{
    private function __construct()
    {
    }

    /**
     * The job in canonical form, with one more signature.
     *
     * @param string|array<string, mixed>|\stdClass $job
     * @throws Exception\MalformedError the codes of the reader; `job_malformed`
     * @throws Exception\RejectedError `duplicate_signer`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `unsupported_type`, `key_not_string`
     */
    public static function sign(string|array|\stdClass $job, SigningKey $key): string
    {
        return Native::bytes('sb_job_sign', Json::text($job), $key->handle());
    }

    /**
     * Verifies every signature of a job, of which there must be one.
     *
     * This proves that the holders of those keys signed, **not** that they may: see {@see authorize()}.
     *
     * @param string|array<string, mixed>|\stdClass $job best the very bytes that were received
     * @throws Exception\MalformedError the codes of the reader; `job_malformed`
     * @throws Exception\RejectedError `document_unsigned`, `duplicate_signer`, `signature_verification_failed`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `unsupported_type`, `key_not_string`
     */
    public static function verifySignatures(string|array|\stdClass $job): VerifiedJob
    {
        return VerifiedJob::of(Native::bytes('sb_job_verify_signatures', Json::text($job)));
    }

    /**
     * Verifies a job and lists its distinct public keys, lower-case hex, in the order of their signatures.
     *
     * This proves possession, **not** permission. Errors as {@see verifySignatures()}.
     *
     * @param string|array<string, mixed>|\stdClass $job
     * @return list<string>
     * @throws Exception\SamebyteError
     */
    public static function signatories(string|array|\stdClass $job): array
    {
        return json_decode(Native::bytes('sb_job_signatories', Json::text($job)), true);
    }

    /**
     * Verifies a job and holds its signers and times against a policy, which is the verifier's own and never part of the
     * job. Errors as {@see verifySignatures()}, and those below.
     *
     * @param string|array<string, mixed>|\stdClass $job best the very bytes that were received
     * @param string|array<string, mixed>|\stdClass $policy
     * @param int|null $now Unix seconds; the clock where it is not given
     * @throws Exception\UsageError `policy_invalid`
     * @throws Exception\UntrustedError `unauthorized`, `audience_mismatch`
     * @throws Exception\ExpiredError `job_expired`, `job_not_yet_valid`
     */
    public static function authorize(
        string|array|\stdClass $job,
        string|array|\stdClass $policy,
        ?int $now = null,
    ): AuthorizedJob {
        return AuthorizedJob::of(
            Native::bytes('sb_job_authorize', Json::text($job), Json::text($policy), $now ?? time()),
        );
    }

    /**
     * The pre-authentication encoding that every signer of this job signs.
     *
     * @param string|array<string, mixed>|\stdClass $job
     * @throws Exception\MalformedError the codes of the reader; `job_malformed`
     * @throws Exception\UsageError `unsupported_type`, `key_not_string`
     */
    public static function canonicalRepresentation(string|array|\stdClass $job): string
    {
        return Native::bytes('sb_job_canonical_representation', Json::text($job));
    }
}
