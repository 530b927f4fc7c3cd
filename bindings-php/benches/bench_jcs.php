<?php

// Canonicalization against PHP's own json_decode and json_encode: medians of interleaved rounds, as a Markdown table.
//
// `php bench_jcs.php DOCUMENTS [--json FILE] [--rounds N] [--only WORD]`: DOCUMENTS is a folder of JSON files, such as
// `cargo bench -p samebyte --bench jcs -- --documents DOCUMENTS` writes. The JSON rows are {"document","bytes","peer","ns"}.
// The library is found as the README says. The peer is not RFC 8785: it sorts nothing, and is what PHP has.

declare(strict_types=1);

use Samebyte\Samebyte;

require dirname(__DIR__) . '/tests/autoload.php';

// How long one peer works on one document in one round, in nanoseconds.
const BATCH = 40_000_000;

$options = ['--json' => null, '--rounds' => '7', '--only' => ''];
$folder = null;
for ($i = 1; $i < $argc; $i++) {
    if (array_key_exists($argv[$i], $options)) {
        $options[$argv[$i]] = $argv[++$i] ?? exit("{$argv[$i - 1]} needs a value\n");
    } else {
        $folder = $argv[$i];
    }
}
$folder ?? exit("usage: php bench_jcs.php DOCUMENTS [--json FILE] [--rounds N] [--only WORD]\n");

$flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR;
$peers = [
    'samebyte string' => fn (string $text, mixed $value): string => Samebyte::canonicalize($text),
    'json_decode + json_encode (not RFC 8785)' =>
        fn (string $text, mixed $value): string => json_encode(json_decode($text, false, 512, JSON_THROW_ON_ERROR), $flags),
    'samebyte native' => fn (string $text, mixed $value): string => Samebyte::canonicalize($value),
];

/** The median, in nanoseconds for each call. */
function median(array $times): float
{
    sort($times);
    return $times[intdiv(count($times), 2)];
}

printf("PHP %s, samebyte %s, %s\n\n", PHP_VERSION, Samebyte::version(), date('Y-m-d'));
printf("| document | bytes | %s µs | %s µs | factor | %s µs |\n|---|---:|---:|---:|---:|---:|\n", ...array_keys($peers));
$rows = [];
$files = glob("$folder/*{$options['--only']}*.json");
usort($files, fn (string $a, string $b): int => filesize($a) <=> filesize($b));
foreach ($files as $file) {
    $text = file_get_contents($file);
    $value = json_decode($text, false, 512, JSON_THROW_ON_ERROR);
    $times = [];
    for ($round = 0; $round < (int) $options['--rounds']; $round++) {
        foreach ($peers as $peer => $work) {
            $calls = 0;
            $start = hrtime(true);
            do {
                $work($text, $value);
                $calls++;
            } while (hrtime(true) - $start < BATCH);
            $times[$peer][] = (hrtime(true) - $start) / $calls;
        }
    }
    $document = basename($file, '.json');
    $medians = array_map(median(...), $times);
    foreach ($medians as $peer => $ns) {
        $rows[] = ['document' => $document, 'bytes' => strlen($text), 'peer' => $peer, 'ns' => round($ns, 1)];
    }
    [$own, $theirs, $native] = array_values($medians);
    printf("| %s | %d | %.2f | %.2f | %.1f | %.2f |\n", $document, strlen($text), $own / 1e3, $theirs / 1e3, $theirs / $own, $native / 1e3);
}
if ($options['--json'] !== null) {
    file_put_contents($options['--json'], json_encode($rows, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR) . "\n");
}
