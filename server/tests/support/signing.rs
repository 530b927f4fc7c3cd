//! Keys, signed requests and a client of HTTP/1.1 that sends exactly what it is told.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use samebyte::api::{self, Call, Keyset, SigningKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const ORIGIN: &str = "https://gw.example";

pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

pub(crate) fn key(kid: &str) -> SigningKey {
    api::key_generate("EdDSA", format!(r#"{{"kid":"{kid}"}}"#).as_bytes()).unwrap()
}

pub(crate) fn keyset(keys: &[&SigningKey]) -> Keyset {
    let keys: Vec<_> = keys.iter().map(|key| api::key_public(key).unwrap()).collect();
    api::keyset_new(&keys, &[]).unwrap()
}

pub(crate) fn jwks(keys: &[&SigningKey]) -> String {
    String::from_utf8(api::keyset_to_jwks(&keyset(keys)).unwrap()).unwrap()
}

/// Settings that trust these keys; `more` are further members, each behind a comma.
pub(crate) fn settings(trusted: &[&SigningKey], more: &str) -> String {
    let trust = jwks(trusted);
    format!(r#"{{"preset":"dev","public_origins":["{ORIGIN}"],"trust":{trust}{more}}}"#)
}

/// A signer, and the key set with which it verifies responses.
pub(crate) struct Signer {
    pub(crate) client: api::Client,
}

impl Signer {
    pub(crate) fn new(key: &SigningKey) -> Self {
        Self::with(key, None, "{}")
    }

    pub(crate) fn with(key: &SigningKey, responses: Option<&Keyset>, options: &str) -> Self {
        Self { client: api::client_new(key, responses, options.as_bytes()).unwrap() }
    }

    /// A signed request; JSON where there is a body.
    pub(crate) fn sign(&self, method: &str, path: &str, body: Option<&str>) -> Signed {
        let fields: Vec<api::Field<'_>> =
            body.iter().map(|_| (&b"content-type"[..], &b"application/json"[..])).collect();
        let url = format!("{ORIGIN}{path}");
        let body_bytes = body.map(str::as_bytes);
        let call = api::client_sign(&self.client, method, &url, &fields, body_bytes, None, now_ms()).unwrap();
        let signature = call.header().1.to_owned();
        let sent = call.body().map(<[u8]>::to_vec);
        Signed { method: method.to_owned(), path: path.to_owned(), signature, body: sent, call }
    }
}

/// A signed request, to be sent as it is or not.
pub(crate) struct Signed {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) signature: String,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) call: Call,
}

impl Signed {
    /// The head with these further lines, each closed by CRLF.
    pub(crate) fn head(&self, more: &str) -> String {
        let kind = if self.body.is_some() { "content-type: application/json\r\n" } else { "" };
        format!(
            "{} {} HTTP/1.1\r\nhost: gw.example\r\n{kind}x-signature: {}\r\n{more}\r\n",
            self.method, self.path, self.signature
        )
    }

    /// All of it, with the length of the body.
    pub(crate) fn text(&self) -> Vec<u8> {
        self.text_with("")
    }

    pub(crate) fn text_with(&self, more: &str) -> Vec<u8> {
        let body = self.body.clone().unwrap_or_default();
        let length =
            self.body.as_ref().map_or(String::new(), |body| format!("content-length: {}\r\n", body.len()));
        [self.head(&format!("{length}{more}")).into_bytes(), body].concat()
    }

    /// What the client makes of a response.
    pub(crate) fn verify(&self, response: &Received) -> api::Result<api::VerifiedResponse> {
        let fields: Vec<api::Field<'_>> =
            response.fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        api::call_verify(&self.call, response.status, &fields, &response.body, now_ms())
    }
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) fields: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.fields.get("x-signature-error").map_or("", String::as_str)
    }
}

/// A connection of HTTP/1.1.
pub(crate) struct Connection(pub(crate) TcpStream);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The next response. `has_body` is false for the answer to HEAD.
    pub(crate) async fn read(&mut self, has_body: bool) -> Received {
        tokio::time::timeout(Duration::from_secs(20), self.read_all(has_body))
            .await
            .expect("an answer in time")
    }

    async fn read_all(&mut self, has_body: bool) -> Received {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.split("\r\n");
        let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let fields: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut body = Vec::new();
        if has_body && !matches!(status, 100..200 | 204 | 304) {
            if let Some(length) = fields.get("content-length") {
                body.resize(length.parse().unwrap(), 0);
                self.0.read_exact(&mut body).await.unwrap();
            } else if fields.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
                body = self.read_chunks().await;
            } else {
                self.0.read_to_end(&mut body).await.unwrap();
            }
        }
        Received { status, fields, body }
    }

    async fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(self.0.read_u8().await.unwrap());
            }
            let length = usize::from_str_radix(std::str::from_utf8(&line).unwrap().trim(), 16).unwrap();
            let mut chunk = vec![0; length + 2];
            self.0.read_exact(&mut chunk).await.unwrap();
            if length == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }
}

/// One request on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Received {
    let mut connection = Connection::open(address).await;
    connection.write(request).await;
    connection.read(!request.starts_with(b"HEAD ")).await
}
