//! Target URIs in one spelling (RFC 3986 sections 6.2.2 and 6.2.3).
//!
//! Two sides that write one target differently must arrive at the same text, and two targets that a handler may tell
//! apart must not. So only what the RFC calls equivalent is made equal: an encoded slash stays encoded, slashes in a
//! row stay, and an empty query is not the same as none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Code, Error, Result};

/// The normal form of an absolute `http` or `https` URL with its query: scheme and host in lower case, no default or
/// empty port, an IPv6 address as RFC 5952 writes it, percent encodings in upper case and only where they are needed,
/// no dot segments, and `/` for an empty path.
///
/// # Errors
/// `invalid_argument`: another scheme, no host, userinfo, a fragment, a port that is none, an IPv6 zone, a percent sign
/// without two digits, and characters that are not visible ASCII, or a backslash.
pub fn normalize(url: &str) -> Result<String> {
    let url = Url::parse(url)?;
    Ok(url.scheme.to_owned() + "://" + &url.authority + &url.path + &url.query)
}

/// A URL in its normal form.
struct Url {
    scheme: &'static str,
    authority: String,
    path: String,
    /// With its question mark; empty where there is none.
    query: String,
}

impl Url {
    fn parse(url: &str) -> Result<Self> {
        check_characters(url)?;
        let (scheme, rest) =
            url.split_once("://").ok_or_else(|| invalid("the URL has no scheme with an authority"))?;
        let (scheme, default_port) = if scheme.eq_ignore_ascii_case("https") {
            ("https", 443)
        } else if scheme.eq_ignore_ascii_case("http") {
            ("http", 80)
        } else {
            return Err(invalid("the scheme is not http or https"));
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (path, query) = path_and_query(target)?;
        Ok(Self { scheme, authority: normal_authority(authority, default_port)?, path, query })
    }
}

/// The origin of a URL that [`normalize`] made: scheme, host, and the port where it is not that of the scheme.
pub(crate) fn origin_of(normalized: &str) -> &str {
    let start = normalized.find("://").map_or(0, |at| at + 3);
    let end = normalized[start..].find(['/', '?']).map_or(normalized.len(), |at| start + at);
    &normalized[..end]
}

/// Where a gateway can be reached: scheme, host, port, and the path that a proxy before it takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// In normal form, without a slash at the end.
    text: String,
    /// How much of `text` is the scheme and `://`.
    scheme: usize,
    /// Where the authority ends and the base path starts.
    base: usize,
}

impl Origin {
    /// # Errors
    /// `invalid_argument`: no URL that [`normalize`] takes, or one with a query.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let url = Url::parse(text)?;
        if !url.query.is_empty() {
            return Err(invalid("an origin has no query"));
        }
        let scheme = url.scheme.len() + "://".len();
        let base = scheme + url.authority.len();
        let path = url.path.trim_end_matches('/');
        Ok(Self { text: url.scheme.to_owned() + "://" + &url.authority + path, scheme, base })
    }

    /// The normal form, without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with the port where it is not that of the scheme.
    pub(crate) fn authority(&self) -> &str {
        &self.text[self.scheme..self.base]
    }

    /// Whether the host is this very machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.authority();
        let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
        let host = &host[..end.unwrap_or(host.len())];
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Whether `host`, as a `Host` field or `:authority` has it, names this origin.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let default_port = if self.text.starts_with("https:") { 443 } else { 80 };
        check_characters(host).is_ok()
            && normal_authority(host, default_port).is_ok_and(|authority| authority == self.authority())
    }

    /// The target URI in normal form of a request that was received here with this request target: a path with its
    /// query (RFC 9112 section 3.2.1), or an absolute URI of this origin (section 3.2.2). `None` for any other.
    pub(crate) fn target(&self, received: &str) -> Option<String> {
        let url = received_target(received)?;
        if url.scheme.is_some_and(|scheme| self.text[..self.scheme].strip_suffix("://") != Some(scheme))
            || url.authority.is_some_and(|authority| authority != self.authority())
        {
            return None;
        }
        Some(self.text.clone() + &url.path + &url.query)
    }
}

/// The path of a request target in normal form, without its query: what routes are found by. A request that is not signed
/// may have a target that no URL has; the path of such a one is what a router would make of it. `None` for a target
/// without a path.
pub(crate) fn route_path(received: &str) -> Option<String> {
    let start = match received.find("://") {
        Some(at) if !received[..at].contains(['/', '?']) => at + "://".len(),
        _ if received.starts_with('/') => 0,
        _ => return None,
    };
    let end = received[start..].find(['?', '#']).map_or(received.len(), |at| start + at);
    let path = received[start..end].find('/').map_or("/", |at| &received[start + at..end]);
    let normal = normal_percent(path);
    Some(without_dot_segments(normal.as_deref().unwrap_or(path)))
}

