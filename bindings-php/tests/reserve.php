<?php

// Reserves nonces, for tests with several processes: php reserve.php sqlite|redis|predis TARGET DIRECTORY TTL_MS
//
// Standard input has one nonce per line, optionally with an owner behind a space (a random one where there is none); for each
// the name of the verdict is printed. The line `lost` prints when the store lost its state.

declare(strict_types=1);

use Samebyte\Http\RedisStore;
use Samebyte\Http\SqliteStore;

@include_once 'Predis/autoload.php';
require __DIR__ . '/autoload.php';

[, $kind, $target, $directory, $ttl] = $argv;
$store = $kind === 'sqlite' ? new SqliteStore($target) : new RedisStore($target, client: $kind === 'predis' ? $kind : null, directory: $directory);
while (($line = fgets(STDIN)) !== false) {
    $words = explode(' ', trim($line));
    if ($words[0] === 'lost') {
        echo json_encode($store->lostAt()), "\n";
        continue;
    }
    $owner = isset($words[1]) ? md5($words[1], true) : random_bytes(16);
    echo strtolower($store->reserve(md5($words[0], true), $owner, (int) $ttl)->name), "\n";
}
