//! From the answer of a handler to the response that is sent.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use samebyte::api::{self, Answer, Code, Exchange};

use crate::body::{self, Body, Read};
use crate::clock::now_ms;
use crate::gateway::Gateway;

impl Gateway {
    /// Signs the response of a handler, where it is to be signed.
    pub(crate) async fn finish(&self, exchange: &mut Exchange, response: Response<Body>) -> Response<Body> {
        if !exchange.signs_response() || response.status().is_informational() {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let streams = is_stream(&parts);
        let (whole, rest) = if streams {
            (None, body)
        } else {
            match body::read(body, self.response_limit(), self.response_timeout()).await {
                Read::Whole(bytes) => (Some(bytes.clone()), body::full(bytes)),
                Read::Refused(Code::BodyTooLarge, unread) => (None, unread),
                // What the handler would have said is not known; that is said, and signed.
                failed => {
                    let response = match failed {
                        Read::Broken => problem(StatusCode::BAD_GATEWAY, "response_broken_off"),
                        _ => problem(StatusCode::GATEWAY_TIMEOUT, "response_timeout"),
                    };
                    let body;
                    (parts, body) = response.into_parts();
                    let bytes =
                        body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                    (Some(bytes.clone()), body::full(bytes))
                }
            }
        };
        let status = parts.status.as_u16();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match api::exchange_respond(exchange, status, content_type, whole.as_deref(), now_ms()) {
            Ok(answer) if answer.status == status => signed(parts, &answer),
            // The client wants a signature that there cannot be: nothing of the response goes out.
            Ok(answer) => answered(Some(&answer)),
            // Nobody wants it: it goes out as it is.
            Err(error) if error.code() != Code::Internal => Response::from_parts(parts, rest),
            Err(_) => bare(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// Whether a response is one that is not held.
fn is_stream(parts: &http::response::Parts) -> bool {
    let field = |name| parts.headers.get(name).map_or(&[][..], HeaderValue::as_bytes);
    let mut codings = parts.headers.get_all(header::CONTENT_ENCODING).iter();
    api::http_response_is_streamed(field(header::CONTENT_TYPE), &[])
        || codings.any(|coding| api::http_response_is_streamed(&[], coding.as_bytes()))
}

/// The head of the handler with the signature, and the body that was signed.
fn signed(mut parts: http::response::Parts, answer: &Answer) -> Response<Body> {
    // Of the head of a response without content (HEAD, 304) the length is what the content would have.
    if !answer.body.is_empty() {
        parts.headers.insert(header::CONTENT_LENGTH, answer.body.len().into());
        parts.headers.remove(header::TRANSFER_ENCODING);
        parts.headers.remove(header::TRAILER);
    }
    set(&mut parts.headers, answer);
    Response::from_parts(parts, body::full(answer.body.clone()))
}

/// A response that is all the core's.
pub(crate) fn answered(answer: Option<&Answer>) -> Response<Body> {
    let Some(answer) = answer else { return bare(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = Response::new(body::full(Bytes::copy_from_slice(&answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    set(response.headers_mut(), answer);
    response
}

fn set(headers: &mut http::HeaderMap, answer: &Answer) {
    for (name, value) in &answer.fields {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.insert(name, value);
        }
    }
}

/// An error that is not the core's to give (RFC 9457); the core signs it like any response.
pub(crate) fn problem(status: StatusCode, error: &'static str) -> Response<Body> {
    let title = error.replace('_', " ");
    let text = format!(
        r#"{{"error":"{error}","status":{},"title":"{title}","type":"about:blank"}}"#,
        status.as_u16()
    );
    let mut response = Response::new(body::full(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// A response without content, for what no one can be told more about.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
