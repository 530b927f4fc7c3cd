<?php

// Signing and verifying against what PHP has: medians of interleaved rounds, as a Markdown table.
//
// `php bench_sign.php [--json FILE] [--rounds N] [--only WORD]`. The JSON rows are {"document","bytes","peer","ns"}, where the
// document is the algorithm and what is done. The peer makes the same compact token by hand, with ext-sodium, ext-openssl or
// hash_hmac, and checks nothing but the signature. "native call" is the function of the library, called through FFI with
// arguments that are ready, whose bytes are freed: what the PHP package adds is the difference. Times are those of the
// processor, so that what else runs on the machine counts as little as it can.

declare(strict_types=1);

use Samebyte\Jws;
use Samebyte\Native;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Verifier;

require dirname(__DIR__) . '/tests/autoload.php';

// How long one peer works on one row in one round, in nanoseconds.
const BATCH = 10_000_000;

// 300 bytes of JSON in canonical form.
const PAYLOAD = '{"amount":1299,"currency":"EUR","customer":{"id":"c-20193","name":"Zoë Fröhlich","vip":false},"items":[{"quantity":2,"sku":"A-1001"},'
    . '{"quantity":1,"sku":"B-2002"},{"quantity":10,"sku":"C-3003"}],"note":"Deliver between nine and noon; ring twice, then leave it.",'
    . '"ordered_at":"2026-01-01T00:00:00Z","total":12.5}';

$options = ['--json' => null, '--rounds' => '21', '--only' => ''];
for ($i = 1; $i < $argc; $i++) {
    if (!array_key_exists($argv[$i], $options) || !isset($argv[$i + 1])) {
        exit("usage: php bench_sign.php [--json FILE] [--rounds N] [--only WORD]\n");
    }
    $options[$argv[$i]] = $argv[++$i];
}

