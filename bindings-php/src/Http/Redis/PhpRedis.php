<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

/**
 * The extension `redis`.
 *
 * @internal
 */
final class PhpRedis implements Connection
{
    private readonly \Redis $redis;

    public function __construct(Address $address, float $seconds)
    {
        $this->redis = new \Redis();
        $host = ($address->encrypted ? 'tls://' : '') . $address->host;
        if (!$this->redis->connect($host, $address->port, $seconds, null, 0, $seconds)) {
            throw new \RuntimeException('no connection to Redis');
        }
        // A command that is sent again by itself after a lost reply would find its own nonce there.
        $this->redis->setOption(\Redis::OPT_MAX_RETRIES, 0);
        $password = $address->password;
        $known = $password === null || $this->redis->auth($address->user === null ? $password : [$address->user, $password]);
        if (!$known || $address->database !== 0 && !$this->redis->select($address->database)) {
            throw new \RuntimeException('Redis refuses the user, the password or the database');
        }
    }

    public function run(array $commands, float $seconds): array
    {
        $answers = [];
        $end = hrtime(true) + $seconds * 1e9;
        foreach ($commands as $command) {
            // One after the other: in a pipeline this client waits so long for each answer that does not come, it spells nil and
            // an error alike, and it does not say which command an error belongs to.
            $this->redis->setOption(\Redis::OPT_READ_TIMEOUT, max(0.001, ($end - hrtime(true)) / 1e9));
            $this->redis->clearLastError();
            try {
                $answer = $this->redis->rawCommand(...$command);
                $error = $this->redis->getLastError();
            } catch (\RedisException $exception) {
                // Some errors of the server are exceptions too; those of the connection do not start with a word like OOM.
                $error = $exception->getMessage();
                if (!preg_match('/\A[A-Z]+ /', $error)) {
                    throw $exception;
                }
            }
            $answers[] = match (true) {
                $error !== null => new Problem($error),
                is_string($answer) => $answer,
                $answer === true => 'OK',
                default => null,
            };
        }
        return $answers;
    }
}
