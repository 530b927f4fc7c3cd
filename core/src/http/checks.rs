//! What is held against the head of a signed request, one function for each check, in the order in which they run.

use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::frame::Frame;
use super::head::Head;
use super::media::{self, Can};
use super::settings::Settings;
use super::target;
use super::trust::Trusted;
use crate::encoding::to_base64url;
use crate::error::{Code, Error, Result};

/// Fields with which some frameworks let a client have another method or path than the one that was signed.
const OVERRIDES: [&str; 3] = ["x-http-method-override", "x-original-url", "x-rewrite-url"];

/// A signed request whose body was not read, and what it is held against.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) settings: &'a Settings,
    pub(super) head: &'a Head<'a>,
    /// The normalised path.
    pub(super) path: &'a str,
    /// The target URIs that the request may have been signed for.
    pub(super) targets: &'a [String],
    pub(super) frame: &'a Frame,
    /// The key that the header names.
    pub(super) trusted: Option<&'a Trusted>,
    /// How many live nonces the key has.
    pub(super) live: usize,
    pub(super) now_ms: u64,
}

/// One check: its name, and whether the request passes it.
type Check = (&'static str, fn(&View<'_>) -> Result<()>);

/// Before the key is looked up.
pub(super) const ALGORITHM: Check = ("alg", algorithm);

/// After the key is known, and before the body is read.
pub(super) const HEAD: [Check; 13] = [
    ("revoked", revoked),
    ("key", key),
    ("window", window_of_header),
    ("aud", audience),
    ("htm", method),
    ("htu", target_uri),
    ("cty", media_type),
    ("hdr", bound_fields),
    ("ath", authorization),
    ("override", overrides),
    ("quota", quota),
    ("length", length),
    ("encoding", encoding),
];

fn algorithm(view: &View<'_>) -> Result<()> {
    let algorithm = view.frame.header.algorithm;
    if algorithm.is_some_and(|algorithm| view.settings.allowed_algs.contains(algorithm)) {
        return Ok(());
    }
    Err(Error::new(Code::SignatureAlgNotAllowed, "the algorithm is not one that the settings allow"))
}

fn revoked(view: &View<'_>) -> Result<()> {
    match view.trusted {
        Some(trusted) if trusted.revoked => Err(Error::new(Code::SignatureKeyRevoked, "the key was revoked")),
        _ => Ok(()),
    }
}

fn key(view: &View<'_>) -> Result<()> {
    let Some(trusted) = view.trusted else { return Ok(()) };
    let header = &view.frame.header;
    let refused = |cause: &'static str| {
        Err(Error::new(Code::SignatureKeyNotAllowed, "the key is not for this").with_text("cause", cause))
    };
    let now = i128::from(view.now_ms);
    if header.iss.as_ref().is_some_and(|issuer| *issuer != trusted.tenant) {
        return refused("iss");
    }
    if trusted.response_only {
        return refused("use");
    }
    if !header.algorithm.is_some_and(|algorithm| trusted.algorithms.contains(algorithm)) {
        return refused("alg");
    }
    if trusted.not_before.is_some_and(|start| now < i128::from(start) * 1000) {
        return refused("not_before");
    }
    if trusted.not_after.is_some_and(|end| now > i128::from(end) * 1000) {
        return refused("not_after");
    }
    let listed = |list: &Option<Vec<String>>, text: &str| {
        list.as_ref().is_none_or(|list| list.iter().any(|one| one == text))
    };
    if !listed(&trusted.audiences, header.aud.as_deref().unwrap_or_default()) {
        return refused("aud");
    }
    if trusted.routes.as_ref().is_some_and(|paths| !paths.contain(view.path)) {
        return refused("route");
    }
    Ok(())
}

/// The window of a header that says it; where the body says it, it is checked after the body was read.
fn window_of_header(view: &View<'_>) -> Result<()> {
    match (view.frame.header.iat, view.frame.header.exp) {
        (Some(iat), Some(exp)) => window(view.settings, iat, exp, view.now_ms),
        _ => Ok(()),
    }
}

