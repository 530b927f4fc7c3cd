"""The vectors of noun `jcs`: canonicalization and everything that the reader refuses."""

import hashlib
import struct

from canonical import canonical, es6, is_exact
from vectors import Noun

_LIBRARIES = (
    "generate/canonical.py (Python's json, float and decimal) and the package rfc8785, which must agree; "
    "codes and offsets are by hand, from the rules of the reader"
)

NOTES = {
    "rfc8785-appendix-b": "A number of RFC 8785 appendix B.",
    "rfc8785-section-3": "An example of RFC 8785 section 3.",
    "number": "Text of a number (RFC 8785 section 3.2.2.3, ECMA-262 Number::toString).",
    "number-boundary": "A number where the notation changes or where rounding is hard.",
    "exact": "The number policy `exact`: the decimal value of the input must be the decimal value of the output.",
    "big-integer": "An integer beyond 2^53, where doubles have gaps.",
    "string": "Text of a string (RFC 8785 section 3.2.2.2).",
    "escape": "Characters that are written as escapes, or that arrive as escapes and leave as themselves.",
    "noncharacter": "Unicode noncharacters are characters like any other here; I-JSON (RFC 7493) discourages them.",
    "not-normalized": "Text is never normalized: equal-looking strings stay different.",
    "member-order": "Members are sorted by UTF-16 code units (RFC 8785 section 3.2.3).",
    "host-trap": "Input that a host's object model or JSON library would treat as something else.",
    "white-space": "White space between tokens disappears; no other character is white space.",
    "scalar": "A text that is neither an object nor an array.",
    "structure": "Arrays and objects, empty and nested.",
    "idempotent": "The input is canonical already.",
    "duplicate": "One member name twice in one object, compared after unescaping.",
    "surrogate": "Half of a surrogate pair, as an escape.",
    "utf8": "Bytes that are not UTF-8 (RFC 3629).",
    "byte-order-mark": "A byte order mark is not part of JSON text (RFC 8259 section 8.1).",
    "control-character": "U+0000 to U+001F must be escaped (RFC 8259 section 7).",
    "not-finite": "NaN and Infinity are not JSON.",
    "overflow": "A number larger than the largest double.",
    "underflow": "A number smaller than the smallest double.",
    "grammar": "Text that breaks the grammar of RFC 8259.",
    "truncated": "The text ends too early.",
    "trailing": "Something other than white space follows the value.",
    "depth": "The limit of nesting, 128 unless told otherwise.",
    "size": "The limit of size in bytes, 16 MiB unless told otherwise.",
    "option": "A named option of the operation.",
    "digest": "SHA-256 of the canonical text.",
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("jcs")
    for make in (
        _rfc8785,
        _numbers,
        _exact,
        _strings,
        _members,
        _structure,
        _limits,
        _refused_text,
        _refused_grammar,
        _digest,
    ):
        make(noun)
    return noun


class _Writer:
    """Short forms for the cases of one file."""

    def __init__(self, noun, name, checked_by, *flags):
        self._file = noun.file(name, checked_by, {flag: NOTES[flag] for flag in flags})

    def ok(self, text, comment, *flags, expected=None, op="jcs_canonicalize", **options):
        """Accepted; the canonical text is made by the generator, and must be `expected` where that is given."""
        output = canonical(text)
        assert expected is None or output == expected, (text, output, expected)
        self._file.valid(op, {"input": text, **options}, {"output_utf8": output}, comment, *flags)

    def digest(self, text, comment, *flags, **options):
        digest = hashlib.sha256(canonical(text).encode("utf-8")).hexdigest()
        self._file.valid("jcs_sha256", {"input": text, **options}, {"sha256_hex": digest}, comment, *flags)

    def no(self, data, code, comment, *flags, op="jcs_canonicalize", detail=None, **options):
        """Refused with `code`."""
        self._file.invalid(op, {"input": data, **options}, code, comment, *flags, **(detail or {}))


# RFC 8785 appendix B: the bits of the double and its text.
_APPENDIX_B = """
0000000000000000 0
8000000000000000 0
0000000000000001 5e-324
8000000000000001 -5e-324
7fefffffffffffff 1.7976931348623157e+308
ffefffffffffffff -1.7976931348623157e+308
4340000000000000 9007199254740992
c340000000000000 -9007199254740992
4430000000000000 295147905179352830000
44b52d02c7e14af5 9.999999999999997e+22
44b52d02c7e14af6 1e+23
44b52d02c7e14af7 1.0000000000000001e+23
444b1ae4d6e2ef4e 999999999999999700000
444b1ae4d6e2ef4f 999999999999999900000
444b1ae4d6e2ef50 1e+21
3eb0c6f7a0b5ed8c 9.999999999999997e-7
3eb0c6f7a0b5ed8d 0.000001
41b3de4355555553 333333333.3333332
41b3de4355555554 333333333.33333325
41b3de4355555555 333333333.3333333
41b3de4355555556 333333333.3333334
41b3de4355555557 333333333.33333343
becbf647612f3696 -0.0000033333333333333333
43143ff3c1cb0959 1424953923781206.2
"""


def _rfc8785(noun):
    file = _Writer(
        noun,
        "rfc8785",
        "RFC 8785 appendix B and section 3; " + _LIBRARIES,
        "rfc8785-appendix-b",
        "rfc8785-section-3",
        "not-finite",
    )
    for line in _APPENDIX_B.split("\n")[1:-1]:
        bits, text = line.split()
        value = struct.unpack(">d", bytes.fromhex(bits))[0]
        assert es6(value) == text
        file.ok(f"[{value:.16e}]", f"double {bits} from 17 digits", "rfc8785-appendix-b", expected=f"[{text}]")
        if f"[{text}]" != f"[{value:.16e}]" and bits != "8000000000000000":
            file.ok(f"[{text}]", f"double {bits} from its canonical text", "rfc8785-appendix-b", expected=f"[{text}]")
    file.ok("[-0]", "double 8000000000000000: minus zero", "rfc8785-appendix-b", expected="[0]")
    file.no(
        "[NaN]",
        "number_not_finite",
        "double 7fffffffffffffff",
        "rfc8785-appendix-b",
        "not-finite",
        detail={"offset": 1},
    )
    file.no(
        "[Infinity]",
        "number_not_finite",
        "double 7ff0000000000000",
        "rfc8785-appendix-b",
        "not-finite",
        detail={"offset": 1},
    )
    file.ok(
        '{\n  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],\n'
        '  "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",\n  "literals": [null, true, false]\n}',
        "the sample of section 3.2.2",
        "rfc8785-section-3",
        expected='{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
    file.ok(
        '{\n  "\\u20ac": "Euro Sign",\n  "\\r": "Carriage Return",\n  "\\ufb33": "Hebrew Letter Dalet With Dagesh",\n'
        '  "1": "One",\n  "\\ud83d\\ude00": "Emoji: Grinning Face",\n  "\\u0080": "Control",\n'
        '  "\\u00f6": "Latin Small Letter O With Diaeresis"\n}',
        "the sorting sample of section 3.2.3",
        "rfc8785-section-3",
        expected='{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    )
    file.ok("null", "section 3.2.1: a literal alone", "rfc8785-section-3", expected="null")


def _numbers(noun):
    file = _Writer(
        noun,
        "numbers",
        _LIBRARIES,
        "number",
        "number-boundary",
        "big-integer",
        "underflow",
        "overflow",
        "host-trap",
    )
    plain = """
        0 0.0 0e0 0E+5 0e-5 -0.0 -0e10 0e999 1 -1 10 1.0 1.50 100e-2 1e0 1E0 1e+0 1e-0 1e2 1E+2 1e02 1e-02 12.5e1 0.1 0.10
        0.5 3.14159 -273.15 1e5 123456789 1.25e3 4.35 0.3 0.30000000000000004 0.1e1 2.5e-3 -1.5E-10 1e1
    """
    for literal in plain.split():
        file.ok(literal, f"number {literal}", "number", **({} if literal != "1" else {"numbers": "ieee754"}))
    boundary = """
        1e20 1e21 1e22 -1e21 123456789012345678901 1234567890123456789012 999999999999999934463 100000000000000000000
        0.0000010 0.0000001 1e-6 1e-7 -1e-7 0.00000123 0.000000123 1.5e-6 1.5e-7 1e16 1e17 1234567890123456.7
        4.94065645841246544e-324 2.4703282292062328e-324 2.2250738585072014e-308 2.2250738585072011e-308
        1.7976931348623157e308 1.7976931348623158e308 179769313486231570000e288 8.41e21 9.5e-5 2.98023223876953125e-8
        9.007199254740993e15 0.1000000000000000055511151231257827021181583404541015625 1.1754943508222875e-38
        9.0e15 89255.5e-22 6.0221409e+23 1.6e-19 7.2057594037927933e16 8.98846567431158e307
    """
    for literal in boundary.split():
        file.ok(f"[{literal}]", f"number {literal}", "number-boundary")
    for literal in [
        "9007199254740991",
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "340282366920938463463374607431768211456",
        "1234567890123456789",
        "999999999999999999999999",
    ]:
        file.ok(f"[{literal}]", f"integer {literal}: the nearest double", "big-integer")
    for literal in (
        "1e-400",
        "-1e-324",
        "2.4703282292062327e-324",
        "0.0000000000000001e-320",
        "1e-999999999999",
        "0." + "0" * 400 + "1",
    ):
        file.ok(f"[{literal}]", "rounds to zero", "underflow", expected="[0]")
    file.ok(
        "[0e99999999999999999999]",
        "zero, with an exponent that no integer type holds",
        "number-boundary",
        expected="[0]",
    )
    file.ok("[1" + "0" * 308 + "]", "309 digits, no exponent", "number-boundary", expected="[1e+308]")
    file.ok("[0." + "0" * 330 + "1e331]", "a long fraction that its exponent undoes", "number-boundary", expected="[1]")
    file.ok("[1" + "0" * 400 + "e-400]", "a long integer that its exponent undoes", "number-boundary", expected="[1]")
    file.ok("[0.1" + "0" * 800 + "]", "800 zeros at the end", "number-boundary", expected="[0.1]")
    file.ok("[" + "1." + "0" * 779 + "1]", "780 digits behind the point", "number-boundary", expected="[1]")
    for literal in ("9007199254740995.0", "9007199254740993.0", "90071992547409950e-1", "680779057783023350e-2"):
        file.ok(f"[{literal}]", f"half way between two doubles, {literal}: to the even one", "number-boundary")
    # The middle between two neighbours goes to the even one, and a digit far behind it decides.
    middle = "1.00000000000000011102230246251565404236316680908203125"
    file.ok(f"[{middle}]", "half way between 1 and its neighbour: to even", "number-boundary", expected="[1]")
    file.ok(
        f"[{middle}" + "0" * 740 + "1]",
        "a little more than half way",
        "number-boundary",
        expected="[1.0000000000000002]",
    )
    file.ok(
        '{"$serde_json::private::Number":"1"}',
        "an object that a JSON library takes for a number of its own",
        "host-trap",
        expected='{"$serde_json::private::Number":"1"}',
    )
    for literal in (
        "1e400",
        "-1e400",
        "1e309",
        "1.7976931348623159e308",
        "-1.7976931348623159e308",
        "1e999999999999999999999",
        "1" + "0" * 400,
    ):
        file.no(
            f"[{literal}]",
            "number_overflow",
            f"{literal[:30]} is more than the largest double",
            "overflow",
            detail={"offset": 1},
        )
    file.no(
        '{"a":{"b":[0,1e400]}}',
        "number_overflow",
        "nested; the pointer says where",
        "overflow",
        detail={"offset": 13, "pointer": "/a/b/1"},
    )


def _exact(noun):
    file = _Writer(noun, "numbers-exact", _LIBRARIES, "exact", "big-integer", "underflow", "overflow")
    literals = [
        "0",
        "-0",
        "0.0",
        "-0.0",
        "0e5",
        "0e-999",
        "1",
        "1.0",
        "1.50",
        "0.10",
        "1e2",
        "1E+2",
        "100e-2",
        "1e-2",
        "0.1",
        "0.3",
        "4.35",
        "-273.15",
        "1e21",
        "1e22",
        "1e23",
        "1e-7",
        "1e300",
        "5e-324",
        "1.7976931348623157e308",
        "9007199254740991",
        "9007199254740992",
        "9007199254740994",
        "-9007199254740992",
        "295147905179352830000",
        "9223372036854775808",
        "9223372036854776000",
        "18446744073709552000",
        "0.30000000000000004",
        "333333333.3333333",
        "9007199254740993",
        "-9007199254740993",
        "9007199254740995",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "295147905179352825856",
        "0.1000000000000000055",
        "0.1000000000000000055511151231257827021181583404541015625",
        "0.30000000000000000001",
        "333333333.33333329",
        "1.7976931348623158e308",
        "4.9406564584124654e-324",
        "2.2250738585072011e-308",
        "1234567890123456789",
        "1.00000000000000001",
        "123456789012345678",
        "100000000000000000000000001",
        "3.141592653589793238",
        "1e-324",
        "1e-400",
    ]
    literals += ["1" + "0" * 22, "0.1" + "0" * 60, "1" + "0" * 30 + "e-30", "0." + "0" * 400 + "1"]
    for literal in literals:
        shown = literal if len(literal) < 40 else f"{literal[:20]}… ({len(literal)} characters)"
        flags = {"exact"} | ({"big-integer"} if literal.lstrip("-").isdigit() and len(literal) > 15 else set())
        if is_exact(literal):
            file.ok(f"[{literal}]", f"{shown} is kept", *flags, numbers="exact")
        else:
            flags |= {"underflow"} if float(literal) == 0 else set()
            file.no(
                f"[{literal}]",
                "number_not_exact",
                f"{shown} would change",
                *flags,
                numbers="exact",
                detail={"offset": 1},
            )
    file.no(
        '{"id":[1,9007199254740993]}',
        "number_not_exact",
        "the pointer says where",
        "exact",
        numbers="exact",
        detail={"offset": 9, "pointer": "/id/1"},
    )
    file.no(
        '{"a/b":{"m~n":0.1000000000000000055}}',
        "number_not_exact",
        "a pointer is escaped (RFC 6901)",
        "exact",
        numbers="exact",
        detail={"offset": 14, "pointer": "/a~1b/m~0n"},
    )
    file.no(
        "[1e400]",
        "number_overflow",
        "too large under any policy",
        "exact",
        "overflow",
        numbers="exact",
        detail={"offset": 1},
    )


def _strings(noun):
    file = _Writer(noun, "strings", _LIBRARIES, "string", "escape", "noncharacter", "not-normalized")
    for code in range(0x20):
        file.ok(f'"\\u{code:04x}"', f"U+{code:04X} escaped", "escape")
    file.ok(
        '"\\u001F\\u000B\\u000E"', "digits above 9 leave in lower case", "escape", expected='"\\u001f\\u000b\\u000e"'
    )
    file.ok('"\\b\\t\\n\\f\\r"', "the five short escapes stay", "escape", expected='"\\b\\t\\n\\f\\r"')
    file.ok('"\\/"', "a solidus is not escaped", "escape", expected='"/"')
    file.ok('"\\"\\\\"', "quotation mark and reverse solidus", "escape")
    file.ok('"\\u0022\\u005c\\u005C\\u002f"', "the same as \\u escapes", "escape", expected='"\\"\\\\\\\\/"')
    file.ok('"\\u0041\\u00e9\\u20AC"', "letters as escapes leave as themselves", "escape", expected='"Aé€"')
    file.ok('"\\ud83d\\ude00"', "a pair of escapes is one character", "escape", expected='"😀"')
    file.ok('"\\uD83D\\uDE00"', "the same with upper-case digits", "escape", expected='"😀"')
    file.ok(
        '"\\uD800\\uDC00\\udbff\\udfff"',
        "the first and last character beyond the BMP",
        "escape",
        expected='"\U00010000\U0010ffff"',
    )
    file.ok('"\x7f"', "U+007F is written as itself", "string", expected='"\x7f"')
    file.ok('"\\u007f"', "U+007F escaped arrives as itself", "escape", expected='"\x7f"')
    file.ok('"\\u0080\\u009f"', "C1 control characters as themselves", "escape", expected='"\x80\x9f"')
    file.ok('"\u2028\u2029"', "line and paragraph separator as themselves", "string", expected='"\u2028\u2029"')
    file.ok('"\\u2028\\u2029"', "line and paragraph separator from escapes", "escape", expected='"\u2028\u2029"')
    file.ok('""', "the empty string", "string")
    file.ok('"😀€öa"', "one to four bytes of UTF-8", "string")
    file.ok('"\ufeffa"', "U+FEFF inside a string is a character", "string", expected='"\ufeffa"')
    file.ok('"\\ufeff"', "U+FEFF as an escape", "escape", expected='"\ufeff"')
    file.ok('"\ufffd"', "the replacement character itself", "string")
    file.ok(
        '"\\ufffe\\uffff\\ufdd0\\ud83f\\udfff"',
        "noncharacters",
        "noncharacter",
        expected='"\ufffe\uffff\ufdd0\U0001ffff"',
    )
    file.ok(
        '["\u00e9","e\u0301"]', "composed and decomposed stay apart", "not-normalized", expected='["\u00e9","e\u0301"]'
    )
    file.ok(
        '["\u212b","\u00c5","\ufb01"]',
        "compatibility characters stay",
        "not-normalized",
        expected='["\u212b","\u00c5","\ufb01"]',
    )
    file.ok('"<script>&\'</script>"', "nothing is escaped for HTML", "string", expected='"<script>&\'</script>"')
    file.ok('"' + "a" * 15 + '\\n"', "an escape right before a 16 byte border", "escape")
    file.ok('"' + "a" * 16 + '\\n"', "an escape right behind a 16 byte border", "escape")
    file.ok('"' + "a" * 31 + '\\"b"', "an escape right before a 32 byte border", "escape")
    file.ok('"' + "€" * 21 + '"', "63 bytes of three-byte characters", "string")
    file.ok('"' + "x" * 300 + '"', "300 characters", "string")
    file.ok('"' + "\\u00e9" * 40 + '"', "a long run of escapes", "escape", expected='"' + "é" * 40 + '"')
    file.ok('"\\\\u0041"', "an escaped reverse solidus before a u", "escape", expected='"\\\\u0041"')


def _members(noun):
    file = _Writer(noun, "members", _LIBRARIES, "member-order", "host-trap", "duplicate")
    ordered = [
        ('{"b":1,"a":2}', "two members"),
        ('{"a":1,"A":2,"B":3,"_":4}', "upper case before lower case"),
        ('{"aa":1,"a":2,"aaa":3,"":4}', "a prefix comes first, the empty name before all"),
        ('{"10":1,"9":2,"1":3,"01":4}', "digits are text, not numbers"),
        ('{"\ue000":1,"\U00010000":2}', "U+E000 after U+10000: UTF-16 order is not code point order"),
        ('{"\uffff":1,"\U0010ffff":2,"\ud7ff":3}', "the borders of the surrogates"),
        ('{"😀":1,"\ufb33":2,"€":3,"z":4}', "all lengths of UTF-8"),
        ('{"a\ufb33":1,"a😀":2}', "the difference lies behind a common start"),
        ('{"\\ufb33":1,"\\ud83d\\ude00":2}', "the same with escapes"),
        (
            '{"\\u0000":1,"":2,"\\u0001":3,"\\t":4," ":5}',
            "names of control characters sort as characters, not as escapes",
        ),
        ('{"\\"":1,"!":2,"#":3}', "the quotation mark between ! and #"),
        ('{"\\\\":1,"[":2,"]":3}', "the reverse solidus between [ and ]"),
        ('{"\\/":1,".":2,"0":3}', "an escaped solidus between . and 0"),
        ('{"\\u0061":1,"b":2,"A":3}', "an escaped letter sorts as the letter"),
        ('{"é":1,"e\u0301":2,"f":3}', "no normalization before sorting"),
        ('{"z":{"b":1,"a":2},"a":[{"d":1,"c":2}]}', "every level is sorted, arrays are not"),
        ('{"k8":0,"k7":1,"k6":2,"k5":3,"k4":4,"k3":5,"k2":6,"k1":7}', "reversed"),
        ('{"aaaaaaaa1":1,"aaaaaaaa0":2,"aaaaaaaa":3}', "names that agree in their first eight bytes"),
        (
            '{"aaaaaaa\u00e9":1,"aaaaaaa\u20ac":2,"aaaaaaa\U0001f600":3,"aaaaaaa\uff5e":4}',
            "a character across the eighth byte",
        ),
        (
            "{" + ",".join(f'"m{number * 37 % 100:02d}":{number}' for number in range(100)) + "}",
            "a hundred members in disorder",
        ),
        (
            "[" + ",".join(f'{{"x":{number},"y":0,"a":1}}' for number in range(5)) + "]",
            "objects of one shape after each other",
        ),
        ('[{"x":1,"a":2},{"a":1,"x":2},{"x":1,"y":2,"a":3}]', "objects of nearly one shape after each other"),
    ]
    for text, comment in ordered:
        file.ok(text, comment, "member-order")
    traps = [
        ('{"toJSON":1,"hasOwnProperty":2,"constructor":3}', "names of JavaScript methods"),
        ('{"__proto__":{"x":1},"a":2}', "the prototype of JavaScript"),
        ('{"length":1,"0":"a","1":"b"}', "an object that looks like an array"),
        ('{"0":"a","1":"b"}', "names that PHP turns into integers"),
        ('{"1":1,"a":2,"0":3}', "names that JavaScript moves to the front"),
        ('{"":1}', "the empty name"),
        ('{"$schema":1,"@context":2,"#":3}', "names with signs"),
    ]
    for text, comment in traps:
        file.ok(text, comment, "host-trap")
    # The offset is that of the name that was there before.
    twice = [
        ('{"a":1,"a":2}', 7, "/a", "next to each other"),
        ('{"a":1,"b":2,"a":3}', 13, "/a", "apart"),
        ('{"a":1,"a":1}', 7, "/a", "with the same value"),
        ('{"a":1,"\\u0061":2}', 7, "/a", "one of them escaped"),
        ('{"\\u0061":1,"a":2}', 12, "/a", "the first of them escaped"),
        ('{"/":1,"\\/":2}', 7, "/~1", "an escaped solidus"),
        ('{"😀":1,"\\ud83d\\ude00":2}', 10, "/😀", "an emoji and its escapes"),
        ('{"\\n":1,"\\u000a":2}', 8, "/\n", "two escapes of one character"),
        ('{"":1,"":2}', 6, "/", "the empty name"),
        ('{"x":{"a":1,"a":2}}', 12, "/x/a", "one level down"),
        ('[0,{"a":[],"a":[]}]', 11, "/1/a", "in an array"),
        ('{"é":1,"\\u00E9":2}', 8, "/é", "a letter and its escape"),
        ('{"b":0,"a":1,"c":2,"a":3}', 19, "/a", "in disorder"),
        ('{"__proto__":1,"__proto__":2}', 15, "/__proto__", "a name with a meaning in a host"),
    ]
    for text, offset, pointer, comment in twice:
        file.no(text, "duplicate_member", comment, "duplicate", detail={"offset": offset, "pointer": pointer})
    file.no(
        "{" + ",".join(f'"m{number}":{number}' for number in range(100)) + ',"m50":0}',
        "duplicate_member",
        "fifty members apart",
        "duplicate",
    )


def _structure(noun):
    file = _Writer(noun, "structure", _LIBRARIES, "white-space", "scalar", "structure", "idempotent")
    for text in ("true", "false", "-7", '"a"', "[]", "{}"):
        file.ok(text, f"{text} alone", "scalar")
    for text, comment in (
        (" 1 ", "spaces around a number"),
        ("\t\r\n [\t1 ,\r\n2 ]\n", "the four characters of white space"),
        ('{ "a" : [ ] , "b" : { } }', "spaces between all tokens"),
        ("\n\n\n{\n}\n\n\n", "empty lines"),
        ('{"a b":" c "}', "spaces in strings stay"),
    ):
        file.ok(text, comment, "white-space")
    for text, comment in (
        ('[[],{},[{}],{"a":[]}]', "empty and nested"),
        ('[null,true,false,0,"",[],{}]', "every kind of value"),
        ('{"a":{"b":{"c":{"d":[1,[2,[3]]]}}}}', "nested both ways"),
        ("[3,1,2]", "the order of an array stays"),
        ('{"a":null}', "null is a value, not an absence"),
        ("[" + ",".join("0" for _ in range(200)) + "]", "two hundred elements"),
    ):
        file.ok(text, comment, "structure")
    for text in ('{"a":1,"b":[true,"x"]}', '{"a":{"b":0.5,"c":"\\n"},"d":1e+21}', '["\\u0000","€"]'):
        assert canonical(text) == text
        file.ok(text, "the output is the input", "idempotent", expected=text)
        file.ok(text, "the output is the input, under the other policy", "idempotent", expected=text, numbers="exact")
    for data, offset, comment in (
        ("\x0b1", 0, "a vertical tab"),
        ("\x0c1", 0, "a form feed"),
        ("\u00a01", 0, "a no-break space"),
        ("[1,\u20282]", 3, "a line separator"),
        ("\x001", 0, "a NUL"),
    ):
        file.no(data, "invalid_json", f"{comment} is not white space", "white-space", detail={"offset": offset})


def _limits(noun):
    file = _Writer(noun, "limits", _LIBRARIES, "depth", "size", "option")
    file.ok("[" * 128 + "]" * 128, "128 arrays", "depth")
    file.ok('{"a":' * 128 + "1" + "}" * 128, "128 objects", "depth")
    file.ok('[{"a":' * 64 + "1" + "}]" * 64, "128 arrays and objects", "depth")
    file.no("[" * 129 + "]" * 129, "too_deep", "129 arrays", "depth", detail={"offset": 128})
    file.no('{"a":' * 129 + "1" + "}" * 129, "too_deep", "129 objects", "depth", detail={"offset": 640})
    file.no('[{"a":' * 65 + "1" + "}]" * 65, "too_deep", "130 arrays and objects", "depth", detail={"offset": 384})
    file.no("[" * 5000, "too_deep", "5,000 opening brackets and nothing else", "depth", detail={"offset": 128})
    file.no('{"a":' * 2000, "too_deep", "2,000 opening braces and nothing else", "depth", detail={"offset": 640})
    file.ok("[" * 200 + "]" * 200, "a higher limit", "depth", "option", max_depth=200)
    file.no(
        "[" * 201 + "]" * 201,
        "too_deep",
        "one more than a higher limit",
        "depth",
        "option",
        max_depth=200,
        detail={"offset": 200},
    )
    file.ok("[1]", "one level of one", "depth", "option", max_depth=1)
    file.no("[[1]]", "too_deep", "two levels of one", "depth", "option", max_depth=1, detail={"offset": 1})
    file.ok("1", "a scalar has no depth", "depth", "option", max_depth=0)
    file.no("[]", "too_deep", "an empty array is one level", "depth", "option", max_depth=0, detail={"offset": 0})
    file.ok("[1,2]", "exactly as large as allowed", "size", "option", max_bytes=5)
    file.no("[1,2]", "too_large", "one byte more than allowed", "size", "option", max_bytes=4)
    file.no(" [1]  ", "too_large", "white space counts", "size", "option", max_bytes=5)
    file.ok('"€"', "the limit counts bytes, not characters", "size", "option", max_bytes=5)
    file.no('"€"', "too_large", "a character of three bytes", "size", "option", max_bytes=4)
    file.no("", "invalid_json", "nothing at all is not too large", "size", "option", max_bytes=0, detail={"offset": 0})
    file.ok('{"a":[0.5]}', "all options together", "option", numbers="exact", max_depth=2, max_bytes=11)


def _refused_text(noun):
    flags = ("utf8", "byte-order-mark", "surrogate", "control-character", "not-finite")
    file = _Writer(noun, "refused-text", _LIBRARIES, *flags)
    for data, offset, comment in (
        (b"\xff", 0, "a byte that UTF-8 never has"),
        (b'"\xff"', 1, "the same in a string"),
        (b'"\xfe"', 1, "another byte that UTF-8 never has"),
        (b'"a\x80"', 2, "a continuation byte alone"),
        (b'"\xbf\xbf"', 1, "two continuation bytes alone"),
        (b'"\xc0\xaf"', 1, "an overlong solidus in two bytes"),
        (b'"\xc1\xbf"', 1, "an overlong character in two bytes"),
        (b'"\xe0\x80\xaf"', 1, "an overlong solidus in three bytes"),
        (b'"\xe0\x9f\xbf"', 1, "the largest overlong of three bytes"),
        (b'"\xf0\x80\x80\xaf"', 1, "an overlong solidus in four bytes"),
        (b'"\xf0\x8f\xbf\xbf"', 1, "the largest overlong of four bytes"),
        (b'"\xc0\x80"', 1, "a NUL in two bytes, as Java writes it"),
        (b'"\xed\xa0\x80"', 1, "a high surrogate in UTF-8"),
        (b'"\xed\xbf\xbf"', 1, "a low surrogate in UTF-8"),
        (b'"\xed\xa0\xbd\xed\xb8\x80"', 1, "a surrogate pair in UTF-8 (CESU-8)"),
        (b'"\xf4\x90\x80\x80"', 1, "beyond U+10FFFF"),
        (b'"\xf5\x80\x80\x80"', 1, "a lead byte beyond U+10FFFF"),
        (b'"\xf8\x88\x80\x80\x80"', 1, "five bytes"),
        (b'"\xc3"', 1, "a sequence of two cut short by a quotation mark"),
        (b'"\xe2\x82"', 1, "a sequence of three cut short"),
        (b'"\xf0\x9f\x98"', 1, "a sequence of four cut short"),
        (b'"abc\xe2\x82', 4, "a sequence cut short by the end"),
        (b'{"\xff":1}', 2, "in a member name"),
        (b'"' + b"a" * 40 + b'\xff"', 41, "behind forty good bytes"),
        (b'["\xe2\x82\xac\xf0\x9f\x98\x80","\x80"]', 12, "behind good characters"),
        (b'"\xe9"', 1, "Latin-1"),
        (b"\xff\xfe1\x00", 0, "UTF-16 with a byte order mark"),
        (b"1 \xff", 2, "behind the value"),
    ):
        file.no(data, "invalid_utf8", comment, "utf8", detail={"offset": offset})
    for data, comment in (
        (b"\xef\xbb\xbf{}", "before an object"),
        (b"\xef\xbb\xbf", "alone"),
        (b"\xef\xbb\xbf 1", "before white space"),
    ):
        file.no(data, "byte_order_mark", comment, "byte-order-mark", detail={"offset": 0})
    file.no(
        b"{\xef\xbb\xbf}",
        "invalid_json",
        "inside the text it is no mark but a wrong character",
        "byte-order-mark",
        detail={"offset": 1},
    )
    for text, offset, comment in (
        ('"\\ud800"', 1, "the first high half"),
        ('"\\udbff"', 1, "the last high half"),
        ('"\\udc00"', 1, "the first low half"),
        ('"\\udfff"', 1, "the last low half"),
        ('"\\ude00\\ud83d"', 1, "a reversed pair"),
        ('"\\ud83d\\ud83d"', 1, "two high halves"),
        ('"\\ud83d\\ud83d\\ude00"', 1, "a high half before a pair"),
        ('"\\ud83d\\u0061"', 1, "a high half before a letter"),
        ('"\\ud83da"', 1, "a high half before a letter as itself"),
        ('"\\ud83d\\n"', 1, "a high half before a short escape"),
        ('"\\ud83d\\\\ude00"', 1, "a high half before an escaped reverse solidus"),
        ('"ab\\uD83D"', 3, "upper-case digits, behind letters"),
        ('{"\\ud800":1}', 2, "in a member name"),
        ('["😀","\\udc00"]', 9, "behind a good emoji"),
        ('"\\ud83d\\ude00\\ude00"', 13, "a low half behind a pair"),
    ):
        file.no(text, "lone_surrogate", comment, "surrogate", detail={"offset": offset})
    for code in (0x00, 0x01, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x1F):
        file.no(
            f'"a{chr(code)}"', "control_character", f"U+{code:04X} as itself", "control-character", detail={"offset": 2}
        )
    file.no('{"a\n":1}', "control_character", "a line feed in a member name", "control-character", detail={"offset": 3})
    file.no(
        '"' + "a" * 20 + '\t"',
        "control_character",
        "a tab behind twenty letters",
        "control-character",
        detail={"offset": 21},
    )
    for text, offset, pointer in (
        ("NaN", 0, ""),
        ("Infinity", 0, ""),
        ("-Infinity", 0, ""),
        ('{"a":NaN}', 5, "/a"),
        ("[0,-Infinity]", 3, "/1"),
    ):
        file.no(text, "number_not_finite", text, "not-finite", detail={"offset": offset, "pointer": pointer})


def _refused_grammar(noun):
    file = _Writer(noun, "refused-grammar", _LIBRARIES, "grammar", "truncated", "trailing")
    for text, offset, comment in (
        ("[01]", 2, "a leading zero"),
        ("[-01]", 3, "a leading zero behind a sign"),
        ("[00]", 2, "two zeros"),
        ("[+1]", 1, "a plus sign"),
        ("[.5]", 1, "no digit before the point"),
        ("[5.]", 3, "no digit behind the point"),
        ("[5.e1]", 3, "no digit between point and exponent"),
        ("[1e]", 3, "no digit in the exponent"),
        ("[1e+]", 4, "a sign alone in the exponent"),
        ("[1e1.5]", 4, "a fraction in the exponent"),
        ("[-]", 2, "a minus sign alone"),
        ("[--1]", 2, "two minus signs"),
        ("[- 1]", 2, "a space behind the minus sign"),
        ("[1_000]", 2, "an underscore in a number"),
        ("[0x10]", 2, "a hexadecimal number"),
        ("[1f]", 2, "a suffix"),
        ("[1.2.3]", 4, "two points"),
        ("[１]", 1, "a full-width digit"),
        ("[1 2]", 3, "no comma"),
        ("[1,]", 3, "a comma before the end of an array"),
        ("[,1]", 1, "a comma at the start of an array"),
        ("[1,,2]", 3, "two commas"),
        ("[,]", 1, "a comma alone"),
        ('{"a":1,}', 7, "a comma before the end of an object"),
        ("{,}", 1, "a comma in an empty object"),
        ('{"a":1,,"b":2}', 7, "two commas in an object"),
        ('{"a" 1}', 5, "no colon"),
        ('{"a"::1}', 5, "two colons"),
        ('{"a":}', 5, "no value"),
        ('{"a"}', 4, "a name alone"),
        ("{1:2}", 1, "a number as a name"),
        ("{a:1}", 1, "a name without quotation marks"),
        ("{null:1}", 1, "null as a name"),
        ("{'a':1}", 1, "a name in apostrophes"),
        ("['a']", 1, "a string in apostrophes"),
        ('{"a":1 "b":2}', 7, "no comma between members"),
        ("[1}", 2, "an array closed by a brace"),
        ('{"a":1]', 6, "an object closed by a bracket"),
        ("]", 0, "a bracket alone"),
        ("}", 0, "a brace alone"),
        (":", 0, "a colon alone"),
        ("[undefined]", 1, "undefined"),
        ("[nan]", 2, "nan in lower case"),
        ("[True]", 1, "True, as Python writes it"),
        ("[None]", 1, "None, as Python writes it"),
        ("[// a\n1]", 1, "a comment to the end of the line"),
        ("[/* a */1]", 1, "a comment"),
        ("# a\n1", 0, "a comment of YAML"),
        ("=1", 0, "an equals sign"),
        ("`a`", 0, "a template string"),
        ("*", 0, "a star"),
        ("\\u0031", 0, "an escape outside of a string"),
    ):
        file.no(text, "invalid_json", comment, "grammar", detail={"offset": offset})
    for text, comment in (
        ("[nul]", "a literal cut short"),
        ("[nulll]", "a literal with a letter too many"),
        ("[tru]", "true cut short"),
        ("[TRUE]", "true in capitals"),
        ("[fals]", "false cut short"),
        ("[Inf]", "the short name of infinity"),
        ("[Nan]", "NaN with other capitals"),
        ('"\\x41"', "an escape of C"),
        ('"\\a"', "an escape that does not exist"),
        ('"\\\'"', "an escaped apostrophe"),
        ('"\\0"', "an octal escape"),
        ('"\\U0041"', "a capital U"),
        ('"\\u00g0"', "a letter that is no hexadecimal digit"),
        ('"\\u+041"', "a sign among the digits"),
        ('"\\u 041"', "a space among the digits"),
        ('"\\u{41}"', "an escape of JavaScript"),
        ('"\\u041"', "three digits"),
        ('"\\ud83d\\u"', "the second escape of a pair without digits"),
        ('"\\\n"', "an escaped line feed"),
    ):
        file.no(text, "invalid_json", comment, "grammar")
    for text, comment in (
        ("", "nothing"),
        (" ", "white space alone"),
        ("[", "an open array"),
        ("{", "an open object"),
        ("[1", "behind an element"),
        ("[1,", "behind a comma"),
        ('{"', "in a name"),
        ('{"a', "in a name, behind a letter"),
        ('{"a"', "behind a name"),
        ('{"a":', "behind a colon"),
        ('{"a":1', "behind a value"),
        ('{"a":1,', "behind a comma of an object"),
        ('"', "behind a quotation mark"),
        ('"abc', "in a string"),
        ("-", "behind a minus sign"),
        ("1.", "behind a point"),
        ("1e", "behind an e"),
        ("1e-", "behind the sign of an exponent"),
        ("[[[[", "four open arrays"),
        ('[{"a":[', "mixed open"),
    ):
        file.no(text, "invalid_json", comment, "truncated", detail={"offset": len(text.encode())})
    for text, comment in (
        ("nul", "a literal"),
        ('"\\', "an escape"),
        ('"\\u', "a \\u escape"),
        ('"\\u12', "a \\u escape, behind two digits"),
    ):
        file.no(text, "invalid_json", f"{comment} cut short", "truncated")
    for text, offset, comment in (
        ("1 2", 2, "two numbers"),
        ("{}{}", 2, "two objects"),
        ("[]]", 2, "one bracket too many"),
        ("{}}", 2, "one brace too many"),
        ("null,", 4, "a comma"),
        ("[] x", 3, "a letter"),
        ('""""', 2, "two strings"),
        ("{}\n{}\n", 3, "two lines of JSON"),
        ("1\x00", 1, "a NUL"),
        ("{}\u00a0", 2, "a no-break space"),
        ("[]//", 2, "a comment"),
        ('"a" "b"', 4, "two strings and a space"),
        ("true false", 5, "two literals"),
        ("{}\ufeff", 2, "a byte order mark"),
    ):
        file.no(text, "trailing_bytes", comment, "trailing", detail={"offset": offset})


def _digest(noun):
    file = _Writer(
        noun,
        "sha256",
        _LIBRARIES + "; digests by hashlib",
        "digest",
        "member-order",
        "number",
        "exact",
        "duplicate",
        "depth",
        "size",
        "utf8",
    )
    file.digest("{}", "an empty object", "digest")
    file.digest("null", "a literal", "digest")
    file.digest('{"b":[1.0,2e0],"a":"\\u20ac"}', "the digest is that of the canonical text", "digest", "member-order")
    file.digest(' { "a" : "€" , "b" : [ 1 , 2 ] } ', "another spelling of the same", "digest", "member-order")
    file.digest("[9007199254740993]", "the nearest double", "digest", "number")
    file.digest("[9007199254740992]", "the same digest", "digest", "number")
    file.digest("[9007199254740992]", "under the policy exact", "digest", "exact", numbers="exact")
    file.digest('{"\ue000":1,"\U00010000":2}', "UTF-16 order", "digest", "member-order")
    file.digest('"' + "x" * 200 + '"', "more than three blocks of SHA-256", "digest")
    file.digest("[[]]", "limits apply here too", "digest", "depth", "size", max_depth=2, max_bytes=4)
    file.no(
        "[9007199254740993]",
        "number_not_exact",
        "under the policy exact",
        "digest",
        "exact",
        op="jcs_sha256",
        numbers="exact",
        detail={"offset": 1},
    )
    file.no('{"a":1,"a":2}', "duplicate_member", "a name twice", "digest", "duplicate", op="jcs_sha256")
    file.no(
        "[[]]", "too_deep", "one level too many", "digest", "depth", op="jcs_sha256", max_depth=1, detail={"offset": 1}
    )
    file.no("[[]]", "too_large", "one byte too many", "digest", "size", op="jcs_sha256", max_bytes=3)
    file.no(b'"\xff"', "invalid_utf8", "not UTF-8", "digest", "utf8", op="jcs_sha256", detail={"offset": 1})
