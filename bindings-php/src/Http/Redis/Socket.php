<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

/**
 * The protocol of Redis (RESP 2) over a stream of PHP: enough for what a store of nonces sends, and never later than it may be.
 * A client that waits for each part of an answer anew is held for as long as somebody likes who sends it in parts.
 *
 * @internal
 */
final class Socket implements Connection
{
    /** How long an answer may be. */
    private const MAX_BYTES = 1 << 20;

    /** @var resource */
    private $stream;
    private string $buffer = '';
    /** When what is under way has to be done, in nanoseconds of the monotonic clock. */
    private int $end = 0;

    public function __construct(Address $address, float $seconds)
    {
        $host = str_contains($address->host, ':') ? '[' . trim($address->host, '[]') . ']' : $address->host;
        $place = ($address->encrypted ? 'tls' : 'tcp') . "://$host:$address->port";
        $stream = @stream_socket_client($place, $code, $message, $seconds);
        if ($stream === false) {
            throw new \RuntimeException('no connection to Redis');
        }
        stream_set_blocking($stream, false);
        // What is read is kept here, and a buffer below would hide from select what it holds.
        stream_set_read_buffer($stream, 0);
        $this->stream = $stream;
        $greeting = $address->password === null ? [] : [['AUTH', ...array_filter([$address->user]), $address->password]];
        if ($address->database !== 0) {
            $greeting[] = ['SELECT', (string) $address->database];
        }
        foreach ($this->run($greeting, $seconds) as $answer) {
            if ($answer !== 'OK') {
                throw new \RuntimeException('Redis refuses the user, the password or the database');
            }
        }
    }

    public function run(#[\SensitiveParameter] array $commands, float $seconds): array
    {
        $this->end = hrtime(true) + (int) ($seconds * 1e9);
        $request = '';
        foreach ($commands as $command) {
            $request .= '*' . count($command) . "\r\n";
            foreach ($command as $word) {
                $request .= '$' . strlen($word) . "\r\n$word\r\n";
            }
        }
        while ($request !== '') {
            $written = @fwrite($this->stream, $request);
            if ($written === false) {
                throw new \RuntimeException('the connection to Redis broke off');
            }
            $request = substr($request, $written);
            if ($request !== '') {
                $this->wait(false);
            }
        }
        return array_map($this->answer(...), array_keys($commands));
    }

    private function answer(): string|Problem|null
    {
        $line = $this->take(null);
        $rest = substr($line, 1);
        switch ($line[0] ?? '') {
            case '+':
            case ':':
                return $rest;
            case '-':
                return new Problem($rest);
            case '$':
                if ($rest === '-1') {
                    return null;
                }
                if (!preg_match('/\A[0-9]{1,7}\z/', $rest) || (int) $rest > self::MAX_BYTES) {
                    break;
                }
                return substr($this->take((int) $rest + 2), 0, -2);
        }
        throw new \RuntimeException('this is no answer of Redis');
    }

    /** So many bytes of the answer, or a line of it without its end. */
    private function take(?int $length): string
    {
        while (true) {
            $found = $length === null ? strpos($this->buffer, "\r\n") : (strlen($this->buffer) >= $length ? $length : false);
            if ($found !== false) {
                $taken = substr($this->buffer, 0, $found);
                $this->buffer = substr($this->buffer, $length ?? $found + 2);
                return $taken;
            }
            $part = @fread($this->stream, 65_536);
            if ($part === false || $part === '' && feof($this->stream) || strlen($this->buffer) > self::MAX_BYTES) {
                throw new \RuntimeException('the connection to Redis broke off');
            }
            $this->buffer .= $part;
            if ($part === '') {
                $this->wait(true);
            }
        }
    }

    /** Waits until there is something to read, or room to write. */
    private function wait(bool $read): void
    {
        $left = intdiv($this->end - hrtime(true), 1000);
        $none = [];
        [$readable, $writable] = $read ? [[$this->stream], []] : [[], [$this->stream]];
        if ($left <= 0 || @stream_select($readable, $writable, $none, intdiv($left, 1_000_000), $left % 1_000_000) !== 1) {
            throw new \RuntimeException('Redis is late');
        }
    }
}
