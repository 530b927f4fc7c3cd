<?php

declare(strict_types=1);

namespace Samebyte;

/** A set of public and symmetric keys, found by `kid`. Immutable. */
final class Keyset implements \Countable
{
    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * The set of these keys.
     *
     * @param iterable<PublicKey|SigningKey> $keys public keys, and symmetric ones; a private key is no key to verify with
     * @throws Exception\MalformedError `duplicate_kid`: one key twice, or one `kid` for two keys
     * @throws Exception\UsageError `invalid_argument`
     */
    public static function of(iterable $keys): self
    {
        $public = $symmetric = [];
        foreach ($keys as $key) {
            if ($key instanceof PublicKey) {
                $public[] = $key->handle();
            } elseif ($key instanceof SigningKey && $key->isSymmetric()) {
                $symmetric[] = $key->handle();
            } else {
                throw Exception\SamebyteError::of(
                    Code::InvalidArgument,
                    'a key set takes PublicKey objects and symmetric keys, not ' . get_debug_type($key),
                );
            }
        }
        return new self(Native::keyset($public, $symmetric));
    }

    /**
     * The set of the public keys in a JWKS (RFC 7517 section 5). Keys of a kind that is not supported are left out; one that
     * is malformed, weak or private refuses the whole set.
     *
     * @param string|array<string, mixed>|\stdClass $jwks JSON text, or a native value
     * @throws Exception\MalformedError the codes of the reader; `key_malformed`, `duplicate_kid`
     * @throws Exception\RejectedError `key_weak`
     * @throws Exception\LimitError `too_large`
     */
    public static function fromJwks(string|array|\stdClass $jwks): self
    {
        return new self(Native::handle('sb_keyset', 'sb_keyset_free', 'sb_keyset_from_jwks', Json::text($jwks)));
    }

    /**
     * What is wrong with a JWKS, or will be refused by others.
     *
     * @param string|array<string, mixed>|\stdClass $jwks JSON text, or a native value
     * @return list<array<string, mixed>>
     * @throws Exception\SamebyteError the codes of the reader; `key_malformed`, `too_large`
     */
    public static function lint(string|array|\stdClass $jwks): array
    {
        return json_decode(Native::bytes('sb_keyset_lint', Json::text($jwks)), true, 512, JSON_THROW_ON_ERROR);
    }

    /** The public keys as a canonical JWKS. */
    public function toJwks(): string
    {
        return Native::bytes('sb_keyset_to_jwks', $this->handle);
    }

    /**
     * The public key with this `kid`.
     *
     * @throws Exception\UntrustedError `key_unknown`
     */
    public function get(string $kid): PublicKey
    {
        return PublicKey::made('sb_keyset_find', $this->handle, $kid);
    }

    /** How many keys there are. */
    public function count(): int
    {
        return Native::integer('size_t', 'sb_keyset_length', $this->handle);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /**
     * @return never
     */
    public function __serialize(): array
    {
        throw Exception\SamebyteError::of(Code::UnsupportedType, 'a Keyset is not serialized: use toJwks()');
    }
}
