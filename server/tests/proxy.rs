//! The proxy in front of an upstream, over loopback.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing where it is")]

#[path = "support/redis_server.rs"]
mod redis_server;
#[path = "support/signing.rs"]
mod signing;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, Version};
use axum::response::Response;
use axum::routing::any;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use redis_server::RedisServer;
use samebyte::api::{self, SigningKey};
use samebyte_server::{Proxy, ProxyOptions};
use signing::{Connection, ORIGIN, Received, Signer, exchange, jwks, key, keyset};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An upstream that shows what it got.
struct Upstream {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Upstream {
    async fn start() -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let handler = move |request: Request| {
            counter.fetch_add(1, Ordering::SeqCst);
            handle(request)
        };
        let router = Router::new().route("/{*path}", any(handler.clone())).route("/", any(handler));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn handle(request: Request) -> Response {
    match request.uri().path() {
        "/slow" => tokio::time::sleep(Duration::from_millis(600)).await,
        "/stall" => tokio::time::sleep(Duration::from_secs(30)).await,
        _ => {}
    }
    let fields: BTreeMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let uri = request.uri().to_string();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    let seen = serde_json::json!({ "uri": uri, "fields": fields, "body": body });
    let response = Response::builder().header("content-type", "application/json");
    // Spread, so that it is not canonical by chance.
    let text = serde_json::to_string_pretty(&seen).unwrap();
    response
        .header("connection", "x-hop")
        .header("x-hop", "1")
        .header("x-kept", "1")
        .body(Body::from(Bytes::from(text)))
        .unwrap()
}

/// What the proxy writes to its log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The log once it has so many lines.
    async fn wait(&self, lines: usize) -> String {
        let begun = Instant::now();
        while self.text().lines().count() < lines {
            assert!(begun.elapsed() < Duration::from_secs(5), "{}", self.text());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.text()
    }
}

struct Running {
    address: SocketAddr,
    metrics: SocketAddr,
    log: Lines,
    end: oneshot::Sender<()>,
    task: JoinHandle<samebyte::api::Result<()>>,
}

impl Running {
    async fn start(upstream: SocketAddr, variables: &[(&str, &str)]) -> Self {
        Self::try_start(upstream, variables).await.expect("a proxy")
    }

    async fn try_start(upstream: SocketAddr, variables: &[(&str, &str)]) -> samebyte::api::Result<Self> {
        let here = "127.0.0.1:0".parse().unwrap();
        let mut options = ProxyOptions::new(here, format!("http://{upstream}").parse().unwrap());
        options.metrics = Some(here);
        options.upstream_timeout = Duration::from_secs(1);
        options.drain = Duration::from_secs(3);
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let log = Lines::default();
        let proxy = Proxy::bind(options, &variables, log.clone()).await?;
        let (address, metrics) = (proxy.address().unwrap(), proxy.metrics_address().unwrap());
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(proxy.serve(async { ended.await.unwrap_or(()) }));
        Ok(Self { address, metrics, log, end, task })
    }

    async fn send(&self, request: &[u8]) -> Received {
        exchange(self.address, request).await
    }

