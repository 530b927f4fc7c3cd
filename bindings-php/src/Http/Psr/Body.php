<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use Psr\Http\Message\StreamInterface;

/**
 * Reads bodies, and no more of them than there may be.
 *
 * @internal
 */
final class Body
{
    private const PART = 65_536;

    private function __construct()
    {
    }

    /**
     * The bytes of a body, and at most one more than `$limit`: then there are too many. And whether they are complete, or were
     * too long in coming.
     *
     * @param ?int $milliseconds how long they may take
     * @return array{string, bool}
     */
    public static function read(StreamInterface $stream, int $limit, ?int $milliseconds = null): array
    {
        $end = $milliseconds === null ? null : hrtime(true) + $milliseconds * 1_000_000;
        if ($stream->isSeekable()) {
            $stream->rewind();
        }
        $body = '';
        while (!$stream->eof() && strlen($body) <= $limit) {
            $body .= $stream->read(min(self::PART, $limit + 1 - strlen($body)));
            if ($end !== null && hrtime(true) > $end) {
                return [$body, false];
            }
        }
        return [$body, true];
    }
}
