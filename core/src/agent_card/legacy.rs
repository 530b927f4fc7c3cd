//! The text that a2a-sdk up to 1.1.3 signed: not RFC 8785, but `json.dumps` of Python with sorted keys.
//!
//! Nothing verifies by it; it lets [`diagnose`](super::diagnose) say why a signature of that time does not.

use crate::json::Cursor;
use crate::json::view::Value;

/// That text for a card in the form `sdk`: names sorted by code points, everything beyond ASCII escaped, numbers as
/// Python writes a float. (A zero that was negative is not known to have been.)
pub(super) fn text(canonical: &[u8]) -> Vec<u8> {
    let mut cursor = Cursor::new(canonical);
    let mut out = Vec::with_capacity(canonical.len() * 2);
    let mut open: Vec<Container> = Vec::new();
    loop {
        match cursor.peek() {
            b'{' | b'[' => {
                open.push(Container { start: out.len() + 1, members: Vec::new(), in_order: true });
                out.push(cursor.peek());
                cursor.step();
            }
            b'}' | b']' => {
                let container = open.pop().expect("the text is well formed");
                container.sort(&mut out);
                out.push(cursor.peek());
                cursor.step();
            }
            b',' => {
                out.push(b',');
                cursor.step();
            }
            0 => return out,
            _ => {
                scalar(cursor.value(), &mut out);
            }
        }
        // Before a member, unless the container has ended or is an array.
        if let (Some(container), b'"') = (open.last_mut(), cursor.peek())
            && out[container.start - 1] == b'{'
        {
            let name = cursor.name().to_text().into_owned();
            container.begin_member(&name, out.len());
            escape(&name, &mut out);
            out.push(b':');
        }
    }
}

/// An array or an object that is open.
struct Container {
    /// Where its content starts.
    start: usize,
    /// The names of its members and where each starts.
    members: Vec<(String, usize)>,
    in_order: bool,
}

impl Container {
    fn begin_member(&mut self, name: &str, at: usize) {
        self.in_order &= self.members.last().is_none_or(|(last, _)| last.as_str() < name);
        self.members.push((name.to_owned(), at));
    }

    /// Sorts the members by code points, where UTF-16 has another order.
    fn sort(mut self, out: &mut Vec<u8>) {
        if self.in_order {
            return;
        }
        let content = out.split_off(self.start);
        let ends: Vec<usize> = self.members[1..].iter().map(|(_, next)| next - 1).collect();
        let ends = ends.into_iter().chain([self.start + content.len()]);
        let mut members: Vec<_> = self.members.drain(..).zip(ends).collect();
        members.sort_by(|((left, _), _), ((right, _), _)| left.cmp(right));
        for (index, ((_, start), end)) in members.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&content[start - self.start..end - self.start]);
        }
    }
}

fn scalar(value: Value<'_>, out: &mut Vec<u8>) {
    if let Some(text) = value.as_text() {
        escape(&text.to_text(), out);
        return;
    }
    match value.raw() {
        literal @ (b"true" | b"false" | b"null") => out.extend_from_slice(literal),
        number => out.extend(float(std::str::from_utf8(number).expect("a number is ASCII")).into_bytes()),
    }
}

/// A string as `json.dumps` escapes it: `\u` for all but printable ASCII.
fn escape(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => out.extend_from_slice(&[b'\\', byte]),
            Ok(b'\x08') => out.extend_from_slice(b"\\b"),
            Ok(b'\t') => out.extend_from_slice(b"\\t"),
            Ok(b'\n') => out.extend_from_slice(b"\\n"),
            Ok(b'\x0c') => out.extend_from_slice(b"\\f"),
            Ok(b'\r') => out.extend_from_slice(b"\\r"),
            Ok(byte @ b' '..=b'~') => out.push(byte),
            _ => out.extend(format!("\\u{unit:04x}").into_bytes()),
        }
    }
    out.push(b'"');
}

/// A canonical number as `repr` of a Python float: the same digits, a point or an exponent always.
fn float(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (mantissa, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{integer}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0');
    let exponent: i64 = exponent.parse().expect("a canonical exponent is short");
    // The value is 0.digits times ten to this.
    let point = exponent + signed(integer.len()) - signed(leading);
    if digits.is_empty() {
        return format!("{sign}0.0");
    }
    let count = signed(digits.len());
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if !(-3..=16).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let exponent = point - 1;
        let mark = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{dot}{rest}e{mark}{:02}", exponent.abs());
    }
    if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else if point >= count {
        format!("{sign}{digits}{}.0", zeros(point - count))
    } else {
        let (integer, fraction) = digits.split_at(usize::try_from(point).expect("positive: seen above"));
        format!("{sign}{integer}.{fraction}")
    }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).expect("a number is short")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python says: `repr(float(…))`.
    #[test]
    fn floats_are_those_of_python() {
        for (canonical, python) in [
            ("0", "0.0"),
            ("42", "42.0"),
            ("-1.5", "-1.5"),
            ("100", "100.0"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("0.000012345", "1.2345e-05"),
            ("1e-7", "1e-07"),
            ("1.5e-300", "1.5e-300"),
            ("1000000000000000", "1000000000000000.0"),
            ("9007199254740992", "9007199254740992.0"),
            ("10000000000000000", "1e+16"),
            ("123456789012345680000", "1.2345678901234568e+20"),
            ("1e+21", "1e+21"),
            ("1.7976931348623157e+308", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("0.1", "0.1"),
            ("10.25", "10.25"),
            ("-120", "-120.0"),
        ] {
            assert_eq!(float(canonical), python);
        }
    }

    #[test]
    fn text_is_that_of_json_dumps() {
        for (canonical, python) in [
            (r#"{"a":[1,"é\"\n",{}],"b":[],"c":null}"#, r#"{"a":[1.0,"\u00e9\"\n",{}],"b":[],"c":null}"#),
            ("{\"\u{7f}\":\"\u{7f}/😀\"}", r#"{"\u007f":"\u007f/\ud83d\ude00"}"#),
            // U+1F600 sorts behind U+FB33 by code points, and before it in UTF-16.
            (
                "{\"a\":{\"\u{1f600}\":[{\"x\":1}],\"\u{fb33}\":true},\"b\":\"\\u0001\"}",
                r#"{"a":{"\ufb33":true,"\ud83d\ude00":[{"x":1.0}]},"b":"\u0001"}"#,
            ),
            (r#"[["{","a:"]]"#, r#"[["{","a:"]]"#),
        ] {
            assert_eq!(String::from_utf8(text(canonical.as_bytes())).unwrap(), python);
        }
    }
}
