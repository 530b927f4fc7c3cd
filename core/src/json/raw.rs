//! Members in the text as it was received: for a format that signs the spelling of its sender.
//!
//! The text must have passed the strict reader, so walking it is a matter of finding ends and skipping white space.

use super::view::{string_end, value_end};

/// The value of the member of the object `text` whose name is written exactly as `name`, without escapes: from its
/// first byte to its last. `None` where there is no such member, or `text` is not an object.
pub(crate) fn member<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = text.trim_ascii().strip_prefix(b"{")?.strip_suffix(b"}")?.trim_ascii_start();
    while !rest.is_empty() {
        let (key, behind) = rest.split_at(string_end(rest));
        let value = behind.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, behind) = value.split_at(value_end(value));
        if key.strip_prefix(b"\"")?.strip_suffix(b"\"")? == name.as_bytes() {
            // A number or a literal ends where a comma or the object does, behind what white space there is.
            return Some(value.trim_ascii_end());
        }
        rest = behind.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::member;

    #[test]
    fn a_member_is_found_as_it_stands() {
        let text = b" { \"a\" : [ 1 , \"}\\\"\" ] ,\n\"b\":1e-07 \t,\"c\":{ \"d\" :null}\r, \"payload\" :\t{\"z\": 1.0,  \"a\" : {}} , \"last\" : true } \n";
        for (name, value) in [
            ("a", &b"[ 1 , \"}\\\"\" ]"[..]),
            ("b", b"1e-07"),
            ("c", b"{ \"d\" :null}"),
            ("payload", b"{\"z\": 1.0,  \"a\" : {}}"),
            ("last", b"true"),
        ] {
            assert_eq!(member(text, name), Some(value), "{name}");
        }
        assert_eq!(member(text, "d"), None);
        assert_eq!(member(text, "z"), None);
    }

    #[test]
    fn what_has_no_such_member() {
        for text in ["{}", " { } ", "[]", "\"a\"", "1", r#"{"\u0061":1}"#, r#"{"b":{"a":1}}"#] {
            assert_eq!(member(text.as_bytes(), "a"), None, "{text}");
        }
    }
}
