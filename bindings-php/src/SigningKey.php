<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * A private or symmetric key of any algorithm. Immutable.
 *
 * The key lives in memory of the native library and is zeroed when the last object that holds it goes away. It is printed
 * as `[secret]`. What {@see toJwk()}, {@see toPem()}, {@see toDer()} and {@see toHex()} return is an ordinary PHP string,
 * which PHP does not zero.
 */
final class SigningKey
{
    private const TYPE = 'sb_signing_key';
    private const FREE = 'sb_signing_key_free';

    private ?PublicKey $public = null;

    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * A new key.
     *
     * @param string $algorithm `EdDSA`, `ES256K`, `ES256`, `ES384`, `ES512`, `RS256` to `PS512`, `HS256` to `HS512`
     * @param ?int $bits of an RSA key, 2048 to 8192; 2048 where none are given
     * @param ?string $kid the name of the key; its thumbprint where none is given, and none for a symmetric key
     * @throws Exception\UsageError `algorithm_unsupported`, `invalid_argument`
     * @throws Exception\InternalError `random_unavailable`
     */
    public static function generate(string $algorithm, ?int $bits = null, ?string $kid = null): self
    {
        $options = Options::text(['bits' => $bits, 'kid' => $kid]);
        return self::made('sb_key_generate', $algorithm, $options);
    }

    /**
     * The private key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812).
     *
     * @param string|array<string, mixed>|\stdClass $jwk JSON text, or a native value
     * @param ?string $algorithm the one that the key permits then
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_mismatch`, `key_weak`, `key_use_forbidden` (also of a symmetric key), `algorithm_mismatch`
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function fromJwk(#[\SensitiveParameter] string|array|\stdClass $jwk, ?string $algorithm = null): self
    {
        return self::made('sb_key_from_jwk', Json::text($jwk), $algorithm);
    }

    /**
     * The private key in a PKCS#8 PEM file (RFC 5958, RFC 7468).
     *
     * @param ?string $password of an encrypted file
     * @param ?string $algorithm the one that the key permits then
     * @throws Exception\MalformedError `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_mismatch`, `key_weak`, `password_wrong`, `algorithm_mismatch`
     * @throws Exception\LimitError `key_derivation_too_costly`
     * @throws Exception\UsageError `algorithm_unsupported`
     */
    public static function fromPem(
        #[\SensitiveParameter] string $pem,
        #[\SensitiveParameter] ?string $password = null,
        ?string $algorithm = null,
    ): self {
        return $password === null
            ? self::made('sb_key_from_pem', $pem, $algorithm)
            : self::made('sb_key_from_encrypted_pem', $pem, $password, $algorithm);
    }

    /**
     * The private key in an unencrypted PKCS#8 DER file (RFC 5958). Otherwise as {@see fromPem()}.
     *
     * @throws Exception\SamebyteError
     */
    public static function fromDer(#[\SensitiveParameter] string $der, ?string $algorithm = null): self
    {
        return self::made('sb_key_from_der', $der, $algorithm);
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
        return self::made('sb_key_from_hex', $algorithm, $hex);
    }

    /**
     * The symmetric key that a secret is. A secret that is a key of another kind (PEM, DER, JWK) is refused.
     *
     * @param string $algorithm `HS256`, `HS384` or `HS512`
     * @param string $secret at least as many bytes as the hash has: 32, 48 or 64
     * @throws Exception\UsageError `algorithm_unsupported`
     * @throws Exception\MalformedError `key_malformed`
     * @throws Exception\RejectedError `key_weak`, `key_use_forbidden`
     */
    public static function symmetric(string $algorithm, #[\SensitiveParameter] string $secret, ?string $kid = null): self
    {
        return self::made('sb_key_symmetric', $algorithm, $secret, $kid);
    }

    /**
     * The symmetric key in a JWK with `kty` `oct` (RFC 7518 section 6.4).
     *
     * @param string|array<string, mixed>|\stdClass $jwk JSON text, or a native value
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `key_unsupported`
     * @throws Exception\RejectedError `key_weak`, `key_use_forbidden`
     */
    public static function symmetricFromJwk(#[\SensitiveParameter] string|array|\stdClass $jwk): self
    {
        return self::made('sb_key_symmetric_from_jwk', Json::text($jwk));
    }

    /**
     * The key that a function of the library makes.
     *
     * @internal
     */
    public static function made(string $function, #[\SensitiveParameter] ?string ...$arguments): self
    {
        return new self(Native::handle(self::TYPE, self::FREE, $function, ...$arguments));
    }

    /** The key as a canonical JWK: a secret. */
    public function toJwk(): string
    {
        return Native::bytes('sb_key_to_jwk', $this->handle);
    }

    /**
     * The private key as PKCS#8 version 1 PEM: a secret. With a password it is encrypted (AES-256-CBC; PBKDF2-HMAC-SHA256,
     * 600,000 rounds).
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is symmetric
     */
    public function toPem(#[\SensitiveParameter] ?string $password = null): string
    {
        return $password === null
            ? Native::bytes('sb_key_to_pem', $this->handle)
            : Native::bytes('sb_key_to_encrypted_pem', $this->handle, $password);
    }

    /**
     * The private key as PKCS#8 version 1 DER: a secret.
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is symmetric
     */
    public function toDer(): string
    {
        return Native::bytes('sb_key_to_der', $this->handle);
    }

    /**
     * The private key as 64 lower-case hex digits: a secret.
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is not Ed25519 or secp256k1
     */
    public function toHex(): string
    {
        return Native::bytes('sb_key_to_hex', $this->handle);
    }

    /**
     * The public key that belongs to it.
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is symmetric
     */
    public function publicKey(): PublicKey
    {
        return $this->public ??= PublicKey::made('sb_key_public', $this->handle);
    }

    /** The algorithm that the key signs with where no other is named. */
    public function algorithm(): string
    {
        return Native::bytes('sb_key_algorithm', $this->handle);
    }

    /** The key id: the `kid` that the key was given, else its thumbprint; null for a symmetric key without one. */
    public function kid(): ?string
    {
        return Native::optional('sb_key_kid', $this->handle);
    }

    /**
     * The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
     *
     * @throws Exception\MalformedError `key_unsupported`: the key is symmetric
     */
    public function thumbprint(): string
    {
        return Native::bytes('sb_key_thumbprint', $this->handle);
    }

    /** Whether it is a secret that both sides share, and not a private key. */
    public function isSymmetric(): bool
    {
        return str_starts_with($this->algorithm(), 'HS');
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /** `SigningKey(EdDSA, kid=…, [secret])` */
    public function __toString(): string
    {
        $kid = $this->kid();
        return "SigningKey({$this->algorithm()}, " . ($kid === null ? '' : "kid=$kid, ") . '[secret])';
    }

    /** @return array<string, ?string> */
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
