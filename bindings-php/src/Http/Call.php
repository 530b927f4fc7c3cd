<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Handle;
use Samebyte\Native;

/** A request that was signed: what to send, and what verifies the response to it. */
final class Call
{
    /** The name of the field to send. */
    public readonly string $name;

    /** The value of the field to send. */
    public readonly string $value;

    /** The body to send: the canonical one, where it is JSON; null where there is none. */
    public readonly ?string $body;

    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
        [$this->name, $this->value] = Native::pair('sb_call_header', $handle);
        $this->body = Native::optional('sb_call_body', $handle);
    }

    /**
     * Verifies the response, and returns what was verified.
     *
     * @param array<array-key, string|list<string>> $fields of the response
     * @param string $body as it came
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\SamebyteError `signature_missing`, `signature_binding_mismatch`, `signature_invalid`, …
     */
    public function verify(int $status, array $fields, string $body, ?int $nowMs = null): VerifiedResponse
    {
        $now = $nowMs ?? Clock::now();
        return new VerifiedResponse(
            ...Native::pair('sb_call_verify', $this->handle, $status, Fields::text($fields), $body, $now),
        );
    }
}
