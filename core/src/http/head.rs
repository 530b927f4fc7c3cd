//! The head of a request, and the target URIs that it may have been signed for.

use super::fields::{Field, Fields};
use super::frame::malformed;
use super::settings::Settings;
use super::target::Origin;
use crate::error::Result;

/// The head of a request as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a [u8],
    /// The request target (RFC 9112 section 3.2): path and query.
    pub target: &'a [u8],
    /// The pseudo-header field `:authority` of HTTP/2 and HTTP/3.
    pub authority: Option<&'a [u8]>,
    /// The address of the peer, without port.
    pub peer: Option<&'a str>,
    /// The field lines.
    pub fields: &'a [Field<'a>],
}

/// The authority that the request is for: that of HTTP/2 or Host, or what a trusted proxy says it was.
///
/// # Errors
/// `signature_malformed`: there are several, or they differ.
pub(super) fn authority<'a>(head: &Head<'a>, settings: &Settings) -> Result<Option<&'a [u8]>> {
    let several = || malformed("the request names several hosts", "");
    let fields = Fields(head.fields);
    let host = fields.one("host").map_err(|_| several())?;
    if let (Some(authority), Some(host)) = (head.authority, host)
        && !authority.eq_ignore_ascii_case(host)
    {
        return Err(several());
    }
    if head.peer.is_some_and(|peer| settings.trusted_proxies.contain(peer)) {
        let forwarded = fields.one("x-forwarded-host").map_err(|_| several())?;
        if forwarded.is_some() {
            return Ok(forwarded);
        }
    }
    Ok(head.authority.or(host))
}

/// The target URIs that a request may have been signed for: its target at the public origins. Where the host that it
/// names is one of them, the others are none. Without public origins, the host decides.
pub(super) fn targets(origins: &[Origin], received: &[u8], authority: Option<&[u8]>) -> Vec<String> {
    let Ok(received) = std::str::from_utf8(received) else { return Vec::new() };
    let authority = authority.and_then(|authority| std::str::from_utf8(authority).ok());
    if origins.is_empty() {
        let named =
            |scheme: &str| Origin::parse(&format!("{scheme}://{}", authority?)).ok()?.target(received);
        return ["https", "http"].into_iter().filter_map(named).collect();
    }
    let mut chosen: Vec<&Origin> =
        origins.iter().filter(|origin| authority.is_some_and(|host| origin.is_at(host))).collect();
    if chosen.is_empty() {
        chosen.extend(origins);
    }
    chosen.into_iter().filter_map(|origin| origin.target(received)).collect()
}
