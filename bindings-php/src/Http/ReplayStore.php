<?php

declare(strict_types=1);

namespace Samebyte\Http;

/**
 * Remembers the nonces of requests for as long as the requests could be accepted.
 *
 * Every process that answers for one gateway has to share one store; PHP forgets its memory after each request, and so there
 * is no store in memory.
 */
interface ReplayStore
{
    /**
     * Reserves a nonce, atomically. A fault of the store is a verdict, and never an exception. So is a clock that was set back
     * by more than 5 seconds: what was forgotten as too old could be accepted again ({@see Verdict::Unavailable}).
     *
     * @param string $key 16 bytes that stand for tenant, signer and nonce
     * @param string $owner 16 bytes that stand for this attempt: a reservation with the same owner is this one
     * @param int $ttlMs how long it must be remembered, in milliseconds
     */
    public function reserve(string $key, string $owner, int $ttlMs): Verdict;

    /**
     * When the store last lost what it knew, or was empty at its start: Unix milliseconds, 0 for never. Requests that were
     * signed before then cannot be told from replays. Null where that cannot be known now: then nothing is accepted.
     */
    public function lostAt(): ?int;
}
