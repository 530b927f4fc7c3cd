<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** The call itself is wrong: an argument, an option, a value that is no JSON, or a library that is not there. */
final class UsageError extends SamebyteError
{
}
