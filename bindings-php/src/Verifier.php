<?php

declare(strict_types=1);

namespace Samebyte;

/** Which keys are trusted, and how many of them must have signed. Made once, used often. Immutable. */
final class Verifier
{
    private readonly Handle $handle;

    /**
     * @param list<PublicKey> $keys
     * @param int $threshold how many distinct keys must have signed
     * @throws Exception\UsageError `invalid_argument` for no key, one key twice, one `kid` for two keys, something that is
     *     no public key, or a threshold that cannot be met
     */
    public function __construct(array $keys, int $threshold = 1)
    {
        $handles = [];
        foreach ($keys as $key) {
            if (!$key instanceof PublicKey) {
                throw Exception\SamebyteError::of(
                    Code::InvalidArgument,
                    'a Verifier takes PublicKey objects, not ' . get_debug_type($key),
                );
            }
            $handles[] = $key->handle();
        }
        $this->handle = Native::verifier($handles, '{"threshold":' . $threshold . '}');
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
