<?php

// For `opcache.preload`: loads every class of this package, so that FFI works with `ffi.enable=preload`. See the README.

declare(strict_types=1);

// Those that others extend come first. What needs a library of PSR or of Redis is loaded when it is used.
require_once __DIR__ . '/src/Exception/SamebyteError.php';
require_once __DIR__ . '/src/Http/ReplayStore.php';
foreach (glob(__DIR__ . '/src/{,Exception/,Http/}*.php', GLOB_BRACE) as $file) {
    require_once $file;
}
