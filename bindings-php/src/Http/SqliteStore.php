<?php

declare(strict_types=1);

namespace Samebyte\Http;

use PDO;
use PDOException;
use PDOStatement;
use Samebyte\Code;
use Samebyte\Exception\SamebyteError;

/**
 * Nonces in an SQLite file: for all processes of one host, of PHP and of other languages of samebyte alike.
 *
 * The file is in WAL mode. A process that is killed loses nothing. A machine that loses its power may lose the last
 * reservations: the store knows the machine's boot, and takes another one for a loss of its state.
 */
final class SqliteStore implements ReplayStore
{
    private const SCHEMA = [
        'CREATE TABLE IF NOT EXISTS nonce(key BLOB PRIMARY KEY, owner BLOB NOT NULL, forget INTEGER NOT NULL) WITHOUT ROWID',
        'CREATE INDEX IF NOT EXISTS nonce_forget ON nonce(forget)',
        'CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value) WITHOUT ROWID',
        // Whoever writes, the number of nonces is right: counting a million rows for each request would take too long.
        "CREATE TRIGGER IF NOT EXISTS nonce_added AFTER INSERT ON nonce BEGIN
            UPDATE state SET value = value + 1 WHERE name = 'nonces'; END",
        "CREATE TRIGGER IF NOT EXISTS nonce_removed AFTER DELETE ON nonce BEGIN
            UPDATE state SET value = value - 1 WHERE name = 'nonces'; END",
        "INSERT OR IGNORE INTO state VALUES ('schema', 1), ('nonces', (SELECT count(*) FROM nonce))",
    ];

    /** How many nonces that may be forgotten are, at each reservation. */
    private const SWEEP = 100;

    /** How far the clock may be set back. */
    private const STEP_MS = 5000;

    private ?PDO $database = null;

    /** Which file is open. */
    private string $file = '';

    /** The process that opened it: a connection does not survive a fork. */
    private int $process = 0;

    /**
     * @param string $path of the file; it is made, readable to its owner alone, where it is not there. Not on a network drive.
     * @param int $timeoutMs how long a reservation waits for the other writers
     * @param int $cap how many nonces there may be
     */
    public function __construct(
        private readonly string $path,
        private readonly int $timeoutMs = 50,
        private readonly int $cap = 1_000_000,
    ) {
        if (!in_array('sqlite', class_exists(PDO::class) ? PDO::getAvailableDrivers() : [], true)) {
            throw SamebyteError::of(Code::SettingsInvalid, 'the PHP extension `pdo_sqlite` is missing', ['setting' => 'REPLAY_STORE']);
        }
    }

    public function reserve(string $key, string $owner, int $ttlMs): Verdict
    {
        try {
            $database = $this->open();
            $now = $this->now();
            if ($now - Clock::now() > self::STEP_MS) {
                return Verdict::Unavailable;
            }
            // Reading waits for nobody, and a nonce that is there is a sure replay.
            $holder = $this->holder($database, $key, $now);
            if ($holder !== null) {
                return $holder === $owner ? Verdict::New : Verdict::Replay;
            }
            return $this->atomically($database, fn (): Verdict => $this->write($database, $key, $owner, $ttlMs));
        } catch (PDOException $problem) {
            // What is wrong with a connection may be gone with it.
            $this->database = null;
            // 13 is SQLITE_FULL: the disk.
            return ($problem->errorInfo[1] ?? 0) === 13 ? Verdict::Full : Verdict::Unavailable;
        }
    }

    public function lostAt(): ?int
    {
        try {
            $this->open();
            return $this->value('lost');
        } catch (PDOException) {
            $this->database = null;
            return null;
        }
    }

    /**
     * Does it all or not at all. Its first statement has to write, and waits for the other writers.
     *
     * PDO knows of the transaction, and ends it where the request ends: a connection that stays open would keep it.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    private function atomically(PDO $database, callable $work): mixed
    {
        $database->beginTransaction();
        try {
            $done = $work();
            $database->commit();
            return $done;
        } catch (PDOException $problem) {
            try {
                $database->rollBack();
            } catch (PDOException) {
                // SQLite has done so itself.
            }
            throw $problem;
        }
    }

    /** Inside of the transaction: what was read before it may have changed. */
    private function write(PDO $database, string $key, string $owner, int $ttlMs): Verdict
    {
        self::run($database, "UPDATE state SET value = max(value, ?) WHERE name = 'high'", [Clock::now()]);
        $now = (int) $this->value('high');
        self::run(
            $database,
            'DELETE FROM nonce WHERE key IN (SELECT key FROM nonce WHERE forget <= ? ORDER BY forget LIMIT ' . self::SWEEP . ')',
            [$now],
        );
        $holder = $this->holder($database, $key, $now);
        if ($holder !== null) {
            return $holder === $owner ? Verdict::New : Verdict::Replay;
        }
        if ($this->value('nonces') >= $this->cap) {
            return Verdict::Full;
        }
        // What was to be forgotten and was not swept yet is replaced; a trigger would not see that as one less.
        self::run($database, 'DELETE FROM nonce WHERE key = ?', [], $key);
        self::run($database, 'INSERT INTO nonce VALUES (?, ?, ?)', [$now + $ttlMs], $key, $owner);
        return Verdict::New;
    }

