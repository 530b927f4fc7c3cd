//! Cards on which every form agrees.

use super::form::{Finding, Form, Formed, Why, form};
use crate::error::{Code, Error, Result};
use crate::jcs;
use crate::json::pointers_at;

/// How many pointers an error lists.
const LISTED: usize = 32;

/// The card in the form on which all agree.
///
/// # Errors
/// `card_malformed`; `card_not_portable` where they do not.
pub(super) fn portable(text: &[u8]) -> Result<Formed<'_>> {
    let formed = form(text, Form::Sdk)?;
    refuse(text, formed.findings.iter(), &formed)?;
    Ok(formed)
}

/// The card without that on which the forms do not agree, under the names that JSON has.
///
/// # Errors
/// `card_malformed`; `card_not_portable` where the card would not say the same without it.
pub(super) fn stripped(text: &[u8]) -> Result<Formed<'_>> {
    let formed = form(text, Form::Sdk)?;
    let kept = formed.findings.iter().filter(|finding| finding.content || finding.why == Why::Proto);
    refuse(text, kept, &formed)?;
    Ok(formed)
}

/// Whether every form of the card, and every SDK, has the same bytes.
pub(super) fn is_portable(formed: &Formed<'_>) -> bool {
    // Of a card with nothing in it, the Python SDK signs `null`.
    formed.findings.is_empty() && &*formed.bytes != b"{}"
}

fn refuse<'f>(text: &[u8], findings: impl Iterator<Item = &'f Finding>, formed: &Formed<'_>) -> Result<()> {
    let offsets = distinct(findings);
    if offsets.is_empty() && &*formed.bytes != b"{}" {
        return Ok(());
    }
    let pointers = pointers_at(text, offsets.iter().take(LISTED).copied());
    Err(Error::new(Code::CardNotPortable, "the forms of the card are not the same bytes")
        .with_number("count", offsets.len())
        .with_json("pointers", list(&pointers)))
}

/// The places of findings, each once.
pub(super) fn distinct<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<usize> {
    let mut offsets: Vec<usize> = findings.map(|finding| finding.at).collect();
    offsets.dedup();
    offsets
}

/// The strings as a JSON array.
pub(super) fn list(texts: &[String]) -> String {
    let mut list = b"[".to_vec();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            list.push(b',');
        }
        jcs::write_string(text, &mut list);
    }
    list.push(b']');
    String::from_utf8(list).expect("JSON of strings is UTF-8")
}
