//! A signature made for one kind of document never verifies as another kind.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use samebyte::agent_card::{self, Form};
use samebyte::http::{Call, Client, Exchange, Gateway, Head, Step};
use samebyte::keys::{Keyset, PublicKey, SigningKey, Verifier, VerifierOptions};
use samebyte::result::sqooler;
use samebyte::{Code, Error, algorithms::Algorithm, document, job, jws, receipt, result};

/// A job that is a result and a configuration, too, spelled as Python does.
const JOB: &str = concat!(
    r#"{"caller_id": "alice", "context_id": "c", "created_at": "2026-01-01T00:00:00Z", "display_name": "d", "#,
    r#""env_vars": {}, "executor": "rhai", "id": "1", "job_id": "1", "payload": "x", "runner": "r", "#,
    r#""timeout": 300, "updated_at": "2026-01-01T00:00:00Z"}"#
);
const RECEIPT: &str = r#"{"exit_code":0,"module_hash":"0000000000000000000000000000000000000000000000000000000000000000",
    "timestamp":1,"version":"0.1","wall_time_ms":2}"#;

const NOW: u64 = 1_790_000_000_000;
const FIELD: (&[u8], &[u8]) = (b"content-type", b"application/json");

/// The kinds that carry a signature.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Job,
    Receipt,
    Result,
    Config,
    Sqooler,
    Document(&'static str),
    Jws,
    Card,
    Request,
    Response,
}

const KINDS: [Kind; 11] = [
    Kind::Job,
    Kind::Receipt,
    Kind::Result,
    Kind::Config,
    Kind::Sqooler,
    Kind::Document("application/vnd.example.a+json"),
    Kind::Document("application/vnd.example.b+json"),
    Kind::Jws,
    Kind::Card,
    Kind::Request,
    Kind::Response,
];

/// Those that ECDSA on secp256k1 signs.
const KINDS_OF_ES256K: [Kind; 6] = [
    Kind::Job,
    Kind::Result,
    Kind::Config,
    Kind::Document("application/vnd.example.a+json"),
    Kind::Document("application/vnd.example.b+json"),
    Kind::Jws,
];

/// The 64 bytes of a signature over the document that all kinds share, as far as their shapes allow.
fn sign(kind: Kind, key: &SigningKey) -> Vec<u8> {
    let text = match kind {
        Kind::Jws | Kind::Card | Kind::Request | Kind::Response => {
            let envelope = envelope(kind, key);
            let (_, signature) = envelope.rsplit_once('.').expect("a compact token");
            return URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        }
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
        Kind::Jws | Kind::Card | Kind::Request | Kind::Response => unreachable!("returned above"),
    }
}

/// A JWS of a kind whose header is its own: a compact token, with its payload or without.
fn envelope(kind: Kind, key: &SigningKey) -> String {
    match kind {
        Kind::Jws => {
            let token = jws::sign(JOB.as_bytes(), key, &jws::SignOptions::default()).expect("signs");
            String::from_utf8(token).expect("ASCII")
        }
        Kind::Card => {
            // Every member is signed, as in the other kinds.
            let mut options = agent_card::SignOptions::default();
            options.portability = agent_card::Portability::Only(Form::Raw);
            let card = agent_card::sign(JOB.as_bytes(), key, &options).expect("signs");
            let card: serde_json::Value = serde_json::from_slice(&card).expect("JSON");
            let part = |name: &str| card["signatures"][0][name].as_str().expect("base64url").to_owned();
            format!("{}..{}", part("protected"), part("signature"))
        }
        Kind::Request => call(key).header().1.to_owned(),
        _ => {
            let mut exchange = received(key, call(key).header().1);
            assert_eq!(exchange.step(), Step::Accept);
            let answer = exchange.respond(200, Some("application/json"), Some(JOB.as_bytes()), NOW);
            answer
                .expect("signs")
                .fields
                .into_iter()
                .find(|(name, _)| name == "x-signature")
                .expect("a line")
                .1
        }
    }
}

/// The request, always with one nonce and at one time.
fn call(key: &SigningKey) -> Call {
    let responses = Keyset::new(&[key.public_key().expect("a pair").clone()], &[]).expect("a key set");
    let client = Client::new(key.clone(), Some(responses), Default::default()).expect("a client");
    let url = "https://gw.example/rpc";
    client.sign("POST", url, &[FIELD], Some(JOB.as_bytes()), Some("nonce"), NOW).expect("signs")
}

