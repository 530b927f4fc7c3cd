//! A place in canonical text that moves forward: for whoever rewrites such a text in one pass, without recursion.

use super::view::{Text, Value, string_end, value_end};

/// Stands before a value, a name, a comma or a closing bracket of canonical text, or at its end.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Stands before the value that canonical text holds.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The offset in the text.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The byte that comes next; zero at the end.
    pub(crate) fn peek(&self) -> u8 {
        super::byte(self.text, self.at)
    }

    /// Takes one byte: a comma or a bracket.
    pub(crate) fn step(&mut self) {
        self.at += 1;
    }

    /// Takes a whole value, which is all that is inside of it, too.
    pub(crate) fn value(&mut self) -> Value<'a> {
        let rest = &self.text[self.at..];
        let end = value_end(rest);
        self.at += end;
        Value::parse(&rest[..end])
    }

    /// Takes the name of a member and its colon.
    pub(crate) fn name(&mut self) -> Text<'a> {
        let rest = &self.text[self.at..];
        let end = string_end(rest);
        self.at += end + 1;
        Value::parse(&rest[..end]).as_text().expect("a member starts with its name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_piece_by_piece() {
        let mut cursor = Cursor::new(br#"{"a":[1,"\"]"],"b\"":{"c":null},"d":true}"#);
        cursor.step();
        assert_eq!(cursor.name().raw(), b"a");
        assert_eq!((cursor.at(), cursor.peek()), (5, b'['));
        assert_eq!(cursor.value().raw(), br#"[1,"\"]"]"#);
        cursor.step();
        assert_eq!(cursor.name().raw(), br#"b\""#);
        cursor.step();
        assert_eq!(cursor.name().raw(), b"c");
        assert_eq!(cursor.value().raw(), b"null");
        assert_eq!(cursor.peek(), b'}');
        cursor.step();
        cursor.step();
        cursor.name();
        assert_eq!(cursor.value().raw(), b"true");
        cursor.step();
        assert_eq!(cursor.peek(), 0);
    }
}