    async fn stop(self) {
        self.end.send(()).unwrap();
        self.task.await.unwrap().expect("an orderly end");
    }
}

/// Variables of a gateway that trusts one key and signs with the other.
fn variables(client: &SigningKey, gateway: &SigningKey) -> Vec<(&'static str, String)> {
    let private = String::from_utf8(api::key_to_jwk(gateway).unwrap().to_vec()).unwrap();
    vec![
        ("PRESET", "dev".to_owned()),
        ("PUBLIC_ORIGINS", ORIGIN.to_owned()),
        ("TRUSTED_KEYS", jwks(&[client])),
        ("SIGNING_KEY", private),
        ("SIGN_RESPONSES", "on".to_owned()),
        // What is cold is so for a short time.
        ("FUTURE_SKEW", "0".to_owned()),
        ("CLOCK_SKEW", "1".to_owned()),
        ("SIGNATURE_MODE", "POST /rpc=required,/open=off,*=required".to_owned()),
    ]
}

fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn proxy(upstream: SocketAddr) -> (Running, SigningKey, SigningKey) {
    let (client, gateway) = (key("client-1"), key("gw-1"));
    let running = Running::start(upstream, &borrowed(&variables(&client, &gateway))).await;
    (running, client, gateway)
}

fn signer(client: &SigningKey, gateway: &SigningKey) -> Signer {
    Signer::with(client, Some(&keyset(&[gateway])), "{}")
}

#[tokio::test]
async fn verified_requests_reach_the_upstream_with_the_signer_and_answers_are_signed() {
    let upstream = Upstream::start().await;
    let (proxy, client, gateway) = proxy(upstream.address).await;
    let request = signer(&client, &gateway).sign("POST", "/rpc?q=%41", Some(r#"{ "b": 1.0, "a": "€" }"#));
    let more = "x-samebyte-kid: forged\r\nx_samebyte_tenant: forged\r\nconnection: x-secret-hop\r\nx-secret-hop: 1\r\nte: trailers\r\n";
    let response = proxy.send(&request.text_with(more)).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(!response.fields.contains_key("x-hop") && response.fields.contains_key("x-kept"));
    let verified = request.verify(&response).expect("a signed response");
    let seen: serde_json::Value = serde_json::from_slice(&verified.body).unwrap();
    assert_eq!(seen["body"], r#"{"a":"€","b":1}"#);
    assert_eq!(seen["uri"], "/rpc?q=%41");
    let fields = &seen["fields"];
    assert_eq!((&fields["x-samebyte-kid"], &fields["host"]), (&"client-1".into(), &"gw.example".into()));
    assert_eq!(fields["x-forwarded-for"], "127.0.0.1");
    assert_eq!(fields["content-length"], "17");
    for name in ["x_samebyte_tenant", "x-secret-hop", "te", "connection"] {
        assert_eq!(fields[name], serde_json::Value::Null, "{name}");
    }
    let unverified =
        b"POST /open HTTP/1.1\r\nhost: a\r\nx-samebyte-kid: forged\r\ncontent-length: 2\r\n\r\n{}";
    let response = proxy.send(unverified).await;
    assert!(response.status == 200 && !response.text().contains("x-samebyte-kid"), "{}", response.text());
}

#[tokio::test]
async fn the_upstream_is_not_called_for_what_is_refused() {
    let upstream = Upstream::start().await;
    let (proxy, client, gateway) = proxy(upstream.address).await;
    let signer = signer(&client, &gateway);
    let stranger = Signer::new(&key("stranger")).sign("POST", "/rpc", Some("{}"));
    assert_eq!(proxy.send(&stranger.text()).await.code(), "signature_unknown");
    let request = signer.sign("POST", "/rpc", Some(r#"{"to":"alice"}"#));
    let tampered = String::from_utf8(request.text()).unwrap().replace("alice", "mally");
    assert_eq!(proxy.send(tampered.as_bytes()).await.code(), "signature_invalid");
    assert_eq!(proxy.send(b"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n").await.status, 405);
    assert_eq!(upstream.calls(), 0);
    assert_eq!(proxy.send(&request.text()).await.status, 200);
    assert_eq!(proxy.send(&request.text()).await.code(), "replay_detected");
    assert_eq!(upstream.calls(), 1);

    let log = proxy.log.wait(5).await;
    let codes: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"))
        .filter(|line| line["status"].is_u64())
        .map(|line| format!("{} {}", line["status"], line["code"].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(codes, ["401 signature_unknown", "401 signature_invalid", "200 -", "409 replay_detected"]);
    assert!(!log.contains("alice") && !log.contains("mally"), "{log}");

    let metrics = exchange(proxy.metrics, b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let line = r#"samebyte_requests_total{code="replay_detected",mode="required",outcome="refused",route="/rpc",status="409"} 1"#;
    assert!(metrics.text().lines().any(|text| text == line), "{}", metrics.text());
    assert!(metrics.text().contains("samebyte_live_nonces 1\n"), "{}", metrics.text());
    let health = exchange(proxy.metrics, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(health.text(), "ok\n");
}

#[tokio::test]
async fn an_upstream_that_fails_is_answered_for_with_a_signature() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (down, client, gateway) = proxy(gone).await;
    let request = signer(&client, &gateway).sign("POST", "/rpc", Some("{}"));
    let response = down.send(&request.text()).await;
    assert_eq!(response.status, 502);
    request.verify(&response).expect("signed");
    assert!(response.text().contains("upstream_unreachable"));

    let upstream = Upstream::start().await;
    let (proxy, client, gateway) = proxy(upstream.address).await;
    let request = signer(&client, &gateway).sign("GET", "/stall", None);
    let begun = Instant::now();
    let response = proxy.send(&request.text()).await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(response.status, 504);
    request.verify(&response).expect("signed");
}

#[tokio::test]
async fn http_2_without_tls_is_served() {
    let upstream = Upstream::start().await;
    let (proxy, client, gateway) = proxy(upstream.address).await;
    let request = signer(&client, &gateway).sign("POST", "/rpc", Some(r#"{"a":1}"#));
    let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Body>();
    let send = |authority: &str| {
        Request::post(format!("http://{authority}/rpc"))
            .header("content-type", "application/json")
            .header("x-signature", &request.signature)
            .body(Body::from(request.body.clone().unwrap()))
            .unwrap()
    };
    let response = http.request(send(&proxy.address.to_string())).await.unwrap();
    assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_2));
    let fields =
        response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let (fields, status) = (fields.collect(), response.status().as_u16());
    let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    request.verify(&Received { status, fields, body }).expect("signed");
    let mut other_host = send(&proxy.address.to_string());
    other_host.headers_mut().insert("host", "other.example".parse().unwrap());
    let response = http.request(other_host).await.unwrap();
    assert_eq!(response.headers()["x-signature-error"], "signature_malformed", "two hosts");
}

#[tokio::test]
async fn the_key_set_is_published_and_verifies_responses() {
    let upstream = Upstream::start().await;
    let (proxy, client, gateway) = proxy(upstream.address).await;
    let request = b"GET /.well-known/jwks.json HTTP/1.1\r\nhost: gw.example\r\n\r\n";
    let response = proxy.send(request).await;
    assert_eq!((response.status, &*response.fields["cache-control"]), (200, "public, max-age=300"));
    assert!(!response.text().contains(r#""d""#), "{}", response.text());
    let set = api::keyset_from_jwks(&response.body).unwrap();
    let signed = Signer::with(&client, Some(&set), "{}").sign("POST", "/rpc", Some("{}"));
    signed.verify(&proxy.send(&signed.text()).await).expect("with the published keys");
    let tag = &response.fields["etag"];
    let again =
        format!("GET /.well-known/jwks.json HTTP/1.1\r\nhost: gw.example\r\nif-none-match: {tag}\r\n\r\n");
    assert_eq!(proxy.send(again.as_bytes()).await.status, 304);
    let post = b"POST /.well-known/jwks.json HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(proxy.send(post).await.status, 405);
    drop(gateway);
    assert_eq!(upstream.calls(), 1);
}

#[tokio::test]
async fn requests_under_way_are_finished_and_nonces_outlive_an_orderly_end() {
    let upstream = Upstream::start().await;
    let (client, gateway) = (key("client-1"), key("gw-1"));
    let folder = std::env::temp_dir().join(format!("samebyte-proxy-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("nonces");
    let mut variables = variables(&client, &gateway);
    variables.retain(|(name, _)| *name != "PRESET");
    variables.push(("REPLAY_SNAPSHOT", file.to_str().unwrap().to_owned()));
    let proxy = Running::start(upstream.address, &borrowed(&variables)).await;
    let signer = signer(&client, &gateway);
    // Not for development: what is signed before the start, or soon after it, may have been seen.
    let early = signer.sign("POST", "/rpc", Some("{}"));
    assert_eq!(proxy.send(&early.text()).await.code(), "replay_state_cold");
    let second = Running::try_start(upstream.address, &borrowed(&variables)).await;
    assert_eq!(second.err().expect("memory is for one process").code(), api::Code::SettingsInvalid);
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    let request = signer.sign("POST", "/rpc", Some("{}"));
    assert_eq!(proxy.send(&request.text()).await.status, 200);

    let address = proxy.address;
    let slow = signer.sign("POST", "/slow", Some("{}"));
    let mut connection = Connection::open(address).await;
    connection.write(&slow.text()).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let stopping = tokio::spawn(proxy.stop());
    assert_eq!(connection.read(true).await.status, 200, "it was under way");
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "no one listens any more");
    assert!(file.exists());

    let again = Running::start(upstream.address, &borrowed(&variables)).await;
    assert!(!file.exists(), "a snapshot is true once only");
    assert_eq!(again.send(&request.text()).await.code(), "replay_detected");
    assert_eq!(
        again.send(&signer.sign("POST", "/rpc", Some("{}")).text()).await.status,
        200,
        "nothing is cold"
    );
    again.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_proxies_with_one_redis_accept_a_request_once() {
    let Some(mut redis) = RedisServer::start(&[]) else { return };
    let upstream = Upstream::start().await;
    let (client, gateway) = (key("client-1"), key("gw-1"));
    let mut variables = variables(&client, &gateway);
    variables.push(("REPLAY_STORE", redis.url()));
    // The machine of a test may have other things to do.
    variables.push(("REPLAY_TIMEOUT_MS", "2000".to_owned()));
    let first = Running::start(upstream.address, &borrowed(&variables)).await;
    let second = Running::start(upstream.address, &borrowed(&variables)).await;
    // Redis was empty: what is older than that might have been seen.
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    let signer = signer(&client, &gateway);
    let requests: Vec<_> =
        (0..50).map(|number| signer.sign("POST", "/rpc", Some(&format!("[{number}]")))).collect();
    for request in &requests {
        let text = request.text();
        let (one, two) = tokio::join!(first.send(&text), second.send(&text));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.code(), two.code());
    }
    assert_eq!(upstream.calls(), 50);
    let request = signer.sign("POST", "/rpc", Some("{}"));
    redis.kill();
    let begun = Instant::now();
    assert_eq!(first.send(&request.text()).await.code(), "replay_store_unavailable");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    redis.restart();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for old in requests.iter().chain([&request]) {
        for proxy in [&first, &second] {
            let code = proxy.send(&old.text()).await;
            assert_ne!(code.status, 200, "an empty Redis knows of none of these");
        }
    }
    assert_eq!(upstream.calls(), 50);
}
