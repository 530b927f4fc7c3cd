//! JSON as `json.dumps` of Python writes it: members in the order of the input, `, ` and `: ` between tokens, ASCII
//! only, a float as `repr` writes it, an integer with all of its digits.

use crate::error::{Code, Result};
use crate::jcs::{self, Options};
use crate::json::{Limits, Number, Reader, Sink, Text, to_double};

/// What `json.dumps(json.loads(input))` gives for an `input` that has neither duplicate members nor lone surrogates
/// nor numbers beyond the largest double, which are refused here.
///
/// # Errors
/// The codes of the reader.
pub(super) fn dumps(input: &[u8], limits: &Options) -> Result<Vec<u8>> {
    // Refuses what the sink below does not look for: members that are named twice, and numbers that overflow.
    jcs::canonicalize(input, limits)?;
    let mut dump = Dump::default();
    let bounds = Limits { depth: limits.max_depth, bytes: limits.max_bytes };
    Reader::default().read(input, bounds, &mut dump)?;
    Ok(dump.text)
}

/// The string in the spelling of `json.dumps`, with its quotes.
pub(super) fn string(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_string(&mut out, text);
    out
}

/// The text so far.
#[derive(Default)]
struct Dump {
    text: Vec<u8>,
}

impl Dump {
    /// Two values or members that follow each other have a comma between them; a value that follows its name or opens a
    /// container has none.
    fn separate(&mut self) {
        if !matches!(self.text.last(), None | Some(b'[' | b'{' | b' ')) {
            self.text.extend_from_slice(b", ");
        }
    }

    fn value(&mut self, text: &[u8]) {
        self.separate();
        self.text.extend_from_slice(text);
    }

    fn quoted(&mut self, text: Text<'_>) {
        self.separate();
        let text = std::str::from_utf8(text.bytes()).expect("the reader has found the input to be UTF-8");
        push_string(&mut self.text, text);
    }
}

impl Sink for Dump {
    fn null(&mut self) {
        self.value(b"null");
    }

    fn boolean(&mut self, value: bool) {
        self.value(if value { b"true" } else { b"false" });
    }

    fn number(&mut self, number: Number<'_>) -> Result<(), Code> {
        if number.fraction > 0 || number.exponent {
            self.value(float(to_double(&number)).as_bytes());
        } else {
            // The integer −0 is 0; the reader lets no other zero lead.
            self.value(if number.text() == b"-0" { b"0" } else { number.text() });
        }
        Ok(())
    }

    fn string(&mut self, text: Text<'_>) {
        self.quoted(text);
    }

    fn name(&mut self, text: Text<'_>) {
        self.quoted(text);
        self.text.extend_from_slice(b": ");
    }

    fn begin_array(&mut self) {
        self.value(b"[");
    }

    fn end_array(&mut self) {
        self.text.push(b']');
    }

    fn begin_object(&mut self) {
        self.value(b"{");
    }

    fn end_object(&mut self) -> Result<(), usize> {
        self.text.push(b'}');
        Ok(())
    }
}

/// `repr` of a finite float: the shortest digits that are read as it, with an exponent (of two digits or more) below
/// 1e-4 and from 1e16 on, and with `.0` where nothing else tells that it is no integer.
fn float(value: f64) -> String {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    if let Some((mantissa, exponent)) = text.split_once('e') {
        let (sign, digits) = exponent.split_at(1);
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    match text.split_once("0.0000") {
        // From 1e-5 up to 1e-4, where only Python has an exponent.
        Some((sign @ ("" | "-"), digits)) => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}e-05")
        }
        _ => text.to_owned(),
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            ' '..='~' => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dumped(input: &str) -> String {
        String::from_utf8(dumps(input.as_bytes(), &Options::default()).expect("JSON")).expect("ASCII")
    }

    /// Each pair as Python 3.11 answers it.
    #[test]
    fn numbers() {
        for (input, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("-0e5", "-0.0"),
            ("1.0", "1.0"),
            ("0.1", "0.1"),
            ("1e5", "100000.0"),
            ("1E+2", "100.0"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("-1e22", "-1e+22"),
            ("9999999999999998.0", "9999999999999998.0"),
            ("123456789012345680.0", "1.2345678901234568e+17"),
            ("0.0001", "0.0001"),
            ("0.00012345", "0.00012345"),
            ("0.00001", "1e-05"),
            ("-0.000012345", "-1.2345e-05"),
            ("0.00009999999999999999", "9.999999999999999e-05"),
            ("1e-07", "1e-07"),
            ("1.5e-10", "1.5e-10"),
            ("10.0000", "10.0"),
            ("10.00001", "10.00001"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("1e-400", "0.0"),
            ("9007199254740993", "9007199254740993"),
            ("-295147905179352830001", "-295147905179352830001"),
        ] {
            assert_eq!(dumped(input), expected, "{input}");
        }
    }

    #[test]
    fn structure_and_strings() {
        for (input, expected) in [
            ("{}", "{}"),
            (" [ ] ", "[]"),
            (r#"{"b":[1,2,{"c":[]}],"a":{},"":null}"#, r#"{"b": [1, 2, {"c": []}], "a": {}, "": null}"#),
            (r#"[[],[[]],{},true,false]"#, "[[], [[]], {}, true, false]"),
            (r#"["","[","{"," ",": "]"#, r#"["", "[", "{", " ", ": "]"#),
            (r#"{" ":" "," [":"{ "}"#, r#"{" ": " ", " [": "{ "}"#),
            ("\"é\u{7f}\u{80}\u{2028}😀/\"", r#""\u00e9\u007f\u0080\u2028\ud83d\ude00/""#),
            (r#""\u0001\b\f\n\r\t\"\\\u001F\u00e9""#, r#""\u0001\b\f\n\r\t\"\\\u001f\u00e9""#),
        ] {
            assert_eq!(dumped(input), expected, "{input}");
        }
    }

    #[test]
    fn what_python_would_lose_is_refused() {
        for (input, code) in [
            (r#"{"a":1,"a":2}"#, Code::DuplicateMember),
            (r#"{"a":1,"\u0061":2}"#, Code::DuplicateMember),
            ("1e400", Code::NumberOverflow),
            ("[NaN]", Code::NumberNotFinite),
            ("-Infinity", Code::NumberNotFinite),
            (r#""\ud800""#, Code::LoneSurrogate),
        ] {
            let error = dumps(input.as_bytes(), &Options::default()).expect_err("refused");
            assert_eq!(error.code(), code, "{input}");
        }
    }
}
