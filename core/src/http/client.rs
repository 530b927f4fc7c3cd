//! The client side: signs requests, and verifies what answers them.

use std::sync::Arc;

use super::checks::{credential_hash, fresh, media_type_of, mismatch};
use super::fields::{Field, Fields};
use super::frame::{Direction, Frame, nonce, request_hash, signature_line};
use super::header::HeaderWriter;
use super::media::{self, Can};
use super::target;
use super::text::{self, Part};
use crate::algorithms::{LowS, random};
use crate::encoding::to_base64url;
use crate::error::{Code, Error, Result};
use crate::keys::{Keyset, SigningKey};

/// The longest window of a response, in seconds.
const LONGEST_WINDOW: u64 = 3600;

/// How a client signs and what it asks of responses.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientOptions {
    /// `aud`; the origin of the URL where it is `None`.
    pub audience: Option<String>,
    /// `iss`: the tenant.
    pub issuer: Option<String>,
    /// The seconds between `iat` and `exp`: 60.
    pub ttl: u64,
    /// Whether the gateway must sign the response (`rsp`).
    pub demand_signature: bool,
    /// Fields that are bound where the request has them, in lower case.
    pub bound_fields: Vec<String>,
    /// Whether the credential of Authorization is bound (`ath`) where there is one.
    pub bind_credential: bool,
    /// The name of the field of the signature line.
    pub header: String,
    /// How many seconds a response may be late.
    pub clock_skew: u64,
    /// How many seconds the clock of the gateway may be ahead.
    pub future_skew: u64,
    /// The most bytes of a body.
    pub max_body: usize,
    /// Whether an unsigned response is refused. The default: where there are keys to verify with.
    pub require_signed: Option<bool>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            audience: None,
            issuer: None,
            ttl: 60,
            demand_signature: false,
            bound_fields: Vec::new(),
            bind_credential: true,
            header: "x-signature".to_owned(),
            clock_skew: 30,
            future_skew: 5,
            max_body: 16 << 20,
            require_signed: None,
        }
    }
}

/// Signs requests with one key and verifies responses. Immutable, cheap to clone, safe to share between threads.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    key: SigningKey,
    responses: Option<Keyset>,
    options: ClientOptions,
}

/// A signed request whose response is outstanding.
#[derive(Clone, Debug)]
pub struct Call {
    client: Client,
    method: String,
    target: String,
    nonce: String,
    hash: String,
    line: String,
    body: Option<Vec<u8>>,
}

/// A response that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedResponse {
    /// What was verified: of JSON the canonical text. Of an unsigned response, what was received.
    pub body: Vec<u8>,
    /// Canonical JSON: `{"bound","kid"?,"signed","status"}`. `bound` says whether the response is one to this very
    /// request; a gateway that refuses before it reads the body cannot bind its refusal.
    pub report: Vec<u8>,
}

impl Client {
    /// A client that signs with `key`, and verifies responses with the keys of `responses`.
    ///
    /// # Errors
    /// `invalid_argument`: the key has no kid; signed responses are required, and there are no keys for them; a window
    /// without length or of more than an hour.
    pub fn new(key: SigningKey, responses: Option<Keyset>, options: ClientOptions) -> Result<Self> {
        let invalid = |message: &'static str| Err(Error::new(Code::InvalidArgument, message));
        if key.kid().is_none_or(str::is_empty) {
            return invalid("the key that signs requests has a kid");
        }
        if (options.require_signed == Some(true) || options.demand_signature) && responses.is_none() {
            return invalid("signed responses are required, and there are no keys for them");
        }
        if !(1..=LONGEST_WINDOW).contains(&options.ttl) {
            return invalid("ttl is between 1 and 3600 seconds");
        }
        Ok(Self(Arc::new(Inner { key, responses, options })))
    }

