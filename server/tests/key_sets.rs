//! Key sets by URL: what is fetched, how often, and what is never asked.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing where it is")]

#[path = "support/signing.rs"]
mod signing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::any;
use http::Request;
use rustls::pki_types::PrivateKeyDer;
use samebyte_server::{FetchFailed, Gateway, GatewayBuilder, KeySetOptions, VerifyLayer, fetch_document};
use signing::{Signer, jwks, key};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

/// A server on this machine with a certificate for `localhost`, which answers each request with these bytes.
struct Https {
    address: SocketAddr,
    tls: Arc<rustls::ClientConfig>,
    asked: Arc<AtomicUsize>,
}

impl Https {
    async fn start(answer: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static, pause: Duration) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let private = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], private)
            .unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let client = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let (counter, answer) = (Arc::clone(&asked), Arc::new(answer));
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, counter, answer) =
                    (acceptor.clone(), Arc::clone(&counter), Arc::clone(&answer));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let number = counter.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(pause).await;
                    let _ = stream.write_all(&answer(number)).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { address, tls: Arc::new(client), asked }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/jwks.json", self.address.port())
    }

    fn options(&self) -> KeySetOptions {
        KeySetOptions {
            private_addresses: true,
            tls: Some(Arc::clone(&self.tls)),
            ..KeySetOptions::default()
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        .into_bytes()
}

async fn fetch(server: &Https, options: KeySetOptions) -> Result<Vec<u8>, FetchFailed> {
    fetch_document(&server.url(), options).await
}

#[tokio::test]
async fn a_document_is_fetched_over_https() {
    let server = Https::start(|_| ok(r#"{"keys":[]}"#), Duration::ZERO).await;
    assert_eq!(fetch(&server, server.options()).await, Ok(br#"{"keys":[]}"#.to_vec()));
    let distrusted = KeySetOptions { tls: None, ..server.options() };
    assert_eq!(fetch(&server, distrusted).await, Err(FetchFailed::Unreachable), "a certificate of nobody");
}

#[tokio::test]
async fn addresses_that_are_not_public_are_not_asked() {
    let server = Https::start(|_| ok("{}"), Duration::ZERO).await;
    let strict = || KeySetOptions { private_addresses: false, ..server.options() };
    // A name that leads to an address of this machine.
    assert_eq!(fetch_document(&server.url(), strict()).await, Err(FetchFailed::Unreachable));
    let port = server.address.port();
    let hosts = [
        "127.0.0.1",
        "[::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "[fe80::1]",
        "224.0.0.1",
    ];
    for host in hosts {
        let begun = Instant::now();
        let outcome = fetch_document(&format!("https://{host}:{port}/"), strict()).await;
        assert_eq!(outcome, Err(FetchFailed::Forbidden), "{host}");
        assert!(begun.elapsed() < Duration::from_millis(100), "{host} was asked");
    }
    // Spellings of 127.0.0.1 that only the resolver of the system reads.
    for host in ["2130706433", "0x7f000001", "127.1", "0177.0.0.1"] {
        let outcome = fetch_document(&format!("https://{host}:{port}/"), strict()).await;
        assert!(
            matches!(outcome, Err(FetchFailed::Unreachable | FetchFailed::Forbidden)),
            "{host}: {outcome:?}"
        );
    }
    for url in ["http://example.org/", "file:///etc/passwd", "gopher://localhost/", "localhost", "https://"] {
        assert_eq!(fetch_document(url, strict()).await, Err(FetchFailed::Forbidden), "{url}");
    }
    let open = || server.options();
    assert_eq!(
        fetch_document("http://10.0.0.1/", open()).await,
        Err(FetchFailed::Forbidden),
        "http is for this machine"
    );
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn redirects_are_not_followed_and_statuses_are_not_keys() {
    let target = Https::start(|_| ok("{}"), Duration::ZERO).await;
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let line =
            format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 2\r\n\r\n{{}}", target.url());
        let server = Https::start(move |_| line.clone().into_bytes(), Duration::ZERO).await;
        let code = status[..3].parse().unwrap();
        assert_eq!(fetch(&server, server.options()).await, Err(FetchFailed::Status(code)));
    }
    assert_eq!(target.asked(), 0);
}

#[tokio::test]
async fn large_and_slow_answers_are_given_up() {
    let huge = Https::start(|_| ok(&"x".repeat(65_537)), Duration::ZERO).await;
    assert_eq!(fetch(&huge, huge.options()).await, Err(FetchFailed::TooLarge));
    let endless = Https::start(
        |_| [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 10_000_000]].concat(),
        Duration::ZERO,
    )
    .await;
    assert_eq!(fetch(&endless, endless.options()).await, Err(FetchFailed::TooLarge));
    let slow = Https::start(|_| ok("{}"), Duration::from_secs(5)).await;
    let begun = Instant::now();
    let options = KeySetOptions { timeout: Duration::from_millis(200), ..slow.options() };
    assert_eq!(fetch(&slow, options).await, Err(FetchFailed::TooSlow));
    assert!(begun.elapsed() < Duration::from_secs(1));
    let largest = Https::start(|_| ok(&"x".repeat(65_536)), Duration::ZERO).await;
    assert_eq!(fetch(&largest, largest.options()).await.map(|bytes| bytes.len()), Ok(65_536));
}

/// A gateway whose keys are at the server.
fn gateway(server: &Https) -> Gateway {
    let settings = format!(
        r#"{{"preset":"dev","public_origins":["{}"],"trust":[{{"tenant":"acme","jwks_uri":"{}"}}]}}"#,
        signing::ORIGIN,
        server.url()
    );
    GatewayBuilder::new(settings).key_sets(server.options()).build().expect("a gateway")
}

async fn status(gateway: &Gateway, request: &signing::Signed) -> (u16, String) {
    let handler = service_fn(|_| async { Ok::<_, std::convert::Infallible>(Response::new(Body::empty())) });
    let http = Request::builder()
        .method(request.method.as_str())
        .uri(request.path.as_str())
        .header("host", "gw.example")
        .header("content-type", "application/json")
        .header("x-signature", &request.signature)
        .body(Body::from(request.body.clone().unwrap_or_default()))
        .unwrap();
    let response = VerifyLayer::new(gateway.clone()).layer(handler).oneshot(http).await.unwrap();
    let code = response.headers().get("x-signature-error").map_or("", |code| code.to_str().unwrap());
    (response.status().as_u16(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fetch_serves_all_who_wait_and_strangers_cause_no_more() {
    let client = key("client-1");
    let set = jwks(&[&client]);
    let server = Https::start(move |_| ok(&set), Duration::from_millis(100)).await;
    let gateway = gateway(&server);
    let mut waiting = Vec::new();
    for _ in 0..50 {
        let (gateway, request) = (gateway.clone(), Signer::new(&client).sign("POST", "/rpc", Some("{}")));
        waiting.push(tokio::spawn(async move { status(&gateway, &request).await }));
    }
    for task in waiting {
        assert_eq!(task.await.unwrap().0, 200);
    }
    assert_eq!(server.asked(), 1, "one fetch at a time, and one is enough");
    for number in 0..50 {
        let stranger = Signer::new(&key(&format!("stranger-{number}"))).sign("POST", "/rpc", Some("{}"));
        assert_eq!(status(&gateway, &stranger).await, (401, "signature_unknown".to_owned()));
    }
    assert_eq!(server.asked(), 1, "unknown keys within the pause are not asked for");
}

#[tokio::test]
async fn a_source_that_fails_closes_the_gateway_for_its_keys() {
    let failing =
        Https::start(|_| b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n".to_vec(), Duration::ZERO).await;
    let broken =
        Https::start(|_| ok(r#"{"keys":[{"kty":"OKP","crv":"Ed25519","d":"secret"}]}"#), Duration::ZERO)
            .await;
    let client = key("client-1");
    for server in [failing, broken] {
        let gateway = gateway(&server);
        for _ in 0..3 {
            let request = Signer::new(&client).sign("POST", "/rpc", Some("{}"));
            assert_eq!(status(&gateway, &request).await, (503, "key_source_unavailable".to_owned()));
        }
        assert_eq!(server.asked(), 1);
    }
}

#[tokio::test]
async fn http_on_this_machine_may_be_allowed() {
    let client = key("client-1");
    let set = jwks(&[&client]);
    let router = Router::new().route("/jwks.json", any(move || async move { set }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let open = KeySetOptions { private_addresses: true, ..KeySetOptions::default() };
    assert!(fetch_document(&url, open).await.is_ok());
    assert_eq!(fetch_document(&url, KeySetOptions::default()).await, Err(FetchFailed::Forbidden));
}
