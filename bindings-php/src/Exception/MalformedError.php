<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** What was given is not what its format says: no JSON, no key, no job. */
final class MalformedError extends SamebyteError
{
}
