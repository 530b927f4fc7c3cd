<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Redis\Address;
use Samebyte\Http\Redis\Connection;
use Samebyte\Http\Redis\Predis;
use Samebyte\Http\Redis\Problem;
use Samebyte\Http\Redis\Socket;

/**
 * Nonces in Redis (7.0 or newer), over a connection of its own or the library Predis: for gateways on several machines.
 *
 * A server that was restarted, emptied or replaced by another one has lost nonces: the store notices, and says so. What it
 * remembers of the server it keeps in a small file, since PHP forgets everything after a request.
 */
final class RedisStore implements ReplayStore
{
    /** What is asked of the server, with the first command on each connection and then once in a second. */
    private const ASK = ['INFO', 'server', 'replication', 'memory'];

    private const CONNECT_SECONDS = 0.1;

    /** How far the clock may be set back. */
    private const STEP_MS = 5000;

    private readonly Address $address;
    private readonly StateFile $file;
    private ?Connection $connection = null;

    /** The process that opened the connection: two that share one would read each other's answers. */
    private int $process = 0;

    /** When the server was last asked, in nanoseconds of the monotonic clock. */
    private int $asked = 0;

    /**
     * @param string $url `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS
     * @param int $timeoutMs how long a reservation may take
     * @param string $prefix of the names of all keys, shared by all gateways with the same audience
     * @param bool $allowEviction whether a server is accepted that may forget nonces when it runs out of memory
     * @param ?string $client `predis` for that library. The extension `redis` is none: an answer that breaks off in the middle
     *     holds it for longer than any timeout says
     * @param ?string $directory for the small file
     * @throws SamebyteError `settings_invalid`
     */
    public function __construct(
        #[\SensitiveParameter] string $url,
        private readonly int $timeoutMs = 50,
        private readonly string $prefix = 'samebyte:',
        private readonly bool $allowEviction = false,
        private readonly ?string $client = null,
        ?string $directory = null,
    ) {
        $this->address = Address::parse($url);
        $this->file = StateFile::of($directory, "redis $url $prefix");
        if ($client !== null && ($client !== 'predis' || !class_exists(\Predis\Client::class))) {
            throw self::refused("there is no client $client for Redis");
        }
    }

    public function reserve(string $key, string $owner, int $ttlMs): Verdict
    {
        $name = "{$this->prefix}n:" . bin2hex($key);
        try {
            if (!$this->advances()) {
                return Verdict::Unavailable;
            }
            // The epoch is read after the nonce is written: a server that was emptied between the two has none.
            [$holder, $epoch] = $this->run([
                ['SET', $name, bin2hex($owner), 'NX', 'GET', 'PX', (string) $ttlMs],
                ['GET', "{$this->prefix}epoch"],
            ]);
            if ($holder instanceof Problem) {
                return $this->drop(str_starts_with($holder->message, 'OOM') ? Verdict::Full : Verdict::Unavailable);
            }
            if ($epoch instanceof Problem) {
                return $this->drop(Verdict::Unavailable);
            }
            if ($epoch === null || $epoch !== ($this->file->read()['epoch'] ?? null)) {
                $this->adopt($epoch);
                return Verdict::Cold;
            }
            return $holder === null || $holder === bin2hex($owner) ? Verdict::New : Verdict::Replay;
        } catch (StateLost) {
            return Verdict::Cold;
        } catch (\Exception) {
            return $this->drop(Verdict::Unavailable);
        }
    }

    /** @throws SamebyteError `settings_invalid` at the first contact with a server that forgets nonces when it runs out of memory */
    public function lostAt(): ?int
    {
        if (!isset($this->file->read()['lost'])) {
            $this->check();
        }
        return $this->file->read()['lost'] ?? null;
    }

    /**
     * Looks at the server, for the start of an application; nothing is reserved.
     *
     * @throws SamebyteError `settings_invalid` if it may forget nonces, `replay_store_unavailable` if it does not answer
     */
    public function check(): void
    {
        $this->drop(Verdict::Unavailable);
        try {
            try {
                [$epoch] = $this->run([['GET', "{$this->prefix}epoch"]]);
            } catch (StateLost) {
                // Noted, and not noted again.
                [$epoch] = $this->run([['GET', "{$this->prefix}epoch"]]);
            }
            if ($epoch === null || is_string($epoch) && $epoch !== ($this->file->read()['epoch'] ?? null)) {
                $this->adopt($epoch);
            }
        } catch (SamebyteError $problem) {
            throw $problem;
        } catch (\Exception) {
            $this->drop(Verdict::Unavailable);
            throw SamebyteError::of(Code::ReplayStoreUnavailable, 'Redis does not answer');
        }
    }

