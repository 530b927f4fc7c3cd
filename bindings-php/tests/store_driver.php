<?php

// The driver of the replay stores of PHP: speaks conformance-vectors/soak/README.md.

declare(strict_types=1);

use Samebyte\Exception\SamebyteError;
use Samebyte\Http\RedisStore;
use Samebyte\Http\SqliteStore;

@include_once 'Predis/autoload.php';
require __DIR__ . '/autoload.php';

$store = null;
$lost = null;

/** The store, started as an application starts it; null where PHP has no such one. */
$open = static function (array $wanted): RedisStore|SqliteStore|null {
    if ($wanted['kind'] === 'sqlite') {
        return new SqliteStore($wanted['target'], $wanted['timeout_ms'], $wanted['cap']);
    }
    $client = $wanted['client'] ?? null;
    if ($client === 'predis' && !class_exists(\Predis\Client::class)) {
        return null;
    }
    $store = new RedisStore($wanted['target'], $wanted['timeout_ms'], client: $client, directory: $wanted['folder']);
    $store->check();
    return $store;
};

while (($line = fgets(STDIN)) !== false) {
    $question = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    if (isset($question['open'])) {
        try {
            $store = $open($question['open']);
            $answer = $store === null ? ['error' => 'unsupported'] : ['opened' => true];
        } catch (SamebyteError $error) {
            $answer = ['error' => $error->code()->value];
        }
    } else {
        $verdicts = [];
        $slowest = 0;
        foreach ($question['together'] ?? [$question['reserve']] as [$key, $owner, $ttl]) {
            $begin = hrtime(true);
            $verdicts[] = strtolower($store->reserve(hex2bin($key), hex2bin($owner), $ttl)->name);
            $slowest = max($slowest, hrtime(true) - $begin);
        }
        $answer = isset($question['together']) ? ['verdicts' => $verdicts] : ['verdict' => $verdicts[0]];
        $answer['ms'] = $slowest / 1e6;
    }
    // The middleware asks for it with each request.
    $before = $lost;
    $lost = $store?->lostAt() ?? $lost;
    if ($lost !== $before) {
        $answer['lost'] = $lost;
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
