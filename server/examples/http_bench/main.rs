//! What `cargo xtask bench http` measures for Rust: signed requests, and a server of axum with and without the layer.
//!
//! `http_bench requests FOLDER COUNT` writes keys, a body of 1 KiB and as many signatures of requests as asked for.
//! `http_bench serve PORT` serves `POST /rpc`, which answers with the body it got. The variable `BENCH` says what stands
//! before it: `unsigned` nothing, `engine` the primitives alone, `verify` the layer with a store that calls every nonce
//! new, anything else the layer as the variables of a gateway say.

mod engine;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::post;
use samebyte::api;
use samebyte::replay::Verdict;
use samebyte_server::{BoxError, Gateway, ReplayStore, Reserved, Reserving, VerifyLayer};

const URL: &str = "https://gw.example/rpc";

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["requests", folder, count] => requests(Path::new(folder), count.parse()?),
        ["serve", port] => serve(port.parse()?).await,
        _ => Err("usage: http_bench requests FOLDER COUNT | serve PORT".into()),
    }
}

/// Writes `trusted.json`, `signing.jwk`, `body.json` and `signatures.txt`, one field `X-Signature` on each line.
fn requests(folder: &Path, count: usize) -> Result<(), BoxError> {
    let key = api::key_generate("EdDSA", br#"{"kid":"client-1"}"#)?;
    let gateway = api::key_generate("EdDSA", br#"{"kid":"gateway-1"}"#)?;
    let trusted = api::keyset_to_jwks(&api::keyset_new(&[api::key_public(&key)?], &[])?)?;
    fs::write(folder.join("trusted.json"), trusted)?;
    fs::write(folder.join("signing.jwk"), &*api::key_to_jwk(&gateway)?)?;
    let body = body();
    fs::write(folder.join("body.json"), &body)?;
    let now_ms = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let client = api::client_new(&key, None, br#"{"ttl":3600}"#)?;
    let fields: [api::Field<'_>; 1] = [(b"content-type", b"application/json")];
    let mut file = BufWriter::new(File::create(folder.join("signatures.txt"))?);
    for _ in 0..count {
        let call = api::client_sign(&client, "POST", URL, &fields, Some(&body), None, now_ms)?;
        writeln!(file, "X-Signature: {}", call.header().1)?;
    }
    Ok(file.flush()?)
}

/// A call of 1 KiB as programs write them: strings, numbers, a list of objects; in canonical form.
fn body() -> Vec<u8> {
    let item = |number: usize| {
        format!(
            r#"{{"amount":{number}.25,"currency":"EUR","id":"item-{number:04}","note":"café {number}","tags":["a","b"]}}"#
        )
    };
    let items: Vec<String> = (1..11).map(item).collect();
    let call = |memo: &str| {
        let items = items.join(",");
        let text = format!(
            r#"{{"id":17,"jsonrpc":"2.0","method":"orders/place","params":{{"items":[{items}],"memo":"{memo}"}}}}"#
        );
        api::jcs_canonicalize(text.as_bytes(), api::Numbers::Exact, b"").expect("the text is JSON")
    };
    let rest = 1024 - call("").len();
    call(&"m".repeat(rest))
}

async fn serve(port: u16) -> Result<(), BoxError> {
    let mut app = Router::new().route("/rpc", post(echo));
    let variables: BTreeMap<String, String> = std::env::vars().collect();
    match variables.get("BENCH").map(String::as_str) {
        Some("unsigned") => {}
        Some("engine") => app = engine::before(app, &variables)?,
        Some("verify") => {
            let gateway = Gateway::builder(&variables).await?.store(Arc::new(AllNew)).build()?;
            app = app.layer(VerifyLayer::new(gateway));
        }
        _ => app = app.layer(VerifyLayer::new(Gateway::from_variables(&variables).await?)),
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn echo(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}

/// No store at all: what verifying costs alone.
#[derive(Debug)]
struct AllNew;

impl ReplayStore for AllNew {
    fn reserve(&self, _: [u8; 16], _: [u8; 16], _: u64) -> Reserving<'_> {
        Box::pin(async { Reserved { verdict: Verdict::New, lost_ms: 0 } })
    }

    fn lost_ms(&self) -> u64 {
        0
    }
}
