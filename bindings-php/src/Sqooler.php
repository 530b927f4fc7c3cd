<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * The files and keys of sqooler 0.9: `{"header", "payload", "signature"}`, with JWKs in its own spelling. Only Ed25519 keys.
 *
 * A payload is JSON text, since the order of members and the spelling of numbers are part of what is signed.
 */
final class Sqooler
{
    private function __construct()
    {
    }

    /**
     * The file of a result or configuration.
     *
     * @throws Exception\MalformedError the codes of the reader; `result_malformed`
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function sign(string $payload, SigningKey $key): string
    {
        return Native::bytes('sb_sqooler_sign', $payload, $key->handle());
    }

    /**
     * Verifies the file of a result; the payload as the file holds it, which is not canonical.
     *
     * @throws Exception\MalformedError the codes of the reader; `result_malformed`, `signature_malformed`, `signature_header_malformed`
     * @throws Exception\RejectedError `document_unsigned`, `signature_invalid`, `algorithm_not_allowed`, `typ_mismatch`,
     *     `display_name_mismatch`, `job_id_mismatch`
     * @throws Exception\UntrustedError `signature_unknown`
     * @throws Exception\UsageError `algorithm_unsupported`, `invalid_argument`
     */
    public static function verifyResult(string $file, PublicKey $key, string $displayName, string $jobId): string
    {
        return Native::bytes('sb_sqooler_result_verify', $file, $key->handle(), $displayName, $jobId);
    }

    /**
     * Verifies the file of a configuration, as {@see verifyResult()} does that of a result.
     *
     * @throws Exception\SamebyteError
     */
    public static function verifyConfig(string $file, PublicKey $key, string $displayName): string
    {
        return Native::bytes('sb_sqooler_config_verify', $file, $key->handle(), $displayName);
    }

    /**
     * The private key in a JWK of sqooler.
     *
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_mismatch`, `key_use_forbidden`
     */
    public static function signingKey(#[\SensitiveParameter] string $jwk): SigningKey
    {
        return SigningKey::made('sb_sqooler_key_from_jwk', $jwk);
    }

    /**
     * The private key as a JWK of sqooler: a secret.
     *
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function signingKeyJwk(SigningKey $key): string
    {
        return Native::bytes('sb_sqooler_key_to_jwk', $key->handle());
    }

    /**
     * The public key in a JWK of sqooler.
     *
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_weak`, `key_use_forbidden`
     */
    public static function publicKey(string $jwk): PublicKey
    {
        return PublicKey::made('sb_sqooler_public_key_from_jwk', $jwk);
    }

    /**
     * The public key as a JWK of sqooler.
     *
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function publicKeyJwk(PublicKey $key): string
    {
        return Native::bytes('sb_sqooler_public_key_to_jwk', $key->handle());
    }
}
