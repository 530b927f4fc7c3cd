//! A signature made for one kind of document never verifies as another kind.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use samebyte::keys::{Keyset, PublicKey, SigningKey, Verifier, VerifierOptions};
use samebyte::result::sqooler;
use samebyte::{Code, Error, algorithms::Algorithm, document, job, receipt, result};

/// A job that is a result and a configuration, too, spelled as Python does.
const JOB: &str = concat!(
    r#"{"caller_id": "alice", "context_id": "c", "created_at": "2026-01-01T00:00:00Z", "display_name": "d", "#,
    r#""env_vars": {}, "executor": "rhai", "id": "1", "job_id": "1", "payload": "x", "runner": "r", "#,
    r#""timeout": 300, "updated_at": "2026-01-01T00:00:00Z"}"#
);
const RECEIPT: &str = r#"{"exit_code":0,"module_hash":"0000000000000000000000000000000000000000000000000000000000000000",
    "timestamp":1,"version":"0.1","wall_time_ms":2}"#;

/// The kinds that carry an Ed25519 signature, and how each verifies one that is put in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Job,
    Receipt,
    Result,
    Config,
    Sqooler,
    Document(&'static str),
}

const KINDS: [Kind; 7] = [
    Kind::Job,
    Kind::Receipt,
    Kind::Result,
    Kind::Config,
    Kind::Sqooler,
    Kind::Document("application/vnd.example.a+json"),
    Kind::Document("application/vnd.example.b+json"),
];

/// The document that all kinds share as far as their shapes allow, and the 64 bytes of a signature over it.
fn sign(kind: Kind, key: &SigningKey) -> Vec<u8> {
    let text = match kind {
        Kind::Job => job::sign(JOB.as_bytes(), key),
        Kind::Receipt => receipt::sign(RECEIPT.as_bytes(), key),
        Kind::Result => result::sign(JOB.as_bytes(), key),
        Kind::Config => result::sign_config(JOB.as_bytes(), key),
        Kind::Sqooler => sqooler::sign(JOB.as_bytes(), key),
        Kind::Document(media_type) => document::sign(JOB.as_bytes(), key, media_type),
    }
    .expect("signs");
    let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    match kind {
        Kind::Job => hex::decode(value["signatures"][0]["signature"].as_str().expect("hex")).expect("hex"),
        Kind::Receipt => hex::decode(value["signature"].as_str().expect("hex")).expect("hex"),
        Kind::Sqooler => URL_SAFE.decode(value["signature"].as_str().expect("base64url")).expect("base64url"),
        Kind::Result | Kind::Config | Kind::Document(_) => {
            let text = value["signatures"][0]["sig"].as_str().expect("base64url");
            URL_SAFE_NO_PAD.decode(text).expect("base64url")
        }
    }
}

fn verify(kind: Kind, key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let with = |text: &str, name: &str, value: serde_json::Value| {
        let mut object: serde_json::Value = serde_json::from_str(text).expect("JSON");
        object[name] = value;
        object.to_string().into_bytes()
    };
    match kind {
        Kind::Job => {
            let entry = serde_json::json!([{ "algorithm": "ed25519", "public_key": key.to_hex().expect("32 bytes"),
                "signature": hex::encode(signature) }]);
            job::verify_signatures(&with(JOB, "signatures", entry))
        }
        Kind::Receipt => {
            let named = with(RECEIPT, "node_pubkey", key.to_hex().expect("32 bytes").into());
            let text = String::from_utf8(named).expect("UTF-8");
            receipt::verify(&with(&text, "signature", hex::encode(signature).into()), key)
        }
        Kind::Sqooler => {
            let header =
                serde_json::json!({ "alg": "EdDSA", "kid": key.kid(), "typ": "JWS", "version": "0.1" });
            let signature = URL_SAFE.encode(signature);
            let file = format!(r#"{{"header":{header},"payload":{JOB},"signature":"{signature}"}}"#);
            sqooler::verify_result(file.as_bytes(), key, "d", "1")
        }
        Kind::Result | Kind::Config | Kind::Document(_) => {
            let sig = URL_SAFE_NO_PAD.encode(signature);
            let entry = serde_json::json!([{ "alg": "EdDSA", "kid": key.kid(), "sig": sig }]);
            let keyset = Keyset::new(std::slice::from_ref(key), &[]).expect("a key set");
            let verifier = Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier");
            let signed = with(JOB, "signatures", entry);
            match kind {
                Kind::Result => result::verify(&signed, &verifier, "d", "1"),
                Kind::Config => result::verify_config(&signed, &verifier, "d"),
                Kind::Document(media_type) => document::verify(&signed, &verifier, media_type),
                _ => unreachable!("matched above"),
            }
        }
    }
}

#[test]
fn a_signature_verifies_as_its_own_kind_alone() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    for made_as in KINDS {
        let signature = sign(made_as, &key);
        for read_as in KINDS {
            let verdict = verify(read_as, key.public_key().expect("a pair"), &signature)
                .map(drop)
                .map_err(|error| error.code());
            let expected = match read_as {
                _ if read_as == made_as => Ok(()),
                Kind::Receipt | Kind::Sqooler => Err(Code::SignatureInvalid),
                _ => Err(Code::SignatureVerificationFailed),
            };
            assert_eq!(verdict, expected, "made as {made_as:?}, read as {read_as:?}");
        }
    }
}

#[test]
fn the_generic_operations_leave_reserved_types_alone() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    for media_type in
        ["application/vnd.samebyte.job.v1+json", "Application/Vnd.Samebyte.x", "text", "a/b;c=d", ""]
    {
        let error = document::sign(b"{}", &key, media_type).expect_err("refused");
        assert_eq!(error.code(), Code::TypeInvalid, "{media_type}");
    }
}
