<?php

declare(strict_types=1);

namespace Samebyte\Exception;

/** The signatures are valid, and those who made them are not trusted, or not with this. */
final class UntrustedError extends SamebyteError
{
}
