<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Http\RedisStore;
use Samebyte\Http\ReplayStore;
use Samebyte\Http\SqliteStore;
use Samebyte\Http\Verdict;
use Samebyte\Tests\RedisServer;
use Samebyte\Tests\Refusal;
use Samebyte\Tests\Scratch;

final class ReplayStoreTest extends TestCase
{
    public function testSqlite(): void
    {
        $path = Scratch::folder() . '/nonces.db';
        $this->contract(new SqliteStore($path));
        $this->assertSame(0o600, fileperms($path) & 0o777);
        // What another connection reserved is known, and so is when the file was made.
        $owner = random_bytes(16);
        $this->assertSame(Verdict::New, (new SqliteStore($path))->reserve(str_repeat('a', 16), $owner, 60_000));
        $other = new SqliteStore($path);
        $this->assertSame(Verdict::Replay, $other->reserve(str_repeat('a', 16), random_bytes(16), 60_000));
        $this->assertTrue(abs($other->lostAt() - time() * 1000) < 10_000);
        // Other languages compare what they find: a number in a text would be larger than any.
        $kinds = (new PDO("sqlite:$path"))->query('SELECT name, typeof(value) FROM state ORDER BY name')->fetchAll(PDO::FETCH_KEY_PAIR);
        $this->assertSame(['high' => 'integer', 'lost' => 'integer', 'nonces' => 'integer', 'schema' => 'integer'], array_diff_key($kinds, ['boot' => 0]));
    }

    public function testSqliteIsBounded(): void
    {
        $path = Scratch::folder() . '/nonces.db';
        $store = new SqliteStore($path, cap: 3);
        foreach (['a' => 100, 'b' => 60_000, 'c' => 60_000] as $key => $ttl) {
            $this->assertSame(Verdict::New, $store->reserve(str_pad($key, 16), random_bytes(16), $ttl));
        }
        $this->assertSame(Verdict::Full, $store->reserve(str_pad('d', 16), random_bytes(16), 60_000));
        $this->assertSame(Verdict::Replay, $store->reserve(str_pad('c', 16), random_bytes(16), 60_000));
        usleep(150_000);
        // What may be forgotten makes room, and nothing else does.
        $this->assertSame(Verdict::New, $store->reserve(str_pad('d', 16), random_bytes(16), 60_000));
        $this->assertSame(Verdict::Full, $store->reserve(str_pad('e', 16), random_bytes(16), 60_000));
        $this->assertSame(Verdict::Replay, $store->reserve(str_pad('b', 16), random_bytes(16), 60_000));
        $count = (new PDO("sqlite:$path"))->query("SELECT value, (SELECT count(*) FROM nonce) FROM state WHERE name = 'nonces'");
        $this->assertSame([3, 3], $count->fetch(PDO::FETCH_NUM));
    }

