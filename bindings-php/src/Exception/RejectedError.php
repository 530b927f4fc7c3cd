<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** What was given is well formed, and its signature, or something a signature vouches for, is not valid. */
final class RejectedError extends SamebyteError
{
}
