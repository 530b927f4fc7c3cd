//! Writes the header of a signature.

use super::frame::{Direction, signing_input};
use super::text::{Part, object, string};
use crate::encoding::to_base64url;
use crate::error::Result;
use crate::keys::SigningKey;

/// A header to be: members with their canonical text, in any order.
#[derive(Debug)]
pub(super) struct HeaderWriter {
    direction: Direction,
    members: Vec<(&'static str, String)>,
}

/// A signature line, and the signing input that it is over.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) value: String,
    pub(super) signing_input: Vec<u8>,
}

impl HeaderWriter {
    /// A header for a signature of `key`.
    pub(super) fn new(direction: Direction, key: &SigningKey) -> Self {
        let mut header = Self { direction, members: Vec::with_capacity(16) };
        header.text("alg", key.algorithm().name());
        header.text("kid", key.kid().unwrap_or_default());
        header.text("typ", direction.typ());
        header
    }

    pub(super) fn text(&mut self, name: &'static str, value: &str) {
        self.members.push((name, string(value)));
    }

    pub(super) fn text_if(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    pub(super) fn integer(&mut self, name: &'static str, value: i64) {
        self.members.push((name, value.to_string()));
    }

    /// `hdr`: the names and values of fields, in the order of RFC 8785 section 3.2.3. A name is ASCII.
    pub(super) fn fields(&mut self, mut fields: Vec<(String, String)>) {
        if fields.is_empty() {
            return;
        }
        fields.sort();
        let text = object(fields.iter().map(|(name, value)| (name.as_str(), Part::Text(value))));
        self.members.push(("hdr", String::from_utf8(text).expect("JSON is UTF-8")));
    }

    /// Adds `crit`, which names every member that only this profile defines.
    pub(super) fn critical(&mut self) {
        let understood = self.direction.understood();
        let mut names: Vec<&str> =
            self.members.iter().map(|(name, _)| *name).filter(|name| understood.contains(name)).collect();
        names.sort_unstable();
        // The names have nothing to escape.
        self.members.push(("crit", format!(r#"["{}"]"#, names.join(r#"",""#))));
    }

    /// Signs `payload` under this header.
    ///
    /// # Errors
    /// `random_unavailable`.
    pub(super) fn sign(mut self, key: &SigningKey, payload: &[u8]) -> Result<Line> {
        self.members.sort_unstable_by_key(|(name, _)| *name);
        let text = object(self.members.iter().map(|(name, value)| (*name, Part::Json(value))));
        let protected = to_base64url(&text);
        let signing_input = signing_input(protected.as_bytes(), payload);
        let signature = key.sign_with(key.algorithm(), &signing_input)?;
        Ok(Line { value: format!("{protected}..{}", to_base64url(&signature)), signing_input })
    }
}
