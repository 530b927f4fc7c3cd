//! JSON Web Signatures: every algorithm and serialization that a peer has.

use josekit::jws::{JwsContext, JwsHeader, JwsHeaderSet, JwsSigner, JwsVerifier};
use jsonwebtoken::Header;
use jsonwebtoken::jws::Jws;
use samebyte::algorithms::Algorithm;
use samebyte::jws::{Serialization, SignOptions, append, sign};
use samebyte::keys::SigningKey;
use samebyte_peers::josekit::{Encoded, signer, verifier};
use samebyte_peers::jsonwebtoken::{algorithm as theirs_of, decoding_key, encoding_key, signature_only};
use serde_json::{Value, json};

use crate::rows::Proved::{self, Both, Theirs};
use crate::rows::{locked, proved};
use crate::{compact, trust, verified};

/// Bytes that are no text.
const PAYLOAD: &[u8] = b"\x00\xff payload.\"\x80";
/// What stands unencoded in a compact token and in JSON: no dot, no quote.
const TEXT: &[u8] = b"$ 1299 to account 42";

fn josekit_proved(algorithm: Algorithm, form: &str, direction: Proved) {
    proved("jws", algorithm.name(), form, "josekit", locked("josekit"), direction);
}

/// Our key, in the hands of josekit.
fn josekit_of(key: &SigningKey, algorithm: Algorithm) -> (Box<dyn JwsSigner>, Box<dyn JwsVerifier>) {
    let public = key.public_key().map_or_else(|| key.to_jwk().to_vec(), |public| public.to_jwk());
    let signer = signer(algorithm, Encoded::Jwk(&key.to_jwk())).expect("a key");
    (signer, verifier(algorithm, Encoded::Jwk(&public)).expect("a key"))
}

fn options(algorithm: Algorithm, serialization: Serialization, b64: bool) -> SignOptions {
    let mut options = SignOptions::default();
    options.serialization = serialization;
    options.header.algorithm = Some(algorithm);
    options.header.b64 = b64;
    options
}

/// A signature with one letter changed in its middle.
fn tampered(token: &[u8]) -> Vec<u8> {
    let mut token = token.to_vec();
    let place = token.len() - 20;
    token[place] = if token[place] == b'A' { b'B' } else { b'A' };
    token
}

#[test]
fn josekit_compact() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).expect("a key");
        let ours = trust(std::slice::from_ref(&key));
        let (signer, verifier) = josekit_of(&key, algorithm);

        let token = compact(PAYLOAD, &key, algorithm);
        let (payload, _) = josekit::jws::deserialize_compact(&token, &*verifier).expect("it verifies");
        assert_eq!(payload, PAYLOAD, "{algorithm}");
        assert!(josekit::jws::deserialize_compact(tampered(&token), &*verifier).is_err(), "{algorithm}");
        let token =
            josekit::jws::serialize_compact(PAYLOAD, &JwsHeader::new(), &*signer).expect("a signature");
        assert_eq!(verified(&token, &ours).expect("it verifies").payload, PAYLOAD, "{algorithm}");
        assert!(verified(tampered(token.as_bytes()), &ours).is_err(), "{algorithm}");
        josekit_proved(algorithm, "compact", Both);

        let token =
            sign(TEXT, &key, &options(algorithm, Serialization::Compact, false)).expect("a signature");
        let mut context = JwsContext::new();
        context.add_acceptable_critical("b64");
        let (payload, _) = context.deserialize_compact(&token, &*verifier).expect("it verifies");
        assert_eq!(payload, TEXT, "{algorithm}");
        let token = context.serialize_compact(TEXT, &unencoded(), &*signer).expect("a signature");
        assert_eq!(verified(&token, &ours).expect("it verifies").payload, TEXT, "{algorithm}");
        josekit_proved(algorithm, "compact, b64:false", Both);
    }
}

/// A header that says that the payload is not base64url.
fn unencoded() -> JwsHeader {
    let mut header = JwsHeader::new();
    header.set_critical(&vec!["b64"]);
    header.set_base64url_encode_payload(false);
    header
}

#[test]
fn josekit_json() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).expect("a key");
        let ours = trust(std::slice::from_ref(&key));
        let (signer, verifier) = josekit_of(&key, algorithm);
        for (form, serialization) in
            [("flattened", Serialization::Flattened), ("general", Serialization::General)]
        {
            let text = sign(PAYLOAD, &key, &options(algorithm, serialization, true)).expect("a signature");
            let (payload, _) = josekit::jws::deserialize_json(&text, &*verifier).expect("it verifies");
            assert_eq!(payload, PAYLOAD, "{algorithm}, {form}");
            let header = JwsHeaderSet::new();
            let text = if serialization == Serialization::General {
                josekit::jws::serialize_general_json(PAYLOAD, &[(&header, &*signer)])
            } else {
                josekit::jws::serialize_flattened_json(PAYLOAD, &header, &*signer)
            };
            let text = text.expect("a signature");
            assert_eq!(verified(&text, &ours).expect("it verifies").payload, PAYLOAD, "{algorithm}, {form}");
            josekit_proved(algorithm, form, Both);
        }
        // It writes an unencoded payload in JSON, and reads none.
        let mut header = JwsHeaderSet::new();
        header.set_critical(&vec!["b64"]);
        header.set_base64url_encode_payload(false);
        let text = josekit::jws::serialize_flattened_json(TEXT, &header, &*signer).expect("a signature");
        assert_eq!(verified(&text, &ours).expect("it verifies").payload, TEXT, "{algorithm}");
        josekit_proved(algorithm, "flattened, b64:false", Theirs);
    }
}

