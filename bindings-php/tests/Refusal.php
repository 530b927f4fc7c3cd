<?php

declare(strict_types=1);

namespace Samebyte\Tests;

use Samebyte\Exception\SamebyteError;

/** The error that a call ends with; a call that ends without one is a failure of the test. */
final class Refusal
{
    public static function of(callable $call): SamebyteError
    {
        try {
            $call();
        } catch (SamebyteError $error) {
            return $error;
        }
        throw new \LogicException('nothing was refused');
    }
}
