<?php

// What Composer's autoloader does for this package, for tests that run without it.

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    foreach (['Samebyte\\Tests\\' => __DIR__, 'Samebyte\\' => dirname(__DIR__) . '/src'] as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . '/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (is_file($file)) {
                require $file;
            }
            return;
        }
    }
});
