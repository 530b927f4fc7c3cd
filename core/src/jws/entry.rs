//! One signature of a JWS, or of whatever else carries signatures of this shape.

use super::header::{Header, malformed, too_large};
use super::payload::Payload;
use crate::algorithms::Algorithm;
use crate::encoding::from_base64url;
use crate::error::{Code, Error, Result};
use crate::json::view::Object;
use crate::keys::{TrustedKey, Verifier};

/// Longer than the signature of any algorithm in base64url: RSA with 8192 bits has 1024 bytes.
pub(super) const LONGEST_SIGNATURE: usize = 1366;

/// A signature as it stands: nothing is decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The protected header in base64url; empty where there is none.
    pub(crate) protected: &'a [u8],
    /// The other header.
    pub(crate) unprotected: Option<Object<'a>>,
    /// The signature in base64url.
    pub(crate) signature: &'a [u8],
}

/// A signature that was decoded, and of which nothing is verified.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) entry: Entry<'a>,
    pub(crate) header: Header,
    pub(crate) signature: Vec<u8>,
}

/// A signature that verified.
#[derive(Debug)]
pub(crate) struct Verified<'v> {
    pub(crate) header: Header,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: &'v TrustedKey,
}

impl<'a> Entry<'a> {
    /// Decodes headers and signature (steps 3 to 5 of RFC 7515 section 5.2).
    ///
    /// # Errors
    /// `too_large`, `jws_malformed`, `signature_malformed`, the codes of the reader, `signature_header_malformed`.
    pub(crate) fn open(self, max_header: usize) -> Result<Opened<'a>> {
        if self.unprotected.is_some_and(|header| header.raw().len() > max_header) {
            return Err(too_large());
        }
        if self.protected.is_empty() {
            return Err(malformed("there is no protected header", "alg"));
        }
        let protected = Header::decode(self.protected, max_header)?;
        let signature = Some(self.signature).filter(|text| text.len() <= LONGEST_SIGNATURE);
        let signature = signature
            .and_then(from_base64url)
            .ok_or_else(|| Error::new(Code::SignatureMalformed, "the signature is not base64url"))?;
        Ok(Opened { entry: self, header: Header::read(&protected, self.unprotected)?, signature })
    }
}

impl Opened<'_> {
    /// Verifies the signature over `payload` with the key of `verifier` that it names.
    ///
    /// # Errors
    /// `signature_header_malformed`: `b64` is not that of the payload. `critical_header_unsupported`, `typ_mismatch`,
    /// `algorithm_not_allowed`, `signature_unknown`, `kid_missing`, `algorithm_mismatch`, `signature_malformed`,
    /// `signature_not_low_s`, `signature_invalid`.
    pub(crate) fn verify<'v>(self, payload: &Payload<'_>, verifier: &'v Verifier) -> Result<Verified<'v>> {
        if self.header.b64 != payload.b64 {
            return Err(malformed("b64 is not as this format has it", "b64"));
        }
        let (algorithm, key) = trusted(&self.header, verifier)?;
        let message = payload.signing_input(self.entry.protected);
        key.verify_with(algorithm, &message, &self.signature, verifier.low_s())?;
        Ok(Verified { header: self.header, algorithm, key })
    }
}

/// The key that a header names, if it is trusted and may be used like this. Keys, certificates and addresses in the
/// header select nothing.
fn trusted<'v>(header: &Header, verifier: &'v Verifier) -> Result<(Algorithm, &'v TrustedKey)> {
    let refused = |code, message: &'static str| Error::new(code, message);
    if let Some(name) = header.critical.iter().find(|name| !verifier.understands(name)) {
        return Err(refused(Code::CriticalHeaderUnsupported, "a critical header is not understood")
            .with_text("member", &**name));
    }
    if verifier.typ().is_some_and(|typ| header.typ.as_deref() != Some(typ)) {
        return Err(refused(Code::TypMismatch, "typ is not the expected one"));
    }
    let algorithm = header.algorithm.filter(|algorithm| verifier.allows(*algorithm)).ok_or_else(|| {
        refused(Code::AlgorithmNotAllowed, "the algorithm is not one that the verifier allows")
    })?;
    let unknown = || refused(Code::SignatureUnknown, "the signature is not of a trusted key");
    let Some(kid) = &header.kid else {
        let mut keys = verifier.keys().iter().filter(|key| key.permits(algorithm));
        let key = keys.next().ok_or_else(unknown)?;
        if keys.next().is_some() {
            return Err(refused(Code::KidMissing, "the header names no key, and several could have signed"));
        }
        return Ok((algorithm, key));
    };
    let key = verifier.key(kid).ok_or_else(unknown)?;
    if !key.permits(algorithm) {
        return Err(refused(Code::AlgorithmMismatch, "the algorithm is not one of the key"));
    }
    Ok((algorithm, key))
}
