<?php

// Canonicalizes files and says how long one call takes; see README.md.

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/../../bindings-php/src/' . str_replace('\\', '/', substr($class, strlen('Samebyte\\'))) . '.php';
    if (str_starts_with($class, 'Samebyte\\') && is_file($file)) {
        require $file;
    }
});

/** The fastest of 15 rounds. */
function nanoseconds(string $text): int
{
    $start = hrtime(true);
    $calls = 0;
    do {
        Samebyte\Samebyte::canonicalize($text);
        $calls++;
    } while (hrtime(true) - $start < 10_000_000);
    $calls = intdiv($calls + 4, 5);
    $rounds = [];
    for ($round = 0; $round < 15; $round++) {
        $start = hrtime(true);
        for ($i = 0; $i < $calls; $i++) {
            Samebyte\Samebyte::canonicalize($text);
        }
        $rounds[] = intdiv(hrtime(true) - $start, $calls);
    }
    return min($rounds);
}

foreach (array_slice($argv, 1) as $path) {
    $text = file_get_contents($path);
    try {
        $line = ['hex' => bin2hex(Samebyte\Samebyte::canonicalize($text)), 'nanoseconds' => nanoseconds($text)];
    } catch (Samebyte\Exception\SamebyteError $error) {
        $line = ['code' => $error->code()->value];
    }
    echo json_encode($line), "\n";
}