    /**
     * Runs commands within the time that a reservation has, and looks at the server where that is due.
     *
     * @param list<list<string>> $commands
     * @return list<string|Problem|null>
     * @throws StateLost if this is not the server that it was
     */
    private function run(array $commands): array
    {
        $connection = $this->connection;
        if ($connection === null || $this->process !== getmypid()) {
            $this->asked = 0;
            $this->process = (int) getmypid();
            $connection = $this->client === null
                ? new Socket($this->address, self::CONNECT_SECONDS)
                : new Predis($this->address, self::CONNECT_SECONDS);
            $this->connection = $connection;
        }
        if (hrtime(true) - $this->asked < 1_000_000_000) {
            return $connection->run($commands, $this->timeoutMs / 1000);
        }
        $answers = $connection->run([...$commands, self::ASK], $this->timeoutMs / 1000);
        $this->inspect(array_pop($answers));
        $this->asked = hrtime(true);
        return $answers;
    }

    /** Holds what the server says of itself against what is remembered. */
    private function inspect(string|Problem|null $info): void
    {
        if (!is_string($info)) {
            throw new \RuntimeException('Redis does not say what it is');
        }
        preg_match_all('/^(redis_version|role|run_id|master_replid|maxmemory_policy):(.*?)\r?$/m', $info, $found);
        $about = array_combine($found[1], $found[2]);
        if (count($about) !== 5 || $about['role'] !== 'master') {
            throw new \RuntimeException('this is no Redis server that takes writes');
        }
        if (version_compare($about['redis_version'], '7.0.0', '<')) {
            throw self::refused("Redis is of version {$about['redis_version']}, and 7.0 is needed");
        }
        if ($about['maxmemory_policy'] !== 'noeviction' && !$this->allowEviction) {
            throw self::refused("Redis may forget nonces: its maxmemory-policy is {$about['maxmemory_policy']}, and has to be noeviction");
        }
        $run = "{$about['run_id']} {$about['master_replid']}";
        $known = $this->file->read()['run'] ?? null;
        if ($known === null) {
            $this->file->update(fn (array $state): array => ['run' => $run] + $state);
        } elseif ($known !== $run) {
            $this->lost(['run' => $run], Clock::now());
            throw new StateLost();
        }
    }

    /**
     * Takes the epoch that the server has now, or gives it one. Its name tells when it began, for those who come later: what
     * was signed before then cannot be told from a replay.
     */
    private function adopt(?string $epoch): void
    {
        assert($this->connection !== null);
        $wall = Clock::now();
        if ($epoch === null) {
            $made = bin2hex(random_bytes(16)) . ":$wall";
            [$found] = $this->connection->run([['SET', "{$this->prefix}epoch", $made, 'NX', 'GET']], $this->timeoutMs / 1000);
            if ($found instanceof Problem) {
                throw new \RuntimeException('Redis takes no epoch');
            }
            $epoch = $found ?? $made;
        }
        // To a process that knew another epoch the state is lost now, whatever the name says.
        $first = !isset($this->file->read()['epoch']) && preg_match('/:([0-9]{1,15})\z/', $epoch, $began);
        $this->lost(['epoch' => $epoch], $first ? (int) $began[1] : $wall);
    }

    /** @param array<string, string> $now what is known of the server from now on */
    private function lost(array $now, int $at): void
    {
        $this->file->update(fn (array $state): array => ['lost' => max($at, $state['lost'] ?? 0)] + $now + $state);
    }

    /** Remembers the time, once in a second; tells whether it goes forward. */
    private function advances(): bool
    {
        $wall = Clock::now();
        $high = $this->file->read()['high'] ?? 0;
        if ($wall - $high > 1000) {
            $this->file->update(fn (array $state): array => ['high' => max($wall, $state['high'] ?? 0)] + $state);
        }
        return $high - $wall <= self::STEP_MS;
    }

    private function drop(Verdict $verdict): Verdict
    {
        $this->connection = null;
        return $verdict;
    }

    private static function refused(string $message): SamebyteError
    {
        return SamebyteError::of(Code::SettingsInvalid, $message, ['setting' => 'REPLAY_STORE']);
    }
}
