//! A borrowed view of canonical text.
//!
//! Every format first makes its input canonical, and then reads members from that text. The text is known to be
//! well formed, without white space, and each string has one spelling, so walking it is a matter of finding
//! ends, and a member name without escapes is compared byte by byte.

use std::borrow::Cow;

use super::string::plain_end;

/// One JSON value, as its canonical text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a>(&'a [u8]);

/// The text between the quotes of a string, escapes included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a>(&'a [u8]);

/// An object, as its canonical text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// The value that canonical text holds.
    pub(crate) fn parse(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// The canonical text of the value.
    pub(crate) fn raw(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn as_object(self) -> Option<Object<'a>> {
        Object::parse(self.0)
    }

    /// The elements, where the value is an array.
    pub(crate) fn as_array(self) -> Option<impl Iterator<Item = Value<'a>>> {
        let inner = self.0.strip_prefix(b"[")?.strip_suffix(b"]")?;
        Some(Elements(inner))
    }

    pub(crate) fn as_text(self) -> Option<Text<'a>> {
        Some(Text(self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")?))
    }

    /// The value, where it is a number without fraction or exponent that an `i64` holds.
    pub(crate) fn as_integer(self) -> Option<i64> {
        std::str::from_utf8(self.0).ok()?.parse().ok()
    }
}

impl<'a> Text<'a> {
    /// The text as it stands, with its escapes.
    pub(crate) fn raw(self) -> &'a [u8] {
        self.0
    }

    /// The string with its escapes resolved.
    pub(crate) fn to_text(self) -> Cow<'a, str> {
        let text = std::str::from_utf8(self.0).expect("canonical text is UTF-8");
        if text.contains('\\') { Cow::Owned(unescape(text)) } else { Cow::Borrowed(text) }
    }

    /// The text, where it holds no escape: enough for every grammar that allows none of the escaped characters.
    pub(crate) fn plain(self) -> Option<&'a str> {
        match self.to_text() {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }
}

impl<'a> Object<'a> {
    /// The object that canonical text holds, or `None` where it holds another value.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        (text.first() == Some(&b'{')).then_some(Self(text))
    }

    /// The canonical text of the object.
    pub(crate) fn raw(self) -> &'a [u8] {
        self.0
    }

    /// Every member in canonical order.
    pub(crate) fn members(self) -> impl Iterator<Item = (Text<'a>, Value<'a>)> {
        Members(&self.0[1..self.0.len() - 1])
    }

    /// The member with this name, which must be one that is written without escapes.
    pub(crate) fn member(self, name: &str) -> Option<Value<'a>> {
        // Among names of lower-case letters canonical spelling keeps the order (see `with`): behind the place of the
        // member there is nothing to look for, and the values there may be long.
        let ordered = name.bytes().all(|byte| matches!(byte, b']'..=0x7f));
        let mut members = Members(&self.0[1..self.0.len() - 1]);
        while let Some(key) = members.name() {
            if ordered && key.0 > name.as_bytes() {
                return None;
            }
            let value = members.value();
            if key.0 == name.as_bytes() {
                return Some(value);
            }
        }
        None
    }

    /// The same object without the member `name`, as canonical text, and that member.
    pub(crate) fn without(self, name: &str) -> (Cow<'a, [u8]>, Option<Value<'a>>) {
        let Some(value) = self.member(name) else { return (Cow::Borrowed(self.0), None) };
        // The value is a slice of this very text, so its distance from the start is its place.
        let value_start = value.0.as_ptr().addr() - self.0.as_ptr().addr();
        let mut start = value_start - name.len() - 3;
        let mut end = value_start + value.0.len();
        if self.0[end] == b',' {
            end += 1;
        } else if self.0[start - 1] == b',' {
            start -= 1;
        }
        let mut body = Vec::with_capacity(self.0.len() - (end - start));
        body.extend_from_slice(&self.0[..start]);
        body.extend_from_slice(&self.0[end..]);
        (Cow::Owned(body), Some(value))
    }

    /// The same object with the member `name`, which must be one that is written without escapes and whose
    /// letters are all lower case, set to `value`.
    pub(crate) fn with(self, name: &str, value: &[u8]) -> Vec<u8> {
        let (rest, _) = self.without(name);
        let rest = Object(&rest);
        // Canonical spelling keeps the order: what an escape stands for and the escape itself both sort before
        // a lower-case letter, and a letter beyond ASCII sorts behind it.
        let mut at = 1;
        for (key, value) in rest.members() {
            if key.0 > name.as_bytes() {
                break;
            }
            at = value.0.as_ptr().addr() - rest.0.as_ptr().addr() + value.0.len();
        }
        let (before, after) = rest.0.split_at(at);
        let comma_before: &[u8] = if at > 1 { b"," } else { b"" };
        let comma_after: &[u8] = if at == 1 && rest.0 != b"{}" { b"," } else { b"" };
        [before, comma_before, b"\"", name.as_bytes(), b"\":", value, comma_after, after].concat()
    }
}

struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let (value, rest) = self.0.split_at(value_end(self.0));
        self.0 = rest.strip_prefix(b",").unwrap_or(rest);
        Some(Value(value))
    }
}

struct Members<'a>(&'a [u8]);

impl<'a> Members<'a> {
    /// The name of the next member; its [`value`](Self::value) is next.
    fn name(&mut self) -> Option<Text<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let (key, rest) = self.0.split_at(string_end(self.0));
        self.0 = rest.strip_prefix(b":").unwrap_or(rest);
        Some(Text(&key[1..key.len() - 1]))
    }

    fn value(&mut self) -> Value<'a> {
        let (value, rest) = self.0.split_at(value_end(self.0));
        self.0 = rest.strip_prefix(b",").unwrap_or(rest);
        Value(value)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Text<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.name().map(|name| (name, self.value()))
    }
}

