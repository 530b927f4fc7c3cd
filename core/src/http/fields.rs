//! Field lines of a message (RFC 9110 section 5), as they were received.

use crate::error::{Code, Error, Result};

/// One field line: name and value.
pub type Field<'a> = (&'a [u8], &'a [u8]);

/// The field lines of a message in their order. Names are compared without regard to case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [Field<'a>]);

/// A field that should be there once has several lines.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Repeated;

impl<'a> Fields<'a> {
    /// Every value of the field `name`, without the white space around it.
    pub(crate) fn all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.0.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        lines.map(|(_, value)| trimmed(value))
    }

    /// The value of a field that has at most one line.
    pub(crate) fn one(self, name: &str) -> Result<Option<&'a [u8]>, Repeated> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(Repeated) } else { Ok(first) }
    }
}

/// The value without the optional white space of RFC 9110 section 5.6.3.
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The field lines of a text: `name: value`, each closed by CRLF or LF (RFC 9112 section 5). An empty text has none.
///
/// # Errors
/// `invalid_argument` for a line without a colon, a name that is no token, a line that is folded, or a control
/// character.
pub fn lines(text: &[u8]) -> Result<Vec<Field<'_>>> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(|byte| *byte == b'\n').map(line).collect()
}

fn line(line: &[u8]) -> Result<Field<'_>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let invalid = |message| Error::new(Code::InvalidArgument, message);
    let colon = line.iter().position(|byte| *byte == b':');
    let colon = colon.ok_or_else(|| invalid("a field line has no colon"))?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(invalid("the name of a field is not a token"));
    }
    if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        return Err(invalid("the value of a field has a control character"));
    }
    Ok((name, trimmed(value)))
}

/// Whether a byte may stand in a token (RFC 9110 section 5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_text() {
        let read = lines(b"Host: a\r\nX-Y:\t b c \nEmpty:\r\n").expect("lines");
        assert_eq!(read, [(&b"Host"[..], &b"a"[..]), (b"X-Y", b"b c"), (b"Empty", b"")]);
        assert_eq!(lines(b"").expect("none"), []);
        for text in
            ["a", "a b: c", ": c", " a: b", "a: b\r\n c: d", "a: b\r\rc", "a: \0", "a: b\n\nc: d", "a : b"]
        {
            assert!(lines(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_line_or_several() {
        let fields: [Field<'_>; 3] = [(b"A", b" 1 "), (b"b", b"2"), (b"B", b"3")];
        let fields = Fields(&fields);
        assert_eq!(fields.one("a"), Ok(Some(&b"1"[..])));
        assert_eq!(fields.one("b"), Err(Repeated));
        assert_eq!(fields.one("c"), Ok(None));
        assert_eq!(fields.all("b").count(), 2);
    }
}
