<?php

declare(strict_types=1);

namespace Samebyte\Http;

/**
 * The server is not the one that it was.
 *
 * @internal
 */
final class StateLost extends \Exception
{
}
