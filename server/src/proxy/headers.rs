//! Header fields on their way to the upstream and back.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::layer::Identity;

/// What the upstream is told of the signer begins with this; what a client sends under such a name is removed.
const IDENTITY: &str = "x-samebyte-";

/// RFC 9110 section 7.6.1: what belongs to one connection, beside what `Connection` names.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Removes what belongs to the connection on which the message came.
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    named.iter().for_each(|name| _ = headers.remove(name));
    HOP_BY_HOP.iter().for_each(|name| _ = headers.remove(*name));
}

/// Removes what only this proxy may say. Underscores count as hyphens: CGI, WSGI and PHP do not tell them apart.
pub(super) fn remove_claims(headers: &mut HeaderMap) {
    let claims: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().replace('_', "-").starts_with(IDENTITY))
        .cloned()
        .collect();
    claims.iter().for_each(|name| _ = headers.remove(name));
}

/// Says who signed. `None` where a value cannot stand in a header field.
pub(super) fn add_claims(headers: &mut HeaderMap, identity: &Identity) -> Option<()> {
    let (iat, exp) = (identity.iat.to_string(), identity.exp.to_string());
    let claims = [
        ("x-samebyte-alg", Some(&identity.alg)),
        ("x-samebyte-aud", Some(&identity.aud)),
        ("x-samebyte-exp", Some(&exp)),
        ("x-samebyte-iat", Some(&iat)),
        ("x-samebyte-iss", identity.iss.as_ref()),
        ("x-samebyte-kid", Some(&identity.kid)),
        ("x-samebyte-nonce", Some(&identity.nonce)),
        ("x-samebyte-request-hash", Some(&identity.request_hash)),
        ("x-samebyte-tenant", Some(&identity.tenant)),
    ];
    for (name, value) in claims {
        let Some(value) = value else { continue };
        headers.insert(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(pair).collect()
    }

    #[test]
    fn what_belongs_to_the_connection_is_removed() {
        let mut given = headers(&[
            ("connection", "close, X-Mine"),
            ("connection", "x-yours"),
            ("x-mine", "1"),
            ("x-yours", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("accept", "*/*"),
        ]);
        remove_hop_by_hop(&mut given);
        assert_eq!(given, headers(&[("accept", "*/*")]));
    }

    #[test]
    fn a_client_cannot_say_who_signed() {
        let mut given = headers(&[
            ("x-samebyte-kid", "a"),
            ("x_samebyte_kid", "b"),
            ("x-samebyte_tenant", "c"),
            ("x-samebyte-future", "d"),
            ("x-same", "e"),
        ]);
        remove_claims(&mut given);
        assert_eq!(given, headers(&[("x-same", "e")]));
    }
}
