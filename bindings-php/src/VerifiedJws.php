<?php

declare(strict_types=1);

namespace Samebyte;

/** A JWS that was verified. Work with this, and not with what was received. */
final class VerifiedJws
{
    /** @var list<array<string, mixed>>|null */
    private ?array $decoded = null;

    /**
     * @internal
     *
     * @param string $payload the bytes that were signed
     * @param string $report what is known about each signature, as the library returned it: a canonical JSON array
     */
    public function __construct(public readonly string $payload, public readonly string $report)
    {
    }

    /**
     * The payload, decoded as JSON.
     *
     * @throws \JsonException where it is no JSON
     */
    public function json(): mixed
    {
        return json_decode($this->payload, false, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * What is known about each signature of the JWS: `alg`, `header` (protected), `index`, `kid`, `thumbprint`, `unprotected` and
     * `verified` where it verified; `code`, `index` and `kid` where it did not.
     *
     * @return list<array<string, mixed>>
     */
    public function signatures(): array
    {
        return $this->decoded ??= json_decode($this->report, true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * The first signature that verified.
     *
     * @return array<string, mixed>
     */
    private function first(): array
    {
        foreach ($this->signatures() as $signature) {
            if ($signature['verified']) {
                return $signature;
            }
        }
        throw Exception\SamebyteError::of(Code::Internal, 'a JWS was verified without a signature');
    }

    /**
     * The protected header of the first signature that verified.
     *
     * @return array<string, mixed>
     */
    public function header(): array
    {
        return $this->first()['header'];
    }

    /** The algorithm of that signature. */
    public function algorithm(): string
    {
        return $this->first()['alg'];
    }

    /** The id of its key; null for a symmetric key without one. */
    public function kid(): ?string
    {
        return $this->first()['kid'];
    }

    /** The RFC 7638 thumbprint of its key; null for a symmetric key. */
    public function thumbprint(): ?string
    {
        return $this->first()['thumbprint'];
    }

    /** Its place among the signatures of the JWS. */
    public function index(): int
    {
        return $this->first()['index'];
    }
}
