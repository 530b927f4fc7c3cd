//! Where in a document a fault is: RFC 6901 pointers, found by reading the input again up to the fault.
//!
//! Reading costs nothing for this while all is well. The text before a fault may be anything, so nothing here
//! trusts it.

use super::string;

/// The longest pointer that is reported, in bytes. A longer one is cut behind its last whole token that fits.
const LONGEST: usize = 256;

/// More containers than a pointer of that length has tokens, each of which takes a byte.
const SHOWN: usize = LONGEST + 1;

/// One container that is open at the fault.
#[derive(Debug)]
enum Open {
    /// Which element is read or was read last.
    Array(usize),
    /// The member that is read or was read last: the range of its name with its quotes.
    Object(Option<(usize, usize)>),
}

/// The pointer to the innermost value or member that the fault at `offset` touches: the value being read or
/// expected there; the container, if one of its values is complete; the object, if the name is at fault.
pub(crate) fn of_offset(input: &[u8], offset: usize) -> String {
    let mut walk = Walk::default();
    walk.to(input, offset);
    walk.pointer(input)
}

/// The pointers to the values that start at `offsets`, which ascend, in a text without fault.
pub(crate) fn of_offsets(input: &[u8], offsets: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut walk = Walk::default();
    let pointer = |offset| {
        walk.to(input, offset);
        walk.pointer(input)
    };
    offsets.into_iter().map(pointer).collect()
}

/// The pointer to the member whose name starts at `offset` with its quote.
pub(crate) fn of_member(input: &[u8], offset: usize) -> String {
    of_offset(input, string_end(input, offset).unwrap_or(input.len()))
}

