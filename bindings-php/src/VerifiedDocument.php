<?php

declare(strict_types=1);

namespace Samebyte;

/** A document, result or configuration that was verified. Work with this, and not with what was received. */
final class VerifiedDocument
{
    /**
     * @param string $canonical what was verified, in canonical form: all members but `signatures`
     * @param list<array{alg: string, index: int, kid: string, verified: bool}> $signatures what was found of each
     * @param string $result the whole result as the library returned it, canonical JSON
     */
    private function __construct(
        public readonly string $canonical,
        public readonly array $signatures,
        public readonly string $result,
    ) {
    }

    /** @internal */
    public static function of(string $result, string $noun = 'document'): self
    {
        [$canonical] = Slice::between($result, "{\"$noun\":", ',"signatures":[');
        return new self($canonical, json_decode($result, true)['signatures'], $result);
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
