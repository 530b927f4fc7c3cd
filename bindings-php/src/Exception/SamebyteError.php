<?php

declare(strict_types=1);

namespace Samebyte\Exception;

use Samebyte\Code;

/**
 * Why samebyte refused something. There is one subclass for each kind of code: catch that, or look at {@see code()}.
 *
 * The code and the kind are stable and equal in every language; the message is for people. None of them, and not the
 * detail either, holds key material or payload text.
 */
abstract class SamebyteError extends \RuntimeException
{
    /**
     * @param array<string, int|string> $detail
     */
    final private function __construct(private readonly Code $errorCode, string $message, private readonly array $detail)
    {
        parent::__construct($message, $errorCode->number());
    }

    /**
     * The error of the subclass that stands for the kind of the code.
     *
     * @internal
     * @param array<string, int|string> $detail
     */
    final public static function of(Code $code, string $message, array $detail = []): self
    {
        return match ($code->kind()) {
            'usage' => new UsageError($code, $message, $detail),
            'malformed' => new MalformedError($code, $message, $detail),
            'rejected' => new RejectedError($code, $message, $detail),
            'untrusted' => new UntrustedError($code, $message, $detail),
            'expired' => new ExpiredError($code, $message, $detail),
            'replayed' => new ReplayedError($code, $message, $detail),
            'limit' => new LimitError($code, $message, $detail),
            default => new InternalError($code, $message, $detail),
        };
    }

    /** The stable code; its `value` is the name that every language shows, for example `signature_invalid`. */
    final public function code(): Code
    {
        return $this->errorCode;
    }

    /** The kind of the code, for example `rejected`. */
    final public function kind(): string
    {
        return $this->errorCode->kind();
    }

    /**
     * Where it went wrong: a byte offset, a JSON pointer, the index of a signature. Empty where there is nothing to say.
     *
     * @return array<string, int|string>
     */
    final public function detail(): array
    {
        return $this->detail;
    }
}
