//! What is measured: the same token, made and verified by each peer.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{JwsHeader, JwsSigner, JwsVerifier};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use samebyte::algorithms::Algorithm;
use samebyte::api::document_verify_many;
use samebyte::document;
use samebyte::jcs::Numbers;
use samebyte::jws::{self, SignOptions};
use samebyte::keys::{Keyset, SigningKey, Verifier, VerifierOptions};
use samebyte_peers::{josekit as josekit_peer, jsonwebtoken as jsonwebtoken_peer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::engine::{Engine, engine};

/// JSON of 300 bytes that is not canonical.
pub(crate) const PAYLOAD: &str = r#"{"method":"payments.transfer", "id":"6f1c2a9e-52d1-4b7e-9c55-0d9f3e8a1b77","params":{"to":"acct_9f8e7d6c5b4a","amount":1250.75,"currency":"EUR","memo":"Invoice 2024-117","urgent":false,"tags":["b2b","net30"]},"nonce":"kq3v9Zs1T8mWcYxB2nRf0A","iat":1735689600,"exp":1735689900,"caller":"did:example:a"}"#;

/// How many documents are verified at once.
pub(crate) const DOCUMENTS: usize = 10_000;

const SECRET: [u8; 32] = *b"thirty-two bytes that are secret";
const MEDIA_TYPE: &str = "application/vnd.example.order+json";

/// What one peer does in a row.
pub(crate) type Work<'a> = (&'static str, Box<dyn Fn() + 'a>);

/// One key, as each peer holds it, and a token that it signed.
pub(crate) struct Case {
    algorithm: Algorithm,
    key: SigningKey,
    verifier: Verifier,
    engine: Engine,
    token: Vec<u8>,
    josekit: (Box<dyn JwsSigner>, Box<dyn JwsVerifier>),
    jsonwebtoken: Option<(Header, EncodingKey, DecodingKey, Validation)>,
}

impl Case {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let key = if algorithm == Algorithm::Hs256 {
            SigningKey::symmetric(algorithm, &SECRET, Some("key"))
        } else {
            SigningKey::generate(algorithm)
        };
        let key = key.expect("a key");
        let jwk = key.public_key().map_or_else(|| key.to_jwk().to_vec(), |public| public.to_jwk());
        let signer = josekit_peer::signer(algorithm, josekit_peer::Encoded::Jwk(&key.to_jwk()));
        let verifier = josekit_peer::verifier(algorithm, josekit_peer::Encoded::Jwk(&jwk));
        let jsonwebtoken = jsonwebtoken_peer::algorithm(algorithm).map(|theirs| {
            let mut header = Header::new(theirs);
            header.typ = None;
            header.kid = key.kid().map(str::to_owned);
            let encoding = jsonwebtoken_peer::encoding_key(&key, theirs).expect("a key");
            let decoding = jsonwebtoken_peer::decoding_key(&key).expect("a key");
            (header, encoding, decoding, jsonwebtoken_peer::signature_only(theirs))
        });
        Self {
            algorithm,
            verifier: trust(&key),
            engine: engine(algorithm, &key, &SECRET),
            token: jws::sign(PAYLOAD.as_bytes(), &key, &options(algorithm)).expect("a token"),
            josekit: (signer.expect("a key"), verifier.expect("a key")),
            jsonwebtoken,
            key,
        }
    }

    /// The rows, each with the work of every peer that can do it; each work fails loudly where it fails.
    pub(crate) fn rows(&self) -> Vec<(String, Vec<Work<'_>>)> {
        vec![
            (format!("{} sign", self.algorithm), self.sign(false)),
            (format!("{} canonicalize + sign", self.algorithm), self.sign(true)),
            (format!("{} verify", self.algorithm), self.verify()),
        ]
    }

    /// What is signed, and the signature: the same one that all verify, for two of one message take different times.
    fn parts(&self) -> (Vec<u8>, Vec<u8>) {
        let dot = self.token.iter().rposition(|byte| *byte == b'.').expect("a token has dots");
        let signature = URL_SAFE_NO_PAD.decode(&self.token[dot + 1..]).expect("base64url");
        (self.token[..dot].to_vec(), signature)
    }

    fn sign(&self, canonicalize: bool) -> Vec<Work<'_>> {
        let mut options = options(self.algorithm);
        options.canonicalize = canonicalize.then_some(Numbers::Exact);
        let (message, _) = self.parts();
        let ours = move || keep(jws::sign(PAYLOAD.as_bytes(), &self.key, &options).expect("a token"));
        let alone = move || keep((self.engine.sign)(&message));
        let mut work: Vec<Work<'_>> =
            vec![("samebyte", Box::new(ours)), ("the engine alone", Box::new(alone))];
        if let Some((header, key, ..)) = &self.jsonwebtoken {
            let plain: Box<RawValue> = serde_json::from_str(PAYLOAD).expect("JSON");
            let run = move || {
                let own = canonicalize.then(|| RawValue::from_string(canonical()).expect("JSON"));
                let claims = own.as_ref().unwrap_or(&plain);
                keep(jsonwebtoken::encode(header, claims, key).expect("a token"));
            };
            work.push(("jsonwebtoken", Box::new(run)));
        }
        let header = JwsHeader::new();
        let run = move || {
            let payload = if canonicalize { Cow::Owned(canonical()) } else { Cow::Borrowed(PAYLOAD) };
            let token = josekit::jws::serialize_compact(payload.as_bytes(), &header, &*self.josekit.0);
            keep(token.expect("a token"));
        };
        work.push(("josekit", Box::new(run)));
        work
    }

    fn verify(&self) -> Vec<Work<'_>> {
        let (message, signature) = self.parts();
        let mut work: Vec<Work<'_>> = vec![
            (
                "samebyte",
                Box::new(|| {
                    keep(jws::verify(&self.token, None, &self.verifier, None).expect("it verifies"));
                }),
            ),
            (
                "the engine alone",
                Box::new(move || assert!((self.engine.verify)(&message, &signature), "it verifies")),
            ),
        ];
        if let Some((_, _, key, validation)) = &self.jsonwebtoken {
            // The claims as text, which is the least that it makes of them.
            let run = move || {
                let claims = jsonwebtoken::decode::<Box<RawValue>>(&self.token, key, validation);
                keep(claims.expect("it verifies"));
            };
            work.push(("jsonwebtoken", Box::new(run)));
        }
        let run = || {
            let payload = josekit::jws::deserialize_compact(&self.token, &*self.josekit.1);
            keep(payload.expect("it verifies"));
        };
        work.push(("josekit", Box::new(run)));
        work
    }
}

