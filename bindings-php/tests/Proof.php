<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/** What a run has proved against implementations that are not ours, kept for docs/reference/interoperability.md. */
final class Proof
{
    /** @var array<string, array<string, mixed>> */
    private static array $rows = [];

    /**
     * Keeps a row. A direction is true, or null where the peer has no such thing.
     *
     * @param array{string, string} $peer its name and its version
     */
    public static function of(string $what, string $algorithm, string $form, array $peer, ?bool $ours, ?bool $theirs): void
    {
        $name = "$what $algorithm $form $peer[0]";
        if (isset(self::$rows[$name]) || $ours === false || $theirs === false) {
            throw new \LogicException("$name: given twice, or not proved");
        }
        self::$rows[$name] = [
            'what' => $what,
            'algorithm' => $algorithm,
            'form' => $form,
            'peer' => $peer[0],
            'version' => $peer[1],
            'ours_to_theirs' => $ours,
            'theirs_to_ours' => $theirs,
        ];
    }

    /** Writes the rows of this subject over those that the file holds. */
    public static function write(string $what): void
    {
        $file = Child::root() . '/build/interop/php.json';
        $kept = is_file($file) ? json_decode(file_get_contents($file), true, 512, JSON_THROW_ON_ERROR) : [];
        $of = fn (bool $same): callable => fn (array $row): bool => ($row['what'] === $what) === $same;
        $rows = [...array_filter($kept, $of(false)), ...array_filter(array_values(self::$rows), $of(true))];
        is_dir(dirname($file)) || mkdir(dirname($file), recursive: true);
        file_put_contents($file, json_encode($rows, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n");
    }
}