/// What a gateway that knows nothing yet makes of the request with this line.
fn received(key: &SigningKey, line: &str) -> Exchange {
    let keys = Keyset::new(&[key.public_key().expect("a pair").clone()], &[]).expect("a key set");
    let keys = String::from_utf8(keys.to_jwks()).expect("UTF-8");
    let settings = format!(
        r#"{{"preset":"dev","public_origins":["https://gw.example"],"sign_responses":"on","trust":{keys}}}"#
    );
    let gateway = Gateway::new(settings.as_bytes(), Some(key.clone()), NOW).expect("a gateway");
    let fields: [(&[u8], &[u8]); 3] = [(b"host", b"gw.example"), FIELD, (b"x-signature", line.as_bytes())];
    let head = Head { method: b"POST", target: b"/rpc", authority: None, peer: None, fields: &fields };
    let mut exchange = Exchange::begin(&gateway, &head, NOW).expect("an exchange");
    exchange.read(JOB.as_bytes(), NOW).expect("a step");
    exchange
}

/// The verdict on the envelope of a kind with this signature in the place of its own.
fn verify_envelope(kind: Kind, key: &SigningKey, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let own = envelope(kind, key);
    let (message, _) = own.rsplit_once('.').expect("a compact token");
    let signature = URL_SAFE_NO_PAD.encode(signature);
    let token = format!("{message}.{signature}");
    let keyset = Keyset::new(&[key.public_key().expect("a pair").clone()], &[]).expect("a key set");
    let verifier = Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier");
    match kind {
        Kind::Jws => jws::verify(token.as_bytes(), None, &verifier, None).map(|jws| jws.payload),
        Kind::Card => {
            let protected = message.trim_end_matches('.');
            let entry = serde_json::json!([{ "protected": protected, "signature": signature }]);
            let card = with(JOB, "signatures", entry);
            agent_card::verify(&card, &verifier, Form::Raw).map(|card| card.card)
        }
        Kind::Request => {
            let exchange = received(key, &token);
            exchange.fault().cloned().map_or_else(|| Ok(exchange.body().to_vec()), Err)
        }
        _ => {
            let line: (&[u8], &[u8]) = (b"x-signature", token.as_bytes());
            call(key).verify(200, &[FIELD, line], JOB.as_bytes(), NOW).map(|response| response.body)
        }
    }
}

/// A document with one member more, or another.
fn with(text: &str, name: &str, value: serde_json::Value) -> Vec<u8> {
    let mut object: serde_json::Value = serde_json::from_str(text).expect("JSON");
    object[name] = value;
    object.to_string().into_bytes()
}

/// The verdict of a kind on this signature, put in the place of one of its own.
fn verify(kind: Kind, pair: &SigningKey, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let key: &PublicKey = pair.public_key().expect("a pair");
    match kind {
        Kind::Job => {
            let mut entry = serde_json::json!([{ "public_key": key.to_hex().expect("hex"), "signature": hex::encode(signature) }]);
            if key.algorithm() == Algorithm::EdDsa {
                entry[0]["algorithm"] = "ed25519".into();
            }
            job::verify_signatures(&with(JOB, "signatures", entry))
        }
        Kind::Jws | Kind::Card | Kind::Request | Kind::Response => verify_envelope(kind, pair, signature),
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
            let entry = serde_json::json!([{ "alg": key.algorithm().name(), "kid": key.kid(), "sig": sig }]);
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
    for (algorithm, kinds) in [(Algorithm::EdDsa, &KINDS[..]), (Algorithm::Es256k, &KINDS_OF_ES256K[..])] {
        let key = SigningKey::generate(algorithm).expect("random bytes");
        for made_as in kinds {
            let signature = sign(*made_as, &key);
            for read_as in kinds {
                let verdict = verify(*read_as, &key, &signature).map(drop).map_err(|error| error.code());
                let expected = match read_as {
                    _ if read_as == made_as => Ok(()),
                    Kind::Job | Kind::Result | Kind::Config | Kind::Document(_) => {
                        Err(Code::SignatureVerificationFailed)
                    }
                    _ => Err(Code::SignatureInvalid),
                };
                assert_eq!(verdict, expected, "{algorithm:?}: made as {made_as:?}, read as {read_as:?}");
            }
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