    public function testSqliteFailsClosed(): void
    {
        $path = Scratch::folder() . '/nonces.db';
        $store = new SqliteStore($path);
        $this->assertSame(Verdict::New, $store->reserve(str_pad('a', 16), random_bytes(16), 60_000));
        $writer = new PDO("sqlite:$path");
        $writer->exec('BEGIN IMMEDIATE');
        $start = hrtime(true);
        $this->assertSame(Verdict::Unavailable, $store->reserve(str_pad('b', 16), random_bytes(16), 60_000));
        $this->assertLessThan(150, intdiv(hrtime(true) - $start, 1_000_000));
        // Who only reads waits for nobody.
        $this->assertSame(Verdict::Replay, $store->reserve(str_pad('a', 16), random_bytes(16), 60_000));
        $writer->exec('ROLLBACK');
        $this->assertSame(Verdict::New, $store->reserve(str_pad('b', 16), random_bytes(16), 60_000));

        // A request that ends in the middle of a reservation leaves nothing behind, though the connection stays open.
        (function (): void {
            $this->open()->beginTransaction();
            $this->database->exec("UPDATE state SET value = value WHERE name = 'high'");
            $this->database = null;
        })->call($store);
        $this->assertSame(Verdict::New, (new SqliteStore($path))->reserve(str_pad('e', 16), random_bytes(16), 60_000));

        $lost = $store->lostAt();
        $writer->exec("UPDATE state SET value = 'another' WHERE name = 'boot'");
        usleep(10_000);
        $this->assertGreaterThan($lost, (new SqliteStore($path))->lostAt());
        $writer->exec("UPDATE state SET value = value + 7000 WHERE name = 'high'");
        $this->assertSame(Verdict::Unavailable, $store->reserve(str_pad('c', 16), random_bytes(16), 60_000), 'the clock was set back');

        $writer->exec("UPDATE state SET value = value - 7000 WHERE name IN ('high', 'lost')");
        array_map('unlink', glob("$path*"));
        $this->assertSame(Verdict::New, $store->reserve(str_pad('a', 16), random_bytes(16), 60_000), 'the file was taken away');
        $this->assertGreaterThan($lost, $store->lostAt());

        file_put_contents("$path.other", str_repeat('no database', 1000));
        $this->assertSame(Verdict::Unavailable, (new SqliteStore("$path.other"))->reserve(str_pad('a', 16), random_bytes(16), 1));
        $this->assertSame(Verdict::Unavailable, (new SqliteStore("$path.none/x"))->reserve(str_pad('a', 16), random_bytes(16), 1));
    }

    public function testOneOfManyProcessesWins(): void
    {
        $folder = Scratch::folder();
        $this->race('sqlite', "$folder/nonces.db", $folder);
        foreach ($this->clients() as $client) {
            $server = new RedisServer();
            $this->race($client ?? 'redis', $server->url, $server->directory);
        }
    }

    public function testRedis(): void
    {
        foreach ($this->clients() as $client) {
            $server = new RedisServer();
            $this->contract(new RedisStore($server->url, client: $client, directory: $server->directory));
            $names = explode("\n", $server->command('KEYS', '*'));
            $this->assertSame([], array_diff(preg_grep('/^samebyte:(epoch|n:[0-9a-f]{32})$/', $names, PREG_GREP_INVERT), ['']));
            $this->assertSame('-1', $server->command('TTL', 'samebyte:epoch'));
        }
    }

    public function testRedisThatLostItsState(): void
    {
        foreach ($this->clients() as $client) {
            $server = new RedisServer();
            $make = fn (): RedisStore => new RedisStore($server->url, client: $client, directory: $server->directory);
            [$store, $reserve] = [$make(), fn (ReplayStore $store, string $key): Verdict => $store->reserve(str_pad($key, 16), random_bytes(16), 60_000)];
            $first = $store->lostAt();
            $this->assertSame(Verdict::New, $reserve($store, 'a'));
            foreach ([fn () => $server->command('FLUSHALL'), fn () => $server->kill() ?? $server->start()] as $lose) {
                usleep(10_000);
                $lose();
                // The connection of before may be broken, which is noticed first.
                $verdicts = [$reserve($store, 'a'), $reserve($store, 'a')];
                $this->assertTrue(in_array(Verdict::Cold, $verdicts, true) && $verdicts[0] !== Verdict::New);
                $this->assertGreaterThan($first, $first = $store->lostAt());
                $this->assertSame($first, $make()->lostAt(), 'the next request knows it');
                $reserve($store, 'a');
                $this->assertSame(Verdict::New, $reserve($make(), 'b'));
                $this->assertSame(Verdict::Replay, $reserve($store, 'b'));
            }
            // The same epoch on another server: a copy that may be behind.
            $epoch = $server->command('GET', 'samebyte:epoch');
            $server->kill();
            $server->start();
            $server->command('SET', 'samebyte:epoch', $epoch);
            $this->assertSame(Verdict::Cold, $reserve($make(), 'c'));
        }
    }

