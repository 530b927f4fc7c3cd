//! The layer for clients, against the layer for servers and against forged responses.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing where it is")]

#[path = "support/signing.rs"]
mod signing;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use samebyte::api::{self, Code, Error, SigningKey};
use samebyte_server::{BoxError, GatewayBuilder, Identity, SignLayer, Verified, VerifyLayer};
use signing::{ORIGIN, key, keyset, settings};
use tower::{Layer, Service, ServiceExt, service_fn};

fn signing_layer(client: &SigningKey, gateway: &SigningKey) -> SignLayer {
    SignLayer::new(api::client_new(client, Some(&keyset(&[gateway])), br#"{"rsp":"sign"}"#).unwrap())
}

fn request(path: &str, body: &'static str) -> Request<Body> {
    Request::post(format!("{ORIGIN}{path}"))
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}

/// A server that says who signed, and lets through what `change` makes of its responses.
fn server<F>(
    client: &SigningKey,
    gateway: &SigningKey,
    change: F,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static
where
    F: Fn(Response<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
{
    let handler = service_fn(|request: Request<Body>| async move {
        let kid = request.extensions().get::<Identity>().map(|identity| identity.kid.clone()).unwrap();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let text = format!(r#"{{ "kid": "{kid}", "body": {} }}"#, String::from_utf8_lossy(&body));
        let response = Response::builder().header("content-type", "application/json").body(Body::from(text));
        Ok::<_, Infallible>(response.unwrap())
    });
    let builder =
        GatewayBuilder::new(settings(&[client], r#","sign_responses":"on""#)).signing_key(gateway.clone());
    let verified = VerifyLayer::new(builder.build().unwrap()).layer(handler);
    service_fn(move |request: Request<Body>| {
        let (verified, change) = (verified.clone(), change.clone());
        async move { Ok(change(verified.oneshot(request).await?)) }
    })
}

fn code(error: &BoxError) -> Code {
    error.downcast_ref::<Error>().expect("an error of the core").code()
}

#[tokio::test]
async fn a_request_and_its_response_go_through_signed() {
    let (client, gateway) = (key("client-1"), key("gw-1"));
    let service = signing_layer(&client, &gateway).layer(server(&client, &gateway, |response| response));
    for path in ["/rpc", "/rpc?a=%7e&b"] {
        let response = service.clone().oneshot(request(path, r#"{ "z": 1, "a": 2 }"#)).await.unwrap();
        let report = response.extensions().get::<Verified>().unwrap().clone();
        assert!(report.bound && report.signed && report.kid.as_deref() == Some("gw-1"), "{report:?}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], br#"{"body":{"a":2,"z":1},"kid":"client-1"}"#);
    }
    let get = Request::get(format!("{ORIGIN}/rpc")).body(Body::empty()).unwrap();
    // Without a body the handler writes no JSON: that cannot be signed, and the client insists.
    let response = service.oneshot(get).await.unwrap();
    assert_eq!(response.status(), 501);
}

#[tokio::test]
async fn responses_that_are_not_the_answer_are_refused() {
    let (client, gateway) = (key("client-1"), key("gw-1"));
    // Each request gets the response to the one before.
    let held: Arc<Mutex<Option<Response<Body>>>> = Arc::default();
    let swap = move |response| {
        held.lock().unwrap().replace(response).unwrap_or_else(|| Response::new(Body::empty()))
    };
    let swapping = signing_layer(&client, &gateway).layer(server(&client, &gateway, swap));
    let first = swapping.clone().oneshot(request("/rpc", "{}")).await.unwrap_err();
    assert_eq!(code(&first), Code::SignatureMissing);
    let second = swapping.oneshot(request("/rpc", "{}")).await.unwrap_err();
    assert_eq!(code(&second), Code::SignatureBindingMismatch);

    let status = |mut response: Response<Body>| {
        *response.status_mut() = http::StatusCode::CREATED;
        response
    };
    let changed = signing_layer(&client, &gateway).layer(server(&client, &gateway, status));
    let error = changed.oneshot(request("/rpc", "{}")).await.unwrap_err();
    assert_eq!(code(&error), Code::SignatureBindingMismatch);

    let body = |response: Response<Body>| response.map(|_| Body::from(r#"{"body":{},"kid":"client-2"}"#));
    let changed = signing_layer(&client, &gateway).layer(server(&client, &gateway, body));
    let error = changed.oneshot(request("/rpc", "{}")).await.unwrap_err();
    assert_eq!(code(&error), Code::SignatureInvalid);

    let strange = signing_layer(&client, &key("gw-1")).layer(server(&client, &gateway, |response| response));
    let error = strange.oneshot(request("/rpc", "{}")).await.unwrap_err();
    assert_eq!(code(&error), Code::SignatureInvalid, "signed by another key of the same name");
}

#[tokio::test]
async fn a_refusal_comes_through_as_a_response() {
    let (client, gateway) = (key("client-1"), key("gw-1"));
    let stranger = key("stranger");
    let service = signing_layer(&stranger, &gateway).layer(server(&client, &gateway, |response| response));
    let response = service.oneshot(request("/rpc", "{}")).await.unwrap();
    assert_eq!(response.status(), 401);
    let report = response.extensions().get::<Verified>().unwrap();
    assert!(report.signed && !report.bound, "{report:?}");
}
