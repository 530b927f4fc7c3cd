//! A reverse proxy that verifies requests and signs responses, in front of any upstream.

mod forward;
mod headers;
mod log;
mod metrics;
mod serve;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use samebyte::api::{self, Code, Error, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_service::Service;

use crate::body::{self, Body};
use crate::gateway::Gateway;
use crate::layer::{JWKS, Peer, Verify, bare, problem};
use forward::Forward;
use log::Log;
use metrics::Metrics;

/// What a proxy is told beside the settings of its gateway.
#[derive(Clone, Debug)]
pub struct ProxyOptions {
    /// Where clients connect; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where requests go: scheme, host and port.
    pub upstream: Uri,
    /// Where `/metrics` and `/healthz` are served; nowhere by default.
    pub metrics: Option<SocketAddr>,
    /// How long the upstream may take until the head of its response.
    pub upstream_timeout: Duration,
    /// How long requests under way may take once the proxy is told to end.
    pub drain: Duration,
    /// The most connections at a time.
    pub max_connections: usize,
}

impl ProxyOptions {
    /// From `listen` to `upstream`, with a minute for the upstream and ten seconds to end.
    #[must_use]
    pub fn new(listen: SocketAddr, upstream: Uri) -> Self {
        Self {
            listen,
            upstream,
            metrics: None,
            upstream_timeout: Duration::from_secs(60),
            drain: Duration::from_secs(10),
            max_connections: 10_000,
        }
    }
}

/// A proxy that listens and is not served yet.
#[derive(Debug)]
pub struct Proxy {
    options: ProxyOptions,
    gateway: Gateway,
    forward: Forward,
    log: Log,
    metrics: Arc<Metrics>,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
}

impl Proxy {
    /// Reads the settings from `variables` (as [`Gateway::from_variables`]), connects what they name, and listens. The
    /// log goes to `log`.
    ///
    /// # Errors
    /// Those of [`Gateway::from_variables`]; `settings_invalid`: the upstream is no URL with a host, or an address cannot
    /// be listened on.
    pub async fn bind(
        options: ProxyOptions,
        variables: &BTreeMap<String, String>,
        log: impl std::io::Write + Send + 'static,
    ) -> Result<Self> {
        let forward = Forward::new(&options.upstream, options.upstream_timeout)
            .ok_or_else(|| invalid("UPSTREAM", "the upstream is a URL with a host"))?;
        let builder = Gateway::builder(variables).await?;
        let (log, metrics) = (Log::new(log), Metrics::new(builder.settings()));
        let (counted, written) = (Arc::clone(&metrics), log.clone());
        let gateway = builder
            .observer(move |event| {
                counted.request(event);
                written.request(event);
            })
            .build()?;
        let listener = listen(options.listen, "LISTEN").await?;
        let metrics_listener = match options.metrics {
            Some(address) => Some(listen(address, "METRICS_LISTEN").await?),
            None => None,
        };
        Ok(Self { options, gateway, forward, log, metrics, listener, metrics_listener })
    }

    /// Where clients connect.
    ///
    /// # Errors
    /// Those of the system.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where the metrics are, where they are.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Serves until `end` is there; then no connection is taken any more, requests under way are finished, and the
    /// nonces in memory are written where the settings name a file for it.
    ///
    /// # Errors
    /// `settings_invalid`: that file cannot be written.
    pub async fn serve(self, end: impl Future<Output = ()>) -> Result<()> {
        let Self { options, gateway, forward, log, metrics, listener, metrics_listener } = self;
        let (stop, stopped) = watch::channel(false);
        if let Ok(address) = listener.local_addr() {
            log.notice("listening", &address.to_string());
        }
        let verify = Verify::new(gateway.clone(), forward);
        let published = gateway.clone();
        let handler = move |request: Request<Incoming>, peer: SocketAddr| {
            answer(request, peer, verify.clone(), published.clone())
        };
        let public = serve::serve(listener, options.max_connections, options.drain, stopped.clone(), handler);
        let core = gateway.core().clone();
        let (page, written) = (Arc::clone(&metrics), log.clone());
        let operator = move |request: Request<Incoming>, _| {
            let response = operate(&request, &page, &core, &written);
            async move { response }
        };
        let private = async {
            match metrics_listener {
                Some(listener) => serve::serve(listener, 64, options.drain, stopped, operator).await,
                None => true,
            }
        };
        let ending = async {
            end.await;
            log.notice("stopping", "");
            // Whoever serves is there: it is awaited below.
            let _ = stop.send(true);
        };
        let (drained, ..) = tokio::join!(public, private, ending);
        if !drained {
            log.notice("cut off", "requests took longer than the time to end");
        }
        gateway.write_snapshot()
    }
}

/// The answer of the proxy to one request.
async fn answer(
    mut request: Request<Incoming>,
    peer: SocketAddr,
    mut verify: Verify<Forward>,
    gateway: Gateway,
) -> Response<Body> {
    // The upstream never answers there, not even where the proxy has no key.
    if request.uri().path() == JWKS {
        return match *request.method() {
            Method::GET | Method::HEAD => gateway.published().response(request.headers()),
            _ => problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        };
    }
    if request.method() == Method::CONNECT {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    }
    request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
    match verify.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The pages for whoever runs the proxy.
fn operate(request: &Request<Incoming>, metrics: &Metrics, core: &api::Gateway, log: &Log) -> Response<Body> {
    match request.uri().path() {
        "/metrics" => {
            let mut response = Response::new(body::full(metrics.text(core, log)));
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        }
        "/healthz" => Response::new(body::full("ok\n")),
        _ => bare(StatusCode::NOT_FOUND),
    }
}

async fn listen(address: SocketAddr, setting: &'static str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|_| invalid(setting, "the address cannot be listened on"))
}

fn invalid(setting: &'static str, message: &'static str) -> Error {
    Error::new(Code::SettingsInvalid, message).with_text("setting", setting)
}

/// Is there when the system or a person asks this process to end: SIGTERM or SIGINT.
pub async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    // Without signals there is only one way.
    let _ = tokio::signal::ctrl_c().await;
}
