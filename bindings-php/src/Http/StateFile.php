<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;

/**
 * What has to outlive a request: a small JSON object in a file that belongs to this user alone.
 *
 * @internal
 */
final class StateFile
{
    private function __construct(private readonly string $path)
    {
    }

    /**
     * The file for this subject, in this folder; where none is given, in one of this user's own among the temporary files.
     *
     * @throws SamebyteError `settings_invalid` if somebody else could write to the folder
     */
    public static function of(?string $directory, string $subject): self
    {
        static $user = null;
        // Who this process is; without the extension `posix`, the owner of a file that it has just made.
        $user ??= function_exists('posix_geteuid')
            ? posix_geteuid()
            : fstat(tmpfile() ?: throw self::unsafe('the folder of temporary files'))['uid'] ?? -1;
        $directory ??= sys_get_temp_dir() . "/samebyte-$user";
        @mkdir($directory, 0o700, true);
        clearstatcache(true, $directory);
        $found = @lstat($directory);
        if ($found === false || ($found['mode'] & 0o170000) !== 0o040000 || $found['uid'] !== $user || ($found['mode'] & 0o022) !== 0) {
            throw self::unsafe($directory);
        }
        return new self($directory . '/' . substr(hash('sha256', $subject), 0, 32) . '.json');
    }

    /**
     * What it holds; nothing, where it is not there or not in order.
     *
     * @return array<string, mixed>
     */
    public function read(): array
    {
        $text = @file_get_contents($this->path);
        $found = $text === false ? null : json_decode($text, true);
        return is_array($found) ? $found : [];
    }

    /**
     * Changes it, one process at a time. Readers see the old content or the new one, and nothing between them.
     *
     * @param callable(array<string, mixed>): array<string, mixed> $change
     * @return array<string, mixed> what it holds then
     */
    public function update(callable $change): array
    {
        $mask = umask(0o077);
        $lock = @fopen("$this->path.lock", 'c');
        umask($mask);
        if ($lock === false || !flock($lock, LOCK_EX)) {
            throw SamebyteError::of(Code::SettingsInvalid, 'the folder for state cannot be written to: ' . dirname($this->path));
        }
        try {
            $before = $this->read();
            $after = $change($before);
            if ($after !== $before) {
                $mask = umask(0o077);
                file_put_contents("$this->path.new", json_encode($after, JSON_THROW_ON_ERROR));
                rename("$this->path.new", $this->path);
                umask($mask);
            }
            return $after;
        } finally {
            fclose($lock);
        }
    }

    private static function unsafe(string $directory): SamebyteError
    {
        return SamebyteError::of(Code::SettingsInvalid, "the folder for state is not this user's alone: $directory");
    }
}
