//! The public keys of a gateway, for those who verify its responses.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use super::bare;
use crate::body::{self, Body};

/// Where they are published.
pub(crate) const JWKS: &str = "/.well-known/jwks.json";

/// The key set, and the tag of its bytes.
#[derive(Debug)]
pub(crate) struct Published {
    set: Bytes,
    tag: HeaderValue,
}

impl Published {
    pub(crate) fn new(set: Vec<u8>) -> Self {
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&set)[..16]));
        let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits are visible");
        Self { set: set.into(), tag }
    }

    /// Whether a request is for the keys, and there are some.
    pub(crate) fn is_for<B>(&self, request: &Request<B>) -> bool {
        request.uri().path() == JWKS
            && matches!(*request.method(), Method::GET | Method::HEAD)
            && self.set != br#"{"keys":[]}"#[..]
    }

    /// The key set, or that it is the one that whoever asks has already.
    pub(crate) fn response(&self, asked: &HeaderMap) -> Response<Body> {
        let is_known = asked.get(header::IF_NONE_MATCH) == Some(&self.tag);
        let mut response = if is_known {
            bare(StatusCode::NOT_MODIFIED)
        } else {
            Response::new(body::full(self.set.clone()))
        };
        let fields = response.headers_mut();
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        fields.insert(header::ETAG, self.tag.clone());
        response
    }
}
