//! The window and the nonce of a request, which its header carries or, where the settings allow it, its body.

use super::checks;
use super::frame::{Header, malformed, nonce};
use super::settings::NonceLocation;
use crate::error::Result;
use crate::json::view::Object;

/// When a request was signed, until when it holds, and its nonce.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) nonce: String,
}

impl Stamp {
    /// That of a header that has all three.
    pub(super) fn of(header: &Header) -> Option<Self> {
        Some(Self { iat: header.iat?, exp: header.exp?, nonce: header.nonce.clone()? })
    }

    /// The window and the nonce of a request: those of the header, or, where the settings allow it, of the body. `json` is
    /// the canonical text of a JSON body.
    pub(super) fn of_request(
        header: Option<Self>,
        json: Option<&[u8]>,
        location: NonceLocation,
        ttl: u64,
    ) -> Result<Self> {
        let lacking = || malformed("there is no nonce and no time", "nonce");
        if location == NonceLocation::Header {
            return header.ok_or_else(lacking);
        }
        let body = json.and_then(Object::parse).and_then(|object| {
            let text = object.member("nonce")?.as_text()?.to_text().into_owned();
            let iat = object.member("ts")?.as_integer()?;
            Some(Self { iat, exp: iat.saturating_add_unsigned(ttl), nonce: nonce(text, "nonce").ok()? })
        });
        match (header, body) {
            (Some(header), Some(body)) if header.nonce != body.nonce || header.iat != body.iat => {
                checks::mismatch("nonce", "", "")
            }
            (Some(_), None) if location == NonceLocation::Body => Err(lacking()),
            (Some(header), _) => Ok(header),
            (None, body) => body.ok_or_else(lacking),
        }
    }
}
