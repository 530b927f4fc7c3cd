<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * A private key: Ed25519 (`EdDSA`) or secp256k1 (`ES256K`). Immutable.
 *
 * The key lives in memory of the native library and is zeroed when the last object that holds it goes away. It is printed
 * as `[secret]`. What {@see toJwk()}, {@see toPem()} and {@see toHex()} return is an ordinary PHP string, which PHP does
 * not zero.
 */
final class SigningKey
{
    private const TYPE = 'sb_signing_key';
    private const FREE = 'sb_signing_key_free';

    private readonly PublicKey $public;

    private function __construct(private readonly Handle $handle)
    {
        $this->public = PublicKey::of($handle);
    }

    /**
     * A new private key.
     *
     * @param string $algorithm `EdDSA` (Ed25519) or `ES256K` (secp256k1)
     * @throws Exception\UsageError `algorithm_unsupported`
     * @throws Exception\InternalError `random_unavailable`
     */
    public static function generate(string $algorithm): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_key_generate', $algorithm));
    }

    /**
     * The private key in a JWK (RFC 7517, RFC 8037, RFC 8812).
     *
     * @param string|array<string, mixed>|\stdClass $jwk JSON text, or a native value
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_mismatch`, `key_use_forbidden`
     */
    public static function fromJwk(#[\SensitiveParameter] string|array|\stdClass $jwk): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_key_from_jwk', Json::text($jwk)));
    }

    /**
     * The private key in an unencrypted PKCS#8 PEM file (RFC 5958, RFC 7468).
     *
     * @throws Exception\MalformedError `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_mismatch`
     */
    public static function fromPem(#[\SensitiveParameter] string $pem): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_key_from_pem', $pem));
    }

    /**
     * The private key whose 32 bytes are given as 64 lower-case hex digits (Ed25519 seed, secp256k1 scalar).
     *
     * @param string $algorithm `EdDSA` or `ES256K`
     * @throws Exception\UsageError `algorithm_unsupported`
     * @throws Exception\MalformedError `key_malformed`
     */
    public static function fromHex(string $algorithm, #[\SensitiveParameter] string $hex): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_key_from_hex', $algorithm, $hex));
    }

    /** The private key as a canonical JWK: a secret. */
    public function toJwk(): string
    {
        return Native::bytes('sb_key_to_jwk', $this->handle);
    }

    /** The private key as PKCS#8 version 1 PEM: a secret. */
    public function toPem(): string
    {
        return Native::bytes('sb_key_to_pem', $this->handle);
    }

    /** The private key as 64 lower-case hex digits: a secret. */
    public function toHex(): string
    {
        return Native::bytes('sb_key_to_hex', $this->handle);
    }

    /** The public key that belongs to it. */
    public function publicKey(): PublicKey
    {
        return $this->public;
    }

    /** `EdDSA` or `ES256K`. */
    public function algorithm(): string
    {
        return $this->public->algorithm();
    }

    /** The key id: the `kid` of the JWK that the key came from, else its thumbprint. */
    public function kid(): string
    {
        return $this->public->kid();
    }

    /** The RFC 7638 thumbprint: SHA-256, base64url, 43 characters. */
    public function thumbprint(): string
    {
        return $this->public->thumbprint();
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /** `SigningKey(EdDSA, kid=…, [secret])` */
    public function __toString(): string
    {
        return "SigningKey({$this->algorithm()}, kid={$this->kid()}, [secret])";
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['algorithm' => $this->algorithm(), 'kid' => $this->kid(), 'private' => '[secret]'];
    }

    /**
     * A private key leaves this object when it is asked to, and not by the way.
     *
     * @return never
     */
    public function __serialize(): array
    {
        throw Exception\SamebyteError::of(Code::UnsupportedType, 'a SigningKey is not serialized: use toPem() or toJwk()');
    }
}
