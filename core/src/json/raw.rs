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
    use proptest::prelude::*;
    use serde_json::Value;

    use super::member;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f32>().prop_map(Value::from),
            "[a-c\\\\\"{}\\[\\],: \n\u{e9}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-c]{0,2}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Each member of any object is found, with and without white space.
        #[test]
        fn the_value_is_that_of_a_parser(map in prop::collection::btree_map("[a-d]{0,2}", values(), 0..6)) {
            let object = Value::Object(map.into_iter().collect());
            for text in [object.to_string(), serde_json::to_string_pretty(&object).expect("JSON")] {
                for name in ["", "a", "b", "aa", "ab", "payload"] {
                    let found = member(text.as_bytes(), name);
                    let value = found.map(|raw| serde_json::from_slice::<Value>(raw).expect("JSON"));
                    prop_assert_eq!(value.as_ref(), object.get(name), "{} in {}", name, text);
                }
            }
        }
    }

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
