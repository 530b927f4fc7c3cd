<?php

declare(strict_types=1);

use Nyholm\Psr7\Request;
use Nyholm\Psr7\Response;
use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Http\Client;
use Samebyte\Http\KeyFetcher;
use Samebyte\Http\RedisStore;
use Samebyte\Http\Setup;
use Samebyte\Http\SqliteStore;
use Samebyte\Keyset;
use Samebyte\SigningKey;
use Samebyte\Tests\PhpServer;
use Samebyte\Tests\Psr;
use Samebyte\Tests\Refusal;
use Samebyte\Tests\Scratch;

require_once dirname(__DIR__) . '/Psr.php';

/** Settings from the environment, and keys from a URL. */
final class SetupTest extends TestCase
{
    public function testTheEnvironment(): void
    {
        $folder = Scratch::folder();
        [$key, $own] = [SigningKey::generate('EdDSA'), SigningKey::generate('ES256')];
        file_put_contents("$folder/trusted.json", Keyset::of([$key->publicKey()])->toJwks());
        file_put_contents("$folder/own.pem", $own->toPem());
        $environment = [
            'TRUSTED_KEYS' => "$folder/trusted.json",
            'PUBLIC_ORIGINS' => 'https://gw.example',
            'REPLAY_STORE' => "sqlite:$folder/nonces.db",
            'SIGNING_KEY' => "$folder/own.pem",
            'SIGN_RESPONSES' => 'on',
            'BODY_TIMEOUT_MS' => '500',
            'SOMETHING_ELSE' => "\xff",
            // Under php-fpm a field of the request is a variable; it is not read, however long it is.
            'HTTP_X_LONG' => str_repeat('a', (16 << 20) + 1),
        ];
        $setup = Setup::fromEnvironment($environment);
        $this->assertInstanceOf(SqliteStore::class, $setup->store);
        $this->assertSame(500, $setup->bodyTimeoutMs);
        $this->assertStringContainsString($own->kid(), $setup->gateway->jwks());
        $inline = ['SIGNING_KEY' => $own->toJwk(), 'TRUSTED_KEYS' => Keyset::of([$key->publicKey()])->toJwks()];
        $this->assertStringContainsString($own->kid(), Setup::fromEnvironment($inline + $environment)->gateway->jwks());

        $refused = function (array $changes, string $setting) use ($environment): void {
            $error = Refusal::of(fn () => Setup::fromEnvironment(array_filter($changes + $environment, 'is_string')));
            $this->assertSame([Code::SettingsInvalid, $setting], [$error->code(), $error->detail()['setting'] ?? null], $error->getMessage());
        };
        // PHP forgets its memory after each request.
        $refused(['REPLAY_STORE' => 'memory'], 'REPLAY_STORE');
        $refused(['REPLAY_STORE' => null], 'REPLAY_STORE');
        $refused(['REPLAY_STORE' => 'shm:x'], 'REPLAY_STORE');
        $refused(['SIGNING_KEY' => null], 'SIGNING_KEY');
        $refused(['SIGNING_KEY' => "$folder/none.pem"], 'SIGNING_KEY');
        $refused(['TRUSTED_KEYS' => null], 'TRUSTED_KEYS');
        $refused(['TRUSTED_KEYS' => "$folder/own.pem"], 'TRUSTED_KEYS');
        foreach (['[],"mode":"off"', '[]}', 'null'] as $broken) {
            file_put_contents("$folder/broken.json", $broken);
            $refused(['TRUSTED_KEYS' => "$folder/broken.json"], 'TRUSTED_KEYS');
        }
        // The keys are read by the core, as they are written.
        $keys = json_decode($inline['TRUSTED_KEYS'])->keys;
        $twice = '{"keys":[],"keys":' . json_encode($keys) . '}';
        foreach ([$twice, "[{\"jwks\":$twice}]"] as $text) {
            $error = Refusal::of(fn () => Setup::fromEnvironment(['TRUSTED_KEYS' => $text] + $environment));
            $this->assertSame(Code::DuplicateMember, $error->code());
        }
        $escaped = '[{"jwks\u005furi": "https://keys.example/jwks.json", "tenant": "a"}]';
        $this->assertNotNull(Setup::fromEnvironment(['TRUSTED_KEYS' => $escaped] + $environment)->keys);
        $this->assertSame(null, $setup->keys);
        $refused(['PUBLIC_ORIGINS' => null], 'PUBLIC_ORIGINS');
        $refused(['SIGNATURE_MODE' => 'sometimes'], 'SIGNATURE_MODE');
        $off = Setup::fromEnvironment(['SIGNATURE_MODE' => 'off', 'PUBLIC_ORIGINS' => 'https://gw.example']);
        $this->assertSame(null, $off->store);
        $redis = Setup::fromEnvironment(['REPLAY_STORE' => 'redis://127.0.0.1:1'] + $environment, $folder);
        $this->assertInstanceOf(RedisStore::class, $redis->store);
    }