/// A path in normal form; `None` for what is none, such as one with a query.
pub(crate) fn normal_path(text: &str) -> Option<String> {
    let is_path = text.starts_with('/') && !text.contains('?') && check_characters(text).is_ok();
    is_path.then(|| normal_percent(text).ok()).flatten().map(|path| without_dot_segments(&path))
}

/// A request target in normal form.
struct Received {
    scheme: Option<&'static str>,
    authority: Option<String>,
    path: String,
    query: String,
}

fn received_target(received: &str) -> Option<Received> {
    if received.starts_with('/') {
        check_characters(received).ok()?;
        let (path, query) = path_and_query(received).ok()?;
        return Some(Received { scheme: None, authority: None, path, query });
    }
    let Url { scheme, authority, path, query } = Url::parse(received).ok()?;
    Some(Received { scheme: Some(scheme), authority: Some(authority), path, query })
}

/// What no part of a URL may hold: controls, spaces, what is beyond ASCII, and what some read as a slash.
fn check_characters(text: &str) -> Result<()> {
    if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_graphic() || matches!(byte, b'\\' | b'#')) {
        return Err(
            invalid("the URL has a fragment, or a character that no URL has").with_number("offset", at)
        );
    }
    Ok(())
}

fn normal_authority(authority: &str, default_port: u16) -> Result<String> {
    if authority.contains('@') {
        return Err(invalid("the URL has userinfo"));
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or_else(|| invalid("a bracket is not closed"))?;
            let address: Ipv6Addr =
                address.parse().map_err(|_| invalid("the host is not an IPv6 address without a zone"))?;
            (format!("[{address}]"), port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at(end);
            (normal_host(host)?, port)
        }
    };
    match normal_port(port, default_port)? {
        Some(port) => Ok(format!("{host}:{port}")),
        None => Ok(host),
    }
}

/// A name of the letters that host names have, without the dot of the root; or an IPv4 address in its one spelling.
fn normal_host(host: &str) -> Result<String> {
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !name.split('.').all(is_label) {
        return Err(invalid("the host is not a name or an address"));
    }
    // What ends in a number is an address (WHATWG URL, "ends in a number"), and has more spellings than one: 127.1.
    let last = name.rsplit('.').next().unwrap_or(&name);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err(invalid("the host is an IPv4 address in another spelling"));
    }
    Ok(name)
}

/// The port behind its colon, unless it is the default one or empty.
fn normal_port(port: &str, default_port: u16) -> Result<Option<u16>> {
    if port.is_empty() {
        return Ok(None);
    }
    let bad = || invalid("the port is not one from 1 to 65535");
    let digits = port.strip_prefix(':').ok_or_else(bad)?;
    if digits.is_empty() {
        return Ok(None);
    }
    if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let port: u16 = digits.parse().map_err(|_| bad())?;
    if port == 0 {
        return Err(bad());
    }
    Ok((port != default_port).then_some(port))
}

/// The path, and the query with its question mark.
fn path_and_query(target: &str) -> Result<(String, String)> {
    let start = target.find('?').unwrap_or(target.len());
    let (path, query) = target.split_at(start);
    Ok((without_dot_segments(&normal_percent(path)?), normal_percent(query)?))
}

/// Percent encodings in upper case; those of unreserved characters (RFC 3986 section 2.3) as the characters.
fn normal_percent(text: &str) -> Result<String> {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        let digits =
            rest.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .ok_or_else(|| invalid("a percent sign is not followed by two hex digits"))?;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            normal.push(char::from(byte));
        } else {
            normal.push_str(&format!("%{byte:02X}"));
        }
        rest = &rest[at + 3..];
    }
    normal.push_str(rest);
    Ok(normal)
}

/// RFC 3986 section 5.2.4, of a path that is empty or starts with a slash. Each character is written once and taken
/// back at most once.
fn without_dot_segments(path: &str) -> String {
    let mut out = String::with_capacity(path.len().max(1));
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    out.truncate(out.rfind('/').unwrap_or(0));
                }
                if is_last {
                    out.push('/');
                }
            }
            other => {
                out.push('/');
                out.push_str(other);
            }
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests;
