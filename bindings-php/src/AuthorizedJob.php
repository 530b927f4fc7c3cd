<?php

declare(strict_types=1);

namespace Samebyte;

/** A job whose signatures are valid and whose signers satisfied the policy at the time that was asked about. */
final class AuthorizedJob
{
    /**
     * @param string $canonical what was verified, in canonical form
     * @param list<string> $principals the names, in the policy, of those who signed
     * @param list<string> $ignored public keys that signed and that the policy does not name, lower-case hex
     * @param string $result the whole result as the library returned it, canonical JSON
     */
    private function __construct(
        public readonly string $canonical,
        public readonly array $principals,
        public readonly array $ignored,
        public readonly string $result,
    ) {
    }

    /** @internal */
    public static function of(string $result): self
    {
        [$canonical] = Slice::between($result, ',"job":', ',"principals":');
        $members = json_decode($result, true);
        return new self($canonical, $members['principals'], $members['ignored'], $result);
    }

    /**
     * The verified value, decoded.
     *
     * @throws \JsonException where a member has a name that no PHP property can have (one that begins with a NUL byte)
     */
    public function value(): \stdClass
    {
        return json_decode($this->canonical, false, 512, JSON_THROW_ON_ERROR);
    }
}
