//! What no gateway can do without: Ed25519 over what is signed, by the engine alone. Nothing else is checked.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte_server::BoxError;
use serde_json::Value;

const LIMIT: usize = 1 << 20;

struct Keys {
    client: ParsedPublicKey,
    own: Ed25519KeyPair,
}

/// The handler behind the engine: what the client signed is verified, and as much as the body is signed.
pub(crate) fn before(app: Router, variables: &BTreeMap<String, String>) -> Result<Router, BoxError> {
    let read = |name: &str| -> Result<Value, BoxError> {
        let path = variables.get(name).ok_or_else(|| format!("{name} is not set"))?;
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    };
    let bytes = |key: &Value, member: &str| -> Result<Vec<u8>, BoxError> {
        Ok(URL_SAFE_NO_PAD.decode(key[member].as_str().ok_or("the key lacks a member")?)?)
    };
    let (trusted, own) = (read("TRUSTED_KEYS")?, read("SIGNING_KEY")?);
    let client = ParsedPublicKey::new(&ED25519, bytes(&trusted["keys"][0], "x")?)?;
    let own = Ed25519KeyPair::from_seed_and_public_key(&bytes(&own, "d")?, &bytes(&own, "x")?)?;
    assert_eq!(own.public_key().as_ref().len(), 32, "the key is Ed25519");
    let keys = Arc::new(Keys { client, own });
    Ok(app.layer(middleware::from_fn_with_state(keys, exchange)))
}

async fn exchange(State(keys): State<Arc<Keys>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LIMIT).await.expect("the body is there");
    let line = parts.headers["x-signature"].to_str().expect("a signature is ASCII");
    let (protected, signature) = line.split_once("..").expect("a signature has two dots");
    let protected = protected.to_owned();
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url");
    keys.client.verify_sig(&input(&protected, &body), &signature).expect("the signature is valid");
    let (mut parts, body) = next.run(Request::from_parts(parts, Body::from(body))).await.into_parts();
    let body = to_bytes(body, LIMIT).await.expect("the body is there");
    let signature = URL_SAFE_NO_PAD.encode(keys.own.sign(&input(&protected, &body)));
    let line = format!("{protected}..{signature}");
    parts.headers.insert("x-signature", line.parse().expect("a signature is ASCII"));
    Response::from_parts(parts, Body::from(body))
}

fn input(protected: &str, body: &Bytes) -> Vec<u8> {
    format!("{protected}.{}", URL_SAFE_NO_PAD.encode(body)).into_bytes()
}