/// Many documents that one key signed.
pub(crate) struct Batch {
    verifier: Verifier,
    documents: Vec<Vec<u8>>,
}

impl Batch {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm).expect("a key");
        let documents = (0..DOCUMENTS).map(|number| {
            let text = PAYLOAD.replacen('{', &format!("{{\"number\":{number},"), 1);
            document::sign(text.as_bytes(), &key, MEDIA_TYPE).expect("a document")
        });
        Self { documents: documents.collect(), verifier: trust(&key) }
    }

    pub(crate) fn row(&self) -> Vec<Work<'_>> {
        let documents: Vec<&[u8]> = self.documents.iter().map(Vec::as_slice).collect();
        let together = move || {
            for verified in document_verify_many(&documents, &self.verifier, MEDIA_TYPE) {
                keep(verified.expect("it verifies"));
            }
        };
        let one_by_one = || {
            for text in &self.documents {
                keep(document::verify(text, &self.verifier, MEDIA_TYPE).expect("it verifies"));
            }
        };
        vec![("samebyte", Box::new(together)), ("samebyte, one by one", Box::new(one_by_one))]
    }
}

/// The canonical form that the peers are given.
fn canonical() -> String {
    let value: Value = serde_json::from_str(PAYLOAD).expect("JSON");
    serde_json_canonicalizer::to_string(&value).expect("it has a canonical form")
}

fn trust(key: &SigningKey) -> Verifier {
    let keyset = match key.public_key() {
        Some(public) => Keyset::new(std::slice::from_ref(public), &[]),
        None => Keyset::new(&[], std::slice::from_ref(key)),
    };
    Verifier::new(&keyset.expect("a set"), VerifierOptions::default()).expect("a verifier")
}

fn options(algorithm: Algorithm) -> SignOptions {
    let mut options = SignOptions::default();
    options.header.algorithm = Some(algorithm);
    options
}

/// Nothing is left out because nobody looks at it.
fn keep<T>(result: T) {
    std::hint::black_box(result);
}
