//! Verification.

use super::entry::{Opened, Verified};
use super::header::malformed;
use super::payload::{Payload, Source};
use super::serialization::{Jws, Limits};
use crate::document::verification_failed;
use crate::error::{Code, Error, Result};
use crate::jcs::{Numbers, write_string};
use crate::json::view::Object;
use crate::keys::{Policy, TrustedKey, Verifier};

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedJws {
    /// The bytes that were signed.
    pub payload: Vec<u8>,
    /// What is known about each signature: a canonical JSON array of
    /// `{"alg","header","index","kid","thumbprint","unprotected"?,"verified":true}` and
    /// `{"code","index","kid"?,"verified":false}`. `header` is the protected header, `kid` and `thumbprint` are those
    /// of the key; a symmetric key has no thumbprint, and perhaps no `kid`: then they are null.
    pub signatures: Vec<u8>,
}

/// Verifies a JWS in any serialization. `payload` is given if, and only if, it is detached; with `canonicalize` it is
/// JSON text, and what was signed is its canonical text under this number policy.
///
/// A JWS with one signature is verified if that is. One with more needs a verifier with a policy.
///
/// # Errors
/// In this order: `too_large`, `jws_malformed`, `too_many_signatures`, `policy_required`, `payload_missing`,
/// `payload_unexpected`; for a signature `signature_malformed`, the codes of the reader,
/// `signature_header_malformed`, `critical_header_unsupported`, `typ_mismatch`, `algorithm_not_allowed`,
/// `signature_unknown`, `kid_missing`, `algorithm_mismatch`, `signature_not_low_s`, `signature_invalid`; and for
/// several, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`.
pub fn verify(
    jws: &[u8],
    payload: Option<&[u8]>,
    verifier: &Verifier,
    canonicalize: Option<Numbers>,
) -> Result<VerifiedJws> {
    let limits = Limits::of(verifier);
    let jws = Jws::read(jws, limits)?;
    let parts = jws.parts(limits)?;
    let several = parts.entries.len() > 1;
    if several && verifier.policy().is_none() {
        return Err(Error::new(Code::PolicyRequired, "which of the signatures must verify was not said"));
    }
    let source = Source::find(&parts, payload, canonicalize, limits)?;
    let mut opened: Vec<Result<Opened<'_>>> = Vec::with_capacity(parts.entries.len());
    for entry in &parts.entries {
        let entry = entry.open(limits.header);
        opened.push(if several { entry } else { Ok(entry?) });
    }
    let payload = source.open(same_b64(&opened)?, parts.serialization, limits)?;
    let mut outcomes = Vec::with_capacity(opened.len());
    for (entry, opened) in parts.entries.iter().zip(opened) {
        outcomes.push(Outcome::of(entry.unprotected, opened, &payload, verifier));
    }
    decide(&outcomes, verifier)?;
    Ok(VerifiedJws { payload: payload.bytes.into_owned(), signatures: report(&outcomes) })
}

/// What came of one signature.
struct Outcome<'a, 'v> {
    unprotected: Option<Object<'a>>,
    /// The `kid` of the header, where it could be read.
    kid: Option<String>,
    result: Result<Verified<'v>>,
}

impl<'a, 'v> Outcome<'a, 'v> {
    fn of(
        unprotected: Option<Object<'a>>,
        opened: Result<Opened<'_>>,
        payload: &Payload<'_>,
        verifier: &'v Verifier,
    ) -> Self {
        match opened {
            Ok(opened) => {
                let kid = opened.header.kid.clone();
                Self { unprotected, result: opened.verify(payload, verifier), kid }
            }
            Err(error) => Self { unprotected, kid: None, result: Err(error) },
        }
    }
}

