<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** The time is not within the time that the document allows. */
final class ExpiredError extends SamebyteError
{
}
