//! From a request to the decision whether a handler is called.

use http::{Request, Response, StatusCode, header};
use samebyte::api::{self, Exchange, Head, Result, Step};

use super::{Identity, Peer, response};
use crate::body::{self, Body, Read};
use crate::clock::now_ms;
use crate::gateway::Gateway;

/// How often the keys of a request may be fetched before it is a fault: each fetch is followed by a pause.
const MAX_FETCHES: usize = 8;

/// What becomes of a request.
pub(crate) enum Admission {
    /// The handler is called.
    Admitted(Box<Exchange>, Request<Body>),
    /// It is not; there is no exchange where there was a fault.
    Answered(Option<Box<Exchange>>, Response<Body>),
}

impl Gateway {
    /// Verifies a request. A fault of this machine is an answer too: the handler is not called without a decision.
    pub(crate) async fn admit(&self, request: Request<Body>) -> Admission {
        self.decide(request)
            .await
            .unwrap_or_else(|_| Admission::Answered(None, response::bare(StatusCode::INTERNAL_SERVER_ERROR)))
    }

    async fn decide(&self, request: Request<Body>) -> Result<Admission> {
        let (mut parts, mut body) = request.into_parts();
        let mut exchange = Box::new(self.begin(&parts).await?);
        if exchange.step() == Step::Body {
            match body::read(body, exchange.limit(), self.body_timeout()).await {
                Read::Whole(bytes) => {
                    if api::exchange_body(&mut exchange, &bytes, now_ms())? == Step::Reserve {
                        self.reserve(&mut exchange).await?;
                    }
                    body = body::full(bytes);
                }
                Read::Refused(code, unread) => {
                    api::exchange_refuse(&mut exchange, code, now_ms())?;
                    body = unread;
                }
                // Nobody is there to be answered.
                Read::Broken => {
                    return Ok(Admission::Answered(None, response::bare(StatusCode::BAD_REQUEST)));
                }
            }
        }
        match exchange.step() {
            Step::Pass => {}
            Step::Accept => {
                let verified = exchange.body().to_vec();
                // The length is that of the body that was received.
                parts.headers.remove(header::CONTENT_LENGTH);
                parts.headers.remove(header::TRANSFER_ENCODING);
                parts.headers.remove(header::TRAILER);
                if !verified.is_empty() {
                    parts.headers.insert(header::CONTENT_LENGTH, verified.len().into());
                }
                body = body::full(verified);
                let identity = exchange.identity().and_then(Identity::read).ok_or_else(unknown)?;
                parts.extensions.insert(identity);
            }
            Step::Reject => {
                let answer = response::answered(exchange.answer());
                return Ok(Admission::Answered(Some(exchange), answer));
            }
            Step::Keys | Step::Body | Step::Reserve => return Err(unknown()),
        }
        if exchange.signs_response() {
            // What is coded, or a part, could not be signed.
            parts.headers.remove(header::ACCEPT_ENCODING);
            parts.headers.remove(header::RANGE);
        }
        Ok(Admission::Admitted(exchange, Request::from_parts(parts, body)))
    }

    /// The exchange at its first step that is not about keys.
    async fn begin(&self, parts: &http::request::Parts) -> Result<Exchange> {
        for _ in 0..MAX_FETCHES {
            let exchange = begin_once(self, parts)?;
            if exchange.step() != Step::Keys {
                return Ok(exchange);
            }
            self.refresh_keys(exchange.source()).await?;
        }
        Err(unknown())
    }
}

fn begin_once(gateway: &Gateway, parts: &http::request::Parts) -> Result<Exchange> {
    let fields: Vec<(&[u8], &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes())).collect();
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.to_string());
    // HTTP/2 has the host here; HTTP/1.1 has one here where the target is in absolute form.
    let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let head = Head {
        method: parts.method.as_str().as_bytes(),
        target: target.as_bytes(),
        authority,
        peer: peer.as_deref(),
        fields: &fields,
    };
    api::gateway_begin(gateway.core(), &head, now_ms())
}

fn unknown() -> api::Error {
    api::Error::new(api::Code::Internal, "an exchange came to no decision")
}
