<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** A fault of samebyte itself, or of the operating system beneath it. */
final class InternalError extends SamebyteError
{
}