    public function testKeysFromAUrl(): void
    {
        $this->needsCurl();
        $folder = Scratch::folder();
        $server = new PhpServer(dirname(__DIR__) . '/keys_server.php', ['KEYS_FOLDER' => $folder]);
        [$first, $second] = [SigningKey::generate('EdDSA'), SigningKey::generate('EdDSA')];
        $publish = fn (SigningKey ...$keys) => file_put_contents(
            "$folder/jwks.json",
            Keyset::of(array_map(fn (SigningKey $key) => $key->publicKey(), $keys))->toJwks(),
        );
        $publish($first);
        // Each request is a process of its own, as far as memory goes.
        $url = "$server->url/jwks.json";
        $send = function (SigningKey $key) use ($url, $folder): string {
            $app = new Psr(Setup::fromEnvironment([
                'TRUSTED_KEYS' => $url,
                'JWKS_PRIVATE_ADDRESSES' => '1',
                'PUBLIC_ORIGINS' => 'https://gw.example',
                'REPLAY_STORE' => "sqlite:$folder/nonces.db",
            ], $folder), fn () => new Response(200));
            $call = (new Client($key))->sign('GET', 'https://gw.example/');
            $response = $app->sendRequest(new Request('GET', 'https://gw.example/', [$call->name => $call->value]));
            return $response->getStatusCode() . $response->getHeaderLine('X-Signature-Error');
        };
        $requests = fn (): int => is_file("$folder/requests") ? count(file("$folder/requests")) : 0;
        (new SqliteStore("$folder/nonces.db"))->lostAt();
        (new PDO("sqlite:$folder/nonces.db"))->exec("UPDATE state SET value = value - 60000 WHERE name = 'lost'");
        $this->assertSame('200', $send($first));
        $this->assertSame([1, '200', 1], [$requests(), $send($first), $requests()], 'what was fetched is kept');
        // A key that is not in the set is not fetched for, before half a minute has passed.
        $publish($first, $second);
        foreach ([1, 2, 3] as $_) {
            $this->assertSame('401signature_unknown', $send($second));
        }
        $this->assertSame(1, $requests());
        $age = function (int $seconds) use ($folder): void {
            foreach (preg_grep('/jwks/', array_map('file_get_contents', $files = glob("$folder/*.json"))) as $index => $text) {
                $state = json_decode($text, true);
                if (isset($state['fetched'])) {
                    $older = ['fetched' => $state['fetched'] - $seconds * 1000, 'tried' => $state['tried'] - $seconds * 1000] + $state;
                    file_put_contents($files[$index], json_encode($older));
                }
            }
        };
        $age(31);
        $this->assertSame(['200', 2], [$send($second), $requests()]);
        // A broken set, or none, keeps the one before.
        file_put_contents("$folder/jwks.json", '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}');
        $age(301);
        $this->assertSame(['200', '200', 3], [$send($first), $send($second), $requests()]);
        // A key that was taken away is gone once the set was fetched again.
        $publish($second);
        $age(301);
        $this->assertSame(['401signature_unknown', '200', 4], [$send($first), $send($second), $requests()]);
        unset($server);
        $age(301);
        $this->assertSame('200', $send($second), 'stale, while there is nothing better');
        $age(90_000);
        $this->assertSame('503key_source_unavailable', $send($second));
    }

    public function testFetchesThatAreRefused(): void
    {
        $this->needsCurl();
        $folder = Scratch::folder();
        file_put_contents("$folder/jwks.json", Keyset::of([SigningKey::generate('EdDSA')->publicKey()])->toJwks());
        $server = new PhpServer(dirname(__DIR__) . '/keys_server.php', ['KEYS_FOLDER' => $folder]);
        $fetcher = new KeyFetcher(privateAddresses: true, timeoutMs: 500, directory: $folder);
        $this->assertSame(true, $fetcher->refresh("$server->url/jwks.json"));
        foreach (['redirect', 'error', 'huge', 'broken', 'slow'] as $path) {
            $start = hrtime(true);
            $this->assertSame([false, null], [$fetcher->refresh("$server->url/$path"), $fetcher->kept("$server->url/$path")], $path);
            $this->assertLessThan(1500, intdiv(hrtime(true) - $start, 1_000_000));
        }
        $this->assertSame(6, count(file("$folder/requests")));
        // Nobody is asked at an address that is not public, nor without TLS.
        $strict = new KeyFetcher(timeoutMs: 500, directory: $folder);
        $port = parse_url($server->url, PHP_URL_PORT);
        foreach (["https://127.0.0.1:$port/a", "https://localhost:$port/a", "https://127.1:$port/a", "https://[::1]:$port/a", "https://[::ffff:127.0.0.1]:$port/a", "http://127.0.0.1:$port/a", "file:///etc/passwd", 'https:///x'] as $url) {
            $this->assertSame(false, $strict->refresh($url), $url);
        }
        $this->assertSame(6, count(file("$folder/requests")));
        $this->assertStringNotContainsString('Invalid request', $server->log(), 'no handshake was tried');
        foreach (glob("$folder/*.json") as $file) {
            $this->assertSame(0, $file === "$folder/jwks.json" ? 0 : fileperms($file) & 0o077);
        }
    }

    private function needsCurl(): void
    {
        if (!extension_loaded('curl') || !Psr::installed()) {
            $this->markTestSkipped('php-curl or php-nyholm-psr7 is not installed');
        }
    }
}