/// The `b64` of every header that can be read; they must not differ (RFC 7797 section 3).
fn same_b64(opened: &[Result<Opened<'_>>]) -> Result<bool> {
    let mut all = opened.iter().flatten().map(|opened| opened.header.b64);
    let first = all.next().unwrap_or(true);
    if all.any(|other| other != first) {
        return Err(malformed("b64 differs between the signatures", "b64"));
    }
    Ok(first)
}

/// Whether the signatures that verified are enough.
fn decide(outcomes: &[Outcome<'_, '_>], verifier: &Verifier) -> Result<()> {
    let failures = || {
        let indexed = outcomes.iter().enumerate();
        indexed.filter_map(|(index, outcome)| Some((index, outcome.result.as_ref().err()?)))
    };
    if let [Outcome { result: Err(error), .. }] = outcomes {
        return Err(error.clone());
    }
    if verifier.policy() == Some(&Policy::All) {
        return match failures().next() {
            Some((index, error)) => Err(verification_failed(index, error)),
            None => Ok(()),
        };
    }
    let mut signers: Vec<&TrustedKey> = Vec::new();
    for verified in outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()) {
        // Each trusted key exists once.
        if !signers.iter().any(|signer| std::ptr::eq(*signer, verified.key)) {
            signers.push(verified.key);
        }
    }
    if signers.is_empty() {
        return Err(none_verified(failures()));
    }
    let (required, counted) = match verifier.policy() {
        Some(Policy::Threshold(threshold)) => (*threshold, signers.len()),
        Some(Policy::Kids(kids)) => {
            let named = |kid: &&String| signers.iter().any(|signer| signer.kid() == Some(kid));
            (kids.len(), kids.iter().filter(named).count())
        }
        _ => (1, signers.len()),
    };
    if counted < required {
        return Err(Error::new(Code::ThresholdNotMet, "too few trusted keys signed")
            .with_number("required", required)
            .with_number("verified", counted));
    }
    Ok(())
}

/// Why no signature verified: the first failure of a trusted key, or else the first that is not of an unknown key.
fn none_verified<'e>(failures: impl Iterator<Item = (usize, &'e Error)>) -> Error {
    let known = |code| {
        matches!(
            code,
            Code::AlgorithmMismatch
                | Code::SignatureMalformed
                | Code::SignatureNotLowS
                | Code::SignatureInvalid
        )
    };
    let cause = failures
        .filter(|(_, error)| error.code() != Code::SignatureUnknown)
        .min_by_key(|(index, error)| (!known(error.code()), *index));
    match cause {
        Some((index, error)) => verification_failed(index, error),
        None => Error::new(Code::SignatureUnknown, "no signature is of a trusted key"),
    }
}

/// The canonical array that [`VerifiedJws::signatures`] describes.
fn report(outcomes: &[Outcome<'_, '_>]) -> Vec<u8> {
    let mut report = Vec::with_capacity(256 * outcomes.len());
    report.push(b'[');
    for (index, outcome) in outcomes.iter().enumerate() {
        if index > 0 {
            report.push(b',');
        }
        match &outcome.result {
            Ok(verified) => {
                report.extend_from_slice(b"{\"alg\":");
                write_string(verified.algorithm.name(), &mut report);
                report.extend_from_slice(b",\"header\":");
                report.extend_from_slice(&verified.header.protected);
                write_index(index, &mut report);
                write_optional(b",\"kid\":", verified.key.kid(), &mut report);
                write_optional(b",\"thumbprint\":", verified.key.thumbprint(), &mut report);
                if let Some(unprotected) = outcome.unprotected {
                    report.extend_from_slice(b",\"unprotected\":");
                    report.extend_from_slice(unprotected.raw());
                }
                report.extend_from_slice(b",\"verified\":true}");
            }
            Err(error) => {
                report.extend_from_slice(b"{\"code\":");
                write_string(error.code().name(), &mut report);
                write_index(index, &mut report);
                if let Some(kid) = &outcome.kid {
                    write_optional(b",\"kid\":", Some(kid), &mut report);
                }
                report.extend_from_slice(b",\"verified\":false}");
            }
        }
    }
    report.push(b']');
    report
}

fn write_index(index: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"index\":");
    out.extend_from_slice(index.to_string().as_bytes());
}

fn write_optional(name: &[u8], text: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(name);
    match text {
        Some(text) => write_string(text, out),
        None => out.extend_from_slice(b"null"),
    }
}