/// Where the value at the start of `text` ends.
pub(super) fn value_end(text: &[u8]) -> usize {
    match text.first() {
        Some(b'"') => string_end(text),
        Some(b'{' | b'[') => {
            let (mut at, mut depth) = (0, 0_usize);
            while at < text.len() {
                match text[at] {
                    b'"' => {
                        at += string_end(&text[at..]);
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    break;
                }
            }
            at
        }
        _ => text.iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(text.len()),
    }
}

/// Where the string at the start of `text` ends, behind its closing quote.
pub(super) fn string_end(text: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at = plain_end(text, at);
        match text.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// The inverse of RFC 8785 section 3.2.2.2.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        plain.push(match characters.next() {
            Some('b') => '\u{8}',
            Some('t') => '\t',
            Some('n') => '\n',
            Some('f') => '\u{c}',
            Some('r') => '\r',
            // Canonical text writes `\u00` and two digits, for control characters only.
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            Some(other) => other,
            None => break,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_taken_out() {
        let text = br#"{"a":[1,{"signatures":"]"}],"signatures":[{"x":"\"}"},2],"z":null}"#;
        let object = Object::parse(text).expect("an object");
        let (body, signatures) = object.without("signatures");
        assert_eq!(&*body, br#"{"a":[1,{"signatures":"]"}],"z":null}"#);
        let elements: Vec<_> =
            signatures.expect("there").as_array().expect("array").map(Value::raw).collect();
        assert_eq!(elements, [&br#"{"x":"\"}"}"#[..], b"2"]);
    }

    /// Also where names sort by what their escapes stand for, or by their UTF-16.
    #[test]
    fn a_member_is_found_wherever_it_stands() {
        let mut names = [
            "",
            "A",
            "Z",
            "\u{1}",
            "\"",
            "\\",
            "]",
            "_",
            "a",
            "a\n",
            "aZ",
            "a\\b",
            "ab",
            "aé",
            "b",
            "é",
            "\u{e000}",
            "\u{10000}",
        ];
        names.sort_by_key(|name| name.encode_utf16().collect::<Vec<_>>());
        for wanted in ["A", "Z", "]", "_", "a", "aZ", "ab", "b", "c", "é", "zz", "\u{e000}", "\u{10000}"] {
            for without in names {
                let members = names.iter().filter(|name| **name != without).map(|name| {
                    let text = serde_json::to_string(name).expect("JSON");
                    format!("{text}:{text}")
                });
                let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
                let member = Object::parse(text.as_bytes()).expect("an object").member(wanted);
                let found = member.and_then(Value::as_text).map(|text| text.to_text().into_owned());
                let expected = (wanted != without && names.contains(&wanted)).then_some(wanted);
                assert_eq!(found.as_deref(), expected, "{wanted} without {without}");
            }
        }
    }

    #[test]
    fn a_member_is_taken_out_wherever_it_stands() {
        for (text, rest) in [
            (r#"{"signatures":1}"#, "{}"),
            (r#"{"a":1,"signatures":1}"#, r#"{"a":1}"#),
            (r#"{"signatures":1,"z":1}"#, r#"{"z":1}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("{}", "{}"),
        ] {
            let (body, _) = Object::parse(text.as_bytes()).expect("an object").without("signatures");
            assert_eq!(&*body, rest.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_member_is_put_in_its_place() {
        for (text, whole) in [
            ("{}", r#"{"s":0}"#),
            (r#"{"a":1}"#, r#"{"a":1,"s":0}"#),
            (r#"{"z":1}"#, r#"{"s":0,"z":1}"#),
            (r#"{"a":1,"z":1}"#, r#"{"a":1,"s":0,"z":1}"#),
            (r#"{"a":1,"s":[5],"z":1}"#, r#"{"a":1,"s":0,"z":1}"#),
            (r#"{"\n":{},"é":1}"#, r#"{"\n":{},"s":0,"é":1}"#),
        ] {
            let object = Object::parse(text.as_bytes()).expect("an object");
            assert_eq!(object.with("s", b"0"), whole.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_string_ends_at_its_quote_wherever_that_stands() {
        for length in 0..50 {
            for escape in ["", "\\\"", "\\\\", "é"] {
                let text = format!("\"{}{escape}{}\"", "x".repeat(length), "y".repeat(length / 3));
                for behind in ["", ":1}", ",\"next\":\"a long text behind it\"}"] {
                    assert_eq!(
                        string_end(format!("{text}{behind}").as_bytes()),
                        text.len(),
                        "{text}{behind}"
                    );
                }
            }
        }
    }

    #[test]
    fn escapes_are_resolved() {
        let text = Value::parse(br#""a\"\\\n\u0001\u001f""#).as_text().expect("a string");
        assert_eq!(text.to_text(), "a\"\\\n\u{1}\u{1f}");
        assert_eq!(text.plain(), None);
    }

    #[test]
    fn integers_are_integers() {
        assert_eq!(Value::parse(b"-5").as_integer(), Some(-5));
        assert_eq!(Value::parse(b"1.5").as_integer(), None);
        assert_eq!(Value::parse(b"1e+30").as_integer(), None);
        assert_eq!(Value::parse(b"\"5\"").as_integer(), None);
    }
}
