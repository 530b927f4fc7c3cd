<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use Psr\Http\Client\ClientExceptionInterface;
use Samebyte\Exception\SamebyteError;

/** A request that could not be signed, or a response that was refused; PSR-18 wants an exception of this kind. */
final class ClientError extends \RuntimeException implements ClientExceptionInterface
{
    public function __construct(public readonly SamebyteError $error)
    {
        parent::__construct("{$error->code()->value}: {$error->getMessage()}", $error->getCode(), $error);
    }
}
