<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Numbers;
use Samebyte\Samebyte;
use Samebyte\Tests\Refusal;

final class CanonicalizeTest extends TestCase
{
    /** The example of RFC 8785 section 3.2.2, whose result stands in section 3.2.4. */
    public function testTheExampleOfTheRfc(): void
    {
        $text = '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
            . '"string": "\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\\\"\/", "literals": [null, true, false]}';
        $canonical = '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            . '"string":"€$\u000f\nA\'B\"\\\\\\\\\"/"}';
        $this->assertSame($canonical, Samebyte::canonicalize($text));
        $this->assertSame(hash('sha256', $canonical), Samebyte::sha256($text));
    }

    public function testNativeValues(): void
    {
        $cases = [
            [null, 'null'],
            [true, 'true'],
            [false, 'false'],
            [0, '0'],
            [-7, '-7'],
            [9007199254740992, '9007199254740992'],
            [-9007199254740992, '-9007199254740992'],
            [1.0, '1'],
            [-0.0, '0'],
            [0.1, '0.1'],
            [1e21, '1e+21'],
            [1e20, '100000000000000000000'],
            [5e-324, '5e-324'],
            [1.7976931348623157e308, '1.7976931348623157e+308'],
            [0.1 + 0.2, '0.30000000000000004'],
            [[], '[]'],
            [new stdClass(), '{}'],
            [['x' => [], 'y' => new stdClass()], '{"x":[],"y":{}}'],
            [[1, 'two', [3.5]], '[1,"two",[3.5]]'],
            [['b' => 1, 'a' => 2, '' => 3], '{"":3,"a":2,"b":1}'],
            [["\u{10000}" => 1, "\u{e000}" => 2], "{\"\u{10000}\":1,\"\u{e000}\":2}"],
            [(object) ['5' => 'five', '10' => 'ten'], '{"10":"ten","5":"five"}'],
            [(object) ["\0a" => 1], '{"\u0000a":1}'],
            [["\u{2028}</script>\u{7f}\x01\n"], "[\"\u{2028}</script>\u{7f}\\u0001\\n\"]"],
        ];
        foreach ($cases as [$value, $canonical]) {
            $this->assertSame($canonical, Samebyte::canonicalize($value));
            $this->assertSame(hash('sha256', $canonical), Samebyte::sha256($value));
        }
    }

    /** A value and its JSON text have the same canonical text. */
    public function testNativeValueAndItsTextAgree(): void
    {
        mt_srand(8785);
        for ($i = 0; $i < 2000; $i++) {
            $value = $this->randomValue(4);
            $text = json_encode($value, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
            // Inside a list, because a string alone is taken for JSON text.
            $this->assertSame(Samebyte::canonicalize("[$text]"), Samebyte::canonicalize([$value]));
        }
    }

    public function testNativeValuesThatAreNoJson(): void
    {
        $loop = [];
        $loop['again'] = &$loop;
        $cycle = new stdClass();
        $cycle->self = $cycle;
        $cycle->twice = $cycle;
        $cases = [
            [NAN, 'number_not_finite', ''],
            [['a' => [1, INF]], 'number_not_finite', '/a/1'],
            [9007199254740993, 'number_not_exact', ''],
            [PHP_INT_MAX, 'number_not_exact', ''],
            // A double, but one that ECMAScript writes with fewer digits: -9223372036854776000 is another integer.
            [PHP_INT_MIN, 'number_not_exact', ''],
            [["\xff"], 'invalid_utf8', '/0'],
            [["\xed\xa0\x80"], 'invalid_utf8', '/0'],
            [["a\xff" => 1], 'invalid_utf8', null],
            [[1 => 'a', 2 => 'b'], 'key_not_string', '/1'],
            [['a' => 1, 5 => 2], 'key_not_string', '/5'],
            [['~/' => fopen('php://memory', 'r')], 'unsupported_type', '/~0~1'],
            [new ArrayObject(), 'unsupported_type', ''],
            [new DateTimeImmutable(), 'unsupported_type', ''],
            [fn () => 1, 'unsupported_type', ''],
            [Numbers::Exact, 'unsupported_type', ''],
            [new class implements JsonSerializable {
                public function jsonSerialize(): mixed
                {
                    return 1;
                }
            }, 'unsupported_type', ''],
            [new class extends stdClass {
            }, 'unsupported_type', ''],
            [$loop, 'too_deep', null],
            [$cycle, 'too_deep', null],
        ];
        foreach ($cases as [$value, $code, $pointer]) {
            $error = Refusal::of(fn () => Samebyte::canonicalize($value));
            $this->assertSame($code, $error->code()->value);
            if ($pointer !== null) {
                $this->assertSame($pointer, $error->detail()['pointer'] ?? '');
            }
        }
    }

    public function testNumberPolicies(): void
    {
        $this->assertSame('9007199254740992', Samebyte::canonicalize('9007199254740993'));
        $error = Refusal::of(fn () => Samebyte::canonicalize('[9007199254740993]', Numbers::Exact));
        $this->assertSame(Code::NumberNotExact, $error->code());
        $this->assertSame(Numbers::Exact, Numbers::named('exact'));
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Numbers::named('lenient'))->code());
        $this->assertSame('[0.1,100,0]', Samebyte::canonicalize('[0.10,1e2,-0]', Numbers::Exact));
    }

    public function testLimits(): void
    {
        $deep = fn (int $levels): string => str_repeat('[', $levels) . str_repeat(']', $levels);
        $this->assertSame($deep(128), Samebyte::canonicalize($deep(128)));
        $this->assertSame(Code::TooDeep, Refusal::of(fn () => Samebyte::canonicalize($deep(129)))->code());
        $this->assertSame($deep(200), Samebyte::canonicalize($deep(200), maxDepth: 200));
        $this->assertSame(Code::TooLarge, Refusal::of(fn () => Samebyte::canonicalize('[1,2]', maxBytes: 4))->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Samebyte::canonicalize('1', maxDepth: -1))->code());

        // The same levels are allowed to a native value as to its text.
        $native = json_decode($deep(128));
        $this->assertSame($deep(128), Samebyte::canonicalize($native));
        $this->assertSame(Code::TooDeep, Refusal::of(fn () => Samebyte::canonicalize([$native]))->code());
        $this->assertSame($deep(129), Samebyte::canonicalize([$native], maxDepth: 129));
        $this->assertSame(Code::TooDeep, Refusal::of(fn () => Samebyte::canonicalize([[1]], maxDepth: 1))->code());
    }

    /** Neither the settings for printing numbers nor the locale reach the canonical text. */
    public function testSettingsDoNotMatter(): void
    {
        $old = [ini_get('precision'), ini_get('serialize_precision'), setlocale(LC_ALL, '0')];
        ini_set('precision', '5');
        ini_set('serialize_precision', '5');
        setlocale(LC_ALL, 'de_DE.UTF-8', 'fr_FR.UTF-8');
        try {
            $this->assertSame('[0.30000000000000004,1234567.891]', Samebyte::canonicalize([0.1 + 0.2, 1234567.891]));
        } finally {
            ini_set('precision', $old[0]);
            ini_set('serialize_precision', $old[1]);
            setlocale(LC_ALL, $old[2]);
        }
    }

    /** Text is passed as it is: NUL bytes, bytes that are no UTF-8, and nothing at all. */
    public function testTextIsReadStrictly(): void
    {
        foreach (
            [
                ['', 'invalid_json'],
                ["1\0", 'trailing_bytes'],
                ["\"\xff\"", 'invalid_utf8'],
                ["\xef\xbb\xbf1", 'byte_order_mark'],
                ['{"a":1,"\u0061":2}', 'duplicate_member'],
                ['"\ud800"', 'lone_surrogate'],
                ['1e400', 'number_overflow'],
                ["\"\0\"", 'control_character'],
            ] as [$text, $code]
        ) {
            $this->assertSame($code, Refusal::of(fn () => Samebyte::canonicalize($text))->code()->value);
        }
        $error = Refusal::of(fn () => Samebyte::canonicalize('{"a":[1,]}'));
        $this->assertSame(8, $error->detail()['offset']);
    }

    /** A random native value of at most this depth. */
    private function randomValue(int $depth): mixed
    {
        switch (mt_rand(0, $depth > 0 ? 7 : 5)) {
            case 0:
                return [null, true, false][mt_rand(0, 2)];
            case 1:
                return mt_rand(-1000, 1000);
            case 2:
                return mt_rand(0, 1 << 30) << 20;
            case 3:
                return mt_rand() / (mt_rand() + 1) * 10 ** mt_rand(-300, 280);
            case 4:
            case 5:
                return implode('', array_map(fn () => mb_chr(mt_rand(0, 0xd7ff)), range(0, mt_rand(0, 6))));
            case 6:
                return array_map(fn () => $this->randomValue($depth - 1), array_fill(0, mt_rand(0, 5), 0));
            default:
                $object = new stdClass();
                for ($i = mt_rand(0, 5); $i > 0; $i--) {
                    $object->{'k' . mb_chr(mt_rand(0, 0xd7ff))} = $this->randomValue($depth - 1);
                }
                return $object;
        }
    }

    /** Small texts and large ones take different ways; so do those that become large. */
    public function testEveryLength(): void
    {
        foreach ([0, 1, 16_382, 16_383, 65_533, 65_534, 65_535, 200_000] as $length) {
            $this->assertSame('"' . str_repeat('x', $length) . '"', Samebyte::canonicalize(' "' . str_repeat('x', $length) . '" '));
        }
        $long = '[' . implode(',', array_fill(0, 3200, '1e20')) . ']';
        $this->assertSame('[' . implode(',', array_fill(0, 3200, '100000000000000000000')) . ']', Samebyte::canonicalize($long));
        $this->assertSame('[1]', Samebyte::canonicalize('[1]'));
    }
}
