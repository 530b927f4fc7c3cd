//! Why a card verifies or does not, for people.

use sha2::{Digest as _, Sha256};

use super::form::{Finding, Form, Formed, form};
use super::{legacy, malformed, portable, read, signatures};
use crate::encoding::to_hex;
use crate::error::{Code, Error, Result};
use crate::jcs::write_string;
use crate::json::pointers_at;
use crate::json::view::{Object, Value};
use crate::jws::payload::Payload;
use crate::keys::Verifier;

/// How many differences a report lists.
const LISTED: usize = 64;

/// The name of the form of a2a-sdk up to 1.1.3, which [`verify`](super::verify) does not know.
const LEGACY: &str = "sdk-1.1.3-and-older";

/// What a card's signatures are good for, as canonical
/// `{"differences","differences_truncated","forms","portable","signatures"}`.
///
/// * `forms`: for each form `{"form","sha256"}`, the digest of the bytes that are signed in it, lower-case hex, or
///   `{"code","form","pointer"?}` where the card has no such form.
/// * `differences`: `{"pointer","why"}` for each value on which the forms or the SDKs do not agree, at most 64.
///   `why` is `unknown`, `empty`, `null`, `default`, `proto_name` or `__proto__`.
/// * `portable`: whether they all agree.
/// * `signatures`: `{"code"?,"header"?,"hint","index","key_found","verifies_as"}`. `verifies_as` names forms;
///   `sdk-1.1.3-and-older` among them is one that is not RFC 8785, and that [`verify`](super::verify) refuses. `code`
///   is why there is none.
///
/// A report is for people: what it says of a card is no reason to trust the card.
///
/// # Errors
/// The codes of the reader; `card_malformed`, `too_many_signatures`.
pub fn diagnose(card: &[u8], verifier: &Verifier) -> Result<Vec<u8>> {
    let text = read(card)?;
    let object = Object::parse(&text).ok_or_else(|| malformed("a card is a JSON object", &text, 0))?;
    let values = signatures::values(object)?;
    let forms = Form::ALL.map(|name| (name, form(&text, name)));
    let sdk = forms[0].1.as_ref().ok();
    let legacy = sdk
        .map(|sdk| legacy::text(&sdk.bytes))
        .filter(|legacy| Some(&**legacy) != sdk.map(|sdk| &*sdk.bytes));
    let mut payloads: Vec<(&str, Payload<'_>)> = Vec::new();
    for (name, formed) in &forms {
        if let Ok(formed) = formed {
            payloads.push((name.name(), Payload::new(&formed.bytes, true)));
        }
    }
    if let Some(legacy) = &legacy {
        payloads.push((LEGACY, Payload::new(legacy, true)));
    }
    let findings = sdk.map_or(&[][..], |sdk| &sdk.findings);
    let mut report = b"{\"differences\":".to_vec();
    differences(&text, findings, &mut report);
    report.extend_from_slice(b",\"forms\":[");
    for (index, (name, formed)) in forms.iter().enumerate() {
        report.extend_from_slice(if index > 0 { b"," } else { b"" });
        write_form(*name, formed, &mut report);
    }
    let is_portable = sdk.is_some_and(portable::is_portable);
    report.extend(format!("],\"portable\":{is_portable},\"signatures\":[").into_bytes());
    for (index, value) in values.into_iter().enumerate() {
        report.extend_from_slice(if index > 0 { b"," } else { b"" });
        signature(index, value, &payloads, verifier, &mut report);
    }
    report.extend_from_slice(b"]}");
    Ok(report)
}

fn differences(text: &[u8], findings: &[Finding], out: &mut Vec<u8>) {
    let listed = &findings[..findings.len().min(LISTED)];
    let pointers = pointers_at(text, listed.iter().map(|finding| finding.at));
    out.push(b'[');
    for (index, (finding, pointer)) in listed.iter().zip(pointers).enumerate() {
        out.extend_from_slice(if index > 0 { b",{\"pointer\":" } else { b"{\"pointer\":" });
        write_string(&pointer, out);
        out.extend([b",\"why\":\"", finding.why.name().as_bytes(), b"\"}"].concat());
    }
    out.extend(format!("],\"differences_truncated\":{}", findings.len() > LISTED).into_bytes());
}

fn write_form(name: Form, formed: &Result<Formed<'_>>, out: &mut Vec<u8>) {
    let name = name.name();
    let member = match formed {
        Ok(formed) => {
            format!("{{\"form\":\"{name}\",\"sha256\":\"{}\"}}", to_hex(&Sha256::digest(&formed.bytes)))
        }
        Err(error) => {
            // The detail is an object of one member, the pointer.
            let detail = error.detail_json().unwrap_or_else(|| "{}".to_owned());
            let rest = detail.strip_prefix('{').filter(|rest| *rest != "}");
            let code = error.code().name();
            match rest {
                Some(rest) => format!("{{\"code\":\"{code}\",\"form\":\"{name}\",{rest}"),
                None => format!("{{\"code\":\"{code}\",\"form\":\"{name}\"}}"),
            }
        }
    };
    out.extend(member.into_bytes());
}

fn signature(
    index: usize,
    value: Value<'_>,
    payloads: &[(&str, Payload<'_>)],
    verifier: &Verifier,
    out: &mut Vec<u8>,
) {
    let opened = signatures::open(value, verifier.max_header_bytes());
    let header = opened.as_ref().ok().map(|opened| opened.header.protected.clone());
    let kid = opened.as_ref().ok().and_then(|opened| opened.header.kid.clone());
    let key_found = kid.is_some_and(|kid| verifier.key(&kid).is_some());
    let mut error = opened.err();
    let mut verifies_as = Vec::new();
    if error.is_none() {
        for (name, payload) in payloads {
            match signatures::check(value, payload, verifier) {
                Ok(_) => verifies_as.push(*name),
                Err(refused) => error = Some(refused),
            }
        }
    }
    out.push(b'{');
    if let (Some(error), true) = (&error, verifies_as.is_empty()) {
        out.extend([b"\"code\":\"", error.code().name().as_bytes(), b"\","].concat());
    }
    if let Some(header) = header {
        out.extend([b"\"header\":", &*header, b","].concat());
    }
    out.extend_from_slice(b"\"hint\":");
    write_string(&hint(&verifies_as, payloads, error.as_ref()), out);
    out.extend(format!(",\"index\":{index},\"key_found\":{key_found},\"verifies_as\":[").into_bytes());
    for (index, name) in verifies_as.iter().enumerate() {
        out.extend([if index > 0 { ",\"" } else { "\"" }, *name, "\""].concat().into_bytes());
    }
    out.extend_from_slice(b"]}");
}

/// What to make of it, in words.
fn hint(verifies_as: &[&str], payloads: &[(&str, Payload<'_>)], error: Option<&Error>) -> String {
    let forms = |named: &dyn Fn(&&str) -> bool| {
        let names = payloads.iter().map(|(name, _)| *name).filter(|name| *name != LEGACY && named(name));
        names.collect::<Vec<_>>().join(", ")
    };
    if verifies_as == [LEGACY] {
        return format!(
            "verifies as {LEGACY}: not RFC 8785, so others refuse it; the card must be signed again"
        );
    }
    if !verifies_as.is_empty() {
        let yes = forms(&|name| verifies_as.contains(name));
        let no = forms(&|name| !verifies_as.contains(name));
        return match no.as_str() {
            "" => format!("verifies as {yes}"),
            _ => format!("verifies as {yes}, not as {no}: the forms differ in what differences lists"),
        };
    }
    let words = match error.map(Error::code) {
        Some(Code::SignatureUnknown) => "no trusted key has the kid of this signature",
        Some(Code::AlgorithmNotAllowed) => "the verifier does not allow this algorithm",
        Some(Code::AlgorithmMismatch) => "the key with this kid is not one for this algorithm",
        Some(Code::SignatureInvalid) => {
            "the key is trusted, but it signed another card than this, or in another way"
        }
        Some(Code::SignatureMalformed) => "the signature has not the spelling or the length of its algorithm",
        Some(Code::SignatureNotLowS) => "the verifier wants the low s",
        Some(Code::CriticalHeaderUnsupported) => {
            "the header has a critical member that the verifier does not understand"
        }
        Some(Code::TypMismatch) => "typ is not the one that the verifier expects",
        _ => "the entry, or its protected header, breaks the rules of JWS",
    };
    words.to_owned()
}
