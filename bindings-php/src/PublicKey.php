<?php

declare(strict_types=1);

namespace Samebyte;

/** A public key of any asymmetric algorithm. Immutable. */
final class PublicKey
{
    private const TYPE = 'sb_public_key';
    private const FREE = 'sb_public_key_free';

    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * The public key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812); one that holds a private part is refused.
     *
     * @param string|array<string, mixed>|\stdClass $jwk JSON text, or a native value
     * @param ?string $algorithm the one that the key permits then
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_weak`, `key_use_forbidden`, `algorithm_mismatch`
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function fromJwk(string|array|\stdClass $jwk, ?string $algorithm = null): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_public_key_from_jwk', Json::text($jwk), $algorithm));
    }

    /**
     * The public key in an SPKI PEM file (RFC 5280, RFC 7468).
     *
     * @param ?string $algorithm the one that the key permits then
     * @throws Exception\MalformedError `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_weak`, `algorithm_mismatch`
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function fromPem(string $pem, ?string $algorithm = null): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_public_key_from_pem', $pem, $algorithm));
    }

    /**
     * The public key in an SPKI DER file (RFC 5280). Otherwise as {@see fromPem()}.
     *
     * @throws Exception\SamebyteError
     */
    public static function fromDer(string $der, ?string $algorithm = null): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_public_key_from_der', $der, $algorithm));
    }

    /**
     * The public key given as lower-case hex: 64 digits for Ed25519, 66 (compressed point) for secp256k1.
     *
     * @param string $algorithm `EdDSA` or `ES256K`
     * @throws Exception\UsageError `algorithm_unsupported`
     * @throws Exception\MalformedError `key_malformed`
     * @throws Exception\RejectedError `key_weak`
     */
    public static function fromHex(string $algorithm, string $hex): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, 'sb_public_key_from_hex', $algorithm, $hex));
    }

    /**
     * The public key that a function of the library makes of something else.
     *
     * @internal
     */
    public static function made(string $function, string|Handle ...$arguments): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, $function, ...$arguments));
    }

    /** The public key as a canonical JWK with `kid` and, where it permits one algorithm, `alg`. */
    public function toJwk(): string
    {
        return Native::bytes('sb_public_key_to_jwk', $this->handle);
    }

    /** The public key as SPKI PEM. */
    public function toPem(): string
    {
        return Native::bytes('sb_public_key_to_pem', $this->handle);
    }

    /** The public key as SPKI DER. */
    public function toDer(): string
    {
        return Native::bytes('sb_public_key_to_der', $this->handle);
    }

    /**
     * The public key as lower-case hex, as {@see fromHex()} reads it.
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is not Ed25519 or secp256k1
     */
    public function toHex(): string
    {
        return Native::bytes('sb_public_key_to_hex', $this->handle);
    }

    /** The algorithm of the key; of an RSA key that permits several, `RS256`. */
    public function algorithm(): string
    {
        return Native::bytes('sb_public_key_algorithm', $this->handle);
    }

    /** The key id: the `kid` of the JWK that the key came from, else its thumbprint. */
    public function kid(): string
    {
        return Native::bytes('sb_public_key_kid', $this->handle);
    }

    /** The RFC 7638 thumbprint: SHA-256, base64url, 43 characters. */
    public function thumbprint(): string
    {
        return Native::bytes('sb_public_key_thumbprint', $this->handle);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /** `PublicKey(EdDSA, kid=…)` */
    public function __toString(): string
    {
        return "PublicKey({$this->algorithm()}, kid={$this->kid()})";
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['algorithm' => $this->algorithm(), 'kid' => $this->kid()];
    }

    /**
     * A key is written with {@see toJwk()}, and not by PHP.
     *
     * @return never
     */
    public function __serialize(): array
    {
        throw Exception\SamebyteError::of(Code::UnsupportedType, 'a PublicKey is not serialized: use toJwk()');
    }
}
