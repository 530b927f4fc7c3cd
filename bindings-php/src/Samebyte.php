<?php

declare(strict_types=1);

namespace Samebyte;

// Resolved when this is compiled, and not at each call.
use function is_string;

/**
 * Canonical JSON (RFC 8785), and where the native library comes from.
 *
 * Wherever this package takes a JSON value, a string is JSON text, read strictly; anything else is a native value:
 *
 * | PHP | JSON |
 * | --- | --- |
 * | null, bool, int, float | as they are; NaN, infinities and integers that no double holds are refused |
 * | array that is a list, and the empty array | array |
 * | array with string keys, `stdClass` (also an empty one) | object |
 * | array with integer keys that is no list | refused with `key_not_string`: a list with a gap, or an object? |
 * | any other object, a resource, a closure | refused with `unsupported_type`; `JsonSerializable` too |
 *
 * PHP itself turns `["0" => "a", "1" => "b"]` into a list, so that it cannot be told from one: where an object may have
 * such names, use `stdClass` or JSON text.
 */
final class Samebyte
{
    private function __construct()
    {
    }

    /**
     * RFC 8785 text of a JSON value.
     *
     * `$numbers` says what a number in a JSON text means. Native numbers are what they are: an integer that the canonical
     * text would change is refused in either case.
     *
     * @param mixed $value JSON text, or a native value
     * @param Numbers|null $numbers what a number in a text means: `Numbers::Ieee754` where it is not given
     * @param int|null $maxDepth how deep arrays and objects may be nested (default 128)
     * @param int|null $maxBytes how long the text may be, in bytes (default 16 MiB)
     * @throws Exception\MalformedError `invalid_json` … `number_not_exact`
     * @throws Exception\LimitError `too_deep`, `too_large`
     * @throws Exception\UsageError `unsupported_type`, `key_not_string`
     */
    public static function canonicalize(
        mixed $value,
        ?Numbers $numbers = null,
        ?int $maxDepth = null,
        ?int $maxBytes = null,
    ): string {
        if (!is_string($value)) {
            $value = Json::text($value, $maxDepth);
            // A native number has no spelling to round: its text is exact, or the integer cannot be had.
            $numbers = Numbers::Exact;
        }
        $options = $maxDepth === null && $maxBytes === null ? '' : self::options($maxDepth, $maxBytes);
        return Native::canonicalize($value, $numbers === null ? Numbers::DEFAULT : $numbers->native(), $options);
    }

    /**
     * SHA-256 of the RFC 8785 text of a JSON value: 64 lower-case hex digits, as `hash('sha256', …)` returns them.
     *
     * Parameters and errors as {@see canonicalize()}.
     *
     * @param mixed $value JSON text, or a native value
     * @throws Exception\SamebyteError
     */
    public static function sha256(
        mixed $value,
        ?Numbers $numbers = null,
        ?int $maxDepth = null,
        ?int $maxBytes = null,
    ): string {
        $numbers = is_string($value) ? $numbers ?? Numbers::Ieee754 : Numbers::Exact;
        $text = Json::text($value, $maxDepth);
        return bin2hex(Native::bytes('sb_jcs_sha256', $text, $numbers->native(), self::options($maxDepth, $maxBytes)));
    }

    /** The version of the native library, for example `0.1.0`. */
    public static function version(): string
    {
        return Native::version();
    }

    /**
     * Takes the native library from this path, and from nowhere else. To be called before anything else.
     *
     * Whoever can write to that file, or to the environment variable `SAMEBYTE_LIBRARY`, runs code in this process.
     *
     * @throws Exception\UsageError `invalid_argument` if a library is loaded already
     */
    public static function useLibrary(string $path): void
    {
        Native::useLibrary($path);
    }

    private static function options(?int $maxDepth, ?int $maxBytes): string
    {
        if ($maxDepth === null && $maxBytes === null) {
            return '';
        }
        return json_encode(array_filter(['max_depth' => $maxDepth, 'max_bytes' => $maxBytes], 'is_int'));
    }
}