    /// Signs a request. `url` is the absolute target URI with its query. A request with a body has a Content-Type among
    /// its fields; JSON is sent in canonical form. `nonce` is a random one where it is `None`.
    ///
    /// # Errors
    /// `invalid_argument`: the method or the URL is none, a bound field has several lines, the nonce or the media type is
    /// none. `body_too_large`, `body_not_canonicalizable`, `random_unavailable`.
    pub fn sign(
        &self,
        method: &str,
        url: &str,
        fields: &[Field<'_>],
        body: Option<&[u8]>,
        nonce: Option<&str>,
        now_ms: u64,
    ) -> Result<Call> {
        let (options, key, fields) = (&self.0.options, &self.0.key, Fields(fields));
        let invalid = |message: &'static str| Error::new(Code::InvalidArgument, message);
        if method.is_empty() || !method.bytes().all(super::fields::is_token) {
            return Err(invalid("the method is not a token"));
        }
        let target = target::normalize(url)?;
        let body = body.filter(|body| !body.is_empty());
        let mut header = HeaderWriter::new(Direction::Request, key);
        header.text("aud", options.audience.as_deref().unwrap_or_else(|| target::origin_of(&target)));
        header.text_if("iss", options.issuer.as_deref());
        header.text("htm", method);
        header.text("htu", &target);
        let payload = match body {
            None => {
                header.text("can", Can::None.name());
                Vec::new()
            }
            Some(body) if body.len() > options.max_body => return Err(super::checks::too_large()),
            Some(body) => {
                let cty = media::of(fields).ok().flatten();
                let cty = cty.ok_or_else(|| invalid("a request with a body has one Content-Type"))?;
                let can = Can::of(&cty);
                header.text("can", can.name());
                header.text("cty", &cty);
                media::payload(can, body, options.max_body, crate::jcs::Options::default().max_depth)?
            }
        };
        let iat = i64::try_from(now_ms / 1000).map_err(|_| invalid("the time is no time"))?;
        header.integer("iat", iat);
        header.integer("exp", iat.saturating_add_unsigned(options.ttl));
        let nonce = nonce_or_random(nonce)?;
        header.text("nonce", &nonce);
        if options.demand_signature {
            header.text("rsp", "sign");
        }
        let repeated = |_| invalid("a bound field has several lines");
        if options.bind_credential {
            let credential = fields.one("authorization").map_err(repeated)?.map(credential_hash);
            header.text_if("ath", credential.as_deref());
        }
        let mut bound = Vec::new();
        for name in &options.bound_fields {
            if let Some(value) = fields.one(name).map_err(repeated)? {
                let value = std::str::from_utf8(value).map_err(|_| invalid("a bound field is not UTF-8"))?;
                bound.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        }
        header.fields(bound);
        header.critical();
        let line = header.sign(key, &payload)?;
        Ok(Call {
            client: self.clone(),
            method: method.to_owned(),
            target,
            nonce,
            hash: request_hash(&line.signing_input),
            line: line.value,
            body: body.map(|_| payload),
        })
    }
}

/// The nonce that is given, or 128 random bits.
fn nonce_or_random(given: Option<&str>) -> Result<String> {
    match given {
        None => Ok(to_base64url(&random(16)?)),
        Some(given) => nonce(given.to_owned(), "nonce")
            .map_err(|_| Error::new(Code::InvalidArgument, "a nonce is 1 to 128 unreserved characters")),
    }
}

impl Call {
    /// The name and the value of the field to send.
    #[must_use]
    pub fn header(&self) -> (&str, &str) {
        (&self.client.0.options.header, &self.line)
    }

    /// The body to send, where there is one.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Verifies the response to this request.
    ///
    /// # Errors
    /// `signature_missing`: it is unsigned and must not be. `signature_malformed`, `signature_unknown`,
    /// `signature_key_not_allowed`; `signature_window_invalid`, `signature_not_yet_valid`, `signature_expired`;
    /// `signature_binding_mismatch`: it answers another request, or has another status or media type;
    /// `body_too_large`, `body_not_canonicalizable`, `signature_invalid`.
    pub fn verify(
        &self,
        status: u16,
        fields: &[Field<'_>],
        body: &[u8],
        now_ms: u64,
    ) -> Result<VerifiedResponse> {
        let (options, fields) = (&self.client.0.options, Fields(fields));
        let (line, keys) = match (signature_line(fields, &options.header)?, &self.client.0.responses) {
            (Some(line), Some(keys)) => (line, keys),
            (_, keys) if options.demand_signature || options.require_signed.unwrap_or(keys.is_some()) => {
                return Err(Error::new(Code::SignatureMissing, "the response is not signed"));
            }
            _ => return Ok(self.accepted(status, body.to_vec(), None, false)),
        };
        let frame = Frame::parse(line, Direction::Response)?;
        let header = &frame.header;
        let key = keys.trusted(&header.kid);
        let key =
            key.ok_or_else(|| Error::new(Code::SignatureUnknown, "the signature is not of a trusted key"))?;
        let algorithm = header.algorithm.filter(|algorithm| key.permits(*algorithm));
        let algorithm = algorithm
            .ok_or_else(|| Error::new(Code::SignatureKeyNotAllowed, "the key is not for this algorithm"))?;
        let (iat, exp) = (header.iat.unwrap_or_default(), header.exp.unwrap_or_default());
        fresh(iat, exp, LONGEST_WINDOW, options.future_skew, options.clock_skew, now_ms)?;
        let bound = self.check_bindings(&frame, status)?;
        if header.can.is_some_and(|can| can != Can::None) {
            media_type_of(header, fields)?;
        }
        if body.len() > options.max_body {
            return Err(super::checks::too_large());
        }
        let can = header.can.unwrap_or(Can::None);
        let payload = media::payload(can, body, options.max_body, crate::jcs::Options::default().max_depth)?;
        key.verify_with(algorithm, &frame.signing_input(&payload), &frame.signature, LowS::Any).map_err(
            |_| Error::new(Code::SignatureInvalid, "the signature is not one of the key over this response"),
        )?;
        Ok(self.accepted(status, payload, Some(&header.kid), bound))
    }

    /// Whether the response is one to this request: by the hash of what was signed, or, of an error that came before the
    /// body was read, only by method, target and nonce.
    fn check_bindings(&self, frame: &Frame, status: u16) -> Result<bool> {
        let header = &frame.header;
        let own_kid = self.client.0.key.kid().unwrap_or_default();
        if header.sts != Some(status.into()) {
            return mismatch("sts", &status.to_string(), &header.sts.unwrap_or_default().to_string());
        }
        if header.aud.as_deref() != Some(own_kid) {
            return mismatch("aud", own_kid, header.aud.as_deref().unwrap_or_default());
        }
        match &header.rqh {
            Some(hash) if *hash == self.hash => {}
            Some(hash) => return mismatch("rqh", &self.hash, hash),
            None if status < 400 => return mismatch("rqh", &self.hash, ""),
            None => {
                for (name, own, signed) in
                    [("htm", &self.method, &header.htm), ("htu", &self.target, &header.htu)]
                {
                    if signed.as_ref() != Some(own) {
                        return mismatch(name, own, signed.as_deref().unwrap_or_default());
                    }
                }
            }
        }
        if header.nonce.as_ref() != Some(&self.nonce) {
            return mismatch("nonce", &self.nonce, header.nonce.as_deref().unwrap_or_default());
        }
        Ok(header.rqh.is_some())
    }

    fn accepted(&self, status: u16, body: Vec<u8>, kid: Option<&str>, bound: bool) -> VerifiedResponse {
        let flag = |flag| Part::Json(if flag { "true" } else { "false" });
        let report = text::object([
            ("bound", flag(bound)),
            ("kid", Part::text(kid)),
            ("signed", flag(kid.is_some())),
            ("status", Part::Json(&status.to_string())),
        ]);
        VerifiedResponse { body, report }
    }
}
