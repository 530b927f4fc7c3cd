<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;

/**
 * Fields of a message as the lines that the native library reads.
 *
 * @internal
 */
final class Fields
{
    private function __construct()
    {
    }

    /**
     * The lines of these fields; one with several values is several lines.
     *
     * @param array<array-key, string|list<string>> $fields
     * @throws SamebyteError `invalid_argument` for what would make other lines than it says
     */
    public static function text(array $fields): string
    {
        $text = '';
        foreach ($fields as $name => $values) {
            // PHP makes integers of names such as 1.
            $name = (string) $name;
            foreach ((array) $values as $value) {
                if (!preg_match("/\\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\\z/", $name) || strpbrk($value, "\r\n\0") !== false) {
                    throw SamebyteError::of(Code::InvalidArgument, 'a field has a name or a value that none can have');
                }
                $text .= "$name: $value\r\n";
            }
        }
        return $text;
    }

    /**
     * The fields of these lines.
     *
     * @return array<string, string>
     */
    public static function parse(string $text): array
    {
        $fields = [];
        foreach (explode("\r\n", rtrim($text, "\r\n")) as $line) {
            if ($line !== '') {
                [$name, $value] = explode(': ', $line, 2);
                $fields[$name] = $value;
            }
        }
        return $fields;
    }
}
