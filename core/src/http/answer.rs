//! Answers: what a gateway sends in place of a handler's response, and signed responses.

use super::frame::Direction;
use super::gateway::Inner;
use super::header::HeaderWriter;
use super::media::{self, Can};
use crate::error::{Code, Error, Result};
use crate::jcs::{Options, canonicalize};

/// A complete response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Fields to set, in lower case. Content-Length is left to the server.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a signed response says of the request that it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// The normalised target URI.
    pub(super) target: &'a str,
    /// `kid` and `nonce` of its header, where it is signed.
    pub(super) signer: Option<(&'a str, Option<&'a str>)>,
    /// The hash of its signing input, where its body was read.
    pub(super) hash: Option<&'a str>,
}

/// What a response is signed as, and the bytes that are sent.
#[derive(Debug)]
pub(super) struct Content {
    can: Can,
    cty: Option<String>,
    body: Vec<u8>,
}

impl Content {
    /// The content of a response with this status to this method.
    ///
    /// # Errors
    /// `response_not_signable`: JSON without a canonical form, or a body without a media type.
    pub(super) fn of(method: &str, status: u16, content_type: Option<&str>, body: &[u8]) -> Result<Self> {
        let refused = |cause: &str| {
            Error::new(Code::ResponseNotSignable, "the response cannot be signed").with_text("cause", cause)
        };
        // RFC 9110 sections 9.3.2, 15.2, 15.3.5, 15.4.5: such a response has no content.
        if method == "HEAD" || status < 200 || matches!(status, 204 | 304) || body.is_empty() {
            return Ok(Self { can: Can::None, cty: None, body: Vec::new() });
        }
        let cty = content_type.and_then(|text| media::essence(text.as_bytes()));
        let cty = cty.ok_or_else(|| refused("content-type"))?;
        let can = Can::of(&cty);
        let body = match can {
            Can::Jcs => canonicalize(body, &Options { max_bytes: usize::MAX >> 1, ..Options::exact() })
                .map_err(|error| refused(error.code().name()))?,
            _ => body.to_vec(),
        };
        Ok(Self { can, cty: Some(cty), body })
    }
}

impl Inner {
    /// The response with a signature line.
    ///
    /// # Errors
    /// `response_signer_unavailable`.
    pub(super) fn sign(
        &self,
        request: Request<'_>,
        status: u16,
        content: Content,
        now_ms: u64,
    ) -> Result<Answer> {
        let unavailable =
            || Error::new(Code::ResponseSignerUnavailable, "there is no key to sign a response with");
        let key = self.signing_key.as_ref().ok_or_else(unavailable)?;
        let mut header = HeaderWriter::new(Direction::Response, key);
        let now = i64::try_from(now_ms / 1000).unwrap_or(i64::MAX / 2);
        header.integer("iat", now);
        header.integer("exp", now.saturating_add_unsigned(self.settings.nonce_ttl));
        header.integer("sts", status.into());
        header.text_if("iss", self.settings.audiences.first().map(String::as_str));
        if let Some((kid, nonce)) = request.signer {
            header.text("aud", kid);
            header.text_if("nonce", nonce);
        }
        match request.hash {
            Some(hash) => header.text("rqh", hash),
            None => {
                header.text("htm", request.method);
                header.text("htu", request.target);
            }
        }
        header.text("can", content.can.name());
        header.text_if("cty", content.cty.as_deref());
        if self.settings.response_crit {
            header.critical();
        }
        let line = header.sign(key, &content.body).map_err(|_| unavailable())?;
        Ok(Answer { status, fields: vec![(self.settings.header.clone(), line.value)], body: content.body })
    }
}

/// The answer to what is refused with `code`: problem details (RFC 9457), with no more than the code.
pub(super) fn problem(code: Code, trace_id: &str) -> Answer {
    let status = status(code);
    let (name, title) = (code.name(), code.name().replace('_', " "));
    let body = format!(
        r#"{{"error":"{name}","status":{status},"title":"{title}","trace_id":"{trace_id}","type":"about:blank"}}"#
    );
    let field = |name: &str, value: String| (name.to_owned(), value);
    let mut fields = vec![
        field("content-type", PROBLEM.to_owned()),
        field("cache-control", "no-store".to_owned()),
        field("x-signature-error", name.to_owned()),
    ];
    if status == 401 {
        fields.push(field("www-authenticate", format!("Signature error=\"{name}\"")));
    }
    if let Some(seconds) = retry_after(code) {
        fields.push(field("retry-after", seconds.to_string()));
    }
    Answer { status, fields, body: body.into_bytes() }
}

/// The media type of problem details.
pub(super) const PROBLEM: &str = "application/problem+json";

/// The status of a refusal. A line that is no signature is a bad request; elsewhere the code speaks of a document.
fn status(code: Code) -> u16 {
    if code == Code::SignatureMalformed { 400 } else { code.http_status() }
}

/// After how many seconds a client may try again, where that may help.
fn retry_after(code: Code) -> Option<u32> {
    match code {
        Code::NonceQuotaExceeded | Code::ReplayStoreFull | Code::KeySourceUnavailable => Some(30),
        Code::ReplayStateCold => Some(5),
        Code::ReplayStoreUnavailable | Code::Overloaded | Code::ClockSteppedBack => Some(1),
        _ => None,
    }
}
