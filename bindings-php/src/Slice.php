<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Takes canonical text out of a canonical result, without decoding and writing it again: what was verified is what the
 * caller gets, byte for byte.
 *
 * @internal
 */
final class Slice
{
    private function __construct()
    {
    }

    /**
     * The text between the first `$open` and the last `$close`, and what follows that.
     *
     * Inside a JSON string every quotation mark is escaped, so `,"name":` is found nowhere but between members. What
     * stands before `$open` and after `$close` in a result holds no such member: it is made of keys, names and numbers.
     *
     * @return array{string, string}
     */
    public static function between(string $result, string $open, string $close): array
    {
        $start = strpos($result, $open);
        $end = strrpos($result, $close);
        if ($start === false || $end === false) {
            throw Exception\SamebyteError::of(Code::Internal, 'a result does not have the shape that this package knows');
        }
        $start += strlen($open);
        return [substr($result, $start, $end - $start), substr($result, $end + strlen($close))];
    }
}
