<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/** Another PHP process, for what can be tried once in a process only. */
final class Child
{
    /** The root of the workspace. */
    public static function root(): string
    {
        return dirname(__DIR__, 2);
    }

    /**
     * Runs `php` with these arguments, and these changes to the environment (null takes a variable away).
     *
     * @param list<string> $arguments
     * @param array<string, string|null> $environment
     * @return array{int, string, string} exit code, standard output, standard error
     */
    public static function run(array $arguments, array $environment = []): array
    {
        $environment = array_filter($environment + getenv(), 'is_string');
        $process = proc_open([PHP_BINARY, ...$arguments], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment);
        $output = stream_get_contents($pipes[1]);
        $errors = stream_get_contents($pipes[2]);
        return [proc_close($process), $output, $errors];
    }

    /**
     * Runs PHP code with the package loaded. An error of samebyte is printed as its code and message.
     *
     * @param list<string> $options for `php`, for example `-d` settings
     * @param array<string, string|null> $environment
     */
    public static function code(string $code, array $options = [], array $environment = []): string
    {
        $autoload = var_export(__DIR__ . '/autoload.php', true);
        $program = "require $autoload; try { $code } catch (Samebyte\\Exception\\SamebyteError \$e) "
            . "{ echo get_class(\$e), ' ', \$e->code()->value, ': ', \$e->getMessage(); }";
        [$status, $output, $errors] = self::run([...$options, '-r', $program], $environment);
        return $status === 0 ? $output : "exit code $status: $output$errors";
    }
}
