<?php

declare(strict_types=1);

namespace Samebyte;

use FFI;
use FFI\CData;
use Samebyte\Exception\SamebyteError;

// Resolved when this is compiled, and not at each call.
use function strlen;

/**
 * The native library. This class alone sees FFI; everything else deals in strings and {@see Handle}s.
 *
 * @internal
 */
final class Native
{
    /** The interface this class is written for: `SB_ABI_VERSION` of the header. */
    private const ABI_VERSION = 1;

    /** A text of so many bytes is canonicalized into a buffer that is kept; few of them become longer than it. */
    private const SMALL = 16_384;
    private const ROOM = 65_536;

    /** The name that the system's loader knows. */
    private const SYSTEM = 'libsamebyte.so.0';

    /** The name under which `ffi.preload` may have loaded the header and the library. */
    private const SCOPE = 'SAMEBYTE';

    private static ?FFI $ffi = null;
    private static ?string $path = null;

    /** Places for what a call writes. One of each is enough: no call comes back into PHP. */
    private static CData $bytes;
    private static CData $bytesAddress;
    private static CData $second;
    private static CData $secondAddress;
    private static CData $error;
    private static CData $errorAddress;
    private static CData $buffer;
    private static CData $length;
    private static CData $lengthAddress;

    /**
     * Makes the next load take the library at this path, and no other.
     *
     * @throws Exception\UsageError `invalid_argument` if a library is loaded already
     */
    public static function useLibrary(string $path): void
    {
        if (self::$ffi !== null) {
            throw SamebyteError::of(Code::InvalidArgument, 'the native library is loaded already');
        }
        self::$path = $path;
    }

    /** The version of the library. */
    public static function version(): string
    {
        return self::ffi()->sb_version();
    }

