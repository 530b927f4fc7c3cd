//! The layer for servers: a handler behind it is called with what was verified, and what it answers is signed.

mod admission;
mod published;
mod response;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::body::Body;
use crate::gateway::Gateway;
use admission::Admission;
pub(crate) use published::{JWKS, Published};
pub(crate) use response::{bare, problem};

/// The error type of bodies.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Puts a [`Gateway`] before a handler.
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    gateway: Gateway,
}

impl VerifyLayer {
    /// A layer before handlers of one gateway.
    #[must_use]
    pub fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify::new(self.gateway.clone(), inner)
    }
}

/// A handler behind a [`Gateway`].
///
/// What is refused never reaches the handler. What is accepted reaches it with the canonical body and an
/// [`Identity`](crate::Identity) among its extensions. Requests that pass (routes whose mode is off or
/// observe, or optional without a signature) have no identity. At `/.well-known/jwks.json` it answers itself, where the
/// gateway has keys to publish.
///
/// It looks at the request target as the server received it: where a router takes a part of the path away, this has to
/// stand outside of the router. Behind trusted proxies, an extension [`Peer`](crate::Peer) says who connected.
#[derive(Clone, Debug)]
pub struct Verify<S> {
    gateway: Gateway,
    inner: S,
}

impl<S> Verify<S> {
    /// The handler `inner` behind `gateway`.
    #[must_use]
    pub fn new(gateway: Gateway, inner: S) -> Self {
        Self { gateway, inner }
    }
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let gateway = self.gateway.clone();
        if gateway.published().is_for(&request) {
            let response = gateway.published().response(request.headers());
            return Box::pin(std::future::ready(Ok(response)));
        }
        // The one that is ready is the one that is called.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let begun = Instant::now();
            match gateway.admit(request.map(Body::new)).await {
                Admission::Answered(exchange, response) => {
                    if let Some(exchange) = exchange {
                        gateway.observe(&exchange, response.status().as_u16(), begun.elapsed());
                    }
                    Ok(response)
                }
                Admission::Admitted(mut exchange, request) => {
                    let response = inner.call(request).await?.map(Body::new);
                    let response = gateway.finish(&mut exchange, response).await;
                    gateway.observe(&exchange, response.status().as_u16(), begun.elapsed());
                    Ok(response)
                }
            }
        })
    }
}

/// Who signed a request that was accepted; an extension of the request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity(Arc<Claims>);

/// What is known of the signer and the signature.
#[derive(Clone, Debug, serde::Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// The algorithm of the signature.
    pub alg: String,
    /// The audience that the request was signed for.
    #[serde(default)]
    pub aud: String,
    /// Until when the signature is good, Unix seconds.
    pub exp: i64,
    /// When it was made, Unix seconds.
    pub iat: i64,
    /// The issuer that the signer says to belong to, and does.
    pub iss: Option<String>,
    /// The id of the key.
    pub kid: String,
    /// The nonce.
    pub nonce: String,
    /// SHA-256 of what was signed, base64url: the `rqh` of the response.
    pub request_hash: String,
    /// The tenant that the key belongs to; empty where the settings name none.
    pub tenant: String,
}

impl Identity {
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().map(|claims| Self(Arc::new(claims)))
    }
}

impl std::ops::Deref for Identity {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.0
    }
}

/// The address of who connected; an extension of the request, for settings with `trusted_proxies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub std::net::IpAddr);
