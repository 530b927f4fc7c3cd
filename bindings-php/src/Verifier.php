<?php

declare(strict_types=1);

namespace Samebyte;

/** Which keys are trusted, and under which rules. Made once, used often. Immutable. */
final class Verifier
{
    /** @var \WeakMap<Keyset|PublicKey|SigningKey, self>|null the verifiers of {@see from()}, each as long as what it trusts */
    private static ?\WeakMap $made = null;

    private readonly Handle $handle;

    /**
     * @param Keyset|list<PublicKey|SigningKey> $keys the trusted keys: public ones, and symmetric ones
     * @param ?int $threshold how many distinct keys must have signed; for a document 1 where nothing is said
     * @param ?string $policy `all` or `any` of several signatures of a JWS must verify
     * @param ?list<string> $kids of the keys that must have signed; of `threshold`, `policy` and `kids` one at most is given
     * @param ?list<string> $algorithms those that are allowed; those that the keys permit where nothing is said
     * @param ?bool $requireLowS whether an ES256K signature of a JWS must have the low S
     * @param ?list<string> $crit critical headers of a JWS that the caller understands
     * @param ?string $typ the `typ` that a JWS must have
     * @throws Exception\UsageError `invalid_argument` (no key, something that is no key, a policy that cannot be met),
     *     `algorithm_unsupported`
     * @throws Exception\MalformedError `duplicate_kid` for one key twice or one `kid` for two keys
     */
    public function __construct(
        Keyset|array $keys,
        ?int $threshold = null,
        ?string $policy = null,
        ?array $kids = null,
        ?array $algorithms = null,
        ?bool $requireLowS = null,
        ?array $crit = null,
        ?string $typ = null,
        ?int $maxHeaderBytes = null,
        ?int $maxPayloadBytes = null,
        ?int $maxSignatures = null,
    ) {
        $keyset = is_array($keys) ? Keyset::of($keys) : $keys;
        $this->handle = Native::handle(
            'sb_verifier',
            'sb_verifier_free',
            'sb_verifier_new',
            $keyset->handle(),
            Options::text([
                'algorithms' => $algorithms,
                'crit' => $crit,
                'kids' => $kids,
                'max_header_bytes' => $maxHeaderBytes,
                'max_payload_bytes' => $maxPayloadBytes,
                'max_signatures' => $maxSignatures,
                'policy' => $policy,
                'require_low_s' => $requireLowS,
                'threshold' => $threshold,
                'typ' => $typ,
            ]),
        );
    }

    /**
     * A verifier that trusts this, where it is none already.
     *
     * @internal
     */
    public static function from(self|Keyset|PublicKey|SigningKey $trusted): self
    {
        if ($trusted instanceof self) {
            return $trusted;
        }
        self::$made ??= new \WeakMap();
        return self::$made[$trusted] ??= new self($trusted instanceof Keyset ? $trusted : [$trusted]);
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
        throw Exception\SamebyteError::of(Code::UnsupportedType, 'a Verifier is not serialized: make it from its keys');
    }
}
