//! The layer for servers, before a handler of axum, over loopback.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing where it is")]

#[path = "support/signing.rs"]
mod signing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::any;
use samebyte::api::{Code, SigningKey};
use samebyte_server::{Gateway, GatewayBuilder, Identity, VerifyLayer};
use signing::{Connection, Received, Signer, exchange, key, keyset, settings};
use tokio::net::TcpListener;

/// A gateway before a handler that answers with what it got.
struct Server {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
    gateway: Gateway,
}

impl Server {
    async fn start(builder: GatewayBuilder) -> Self {
        let gateway = builder.build().expect("a gateway");
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let handler = any(move |request: Request| {
            counter.fetch_add(1, Ordering::Relaxed);
            handle(request)
        });
        let router = Router::new().route("/{*path}", handler).layer(VerifyLayer::new(gateway.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, calls, gateway }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    async fn send(&self, request: &[u8]) -> Received {
        exchange(self.address, request).await
    }
}

/// Answers by path; else with the body and the signer that it got.
async fn handle(request: Request) -> Response {
    let kid =
        request.extensions().get::<Identity>().map_or("none".to_owned(), |identity| identity.kid.clone());
    let response = Response::builder().header("content-type", "application/json").header("x-kid", kid);
    match request.uri().path() {
        "/204" => Response::builder().status(204).body(Body::empty()).unwrap(),
        "/304" => Response::builder().status(304).header("etag", "\"1\"").body(Body::empty()).unwrap(),
        "/events" => {
            let events = Body::from("data: {}\n\ndata: {}\n\n");
            Response::builder()
                .header("content-type", "Text/Event-Stream ;charset=utf-8")
                .body(events)
                .unwrap()
        }
        "/large" => response.body(Body::from(format!("\"{}\"", "x".repeat(2_000_000)))).unwrap(),
        "/broken" => response.body(Body::from("{\"a\":")).unwrap(),
        "/text" => {
            Response::builder().header("content-type", "text/plain").body(Body::from("hello")).unwrap()
        }
        "/headers" => {
            let names: Vec<&str> = request.headers().keys().map(axum::http::HeaderName::as_str).collect();
            response.body(Body::from(format!("{names:?}"))).unwrap()
        }
        _ => {
            let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
            let body = if body.is_empty() { Bytes::from_static(b"{\"got\": \"nothing\"}") } else { body };
            response.body(Body::from(body)).unwrap()
        }
    }
}

/// A gateway that trusts `client-1` and signs with `gw-1`.
async fn server(client: &SigningKey, more: &str) -> (Server, SigningKey) {
    let gateway_key = key("gw-1");
    let more = format!(r#","sign_responses":"on"{more}"#);
    let builder = GatewayBuilder::new(settings(&[client], &more)).signing_key(gateway_key.clone());
    (Server::start(builder).await, gateway_key)
}

fn signer(client: &SigningKey, gateway: &SigningKey) -> Signer {
    Signer::with(client, Some(&keyset(&[gateway])), "{}")
}

#[tokio::test]
async fn what_is_signed_reaches_the_handler_in_canonical_form_and_the_answer_is_signed() {
    let client = key("client-1");
    let (server, gateway) = server(&client, "").await;
    let request = signer(&client, &gateway).sign("POST", "/rpc?x=1", Some(r#"{ "b": 1.0, "a": [] }"#));
    // A proxy on the way wrote the body anew.
    let body = r#"{ "b" : 1e0,  "a":[ ] }"#;
    let text = [request.head(&format!("content-length: {}\r\n", body.len())), body.to_owned()].concat();
    let response = server.send(text.as_bytes()).await;
    assert_eq!((response.status, response.text()), (200, r#"{"a":[],"b":1}"#));
    assert_eq!(response.fields["x-kid"], "client-1");
    let verified = request.verify(&response).expect("a response to this request");
    assert_eq!(verified.body, br#"{"a":[],"b":1}"#);

    let other = signer(&client, &gateway).sign("POST", "/rpc?x=1", Some("{}"));
    let error = other.verify(&response).expect_err("the response to another request");
    assert_eq!(error.code(), Code::SignatureBindingMismatch);
    let mut changed = response.clone();
    changed.body = br#"{"a":[],"b":2}"#.to_vec();
    assert_eq!(request.verify(&changed).expect_err("changed").code(), Code::SignatureInvalid);
    changed = response.clone();
    changed.fields.remove("x-signature");
    assert_eq!(request.verify(&changed).expect_err("stripped").code(), Code::SignatureMissing);
}

#[tokio::test]
async fn what_is_refused_never_reaches_the_handler() {
    let client = key("client-1");
    let (server, gateway) = server(&client, r#","max_body":1000"#).await;
    let signer = signer(&client, &gateway);

    let request = signer.sign("POST", "/rpc", Some(r#"{"amount":1}"#));
    let tampered = String::from_utf8(request.text()).unwrap().replace("amount\":1", "amount\":9");
    let response = server.send(tampered.as_bytes()).await;
    assert_eq!((response.status, response.code()), (401, "signature_invalid"));
    assert_eq!(response.fields["www-authenticate"], r#"Signature error="signature_invalid""#);
    assert!(
        request.verify(&response).is_err(),
        "the refusal is of the body that came, not of the one that was signed"
    );

    let moved = String::from_utf8(request.text()).unwrap().replace("/rpc", "/other");
    let response = server.send(moved.as_bytes()).await;
    assert_eq!((response.status, response.code()), (401, "signature_binding_mismatch"));

    let stranger = Signer::new(&key("stranger")).sign("POST", "/rpc", Some("{}"));
    let response = server.send(&stranger.text()).await;
    assert_eq!((response.status, response.code()), (401, "signature_unknown"));

    let unsigned = b"POST /rpc HTTP/1.1\r\nhost: gw.example\r\ncontent-length: 2\r\n\r\n{}";
    let response = server.send(unsigned).await;
    assert_eq!((response.status, response.code()), (401, "signature_missing"));

    let twice = request.text_with(&format!("x-signature: {}\r\n", request.signature));
    let response = server.send(&twice).await;
    assert_eq!((response.status, response.code()), (400, "signature_malformed"));

    let gzip = request.text_with("content-encoding: gzip\r\n");
    let response = server.send(&gzip).await;
    assert_eq!((response.status, response.code()), (415, "content_encoding_unsupported"));

    let large = signer.sign("POST", "/rpc", Some(&format!("\"{}\"", "x".repeat(999))));
    let response = server.send(&large.text()).await;
    assert_eq!((response.status, response.code()), (413, "body_too_large"));
    let verified = large.verify(&response).expect("the refusal is signed");
    let report = String::from_utf8(verified.report).unwrap();
    assert!(report.contains(r#""bound":false"#) && report.contains(r#""signed":true"#), "{report}");

    assert_eq!(server.calls(), 0);
    let response = server.send(&request.text()).await;
    assert_eq!(response.status, 200, "nothing of that burned its nonce");
    assert_eq!(server.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_copies_of_a_request_one_runs() {
    let client = key("client-1");
    let (server, gateway) = server(&client, "").await;
    let request = signer(&client, &gateway).sign("POST", "/rpc", Some(r#"{"n":1}"#));
    let text = Arc::new(request.text());
    let mut copies = Vec::new();
    for _ in 0..64 {
        let (text, address) = (Arc::clone(&text), server.address);
        copies.push(tokio::spawn(async move { exchange(address, &text).await }));
    }
    let mut statuses = Vec::new();
    for copy in copies {
        let response = copy.await.unwrap();
        if response.status == 409 {
            assert_eq!(response.code(), "replay_detected");
            request.verify(&response).expect("the refusal is signed for this request");
        }
        statuses.push(response.status);
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[63]), (200, 409, 409));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn bodies_come_in_chunks_slowly_or_not_at_all() {
    let client = key("client-1");
    let gateway_key = key("gw-1");
    let more = r#","sign_responses":"on","max_body":1000"#;
    let builder = GatewayBuilder::new(settings(&[&client], more))
        .signing_key(gateway_key.clone())
        .body_timeout(Duration::from_millis(300));
    let server = Server::start(builder).await;
    let signer = signer(&client, &gateway_key);

    let request = signer.sign("POST", "/rpc", Some(r#"{"a":1}"#));
    let chunked = request.head("transfer-encoding: chunked\r\n") + "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
    let response = server.send(chunked.as_bytes()).await;
    assert_eq!((response.status, response.text()), (200, r#"{"a":1}"#));

    let request = signer.sign("POST", "/rpc", Some(&format!("\"{}\"", "y".repeat(1200))));
    let body = String::from_utf8(request.body.clone().unwrap()).unwrap();
    let chunked =
        request.head("transfer-encoding: chunked\r\n") + &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let response = server.send(chunked.as_bytes()).await;
    assert_eq!((response.status, response.code()), (413, "body_too_large"));

    let request = signer.sign("POST", "/rpc", Some(r#"{"slow":true}"#));
    let mut connection = Connection::open(server.address).await;
    connection.write(request.head("content-length: 13\r\n").as_bytes()).await;
    connection.write(b"{\"sl").await;
    let response = connection.read(true).await;
    assert_eq!((response.status, response.code()), (408, "body_timeout"));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn responses_without_content_are_signed_too() {
    let client = key("client-1");
    let (server, gateway) = server(&client, "").await;
    let signer = signer(&client, &gateway);
    for (method, path, status) in
        [("GET", "/204", 204), ("GET", "/304", 304), ("HEAD", "/rpc", 200), ("DELETE", "/rpc", 200)]
    {
        let request = signer.sign(method, path, None);
        let response = server.send(&request.text()).await;
        assert_eq!(response.status, status, "{method} {path}");
        request.verify(&response).unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
    }
    let request = signer.sign("GET", "/text", None);
    let response = server.send(&request.text()).await;
    assert_eq!(request.verify(&response).expect("text is signed as it is").body, b"hello");
}

#[tokio::test]
async fn what_cannot_be_signed_is_an_error_only_for_who_wants_a_signature() {
    let client = key("client-1");
    let gateway_key = key("gw-1");
    let builder = GatewayBuilder::new(settings(&[&client], r#","sign_responses":"on""#))
        .signing_key(gateway_key.clone())
        .response_limit(1_000_000);
    let server = Server::start(builder).await;
    let indifferent = Signer::new(&client);
    let strict = Signer::with(&client, Some(&keyset(&[&gateway_key])), r#"{"rsp":"sign"}"#);
    for (path, length) in [("/events", 20), ("/large", 2_000_002), ("/broken", 5)] {
        let response = server.send(&indifferent.sign("GET", path, None).text()).await;
        assert_eq!((response.status, response.body.len()), (200, length), "{path}");
        assert!(!response.fields.contains_key("x-signature"));
        let request = strict.sign("GET", path, None);
        let response = server.send(&request.text()).await;
        assert_eq!((response.status, response.code()), (501, "response_not_signable"), "{path}");
        request.verify(&response).expect("the error is signed");
    }
    let request =
        "GET /headers HTTP/1.1\r\nhost: gw.example\r\naccept-encoding: gzip\r\nrange: bytes=0-1\r\n";
    let signed = strict.sign("GET", "/headers", None);
    let response =
        server.send(format!("{request}x-signature: {}\r\n\r\n", signed.signature).as_bytes()).await;
    assert_eq!(response.text(), r#"["host","x-signature"]"#, "what is coded or a part could not be signed");
}

#[tokio::test]
async fn routes_are_rolled_out_one_by_one() {
    let client = key("client-1");
    let modes = r#","mode":"required","routes":[{"path":"/off","mode":"off"},{"path":"/observe","mode":"observe"},{"path":"/optional","mode":"optional"}],"max_body":100"#;
    let (server, gateway) = server(&client, modes).await;
    let plain = |path: &str, more: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: gw.example\r\ncontent-type: application/json\r\ncontent-length: 8\r\n{more}\r\n{{ \"a\":1}}"
        )
    };
    for path in ["/off", "/observe", "/optional"] {
        let response = server.send(plain(path, "").as_bytes()).await;
        assert_eq!((response.status, &*response.fields["x-kid"]), (200, "none"), "{path}");
    }
    let broken = "x-signature: a..b\r\n";
    for (path, status) in [("/off", 200), ("/observe", 200), ("/optional", 400), ("/rpc", 400)] {
        let response = server.send(plain(path, broken).as_bytes()).await;
        assert_eq!(response.status, status, "{path}");
    }
    let signer = signer(&client, &gateway);
    for (path, kid) in
        [("/off", "none"), ("/observe", "none"), ("/optional", "client-1"), ("/rpc", "client-1")]
    {
        let response = server.send(&signer.sign("POST", path, Some("{}")).text()).await;
        assert_eq!((response.status, &*response.fields["x-kid"]), (200, kid), "{path}");
    }
    // Where nothing is refused, a body beyond the bounds arrives whole.
    let long = format!("\"{}\"", "z".repeat(5000));
    let request = signer.sign("POST", "/observe", Some(&long));
    let chunked =
        request.head("transfer-encoding: chunked\r\n") + &format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let response = server.send(chunked.as_bytes()).await;
    assert_eq!((response.status, response.body.len()), (200, 5002));
}

#[tokio::test]
async fn a_connection_outlives_a_refusal() {
    let client = key("client-1");
    let (server, gateway) = server(&client, "").await;
    let signer = signer(&client, &gateway);
    let mut connection = Connection::open(server.address).await;
    let stranger = Signer::new(&key("stranger")).sign("POST", "/rpc", Some("{}"));
    connection.write(&stranger.text()).await;
    assert_eq!(connection.read(true).await.code(), "signature_unknown");
    for _ in 0..2 {
        let request = signer.sign("POST", "/rpc", Some("{}"));
        connection.write(&request.text()).await;
        assert_eq!(connection.read(true).await.status, 200);
        connection.write(&request.text()).await;
        assert_eq!(connection.read(true).await.code(), "replay_detected");
    }
}

#[tokio::test]
async fn http_1_0_is_served() {
    let client = key("client-1");
    let (server, gateway) = server(&client, "").await;
    let request = signer(&client, &gateway).sign("POST", "/rpc", Some("{}"));
    let text = String::from_utf8(request.text()).unwrap().replace("HTTP/1.1", "HTTP/1.0");
    let response = server.send(text.as_bytes()).await;
    assert_eq!(response.status, 200);
    request.verify(&response).expect("signed");
}

#[tokio::test]
async fn the_observer_is_told_and_the_counters_count() {
    let client = key("client-1");
    let events = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let modes = r#","routes":[{"path":"/watched","mode":"observe"},{"path":"/maybe","mode":"optional"}]"#;
    let builder = GatewayBuilder::new(settings(&[&client], modes)).observer(move |event| {
        let text = String::from_utf8(event.exchange.to_vec()).unwrap();
        seen.lock().unwrap().push((event.status, text));
    });
    let server = Server::start(builder).await;
    let request = Signer::new(&client).sign("POST", "/rpc?token=hush", Some(r#"{"secret":"hush"}"#));
    assert_eq!(server.send(&request.text()).await.status, 200);
    assert_eq!(server.send(&request.text()).await.status, 409);
    for path in ["/watched", "/maybe"] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: gw.example\r\n\r\n");
        assert_eq!(server.send(request.as_bytes()).await.status, 200);
    }
    let events = events.lock().unwrap();
    assert_eq!(events.len(), 4);
    assert_eq!((events[0].0, events[1].0), (200, 409));
    assert!(events[0].1.contains(r#""outcome":"accepted""#), "{}", events[0].1);
    assert!(events[1].1.contains(r#""code":"replay_detected""#), "{}", events[1].1);
    for (status, text) in &events[2..] {
        assert_eq!(*status, 200, "{text}");
        assert!(text.contains(r#""code":"signature_missing""#), "what would have been refused: {text}");
        assert!(text.contains(r#""outcome":"passed""#), "{text}");
    }
    assert!(
        events.iter().all(|(_, text)| !text.contains("hush")),
        "neither body nor query is logged: {events:?}"
    );
    let stats = samebyte::api::gateway_stats(server.gateway.core(), signing::now_ms()).unwrap();
    let stats = String::from_utf8(stats).unwrap();
    assert!(stats.contains(r#""accepted":1"#) && stats.contains(r#""replay_detected":1"#), "{stats}");
}

#[tokio::test]
async fn the_public_key_is_published_where_there_is_one() {
    let (client, own) = (key("client-1"), key("gw-1"));
    let ask = b"GET /.well-known/jwks.json HTTP/1.1\r\nhost: gw.example\r\n\r\n";
    let extra = r#","sign_responses":"on""#;
    let server = Server::start(GatewayBuilder::new(settings(&[&client], extra)).signing_key(own)).await;
    let response = server.send(ask).await;
    assert_eq!((response.status, &*response.fields["content-type"]), (200, "application/jwk-set+json"));
    assert_eq!(response.fields["cache-control"], "public, max-age=300");
    assert!(!response.text().contains(r#""d""#), "{}", response.text());
    let set = samebyte::api::keyset_from_jwks(&response.body).unwrap();
    let request = Signer::with(&client, Some(&set), "{}").sign("POST", "/rpc", Some("{}"));
    request.verify(&server.send(&request.text()).await).expect("with the published keys");
    let tag = &response.fields["etag"];
    let again =
        format!("GET /.well-known/jwks.json HTTP/1.1\r\nhost: gw.example\r\nif-none-match: {tag}\r\n\r\n");
    assert_eq!(server.send(again.as_bytes()).await.status, 304);
    assert_eq!(server.calls(), 1, "the handler saw none but the signed request");
    // Whatever is not a question for the keys is a request as any other.
    let post = b"POST /.well-known/jwks.json HTTP/1.1\r\nhost: gw.example\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(server.send(post).await.fields["x-signature-error"], "signature_missing");
    let keyless = Server::start(GatewayBuilder::new(settings(&[&client], ""))).await;
    assert_eq!(keyless.send(ask).await.status, 401);
}
