//! What a JWS says of itself, for people: nothing of it is verified.

use super::entry::Entry;
use super::header::Header;
use super::payload::Source;
use super::serialization::{Jws, Limits, Parts};
use crate::encoding::{decoded_length, to_base64url};
use crate::error::Result;
use crate::jcs::{self, Options, write_string};
use crate::json::view::Object;

/// What a JWS says of itself: canonical `{"payload","serialization","signatures","verified":false}`.
///
/// `payload` is `{"attached":false}`, or `{"attached":true,"bytes",…}` with the payload as `json`, as `text` or as
/// `base64url`, the first of these that it is, or with the `code` that keeps it from being read. Each of `signatures`
/// is `{"code"?,"header"?,"index","signature_bytes","unprotected"?}`; `code` is the first reason for which every
/// verifier refuses it.
///
/// **Nothing of this is to be believed**: it is for people who look for the reason why a JWS does not verify.
///
/// # Errors
/// The codes of the reader, `jws_malformed`, `too_large`, `too_many_signatures`.
pub fn inspect(jws: &[u8]) -> Result<Vec<u8>> {
    let limits = Limits::default();
    let jws = Jws::read(jws, limits)?;
    let parts = jws.parts(limits)?;
    let mut b64 = None;
    let mut signatures = Vec::new();
    for (index, entry) in parts.entries.iter().enumerate() {
        if index > 0 {
            signatures.push(b',');
        }
        signature(index, *entry, limits, &mut b64, &mut signatures);
    }
    let mut report = b"{\"payload\":".to_vec();
    payload(&parts, b64.unwrap_or(true), limits, &mut report)?;
    report.extend_from_slice(b",\"serialization\":");
    write_string(parts.serialization.name(), &mut report);
    report.extend_from_slice(b",\"signatures\":[");
    report.append(&mut signatures);
    report.extend_from_slice(b"],\"verified\":false}");
    Ok(report)
}

/// Writes what one signature says; `b64` becomes that of the first header that can be read.
fn signature(index: usize, entry: Entry<'_>, limits: Limits, b64: &mut Option<bool>, out: &mut Vec<u8>) {
    let protected = Header::decode(entry.protected, limits.header);
    let text = protected.as_ref().ok().and_then(|text| jcs::canonicalize(text, &Options::exact()).ok());
    let opened = entry.open(limits.header);
    let header = protected.ok().and_then(|text| Header::read(&text, entry.unprotected).ok());
    *b64 = b64.or(header.map(|header| header.b64));
    out.push(b'{');
    if let Err(error) = &opened {
        out.extend([b"\"code\":\"", error.code().name().as_bytes(), b"\","].concat());
    }
    if let Some(text) = text.filter(|text| Object::parse(text).is_some()) {
        out.extend([b"\"header\":", &*text, b","].concat());
    }
    let length = decoded_length(entry.signature.len());
    out.extend(format!("\"index\":{index},\"signature_bytes\":{length}").into_bytes());
    if let Some(unprotected) = entry.unprotected {
        out.extend([b",\"unprotected\":", unprotected.raw()].concat());
    }
    out.push(b'}');
}

fn payload(parts: &Parts<'_>, b64: bool, limits: Limits, out: &mut Vec<u8>) -> Result<()> {
    let opened = match &parts.payload {
        None => {
            out.extend_from_slice(b"{\"attached\":false}");
            return Ok(());
        }
        Some(text) => Source::Attached(text).open(b64, parts.serialization, limits),
    };
    out.extend_from_slice(b"{\"attached\":true,");
    let payload = match opened {
        Ok(payload) => payload.bytes,
        Err(error) => {
            out.extend([b"\"code\":\"", error.code().name().as_bytes(), b"\"}"].concat());
            return Ok(());
        }
    };
    let length = format!("\"bytes\":{}", payload.len());
    if let Ok(json) = jcs::canonicalize(&payload, &Options::exact()) {
        out.extend([length.as_bytes(), b",\"json\":", &json].concat());
    } else if let Ok(text) = std::str::from_utf8(&payload) {
        out.extend([length.as_bytes(), b",\"text\":"].concat());
        write_string(text, out);
    } else {
        out.extend_from_slice(b"\"base64url\":");
        write_string(&to_base64url(&payload), out);
        out.extend([b",", length.as_bytes()].concat());
    }
    out.push(b'}');
    Ok(())
}