/// Whether `now_ms` lies between `iat` and `exp`, Unix seconds, and these make a window of acceptable length.
///
/// # Errors
/// `signature_window_invalid`, `signature_not_yet_valid`, `signature_expired`.
pub(super) fn window(settings: &Settings, iat: i64, exp: i64, now_ms: u64) -> Result<()> {
    fresh(iat, exp, settings.nonce_ttl, settings.future_skew, settings.clock_skew, now_ms)
}

/// As [`window`], with the longest window and the two skews in seconds.
pub(super) fn fresh(iat: i64, exp: i64, longest: u64, future: u64, skew: u64, now_ms: u64) -> Result<()> {
    let (from, until, now) = (i128::from(iat), i128::from(exp), i128::from(now_ms));
    let refused = |code, message: &'static str| Err(Error::new(code, message));
    if from >= until || until > from + i128::from(longest) {
        return refused(Code::SignatureWindowInvalid, "iat and exp make no window of acceptable length");
    }
    if from * 1000 > now + i128::from(future) * 1000 {
        return refused(Code::SignatureNotYetValid, "iat lies in the future");
    }
    if now > (until + i128::from(skew)) * 1000 {
        return refused(Code::SignatureExpired, "the time is after exp");
    }
    Ok(())
}

fn audience(view: &View<'_>) -> Result<()> {
    let signed = view.frame.header.aud.as_deref().unwrap_or_default();
    // Without audiences there are no origins either: then Host decides, as it does for the target.
    let known = match view.settings.audiences.as_slice() {
        [] => view.targets.iter().any(|target| target::origin_of(target) == signed),
        audiences => audiences.iter().any(|audience| audience == signed),
    };
    if known { Ok(()) } else { mismatch("aud", &view.settings.audiences.join(" "), signed) }
}

fn method(view: &View<'_>) -> Result<()> {
    let signed = view.frame.header.htm.as_deref().unwrap_or_default();
    if signed.as_bytes() == view.head.method {
        return Ok(());
    }
    mismatch("htm", &String::from_utf8_lossy(view.head.method), signed)
}

fn target_uri(view: &View<'_>) -> Result<()> {
    let signed = view.frame.header.htu.as_deref().unwrap_or_default();
    if target::normalize(signed).is_ok_and(|signed| view.targets.contains(&signed)) {
        return Ok(());
    }
    mismatch("htu", view.targets.first().map_or("", String::as_str), signed)
}

fn media_type(view: &View<'_>) -> Result<()> {
    media_type_of(&view.frame.header, view.fields())
}

/// Whether the media type that was signed is that of the message. One without a body may have any.
pub(super) fn media_type_of(header: &super::frame::Header, fields: Fields<'_>) -> Result<()> {
    let Some(signed) = header.cty.as_deref() else { return Ok(()) };
    match media::of(fields)? {
        Some(received) if received == signed => Ok(()),
        received => mismatch("cty", received.as_deref().unwrap_or_default(), signed),
    }
}

fn bound_fields(view: &View<'_>) -> Result<()> {
    for (name, signed) in &view.frame.header.hdr {
        match view.fields().one(name) {
            Ok(Some(received)) if received == signed.as_bytes() => {}
            // The value of a field may be a secret, for example a session: neither is shown.
            _ => return mismatch("hdr", name, ""),
        }
    }
    Ok(())
}

fn authorization(view: &View<'_>) -> Result<()> {
    let Ok(credentials) = view.fields().one("authorization") else { return mismatch("ath", "", "") };
    match (&view.frame.header.ath, credentials) {
        (Some(signed), Some(credentials)) if *signed == credential_hash(credentials) => Ok(()),
        (None, Some(_)) if view.settings.require_ath => mismatch("ath", "", ""),
        (None, _) => Ok(()),
        (Some(_), _) => mismatch("ath", "", ""),
    }
}

