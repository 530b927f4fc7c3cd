<?php

declare(strict_types=1);

namespace Samebyte;

/** An Agent Card that was verified. Work with this, and not with what was received. */
final class VerifiedCard
{
    /** Under which form it verified. */
    public readonly string $form;

    public readonly string $algorithm;

    /** The id of the key; null for a symmetric key without one. */
    public readonly ?string $kid;

    /** The RFC 7638 thumbprint of the key; null for a symmetric key. */
    public readonly ?string $thumbprint;

    /** Which of the signatures verified. */
    public readonly int $index;

    /** @var array<string, mixed> the protected header of that signature */
    public readonly array $header;

    /** @var list<string> JSON pointers to members that were received and are not covered by the signature */
    public readonly array $unsignedPaths;

    /** Whether there are more of them than are listed. */
    public readonly bool $unsignedPathsTruncated;

    /**
     * @internal
     *
     * @param string $canonical what the signature covers, in canonical form
     * @param string $report what is known about the signature, as the library returned it: canonical JSON
     */
    public function __construct(public readonly string $canonical, public readonly string $report)
    {
        $members = json_decode($report, true, 512, JSON_THROW_ON_ERROR);
        $this->form = $members['form'];
        $this->algorithm = $members['alg'];
        $this->kid = $members['kid'];
        $this->thumbprint = $members['thumbprint'];
        $this->index = $members['index'];
        $this->header = $members['header'];
        $this->unsignedPaths = $members['unsigned_paths'];
        $this->unsignedPathsTruncated = $members['unsigned_paths_truncated'];
    }

    /**
     * The verified card, decoded.
     *
     * @throws \JsonException where a member has a name that no PHP property can have (one that begins with a NUL byte)
     */
    public function value(): \stdClass
    {
        return json_decode($this->canonical, false, 512, JSON_THROW_ON_ERROR);
    }
}
