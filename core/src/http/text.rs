//! Writes small JSON objects whose members are known.

use crate::jcs::write_string;

/// The value of a member.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// A string.
    Text(&'a str),
    /// Canonical JSON text.
    Json(&'a str),
    /// The member is left out.
    Absent,
}

impl<'a> Part<'a> {
    /// A string that may be missing.
    pub(super) fn text(value: Option<&'a str>) -> Self {
        value.map_or(Self::Absent, Self::Text)
    }

    /// JSON text that may be missing.
    pub(super) fn json(value: Option<&'a str>) -> Self {
        value.map_or(Self::Absent, Self::Json)
    }
}

/// The object with these members, canonical where their names are sorted.
pub(super) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Part<'a>)>) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    text.push(b'{');
    for (name, part) in members {
        if matches!(part, Part::Absent) {
            continue;
        }
        if text.len() > 1 {
            text.push(b',');
        }
        write_string(name, &mut text);
        text.push(b':');
        match part {
            Part::Text(value) => write_string(value, &mut text),
            Part::Json(value) => text.extend_from_slice(value.as_bytes()),
            Part::Absent => {}
        }
    }
    text.push(b'}');
    text
}

/// A string as JSON text.
pub(super) fn string(value: &str) -> String {
    let mut text = Vec::with_capacity(value.len() + 2);
    write_string(value, &mut text);
    String::from_utf8(text).expect("a string is UTF-8")
}