#[test]
fn josekit_four_signatures() {
    let algorithms = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256, Algorithm::Hs512];
    let kids = algorithms.map(|algorithm| format!("key of {algorithm}"));
    let keys: Vec<SigningKey> = algorithms
        .iter()
        .zip(&kids)
        .map(|(algorithm, kid)| SigningKey::generate_with(*algorithm, None, Some(kid)).expect("a key"))
        .collect();
    let peers: Vec<_> =
        keys.iter().zip(algorithms).map(|(key, algorithm)| josekit_of(key, algorithm)).collect();

    let first = options(algorithms[0], Serialization::General, true);
    let mut text = sign(PAYLOAD, &keys[0], &first).expect("a signature");
    for (key, algorithm) in keys.iter().zip(algorithms).skip(1) {
        let next = options(algorithm, Serialization::General, true);
        text = append(&text, None, key, &next).expect("one more signature");
    }
    for ((_, verifier), kid) in peers.iter().zip(&kids) {
        let this = |header: &JwsHeader| Ok((header.key_id() == Some(kid)).then_some(&**verifier));
        let (payload, header) =
            josekit::jws::deserialize_json_with_selector(&text, this).expect("it verifies");
        assert_eq!((payload.as_slice(), header.key_id()), (PAYLOAD, Some(kid.as_str())));
    }

    let header = JwsHeaderSet::new();
    let signers: Vec<(&JwsHeaderSet, &dyn JwsSigner)> =
        peers.iter().map(|(signer, _)| (&header, &**signer)).collect();
    let text = josekit::jws::serialize_general_json(PAYLOAD, &signers).expect("signatures");
    // All of the four must verify.
    assert_eq!(verified(&text, &trust(&keys)).expect("it verifies").payload, PAYLOAD);
    for algorithm in algorithms {
        josekit_proved(algorithm, "general, four signatures", Both);
    }
}

#[test]
fn jsonwebtoken_compact_and_flattened() {
    let claims = json!({"amount": 1299, "note": "Zoë", "total": 12.5});
    let text = serde_json::to_vec(&claims).expect("JSON");
    let mut ran = 0;
    for algorithm in Algorithm::ALL {
        let Some(theirs) = theirs_of(algorithm) else { continue };
        let key = SigningKey::generate(algorithm).expect("a key");
        let ours = trust(std::slice::from_ref(&key));
        let (header, validation) = (Header::new(theirs), signature_only(theirs));
        let encoding = encoding_key(&key, theirs).expect("a key");
        let decoding = decoding_key(&key).expect("a key");

        let token = compact(&text, &key, algorithm);
        let decoded = jsonwebtoken::decode::<Value>(&token, &decoding, &validation).expect("it verifies");
        assert_eq!(decoded.claims, claims, "{algorithm}");
        assert!(jsonwebtoken::decode::<Value>(tampered(&token), &decoding, &validation).is_err());
        let token = jsonwebtoken::encode(&header, &claims, &encoding).expect("a signature");
        assert_eq!(verified(&token, &ours).expect("it verifies").payload, text, "{algorithm}");
        assert!(verified(tampered(token.as_bytes()), &ours).is_err(), "{algorithm}");
        proved("jws", algorithm.name(), "compact", "jsonwebtoken", locked("jsonwebtoken"), Both);

        let jws =
            sign(&text, &key, &options(algorithm, Serialization::Flattened, true)).expect("a signature");
        let jws: Jws<Value> = serde_json::from_slice(&jws).expect("its members");
        let decoded = jsonwebtoken::jws::decode(&jws, &decoding, &validation).expect("it verifies");
        assert_eq!(decoded.claims, claims, "{algorithm}");
        let jws = jsonwebtoken::jws::encode(&header, Some(&claims), &encoding).expect("a signature");
        let jws = serde_json::to_vec(&jws).expect("JSON");
        assert_eq!(verified(&jws, &ours).expect("it verifies").payload, text, "{algorithm}");
        proved("jws", algorithm.name(), "flattened", "jsonwebtoken", locked("jsonwebtoken"), Both);
        ran += 1;
    }
    // All but ES256K and ES512.
    assert_eq!(ran, 12);
}
