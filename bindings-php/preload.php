<?php

// For `opcache.preload`: loads every class of this package, so that FFI works with `ffi.enable=preload`. See the README.

declare(strict_types=1);

// The one that others extend comes first.
require_once __DIR__ . '/src/Exception/SamebyteError.php';
foreach (glob(__DIR__ . '/src/{,Exception/}*.php', GLOB_BRACE) as $file) {
    require_once $file;
}