    /** Whose reservation of this key is still live, or null. */
    private function holder(PDO $database, string $key, int $now): ?string
    {
        $found = self::first(self::run($database, 'SELECT owner FROM nonce WHERE key = ? AND forget > ?', [$now], $key));
        return $found === null ? null : (string) $found;
    }

    private function value(string $name): ?int
    {
        assert($this->database !== null);
        $statement = $this->database->prepare('SELECT value FROM state WHERE name = ?');
        $statement->execute([$name]);
        $found = self::first($statement);
        return $found === null ? null : (int) $found;
    }

    /** The first column of the first row, or null; a statement that is left open would keep what it reads from changing. */
    private static function first(PDOStatement $statement): string|int|float|null
    {
        $found = $statement->fetchColumn();
        $statement->closeCursor();
        return $found === false ? null : $found;
    }

    /**
     * Runs a statement with bytes first, and integers after them.
     *
     * @param list<int> $integers
     */
    private static function run(PDO $database, string $sql, array $integers, string ...$blobs): PDOStatement
    {
        $statement = $database->prepare($sql);
        $place = 0;
        foreach ($blobs as $blob) {
            $statement->bindValue(++$place, $blob, PDO::PARAM_LOB);
        }
        foreach ($integers as $integer) {
            $statement->bindValue(++$place, $integer, PDO::PARAM_INT);
        }
        $statement->execute();
        return $statement;
    }

    private function open(): PDO
    {
        // A file that was taken away is still there for those who have it open, and nobody else looks into it.
        if ($this->database !== null && $this->process === getmypid() && $this->file === $this->file()) {
            return $this->database;
        }
        $this->database = null;
        if ($this->file() === '') {
            $mask = umask(0o077);
            @touch($this->path);
            umask($mask);
        }
        $this->process = (int) getmypid();
        $this->file = $this->file();
        // The last connection to close tidies the file up, which takes longer than all else: it stays open for the next request
        // of this process, as a connection to this very file.
        $database = new PDO("sqlite:$this->path", null, null, [
            PDO::ATTR_PERSISTENT => "samebyte $this->process $this->file",
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        ]);
        if ($this->file === '' || $this->file !== $this->file()) {
            throw new PDOException('the file is not there, or was replaced just now');
        }
        $database->exec("PRAGMA busy_timeout = $this->timeoutMs");
        $boot = self::boot();
        $database->exec('PRAGMA synchronous = ' . ($boot === null ? 'FULL' : 'NORMAL'));
        $this->database = $database;
        $this->prepare($database, $boot);
        return $database;
    }

    /** Which file the path leads to; empty where it leads to none. */
    private function file(): string
    {
        clearstatcache(true, $this->path);
        $found = @stat($this->path);
        return $found === false ? '' : "{$found['dev']} {$found['ino']}";
    }

    /** Makes what a new file lacks, and notes where the state was lost. */
    private function prepare(PDO $database, ?string $boot): void
    {
        $names = "'nonce', 'nonce_forget', 'state', 'nonce_added', 'nonce_removed'";
        $known = self::first(self::run($database, "SELECT count(*) FROM sqlite_master WHERE name IN ($names)", []));
        if ($known === 5 && $this->intact($boot)) {
            return;
        }
        $database->exec('PRAGMA journal_mode = WAL');
        $this->atomically($database, function () use ($database, $boot): void {
            $database->exec('PRAGMA user_version = 1');
            foreach (self::SCHEMA as $statement) {
                $database->exec($statement);
            }
            if ($this->value('schema') !== 1) {
                throw new PDOException('the file is of another version');
            }
            // Asked again: another process may have been here first.
            if (!$this->intact($boot)) {
                $now = $this->now();
                self::run($database, "INSERT OR REPLACE INTO state VALUES ('lost', ?), ('high', ?)", [$now, $now]);
                $database->prepare("INSERT OR REPLACE INTO state VALUES ('boot', ?)")->execute([$boot]);
            }
        });
    }

    /** Whether the file knows when its state was lost, and the machine has been running since it was last opened. */
    private function intact(?string $boot): bool
    {
        assert($this->database !== null);
        $state = $this->database->query('SELECT name, value FROM state')->fetchAll(PDO::FETCH_KEY_PAIR);
        return isset($state['lost'], $state['high']) && ($state['boot'] ?? null) === $boot;
    }

    /** The name of this run of the machine; null where the system tells none. */
    private static function boot(): ?string
    {
        $name = @file_get_contents('/proc/sys/kernel/random/boot_id');
        return $name === false ? null : trim($name);
    }

    /** The highest time that anybody saw who uses the file. */
    private function now(): int
    {
        return max(Clock::now(), (int) $this->value('high'));
    }
}