    /**
     * RFC 8785 text of a JSON text. It takes less time than the general way below takes to prepare its arguments, hence a way
     * of its own.
     *
     * @throws SamebyteError
     */
    public static function canonicalize(#[\SensitiveParameter] string $input, int $numbers, string $options): string
    {
        $ffi = self::$ffi ?? self::ffi();
        $length = strlen($input);
        if ($options === '' && $length <= self::SMALL) {
            $buffer = self::$buffer;
            if ($ffi->sb_jcs_canonicalize_into($input, $length, $numbers, $buffer, self::ROOM, self::$lengthAddress, self::$errorAddress) !== 0) {
                throw self::failure();
            }
            $length = self::$length->cdata;
            if ($length <= self::ROOM) {
                return FFI::string($buffer, $length);
            }
        }
        $address = self::$bytesAddress;
        $length = strlen($options);
        if ($ffi->sb_jcs_canonicalize($input, strlen($input), $numbers, $options, $length, $address, self::$errorAddress) !== 0) {
            throw self::failure();
        }
        $bytes = self::$bytes;
        $string = FFI::string($bytes->data, $bytes->length);
        $ffi->sb_bytes_free($address);
        return $string;
    }

    /**
     * Calls a function whose output is bytes. Arguments are strings for a pointer and a length, null for a string that is left
     * out, integers, and handles, false for one that is left out.
     *
     * @throws SamebyteError
     */
    public static function bytes(string $function, #[\SensitiveParameter] string|int|Handle|false|null ...$arguments): string
    {
        $ffi = self::ffi();
        $code = $ffi->$function(...[...self::flatten($arguments), self::$bytesAddress, self::$errorAddress]);
        return $code === 0 ? self::take($ffi) : throw self::failure();
    }

    /**
     * As {@see bytes()}, where `NULL` is an answer too: null, which is not the same as empty bytes.
     *
     * @throws SamebyteError
     */
    public static function optional(string $function, int|Handle ...$arguments): ?string
    {
        $ffi = self::ffi();
        if ($ffi->$function(...[...self::flatten($arguments), self::$bytesAddress, self::$errorAddress]) !== 0) {
            throw self::failure();
        }
        $absent = self::$bytes->data === null;
        $string = self::take($ffi);
        return $absent ? null : $string;
    }

    /**
     * Calls a function with two outputs of bytes.
     *
     * @return array{string, string}
     * @throws SamebyteError
     */
    public static function pair(string $function, #[\SensitiveParameter] string|int|Handle|null ...$arguments): array
    {
        $ffi = self::ffi();
        $outputs = [self::$bytesAddress, self::$secondAddress];
        if ($ffi->$function(...[...self::flatten($arguments), ...$outputs, self::$errorAddress]) !== 0) {
            throw self::failure();
        }
        $pair = [self::string(self::$bytes), self::string(self::$second)];
        $ffi->sb_bytes_free(self::$bytesAddress);
        $ffi->sb_bytes_free(self::$secondAddress);
        return $pair;
    }

    /**
     * Calls a function whose output is a number of this C type.
     *
     * @throws SamebyteError
     */
    public static function integer(string $type, string $function, string|int|Handle ...$arguments): int
    {
        $ffi = self::ffi();
        $output = $ffi->new($type);
        if ($ffi->$function(...[...self::flatten($arguments), FFI::addr($output), self::$errorAddress]) !== 0) {
            throw self::failure();
        }
        return $output->cdata;
    }

    /**
     * Calls a function without an output.
     *
     * @throws SamebyteError
     */
    public static function nothing(string $function, string|int|Handle|null ...$arguments): void
    {
        if (self::ffi()->$function(...[...self::flatten($arguments), self::$errorAddress]) !== 0) {
            throw self::failure();
        }
    }

    /**
     * Calls a function whose output is an HTTP answer.
     *
     * @return array{int, string, string} its status, its fields as lines, and its body
     * @throws SamebyteError
     */
    public static function answer(string $function, string|int|Handle|null ...$arguments): array
    {
        $ffi = self::ffi();
        $answer = $ffi->new('sb_answer');
        if ($ffi->$function(...[...self::flatten($arguments), FFI::addr($answer), self::$errorAddress]) !== 0) {
            throw self::failure();
        }
        $parts = [$answer->status, self::string($answer->fields), self::string($answer->body)];
        $ffi->sb_answer_free(FFI::addr($answer));
        return $parts;
    }

    /**
     * What is to be reserved in an exchange: the key, the owner, and for how many milliseconds.
     *
     * @return array{string, string, int}
     * @throws SamebyteError
     */
    public static function reservation(Handle $exchange): array
    {
        $ffi = self::ffi();
        $made = $ffi->new('sb_reservation');
        if ($ffi->sb_exchange_reservation($exchange->pointer, FFI::addr($made), self::$errorAddress) !== 0) {
            throw self::failure();
        }
        return [FFI::string($made->key, 16), FFI::string($made->owner, 16), $made->ttl_ms];
    }

    /**
     * Calls a function whose output is a handle of this C type; `$free` is what frees it.
     *
     * @throws SamebyteError
     */
    public static function handle(
        string $type,
        string $free,
        string $function,
        #[\SensitiveParameter] string|int|Handle|false|null ...$arguments,
    ): Handle {
        $ffi = self::ffi();
        $output = $ffi->new("$type *");
        if ($ffi->$function(...[...self::flatten($arguments), FFI::addr($output), self::$errorAddress]) !== 0) {
            throw self::failure();
        }
        return new Handle($output, $free);
    }

    /**
     * The set of these keys.
     *
     * @param list<Handle> $public
     * @param list<Handle> $symmetric
     * @throws SamebyteError
     */
    public static function keyset(array $public, array $symmetric): Handle
    {
        $ffi = self::ffi();
        $output = $ffi->new('sb_keyset *');
        $list = static function (string $type, array $handles) use ($ffi): CData {
            // An array of no elements has no address that C would take; the length says how many count.
            $list = $ffi->new("const $type *[" . max(1, count($handles)) . ']');
            foreach ($handles as $index => $handle) {
                $list[$index] = $handle->pointer;
            }
            return $list;
        };
        $code = $ffi->sb_keyset_new(
            $list('sb_public_key', $public),
            count($public),
            $list('sb_signing_key', $symmetric),
            count($symmetric),
            FFI::addr($output),
            self::$errorAddress,
        );
        if ($code !== 0) {
            throw self::failure();
        }
        return new Handle($output, 'sb_keyset_free');
    }

    /** Frees what a handle points to. */
    public static function free(string $function, object $pointer): void
    {
        self::ffi()->$function($pointer);
    }

    /**
     * The arguments as C takes them: a string is two.
     *
     * @param array<string|int|Handle|false|null> $arguments
     * @return list<mixed>
     */
    private static function flatten(#[\SensitiveParameter] array $arguments): array
    {
        $flat = [];
        foreach ($arguments as $argument) {
            if (is_string($argument)) {
                $flat[] = $argument;
                $flat[] = strlen($argument);
            } elseif ($argument === null) {
                $flat[] = null;
                $flat[] = 0;
            } else {
                $flat[] = $argument instanceof Handle ? $argument->pointer : ($argument === false ? null : $argument);
            }
        }
        return $flat;
    }

    /** The bytes that the last call wrote, as a string; the library's own are zeroed. */
    private static function take(FFI $ffi): string
    {
        $string = self::string(self::$bytes);
        $ffi->sb_bytes_free(self::$bytesAddress);
        return $string;
    }

    private static function string(CData $bytes): string
    {
        return $bytes->length === 0 ? '' : FFI::string($bytes->data, $bytes->length);
    }

    /** The error that the last call wrote, as an exception. */
    private static function failure(): SamebyteError
    {
        $ffi = self::ffi();
        $error = self::$error;
        $name = $ffi->sb_error_name($error);
        $message = $ffi->sb_error_message($error);
        $detail = $ffi->sb_error_detail($error);
        $ffi->sb_error_free($error);
        $code = Code::tryFrom($name);
        if ($code === null) {
            // A library of the same interface may know more codes than this package.
            return SamebyteError::of(Code::Internal, "$name: $message");
        }
        return SamebyteError::of($code, $message, $detail === null ? [] : json_decode($detail, true));
    }

    private static function ffi(): FFI
    {
        return self::$ffi ?? self::adopt(self::load());
    }

    /** Makes this library the one that is used. Its C types are its own: no handle of another one may be left. */
    private static function adopt(FFI $ffi): FFI
    {
        self::$bytes = $ffi->new('sb_bytes');
        self::$bytesAddress = FFI::addr(self::$bytes);
        self::$second = $ffi->new('sb_bytes');
        self::$secondAddress = FFI::addr(self::$second);
        self::$error = $ffi->new('sb_error *');
        self::$errorAddress = FFI::addr(self::$error);
        self::$buffer = $ffi->new('char[' . self::ROOM . ']');
        self::$length = $ffi->new('size_t');
        self::$lengthAddress = FFI::addr(self::$length);
        return self::$ffi = $ffi;
    }

    /**
     * Finds and loads the library: the path of {@see useLibrary()}, what `ffi.preload` loaded, the environment variable
     * `SAMEBYTE_LIBRARY`, `lib/` of this package, and last the name that the system's loader knows.
     *
     * The first place that is set decides: a path that was named and does not work is an error, and not a reason to
     * load something else.
     */
    private static function load(): FFI
    {
        if (!extension_loaded('ffi')) {
            throw SamebyteError::of(
                Code::LibraryUnavailable,
                'the PHP extension `ffi` is missing: install it and set `extension=ffi` in php.ini',
            );
        }
        try {
            $ffi = self::locate();
        } catch (FFI\Exception $exception) {
            throw SamebyteError::of(Code::LibraryUnavailable, self::explain($exception->getMessage()));
        }
        self::expectInterface($ffi);
        return $ffi;
    }

    private static function locate(): FFI
    {
        if (self::$path !== null) {
            return self::open(self::$path);
        }
        $preloaded = self::preloaded();
        if ($preloaded !== null) {
            return $preloaded;
        }
        $environment = (string) getenv('SAMEBYTE_LIBRARY');
        if ($environment !== '') {
            return self::open($environment);
        }
        return self::open(is_file(self::packaged()) ? self::packaged() : self::SYSTEM);
    }

    /** The library at this path, or with this name. */
    private static function open(string $path): FFI
    {
        // Asked first and alone: a library of another interface may lack functions of this header.
        self::expectInterface(FFI::cdef('uint32_t sb_abi_version(void);', $path));
        return FFI::cdef((string) file_get_contents(__DIR__ . '/samebyte_abi.h'), $path);
    }

    /** What `ffi.preload` loaded, or null. */
    private static function preloaded(): ?FFI
    {
        if ((string) ini_get('ffi.preload') === '') {
            return null;
        }
        try {
            return FFI::scope(self::SCOPE);
        } catch (FFI\Exception) {
            return null;
        }
    }

    /** The library that may lie in the package itself. */
    private static function packaged(): string
    {
        return dirname(__DIR__) . '/lib/libsamebyte.so';
    }

    private static function expectInterface(FFI $ffi): void
    {
        $found = $ffi->sb_abi_version();
        if ($found !== self::ABI_VERSION) {
            throw SamebyteError::of(
                Code::AbiMismatch,
                "the native library has interface $found, and this package needs " . self::ABI_VERSION
                    . ': install the same version of both',
            );
        }
    }

    /** What to do about a library that does not load. */
    private static function explain(string $problem): string
    {
        if (str_contains($problem, 'ffi.enable')) {
            return 'the PHP extension `ffi` is switched off here: set `ffi.enable=true` in php.ini, or preload this package '
                . "as its README says ($problem)";
        }
        $searched = implode('; ', [
            'useLibrary(): ' . (self::$path ?? 'not called'),
            'SAMEBYTE_LIBRARY: ' . (getenv('SAMEBYTE_LIBRARY') ?: 'not set'),
            'package: ' . self::packaged(),
            'system: ' . self::SYSTEM,
        ]);
        return "the native library does not load: $problem. Searched, up to the first that is set or there: $searched";
    }
}
