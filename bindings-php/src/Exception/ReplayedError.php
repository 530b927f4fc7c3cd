<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** What was given was seen before. */
final class ReplayedError extends SamebyteError
{
}
