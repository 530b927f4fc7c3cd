<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/** A Redis server of this test's own, on a port that was free. */
final class RedisServer
{
    /** @var resource */
    private $process;
    public readonly string $directory;
    public readonly string $url;
    private readonly int $port;

    /** @param list<string> $arguments more of `redis-server` */
    public function __construct(private readonly array $arguments = [])
    {
        $this->directory = Scratch::folder();
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $this->port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        $this->url = "redis://127.0.0.1:$this->port";
        $this->start();
    }

    public static function installed(): bool
    {
        exec('command -v redis-server', result_code: $status);
        return $status === 0;
    }

    public function start(): void
    {
        $command = [
            'redis-server', '--port', (string) $this->port, '--bind', '127.0.0.1', '--dir', $this->directory,
            '--save', '', ...$this->arguments,
        ];
        $this->process = proc_open($command, [1 => ['file', '/dev/null', 'w']], $pipes);
        for ($i = 0; $i < 200; $i++) {
            $client = @stream_socket_client("tcp://127.0.0.1:$this->port", $code, $message, 1);
            if ($client !== false) {
                fwrite($client, "PING\r\n");
                if (str_starts_with((string) fgets($client), '+PONG')) {
                    return;
                }
            }
            usleep(25_000);
        }
        throw new \RuntimeException('redis-server does not start');
    }

    public function signal(int $signal): void
    {
        proc_terminate($this->process, $signal);
    }

    /** As if the machine had lost it: nothing is written. */
    public function kill(): void
    {
        $this->signal(9);
        proc_close($this->process);
    }

    public function command(string ...$command): mixed
    {
        exec('redis-cli -p ' . $this->port . ' ' . implode(' ', array_map(escapeshellarg(...), $command)), $output);
        return implode("\n", $output);
    }

    public function __destruct()
    {
        if (is_resource($this->process)) {
            $this->signal(18);
            $this->kill();
        }
    }
}
