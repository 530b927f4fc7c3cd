<?php

declare(strict_types=1);

namespace Samebyte;

/** A job whose signatures are valid. That those who signed may do so is another question: see {@see Job::authorize()}. */
final class VerifiedJob
{
    /**
     * @param string $canonical what was verified, in canonical form: all members but `signatures`
     * @param list<string> $signatories the distinct public keys, lower-case hex, in the order of their signatures
     * @param string $result the whole result as the library returned it, canonical JSON
     */
    private function __construct(
        public readonly string $canonical,
        public readonly array $signatories,
        public readonly string $result,
    ) {
    }

    /** @internal */
    public static function of(string $result): self
    {
        [$canonical, $signatories] = Slice::between($result, '{"job":', ',"signatories":');
        return new self($canonical, json_decode(substr($signatories, 0, -1), true), $result);
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