    public function testRedisFailsClosed(): void
    {
        foreach ($this->clients() as $client) {
            $server = new RedisServer();
            $store = new RedisStore($server->url, client: $client, directory: $server->directory);
            $this->assertNotNull($store->lostAt());
            $key = fn (): array => [random_bytes(16), random_bytes(16), 60_000];
            $this->assertSame(Verdict::New, $store->reserve(...$key()));

            $server->signal(19);
            foreach ([1, 2, 3] as $_) {
                $start = hrtime(true);
                $this->assertSame(Verdict::Unavailable, $store->reserve(...$key()), "$client, stopped");
                $this->assertLessThan(150, intdiv(hrtime(true) - $start, 1_000_000));
            }
            $server->signal(18);
            usleep(100_000);
            $this->assertSame(Verdict::New, $store->reserve(...$key()));

            // A connection that has looked at the server is not the one that looks now.
            $again = fn (): RedisStore => new RedisStore($server->url, client: $client, directory: $server->directory);
            $server->command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
            $this->assertSame(Verdict::Unavailable, $again()->reserve(...$key()), "$client, eviction");
            $error = Refusal::of(fn () => $again()->check());
            $this->assertSame([Code::SettingsInvalid, 'REPLAY_STORE'], [$error->code(), $error->detail()['setting']]);
            $allowing = new RedisStore($server->url, allowEviction: true, client: $client, directory: $server->directory);
            $this->assertSame(Verdict::New, $allowing->reserve(...$key()));
            $server->command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
            $this->assertSame(Verdict::New, $again()->reserve(...$key()));

            $server->command('CONFIG', 'SET', 'maxmemory', '1');
            $this->assertSame(Verdict::Full, $again()->reserve(...$key()), "$client, out of memory");
            $server->command('CONFIG', 'SET', 'maxmemory', '0');
            $server->command('CONFIG', 'SET', 'requirepass', 'secret');
            $this->assertSame(Verdict::Unavailable, $again()->reserve(...$key()), "$client, password");
            $url = str_replace('redis://', 'redis://:secret@', $server->url);
            // Another address is another server until it has been looked at.
            $known = new RedisStore($url, client: $client, directory: $server->directory);
            $known->check();
            $this->assertSame(Verdict::New, $known->reserve(...$key()));

            $server->kill();
            $start = hrtime(true);
            $this->assertSame(Verdict::Unavailable, $again()->reserve(...$key()), "$client, dead");
            $this->assertLessThan(150, intdiv(hrtime(true) - $start, 1_000_000));
            $this->assertSame(Code::ReplayStoreUnavailable, Refusal::of(fn () => $known->check())->code());
        }
    }

    /** A server that answers in parts, or in no known way. */
    public function testRedisThatIsNone(): void
    {
        $answers = ["$-1\r\n$4\r\nab", '$', "*1\r\n", "$99999999\r\n", "HTTP/1.1 400\r\n", str_repeat('x', 90_000), ''];
        $code = '$s = stream_socket_server("tcp://127.0.0.1:0"); echo stream_socket_get_name($s, false), "\n";'
            . '$c = stream_socket_accept($s); fread($c, 9); fwrite($c, base64_decode($argv[1])); echo "answered\n"; sleep(5);';
        foreach ($answers as $answer) {
            $process = proc_open([PHP_BINARY, '-r', $code, base64_encode($answer)], [1 => ['pipe', 'w']], $pipes);
            $store = new RedisStore('redis://' . trim(fgets($pipes[1])), directory: Scratch::folder());
            $start = hrtime(true);
            $this->assertSame(Verdict::Unavailable, $store->reserve(random_bytes(16), random_bytes(16), 60_000));
            $this->assertLessThan(150, intdiv(hrtime(true) - $start, 1_000_000));
            $this->assertSame("answered\n", fgets($pipes[1]));
            proc_terminate($process, 9);
            proc_close($process);
        }
    }

