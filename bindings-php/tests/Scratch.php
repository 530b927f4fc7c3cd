<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/** Folders that are gone with this process. */
final class Scratch
{
    public static function folder(): string
    {
        $folder = sys_get_temp_dir() . '/samebyte-test-' . bin2hex(random_bytes(8));
        mkdir($folder, 0o700);
        $owner = getmypid();
        register_shutdown_function(static function () use ($folder, $owner): void {
            if (getmypid() === $owner) {
                exec('rm -rf ' . escapeshellarg($folder));
            }
        });
        return $folder;
    }
}
