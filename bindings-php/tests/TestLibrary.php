<?php

declare(strict_types=1);

namespace Samebyte\Tests;

use FFI;
use Samebyte\Native;

/** The library with `sb_test_panic`, which test builds have and no header names. */
final class TestLibrary
{
    /** Loads it, before anything else is loaded; false where the library at `SAMEBYTE_LIBRARY` is no test build. */
    public static function adopt(): bool
    {
        $header = file_get_contents(dirname(__DIR__) . '/src/samebyte_abi.h')
            . 'int32_t sb_test_panic(sb_bytes *output, sb_error **error);';
        try {
            $ffi = FFI::cdef($header, (string) getenv('SAMEBYTE_LIBRARY'));
        } catch (FFI\Exception) {
            return false;
        }
        (new \ReflectionMethod(Native::class, 'adopt'))->invoke(null, $ffi);
        return true;
    }
}
