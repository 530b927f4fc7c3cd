<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/** A server of PHP's own, on a port that was free. */
final class PhpServer
{
    /** @var resource */
    private $process;
    public readonly string $url;
    private readonly string $log;

    /**
     * @param array<string, string> $environment
     * @param ?string $address one of {@see free()}; any other, where the environment need not know it
     * @param ?string $folder where it runs
     */
    public function __construct(string $script, array $environment, ?string $address = null, ?string $folder = null)
    {
        $address ??= self::free();
        $this->url = "http://$address";
        $this->log = Scratch::folder() . '/server.log';
        $output = ['file', $this->log, 'w'];
        // A group of its own: with several workers, those of the server die with it.
        $command = ['setsid', PHP_BINARY, '-d', 'ffi.enable=true', '-S', $address, $script];
        $this->process = proc_open($command, [1 => $output, 2 => $output], $pipes, $folder, $environment + getenv());
        for ($i = 0; $i < 200; $i++) {
            $client = @stream_socket_client("tcp://$address", $code, $message, 1);
            if ($client !== false) {
                return;
            }
            usleep(25_000);
        }
        throw new \RuntimeException('php -S does not start: ' . $this->log());
    }

    /** An address that nobody listens at. */
    public static function free(): string
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($socket, false);
        fclose($socket);
        return $address;
    }

    public function log(): string
    {
        return (string) file_get_contents($this->log);
    }

    public function __destruct()
    {
        posix_kill(-proc_get_status($this->process)['pid'], 9);
        proc_close($this->process);
    }
}
