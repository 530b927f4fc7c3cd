<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** What was given is larger or deeper than the limit. */
final class LimitError extends SamebyteError
{
}
