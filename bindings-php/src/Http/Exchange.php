<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Handle;
use Samebyte\Native;

/**
 * One request at a {@see Gateway}, and its response: it says what is to be done next, and is told what came of it.
 *
 * {@see Psr\SignatureMiddleware} does all of it. What is wrong with a request is an {@see Answer}; an exception is a fault of the
 * caller, and the handler is not to be called then.
 */
final class Exchange
{
    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
    }

    /** What is to be done next. */
    public function step(): Step
    {
        return Step::from(Native::integer('int32_t', 'sb_exchange_step', $this->handle));
    }

    /** At {@see Step::Keys}: the source whose keys are to be fetched. */
    public function source(): int
    {
        return Native::integer('size_t', 'sb_exchange_source', $this->handle);
    }

    /** How many bytes a body may have at most. */
    public function limit(): int
    {
        return Native::integer('size_t', 'sb_exchange_limit', $this->handle);
    }

    /**
     * At {@see Step::Body}: verifies the request with its body, as it came.
     *
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function body(string $body, ?int $nowMs = null): Step
    {
        return $this->next('sb_exchange_body', $body, $nowMs ?? Clock::now());
    }

    /**
     * At {@see Step::Reserve}: the arguments of {@see ReplayStore::reserve()}.
     *
     * @return array{string, string, int}
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function reservation(): array
    {
        return Native::reservation($this->handle);
    }

    /**
     * At {@see Step::Reserve}: takes what the store says.
     *
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function reserved(Verdict $verdict, ?int $nowMs = null): Step
    {
        return $this->next('sb_exchange_reserved', $verdict->value, $nowMs ?? Clock::now());
    }

    /**
     * Refuses the request for what was found while its body was read.
     *
     * @param Code $code `BodyTooLarge`, `BodyTimeout`, `Overloaded` or `ReplayStoreUnavailable`
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function refuse(Code $code, ?int $nowMs = null): Step
    {
        return $this->next('sb_exchange_refuse', $code->number(), $nowMs ?? Clock::now());
    }

    /**
     * At {@see Step::Reject}: the complete response, signed where it has to be.
     *
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function answer(): Answer
    {
        return Answer::of(Native::answer('sb_exchange_answer', $this->handle));
    }

    /**
     * At {@see Step::Accept}: the body for the handler, which is what was verified.
     *
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function verifiedBody(): string
    {
        return Native::bytes('sb_exchange_verified_body', $this->handle);
    }

    /** At {@see Step::Accept}: who signed; null elsewhere. */
    public function identity(): ?Identity
    {
        $json = Native::optional('sb_exchange_identity', $this->handle);
        return $json === null ? null : Identity::of($json);
    }

    /**
     * A line for the log: `code` (of what was refused, or would have been), `detail`, `kid`, `method`, `mode`, `outcome`, `path`,
     * `tenant`, `trace_id`. It never holds a body or a secret.
     *
     * @return array<string, mixed>
     */
    public function event(): array
    {
        return json_decode(Native::bytes('sb_exchange_event', $this->handle), true, 32, JSON_THROW_ON_ERROR);
    }

    /** Whether the response of the handler is to be handed to {@see respond()} before it is sent. */
    public function signsResponse(): bool
    {
        return Native::integer('int32_t', 'sb_exchange_signs_response', $this->handle) === 1;
    }

    /**
     * Signs the response of the handler. The answer is what to send in its place: its status, the fields to set among those of
     * the handler, and its body.
     *
     * @param ?string $body null where it is streamed, or too large to be held
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws SamebyteError `response_not_signable`, `response_signer_unavailable`: the response goes out as it is, without a
     *     signature, which the client does not require
     */
    public function respond(int $status, ?string $contentType, ?string $body, ?int $nowMs = null): Answer
    {
        $now = $nowMs ?? Clock::now();
        return Answer::of(Native::answer('sb_exchange_respond', $this->handle, $status, $contentType, $body, $now));
    }

    private function next(string $function, string|int $argument, int $nowMs): Step
    {
        return Step::from(Native::integer('int32_t', $function, $this->handle, $argument, $nowMs));
    }
}
