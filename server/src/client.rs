//! The layer for clients: requests are signed, and of a response only what its signature vouches for comes through.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use samebyte::api::{self, Code, Error, Field};
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{self, Body, Read};
use crate::clock::now_ms;
use crate::layer::BoxError;

/// Signs requests and verifies responses with a [`Client`](api::Client) of the core.
#[derive(Clone, Debug)]
pub struct SignLayer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: api::Client,
    response_limit: usize,
    response_timeout: Duration,
}

impl SignLayer {
    /// A layer before clients of HTTP. Responses may have up to 16 MiB and take a minute.
    #[must_use]
    pub fn new(client: api::Client) -> Self {
        Self::with_limits(client, 16 * 1024 * 1024, Duration::from_secs(60))
    }

    /// As [`SignLayer::new`], with the longest body of a response in bytes, and how long that may take.
    #[must_use]
    pub fn with_limits(client: api::Client, response_limit: usize, response_timeout: Duration) -> Self {
        Self { shared: Arc::new(Shared { client, response_limit, response_timeout }) }
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = Sign<S>;

    fn layer(&self, inner: S) -> Sign<S> {
        Sign { shared: Arc::clone(&self.shared), inner }
    }
}

/// A client of HTTP whose requests are signed.
///
/// The URL of a request is absolute; a body has a `Content-Type`. The response has the body that was verified, and an
/// extension [`Verified`]. The error is that of the client behind, or an [`Error`] of the core: `signature_missing`,
/// `signature_binding_mismatch` (the response to another request) and the others of [`api::call_verify`].
#[derive(Clone, Debug)]
pub struct Sign<S> {
    shared: Arc<Shared>,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Sign<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        // The one that is ready is the one that is called.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let (call, request) = shared.sign(request.map(Body::new)).await?;
            let response = inner.call(request).await.map_err(Into::into)?;
            shared.verify(&call, response.map(Body::new)).await
        })
    }
}

impl Shared {
    async fn sign(&self, request: Request<Body>) -> Result<(api::Call, Request<Body>), BoxError> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let call = api::client_sign(
            &self.client,
            parts.method.as_str(),
            &parts.uri.to_string(),
            &fields(&parts.headers),
            (!body.is_empty()).then_some(&body[..]),
            None,
            now_ms(),
        )?;
        let (name, value) = call.header();
        parts.headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        let sent = call.body().map(Bytes::copy_from_slice).unwrap_or_default();
        parts.headers.remove(header::TRANSFER_ENCODING);
        parts.headers.remove(header::CONTENT_LENGTH);
        if !sent.is_empty() {
            parts.headers.insert(header::CONTENT_LENGTH, sent.len().into());
        }
        Ok((call, Request::from_parts(parts, body::full(sent))))
    }

    async fn verify(&self, call: &api::Call, response: Response<Body>) -> Result<Response<Body>, BoxError> {
        let (mut parts, body) = response.into_parts();
        let body = match body::read(body, self.response_limit, self.response_timeout).await {
            Read::Whole(body) => body,
            Read::Refused(code, _) => return Err(Error::new(code, "the response is not taken").into()),
            Read::Broken => return Err("the response broke off".into()),
        };
        let verified =
            api::call_verify(call, parts.status.as_u16(), &fields(&parts.headers), &body, now_ms())?;
        let report: Verified = serde_json::from_slice(&verified.report)
            .map_err(|_| Error::new(Code::Internal, "a report that is none"))?;
        // In the answer to HEAD the length is that of what GET would bring.
        if !verified.body.is_empty() {
            parts.headers.insert(header::CONTENT_LENGTH, verified.body.len().into());
        }
        parts.extensions.insert(report);
        Ok(Response::from_parts(parts, body::full(verified.body)))
    }
}

fn fields(headers: &HeaderMap) -> Vec<Field<'_>> {
    headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes())).collect()
}

/// What is known of a response that was let through; an extension of the response.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct Verified {
    /// Whether the response is to this request and no other. An error from before the gateway had read the request is
    /// not.
    pub bound: bool,
    /// Whether it is signed. One that is not comes through only where that was allowed, and is no more than a hint.
    pub signed: bool,
    /// The id of the key.
    pub kid: Option<String>,
}
