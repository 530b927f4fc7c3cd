<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

/**
 * What the server says against a command.
 *
 * @internal
 */
final class Problem
{
    public function __construct(public readonly string $message)
    {
    }
}