/// The offset of the name of member `index` of the object whose closing brace is at `end`.
pub(crate) fn member_name(input: &[u8], end: usize, index: usize) -> usize {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < end {
        match input[at] {
            b'{' | b'[' => starts.push(at),
            b'}' | b']' => {
                starts.pop();
            }
            b'"' => {
                at = string_end(input, at).unwrap_or(end);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    let mut at = starts.last().map_or(0, |start| start + 1);
    let (mut depth, mut members, mut expected) = (0usize, 0, true);
    while at < end {
        match input[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => expected = true,
            b'"' => {
                if depth == 0 && expected {
                    if members == index {
                        return at;
                    }
                    members += 1;
                    expected = false;
                }
                at = string_end(input, at).unwrap_or(end);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    end
}

/// How far the text has been read, and what is open there.
#[derive(Debug, Default)]
struct Walk {
    at: usize,
    /// The containers that are open, the first [`SHOWN`] of them.
    open: Vec<Open>,
    /// How many more are open: the depth limit does not hold for text that is at fault before it is read.
    deeper: usize,
    /// Whether a value of the innermost of `open` is complete.
    complete: bool,
}

impl Walk {
    /// Goes on to `offset`.
    fn to(&mut self, input: &[u8], offset: usize) {
        let input = &input[..offset.min(input.len())];
        let Self { at, open, deeper, complete } = self;
        while let Some(byte) = input.get(*at) {
            *at += 1;
            match byte {
                b'{' | b'[' if open.len() == SHOWN => *deeper += 1,
                b'}' | b']' if *deeper > 0 => *deeper -= 1,
                b'"' => {
                    // The fault is in this string: what it belongs to is not complete.
                    let Some(end) = string_end(input, *at - 1) else { break };
                    match open.last_mut() {
                        _ if *deeper > 0 => {}
                        Some(Open::Object(name @ None)) => *name = Some((*at - 1, end)),
                        _ => *complete = true,
                    }
                    *at = end;
                }
                _ if *deeper > 0 => {}
                b'{' => {
                    open.push(Open::Object(None));
                    *complete = false;
                }
                b'[' => {
                    open.push(Open::Array(0));
                    *complete = false;
                }
                b'}' | b']' => {
                    open.pop();
                    *complete = true;
                }
                b',' => {
                    match open.last_mut() {
                        Some(Open::Array(index)) => *index += 1,
                        Some(Open::Object(name)) => *name = None,
                        None => {}
                    }
                    *complete = false;
                }
                b' ' | b'\t' | b'\n' | b'\r' | b':' => {}
                // A number or a literal is complete as soon as white space follows.
                _ => *complete |= matches!(input.get(*at), Some(b' ' | b'\t' | b'\n' | b'\r')),
            }
        }
    }

    /// The pointer that [`of_offset`] tells of.
    fn pointer(&self, input: &[u8]) -> String {
        let depth = if self.complete { self.open.len().saturating_sub(1) } else { self.open.len() };
        text(input, &self.open[..depth])
    }
}

/// Behind the closing quote of the string that starts at `at`, if it is closed.
fn string_end(input: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    loop {
        match input.get(end)? {
            b'"' => return Some(end + 1),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

fn text(input: &[u8], open: &[Open]) -> String {
    let mut pointer = String::new();
    for container in open {
        let token = match container {
            Open::Array(index) => index.to_string(),
            Open::Object(None) => break,
            Open::Object(Some((start, end))) => {
                let name = string::unescaped(input, *start + 1, *end);
                // More than fits is not needed, and a name may be as long as the input.
                let shown = &name[..name.len().min(LONGEST + 1)];
                String::from_utf8_lossy(shown).replace('~', "~0").replace('/', "~1")
            }
        };
        if pointer.len() + 1 + token.len() > LONGEST {
            break;
        }
        pointer.push('/');
        pointer.push_str(&token);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_value_that_the_fault_touches() {
        for (text, offset, expected) in [
            ("x", 0, ""),
            ("[x", 1, "/0"),
            ("[1,]", 3, "/1"),
            ("[1 2]", 3, ""),
            ("[01]", 2, "/0"),
            (r#"{"a":}"#, 5, "/a"),
            (r#"{"a" 1}"#, 5, "/a"),
            (r#"{"a":1 "b":2}"#, 7, ""),
            (r#"{"a":1,}"#, 7, ""),
            (r#"{"a":[{"b":tru}]}"#, 14, "/a/0/b"),
            (r#"{"a":[{"b":{}},x]}"#, 15, "/a/1"),
            (r#"{"a~/\"\u0041":nil}"#, 16, "/a~0~1\"A"),
            (r#"{"a":"b"#, 7, "/a"),
            (r#"{"a":1,"b"#, 9, ""),
            ("[[1],[2]] x", 10, ""),
        ] {
            assert_eq!(of_offset(text.as_bytes(), offset), expected, "{text} {offset}");
        }
    }

    #[test]
    fn the_values_at_many_offsets() {
        let text = br#"{"a":[1,{"b":"x"},[]],"c":{},"d":null}"#;
        let offsets = [0, 5, 6, 8, 13, 18, 26, 33];
        let expected = ["", "/a", "/a/0", "/a/1", "/a/1/b", "/a/2", "/c", "/d"];
        assert_eq!(of_offsets(text, offsets), expected);
        assert_eq!(offsets.map(|offset| of_offset(text, offset)), expected);
    }

    #[test]
    fn members_are_found_by_the_end_of_their_object() {
        let text = br#"[{"x":1}, {"a":{"b":"}"}, "c\\\"" : [{"d":1},{}], "e":"f"} ]"#;
        let end = text.len() - 3;
        let name = |index| &text[member_name(text, end, index)..][..2];
        assert_eq!(name(0), br#""a"#);
        assert_eq!(name(1), br#""c"#);
        assert_eq!(name(2), br#""e"#);
        assert_eq!(of_member(text, member_name(text, end, 2)), "/1/e");
    }

    #[test]
    fn a_long_pointer_is_cut_behind_a_whole_token() {
        let text = format!(r#"{{"{}":{{"{}":{{"c":x"#, "a".repeat(200), "b".repeat(100));
        assert_eq!(of_offset(text.as_bytes(), text.len() - 1), format!("/{}", "a".repeat(200)));
    }

    /// Text that is not UTF-8 is walked before any limit of depth holds: a byte of it must not cost a container.
    #[test]
    fn only_what_a_pointer_shows_is_kept() {
        let deep = "[".repeat(100_000);
        let mut walk = Walk::default();
        walk.to(deep.as_bytes(), deep.len());
        assert!(walk.open.len() <= SHOWN);
        assert_eq!(of_offset(deep.as_bytes(), deep.len()), "/0".repeat(LONGEST / 2));
        let names = r#"{"":"#.repeat(1_000);
        assert_eq!(of_offset(names.as_bytes(), names.len()), "/".repeat(LONGEST));
        let closed = format!(r#"[7,{names}[{{"a":",]"}},1]{} x"#, "}".repeat(1_000));
        assert_eq!(of_offset(closed.as_bytes(), closed.len() - 1), "");
        let next = format!("[7,{names}[1]{},x", "}".repeat(1_000));
        assert_eq!(of_offset(next.as_bytes(), next.len() - 1), "/2");
    }

    #[test]
    fn text_that_is_no_json_at_all() {
        for text in [&b"}}}]]"[..], b",,,{,:\"", b"\xff\xfe{\"\xff\":\"\\", b"\"\\"] {
            for offset in 0..=text.len() + 1 {
                let _ = of_offset(text, offset);
            }
        }
    }
}