function encode(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function decode(string $text): string
{
    return base64_decode(strtr($text, '-_', '+/'), true);
}

/**
 * What each peer does, for signing and for verifying.
 *
 * @return array<string, array<string, callable>>
 */
function work(string $algorithm): array
{
    [$name] = Peer::of($algorithm);
    if ($algorithm === 'HS256') {
        [$secret, $public] = Peer::keys($algorithm);
        $key = $trusted = SigningKey::symmetric($algorithm, $secret);
        $sign = fn (string $input): string => hash_hmac('sha256', $input, $secret, true);
        $holds = fn (string $input, string $signature): bool => hash_equals(hash_hmac('sha256', $input, $secret, true), $signature);
    } elseif ($algorithm === 'EdDSA') {
        $key = SigningKey::generate($algorithm);
        $pair = sodium_crypto_sign_seed_keypair(hex2bin($key->toHex()));
        [$secret, $public] = [sodium_crypto_sign_secretkey($pair), sodium_crypto_sign_publickey($pair)];
        $sign = fn (string $input): string => sodium_crypto_sign_detached($input, $secret);
        $holds = fn (string $input, string $signature): bool => sodium_crypto_sign_verify_detached($signature, $input, $public);
    } else {
        $key = SigningKey::generate($algorithm);
        $private = openssl_pkey_get_private($key->toPem());
        $public = openssl_pkey_get_public($key->publicKey()->toPem());
        $ecdsa = isset(Peer::CURVES[$algorithm]);
        $sign = function (string $input) use ($private, $ecdsa): string {
            openssl_sign($input, $signature, $private, OPENSSL_ALGO_SHA256);
            return $ecdsa ? Peer::fixed($signature, 32) : $signature;
        };
        $holds = fn (string $input, string $signature): bool
            => openssl_verify($input, $ecdsa ? Peer::der($signature) : $signature, $public, OPENSSL_ALGO_SHA256) === 1;
    }
    $trusted ??= $key->publicKey();
    $verifier = new Verifier([$trusted]);
    $header = encode("{\"alg\":\"$algorithm\"}");
    $make = function () use ($header, $sign): string {
        $input = $header . '.' . encode(PAYLOAD);
        return "$input." . encode($sign($input));
    };
    $read = function (string $token) use ($holds): string {
        [$header, $payload, $signature] = explode('.', $token);
        if (json_decode(decode($header))->alg === '' || !$holds("$header.$payload", decode($signature))) {
            exit("the peer verifies nothing\n");
        }
        return decode($payload);
    };
    $token = Jws::sign(PAYLOAD, $key);
    if ($read($token) !== PAYLOAD || Jws::verify($make(), $trusted)->payload !== PAYLOAD) {
        exit("samebyte and the peer of $algorithm do not agree\n");
    }

    $ffi = (new ReflectionMethod(Native::class, 'ffi'))->invoke(null);
    // The closures hold the objects that own the handles. What is written to is owned by nobody: it stays as long as this process.
    $place = fn (string $type): FFI\CData => FFI::addr($ffi->new($type, false));
    [$first, $second, $error] = array_map($place, ['sb_bytes', 'sb_bytes', 'sb_error *']);
    [$signing, $verifying] = [$key->handle()->pointer, $verifier->handle()->pointer];
    return [
        "$algorithm sign" => [
            'samebyte' => fn () => Jws::sign(PAYLOAD, $key),
            $name => $make,
            'native call' => function () use ($ffi, $key, $signing, $first, $error): void {
                $ffi->sb_jws_sign(PAYLOAD, strlen(PAYLOAD), $signing, null, 0, $first, $error);
                $ffi->sb_bytes_free($first);
            },
        ],
        "$algorithm verify" => [
            'samebyte' => fn () => Jws::verify($token, $trusted)->payload,
            $name => fn () => $read($token),
            'native call' => function () use ($ffi, $verifier, $verifying, $token, $first, $second, $error): void {
                $ffi->sb_jws_verify($token, strlen($token), null, 0, $verifying, null, 0, $first, $second, $error);
                $ffi->sb_bytes_free($first);
                $ffi->sb_bytes_free($second);
            },
        ],
    ];
}

/** The time that this process has had of the processor, in nanoseconds. */
function clock(): int
{
    $usage = getrusage();
    $seconds = $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'];
    return ($seconds * 1_000_000 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
}

/** How long this many calls take, in nanoseconds. */
function once(callable $work, int $times): int
{
    $start = clock();
    for ($i = 0; $i < $times; $i++) {
        $work();
    }
    return clock() - $start;
}

/**
 * Nanoseconds for one call of each peer: the median of rounds in which the peers take turns.
 *
 * @param array<string, callable> $work
 * @return array<string, float>
 */
function measure(array $work, int $rounds): array
{
    $times = array_map(function (callable $call): int {
        for ($times = 8; ($taken = once($call, $times)) < BATCH / 4; $times *= 2) {
        }
        return max(1, intdiv(BATCH * $times, $taken));
    }, $work);
    $samples = [];
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($work as $peer => $call) {
            $samples[$peer][] = once($call, $times[$peer]) / $times[$peer];
        }
    }
    return array_map(function (array $taken): float {
        sort($taken);
        return $taken[intdiv(count($taken), 2)];
    }, $samples);
}

printf("| | samebyte µs | peer µs | factor | native call µs | PHP adds µs |\n|---|---:|---:|---:|---:|---:|\n");
$rows = [];
foreach (['EdDSA', 'ES256', 'RS256', 'HS256'] as $algorithm) {
    foreach (str_contains("$algorithm sign verify", $options['--only']) ? work($algorithm) : [] as $what => $peers) {
        $taken = measure($peers, (int) $options['--rounds']);
        [$own, $theirs, $native] = array_values($taken);
        [, $peer] = array_keys($taken);
        $cells = [$what, $own / 1e3, $theirs / 1e3, $peer, $theirs / $own, $native / 1e3, ($own - $native) / 1e3];
        vprintf("| %s | %.2f | %.2f (%s) | %.2f | %.2f | %.2f |\n", $cells);
        foreach ($taken as $name => $ns) {
            $name = $name === $peer ? 'by hand' : $name;
            $rows[] = ['document' => $what, 'bytes' => strlen(PAYLOAD), 'peer' => $name, 'ns' => round($ns)];
        }
    }
}
if ($options['--json'] !== null) {
    file_put_contents($options['--json'], json_encode($rows, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR) . "\n");
}
