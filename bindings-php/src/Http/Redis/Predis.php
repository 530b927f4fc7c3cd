<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

use Predis\Client;
use Predis\Command\RawCommand;
use Predis\Connection\StreamConnection;
use Predis\Response\ErrorInterface;

/**
 * The library Predis. Who answers in many small parts holds it for longer than it should be held; {@see Socket} is not held.
 *
 * @internal
 */
final class Predis implements Connection
{
    private readonly Client $client;

    public function __construct(Address $address, float $seconds)
    {
        $parameters = [
            'scheme' => $address->encrypted ? 'tls' : 'tcp',
            'host' => $address->host,
            'port' => $address->port,
            'timeout' => $seconds,
            'read_write_timeout' => $seconds,
        ];
        // Errors come as answers: which command one belongs to is then known.
        $this->client = new Client($parameters, ['exceptions' => false]);
        $this->client->connect();
        $greeting = $address->password === null ? [] : [['AUTH', ...array_filter([$address->user]), $address->password]];
        if ($address->database !== 0) {
            $greeting[] = ['SELECT', (string) $address->database];
        }
        foreach ($greeting === [] ? [] : $this->run($greeting, $seconds) as $answer) {
            if ($answer !== 'OK') {
                throw new \RuntimeException('Redis refuses the user, the password or the database');
            }
        }
    }

    public function run(array $commands, float $seconds): array
    {
        $connection = $this->client->getConnection();
        if ($connection instanceof StreamConnection) {
            // It waits for each part of an answer, and for one that is broken off in the middle twice.
            $micro = (int) ceil($seconds * 1e6 / 2);
            stream_set_timeout($connection->getResource(), intdiv($micro, 1_000_000), $micro % 1_000_000);
        }
        $answers = $this->client->pipeline(function ($pipeline) use ($commands): void {
            foreach ($commands as $command) {
                $pipeline->executeCommand(RawCommand::create(...$command));
            }
        });
        if (!is_array($answers) || count($answers) !== count($commands)) {
            throw new \RuntimeException('Redis did not answer');
        }
        return array_map(
            fn (mixed $answer): string|Problem|null => match (true) {
                $answer === null => null,
                $answer instanceof ErrorInterface => new Problem($answer->getMessage()),
                default => (string) $answer,
            },
            $answers,
        );
    }
}
