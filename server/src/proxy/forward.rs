//! The handler of the proxy: the upstream.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version, header};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use super::headers;
use crate::body::Body;
use crate::layer::{Identity, Peer, problem};

/// Sends requests on to one upstream.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    scheme: Scheme,
    authority: Authority,
    timeout: Duration,
}

/// How long it may take to connect to the upstream.
const CONNECT: Duration = Duration::from_secs(5);

impl Forward {
    /// To the upstream at this URL, of which only scheme, host and port count; `None` where it has no host.
    pub(super) fn new(upstream: &Uri, timeout: Duration) -> Option<Self> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(crate::tls::system())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        // A request is sent again only where nothing of it was sent: the connection had been closed before.
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Some(Self {
            client,
            scheme: upstream.scheme()?.clone(),
            authority: upstream.authority()?.clone(),
            timeout,
        })
    }

    async fn forward(self, request: Request<Body>) -> Response<Body> {
        let Some(request) = self.rewrite(request) else {
            return problem(StatusCode::BAD_REQUEST, "request_not_forwardable");
        };
        match tokio::time::timeout(self.timeout, self.client.request(request)).await {
            Ok(Ok(response)) => {
                let mut response = response.map(Body::new);
                headers::remove_hop_by_hop(response.headers_mut());
                response
            }
            Ok(Err(_)) => problem(StatusCode::BAD_GATEWAY, "upstream_unreachable"),
            Err(_) => problem(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout"),
        }
    }

    /// The request as the upstream gets it: its own address, the host that the client named, and who signed.
    fn rewrite(&self, mut request: Request<Body>) -> Option<Request<Body>> {
        let host = match request.headers().get(header::HOST) {
            Some(host) => host.clone(),
            None => HeaderValue::from_str(request.uri().authority()?.as_str()).ok()?,
        };
        let mut target = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        target = target.path_and_query(request.uri().path_and_query()?.clone());
        *request.uri_mut() = target.build().ok()?;
        *request.version_mut() = Version::HTTP_11;
        let peer = request.extensions().get::<Peer>().copied();
        let identity = request.extensions().get::<Identity>().cloned();
        let fields = request.headers_mut();
        headers::remove_hop_by_hop(fields);
        headers::remove_claims(fields);
        fields.remove(header::EXPECT);
        fields.insert(header::HOST, host);
        if let Some(peer) = peer {
            let address = HeaderValue::from_str(&peer.0.to_string()).ok()?;
            fields.append("x-forwarded-for", address);
        }
        if let Some(identity) = identity {
            headers::add_claims(fields, &identity)?;
        }
        Some(request)
    }
}

impl Service<Request<Body>> for Forward {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.forward(request).await) })
    }
}
