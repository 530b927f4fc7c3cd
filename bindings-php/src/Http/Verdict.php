<?php

declare(strict_types=1);

namespace Samebyte\Http;

/** What a {@see ReplayStore} says to a nonce. */
enum Verdict: int
{
    /** It was not known, and is from now on: the request may run, once. */
    case New = 0;
    /** It was used before. */
    case Replay = 1;
    /** The store holds as many live nonces as it may, and forgets none of them. */
    case Full = 2;
    /** The store has lost what it knew. */
    case Cold = 3;
    /** The store does not answer, or not in time. */
    case Unavailable = 4;
}
