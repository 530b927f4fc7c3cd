<?php

declare(strict_types=1);

namespace Samebyte\Http;

/** What is to be done next in an {@see Exchange}. */
enum Step: int
{
    /** Call the handler with the request as it came: it is not verified, and need not be. */
    case Pass = 0;
    /** Fetch the keys of {@see Exchange::source()}, and begin again. */
    case Keys = 1;
    /** Read the body, at most {@see Exchange::limit()} bytes, and hand it to {@see Exchange::body()}. */
    case Body = 2;
    /** Reserve what {@see Exchange::reservation()} says, and hand the verdict to {@see Exchange::reserved()}. */
    case Reserve = 3;
    /** Call the handler with {@see Exchange::verifiedBody()}. */
    case Accept = 4;
    /** Send {@see Exchange::answer()}. The handler is not called. */
    case Reject = 5;
}
