<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Http\Client;
use Samebyte\Http\SqliteStore;
use Samebyte\SigningKey;
use Samebyte\Tests\Child;
use Samebyte\Tests\PhpServer;
use Samebyte\Tests\Scratch;

require_once dirname(__DIR__) . '/Psr.php';

final class GuideTest extends TestCase
{
    /** The example of docs/guide/php.md, as it stands there, but for the port. */
    public function testTheGuide(): void
    {
        if (!class_exists(GuzzleHttp\Client::class) || !extension_loaded('curl') || !extension_loaded('posix')) {
            $this->markTestSkipped('php-guzzlehttp-guzzle, php-curl or the extension posix is not installed');
        }
        $folder = Scratch::folder();
        mkdir("$folder/vendor");
        $autoload = var_export(dirname(__DIR__) . '/autoload.php', true) . '; require ' . var_export(dirname(__DIR__) . '/Psr.php', true);
        file_put_contents("$folder/vendor/autoload.php", "<?php require $autoload;");
        $address = PhpServer::free();
        $guide = str_replace('127.0.0.1:8080', $address, file_get_contents(Child::root() . '/docs/guide/php.md'));
        $this->assertSame(3, preg_match_all('~^```php\n(<\?php // (\w+\.php)\n.*?)^```$~ms', $guide, $programs));
        foreach ($programs[2] as $index => $name) {
            file_put_contents("$folder/$name", $programs[1][$index]);
        }
        $this->assertSame(5, preg_match_all('/^export (\w+)=(.*)$/m', $guide, $variables));
        $environment = array_combine($variables[1], $variables[2]) + ['TMPDIR' => $folder, 'PHP_CLI_SERVER_WORKERS' => '4'];
        preg_match('/^```text\n(.*?)^```$/ms', $guide, $expected);

        $server = null;
        $run = function (string $program) use ($folder, &$server): string {
            [$status, $output, $errors] = Child::run(['-r', 'chdir($argv[1]); require $argv[2];', $folder, $program]);
            $this->assertSame(0, $status, $output . $errors . $server?->log());
            return $output;
        };
        $run('keys.php');
        // A store that is not new: the example would wait for half a minute.
        (new SqliteStore("$folder/nonces.db"))->lostAt();
        (new PDO("sqlite:$folder/nonces.db"))->exec("UPDATE state SET value = value - 60000 WHERE name = 'lost'");
        $server = new PhpServer('index.php', $environment, $address, $folder);
        $this->assertSame($expected[1], $run('client.php'), $server->log());
        $this->assertStringContainsString('"code":"replay_detected"', $server->log());
        $this->assertStringContainsString('"outcome":"accepted"', $server->log());
        $this->assertStringNotContainsString('tea', $server->log());
        $this->race("http://$address/orders", SigningKey::fromJwk(file_get_contents("$folder/client.jwk")));
        // The files of the store and of the private keys are their owner's alone.
        foreach (['nonces.db', 'nonces.db-wal', 'client.jwk', 'gateway.jwk'] as $file) {
            $this->assertSame(0, fileperms("$folder/$file") & 0o077, $file);
        }
    }

    /** One request, sent many times at once to four processes: one of them runs the handler, once. */
    private function race(string $url, SigningKey $key): void
    {
        $call = (new Client($key))->sign('POST', $url, ['Content-Type' => 'application/json'], '{"count":1,"item":"tea"}');
        [$all, $running] = [curl_multi_init(), []];
        for ($i = 0; $i < 100; $i++) {
            $running[] = $one = curl_init($url);
            curl_setopt_array($one, [
                CURLOPT_POSTFIELDS => $call->body,
                CURLOPT_HTTPHEADER => ['Content-Type: application/json', "$call->name: $call->value"],
                CURLOPT_RETURNTRANSFER => true,
            ]);
            curl_multi_add_handle($all, $one);
        }
        do {
            curl_multi_exec($all, $left);
            curl_multi_select($all, 1.0);
        } while ($left > 0);
        $statuses = array_count_values(array_map(fn ($one): int => curl_getinfo($one, CURLINFO_RESPONSE_CODE), $running));
        // A writer that waits for the others for too long says 503, and that it does so is no accident of the store.
        $this->assertSame([1, 99], [$statuses[200] ?? 0, ($statuses[409] ?? 0) + ($statuses[503] ?? 0)], json_encode($statuses));
    }
}