    public function testSettings(): void
    {
        foreach (['http://h', 'redis:', 'redis://h/x', 'redis://h?x=1', '//h'] as $url) {
            $this->assertSame(Code::SettingsInvalid, Refusal::of(fn () => new RedisStore($url))->code());
        }
        $folder = Scratch::folder();
        chmod($folder, 0o777);
        $this->assertSame(Code::SettingsInvalid, Refusal::of(fn () => new RedisStore('redis://h', directory: $folder))->code());
        ob_start();
        var_dump(new RedisStore('redis://user:secret@h', directory: Scratch::folder()));
        $this->assertStringNotContainsString('secret', ob_get_clean());
    }

    /** What every store does. */
    private function contract(ReplayStore $store): void
    {
        [$first, $second] = [random_bytes(16), "\0" . random_bytes(15)];
        $this->assertTrue(abs($store->lostAt() - time() * 1000) < 10_000, 'a new store has lost what was before it');
        $this->assertSame(Verdict::New, $store->reserve($first, $first, 1_000));
        $this->assertSame(Verdict::New, $store->reserve($first, $first, 1_000), 'the same owner is this attempt');
        $this->assertSame(Verdict::Replay, $store->reserve($first, $second, 1_000));
        $this->assertSame(Verdict::New, $store->reserve($second, $second, 60_000));
        usleep(1_100_000);
        $this->assertSame(Verdict::New, $store->reserve($first, $second, 60_000), 'what is forgotten is new');
        $this->assertSame(Verdict::Replay, $store->reserve($second, $first, 60_000));
    }

    private function race(string $kind, string $target, string $directory): void
    {
        // Made first: who finds a new store says that it is cold, or waits while it is made.
        $warm = $kind === 'sqlite' ? new SqliteStore($target) : new RedisStore($target, client: $kind === 'predis' ? $kind : null, directory: $directory);
        $this->assertNotNull($warm->lostAt());
        [$processes, $nonces] = [4, 300];
        $running = [];
        $input = implode("\n", array_map(fn (int $i): string => "nonce-$i", range(1, $nonces))) . "\n";
        for ($i = 0; $i < $processes; $i++) {
            $file = tmpfile();
            fwrite($file, $input);
            rewind($file);
            $command = [PHP_BINARY, dirname(__DIR__) . '/reserve.php', $kind, $target, $directory, '60000'];
            $running[] = [proc_open($command, [$file, ['pipe', 'w']], $pipes), $pipes[1]];
        }
        [$winners, $late] = [array_fill(0, $nonces, 0), array_fill(0, $nonces, 0)];
        foreach ($running as [$process, $output]) {
            $verdicts = explode("\n", trim(stream_get_contents($output)));
            $this->assertSame(0, proc_close($process));
            $this->assertSame($nonces, count($verdicts));
            foreach ($verdicts as $i => $verdict) {
                $this->assertTrue($verdict === 'new' || $verdict === 'replay' || $verdict === 'unavailable', $verdict);
                $winners[$i] += $verdict === 'new' ? 1 : 0;
                $late[$i] += $verdict === 'unavailable' ? 1 : 0;
            }
        }
        // On a busy machine the one that was first may have waited for too long to hear of it; then nobody has won.
        $expected = array_map(fn (int $won, int $late): int => $late > 0 ? $won : 1, $winners, $late);
        $this->assertSame($expected, $winners, "$kind: each nonce has one winner");
        $this->assertGreaterThan(intdiv($nonces, 2), array_sum($winners));
        $this->assertSame(1, max($winners));
    }

    /** @return list<?string> the clients of Redis that are installed here */
    private function clients(): array
    {
        @include_once 'Predis/autoload.php';
        if (!RedisServer::installed() || !class_exists(Predis\Client::class)) {
            $this->markTestSkipped('redis-server or php-predis is not installed');
        }
        return [null, 'predis'];
    }
}