/// The member `ath` for an Authorization field: SHA-256 of what follows the scheme, base64url (as RFC 9449 section
/// 4.1 has it for an access token).
pub(super) fn credential_hash(authorization: &[u8]) -> String {
    let space = authorization.iter().position(|byte| *byte == b' ');
    let credential = space.map_or(authorization, |space| &authorization[space + 1..]);
    to_base64url(&Sha256::digest(credential.trim_ascii()))
}

/// The field with which a framework may find another route than that of the request's own method and path.
pub(super) fn override_of(fields: Fields<'_>) -> Option<&'static str> {
    OVERRIDES.into_iter().find(|name| fields.all(name).next().is_some())
}

fn overrides(view: &View<'_>) -> Result<()> {
    match override_of(view.fields()) {
        Some(name) => mismatch("override", "", name),
        None => Ok(()),
    }
}

fn quota(view: &View<'_>) -> Result<()> {
    let quota = view.trusted.and_then(|trusted| trusted.quota).unwrap_or(view.settings.replay_quota_per_key);
    if view.live < quota {
        return Ok(());
    }
    Err(Error::new(Code::NonceQuotaExceeded, "the key has as many live nonces as it may have"))
}

fn length(view: &View<'_>) -> Result<()> {
    match content_length(view.fields()) {
        Some(length) if length > view.settings.max_body as u64 => Err(too_large()),
        _ => Ok(()),
    }
}

/// The length that a head announces, if it announces one.
pub(super) fn content_length(fields: Fields<'_>) -> Option<u64> {
    std::str::from_utf8(fields.all("content-length").next()?).ok()?.parse().ok()
}

/// The body is larger than the limit.
pub(super) fn too_large() -> Error {
    Error::new(Code::BodyTooLarge, "the body is larger than the limit")
}

fn encoding(view: &View<'_>) -> Result<()> {
    let coded = view.fields().all("content-encoding").any(|coding| !coding.eq_ignore_ascii_case(b"identity"));
    if coded && view.frame.header.can != Some(Can::None) {
        return Err(Error::new(Code::ContentEncodingUnsupported, "a signed body has no content coding"));
    }
    Ok(())
}

impl View<'_> {
    fn fields(&self) -> Fields<'_> {
        Fields(self.head.fields)
    }
}

/// The member `name` is not what was received.
pub(super) fn mismatch<T>(name: &'static str, expected: &str, signed: &str) -> Result<T> {
    let error = Error::new(Code::SignatureBindingMismatch, "the signature is one of another message");
    Err(error.with_text("member", name).with_text("expected", expected).with_text("actual", signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_at_the_millisecond() {
        let code = |iat, exp, now_ms| fresh(iat, exp, 300, 5, 30, now_ms).err().map(|error| error.code());
        assert_eq!(code(1000, 1300, 1_000_000), None);
        assert_eq!(code(1000, 1301, 1_000_000), Some(Code::SignatureWindowInvalid));
        assert_eq!(code(1000, 1000, 1_000_000), Some(Code::SignatureWindowInvalid));
        assert_eq!(code(i64::MAX - 1, i64::MAX, 0), Some(Code::SignatureNotYetValid));
        assert_eq!(code(1, i64::MAX, 0), Some(Code::SignatureWindowInvalid));
        assert_eq!(code(1000, 1300, 995_000), None);
        assert_eq!(code(1000, 1300, 994_999), Some(Code::SignatureNotYetValid));
        assert_eq!(code(1000, 1300, 1_330_000), None);
        assert_eq!(code(1000, 1300, 1_330_001), Some(Code::SignatureExpired));
        assert_eq!(code(1000, 1300, u64::MAX), Some(Code::SignatureExpired));
    }

    #[test]
    fn the_credential_follows_the_scheme() {
        // The example of RFC 9449 section 4.1 and its `ath`.
        let token = b"DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        assert_eq!(credential_hash(token), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }
}
