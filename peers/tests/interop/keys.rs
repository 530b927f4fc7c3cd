//! Keys of the peers, and ours in their hands. A key is read if what it signs is verified with the other half.

use josekit::jwk::{Jwk, JwkSet};
use josekit::jws::{JwsHeader, JwsSigner, JwsVerifier};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, EncodingKey, Header};
use samebyte::algorithms::Algorithm;
use samebyte::keys::{Keyset, PublicKey, SigningKey};
use samebyte_peers::josekit::{Encoded, generate, signer, verifier};
use samebyte_peers::jsonwebtoken::{algorithm as theirs_of, decoding_key, encoding_key, signature_only};
use serde_json::{Value, json};

use crate::rows::Proved::{self, Both, Ours};
use crate::rows::{locked, proved};
use crate::{KEY_TYPES, compact, key_type, trust, trust_public, verified};

const PAYLOAD: &[u8] = b"{\"amount\":1299}";

fn josekit_proved(algorithm: &str, form: &str, direction: Proved) {
    proved("key", algorithm, form, "josekit", locked("josekit"), direction);
}

fn jsonwebtoken_proved(algorithm: &str, form: &str, direction: Proved) {
    proved("key", algorithm, form, "jsonwebtoken", locked("jsonwebtoken"), direction);
}

/// What our key signs, josekit verifies.
fn josekit_verifies(key: &SigningKey, algorithm: Algorithm, verifier: &dyn JwsVerifier) {
    let token = compact(PAYLOAD, key, algorithm);
    let (payload, _) = josekit::jws::deserialize_compact(&token, verifier).expect("it verifies");
    assert_eq!(payload, PAYLOAD, "{algorithm}");
}

/// What josekit signs, we verify.
fn we_verify(signer: &dyn JwsSigner, key: &PublicKey) {
    let token = josekit::jws::serialize_compact(PAYLOAD, &JwsHeader::new(), signer).expect("a signature");
    assert_eq!(verified(&token, &trust_public(key.clone())).expect("it verifies").payload, PAYLOAD);
}

#[test]
fn josekit_asymmetric() {
    for algorithm in KEY_TYPES {
        let pair = generate(algorithm).expect("a key");
        let public_der = pair.to_der_public_key();
        let own_signer = signer(algorithm, Encoded::Der(&pair.to_der_private_key())).expect("a key");
        let own_verifier = verifier(algorithm, Encoded::Der(&public_der)).expect("a key");
        let jwk = pair.to_jwk_key_pair().to_string();
        // Its DER of an EC key is that of RFC 5915.
        let der = matches!(algorithm, Algorithm::EdDsa | Algorithm::Rs256)
            .then(|| SigningKey::from_der(&pair.to_der_private_key()));
        let der_proved = if der.is_some() { Both } else { Ours };
        let private =
            [SigningKey::from_jwk(jwk.as_bytes()), SigningKey::from_pem(&pair.to_pem_private_key())];
        for key in private.into_iter().chain(der) {
            let key = key.expect("a key");
            josekit_verifies(&key, algorithm, &*own_verifier);
            assert_eq!(key.public_key().expect("asymmetric").to_der(), public_der, "{algorithm}");
        }
        let public = [
            PublicKey::from_jwk(pair.to_jwk_public_key().to_string().as_bytes()),
            PublicKey::from_der(&public_der),
            PublicKey::from_pem(&pair.to_pem_public_key()),
        ];
        public.into_iter().for_each(|key| we_verify(&*own_signer, &key.expect("a key")));

        let key = SigningKey::generate(algorithm).expect("a key");
        let public = key.public_key().expect("asymmetric");
        let (jwk, der, pem) = (key.to_jwk(), key.to_der().expect("DER"), key.to_pem().expect("PEM"));
        for private in [Encoded::Jwk(&jwk), Encoded::Der(&der), Encoded::Pem(&pem)] {
            we_verify(&*signer(algorithm, private).expect("a key"), public);
        }
        let (jwk, der, pem) = (public.to_jwk(), public.to_der(), public.to_pem());
        for public in [Encoded::Jwk(&jwk), Encoded::Der(&der), Encoded::Pem(pem.as_ref())] {
            josekit_verifies(&key, algorithm, &*verifier(algorithm, public).expect("a key"));
        }
        josekit_proved(key_type(algorithm), "PKCS#8 DER", der_proved);
        for form in ["JWK", "PKCS#8 PEM", "SPKI DER", "SPKI PEM"] {
            josekit_proved(key_type(algorithm), form, Both);
        }
    }
}

#[test]
fn josekit_symmetric() {
    for (algorithm, length) in [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
        let key = SigningKey::generate(algorithm).expect("a key");
        let theirs = verifier(algorithm, Encoded::Jwk(&key.to_jwk())).expect("a key");
        josekit_verifies(&key, algorithm, &*theirs);

        let mut jwk = Jwk::generate_oct_key(length).expect("a key");
        jwk.set_algorithm(algorithm.name());
        let text = jwk.to_string();
        let key = SigningKey::symmetric_from_jwk(text.as_bytes()).expect("a key");
        let theirs = signer(algorithm, Encoded::Jwk(text.as_bytes())).expect("a key");
        let token = josekit::jws::serialize_compact(PAYLOAD, &JwsHeader::new(), &*theirs).expect("a code");
        assert_eq!(verified(&token, &trust(&[key])).expect("it verifies").payload, PAYLOAD);
        josekit_proved(algorithm.name(), "JWK", Both);
    }
}

#[test]
fn josekit_sets() {
    let keys = KEY_TYPES.map(|algorithm| SigningKey::generate(algorithm).expect("a key"));
    let public: Vec<PublicKey> = keys.iter().filter_map(SigningKey::public_key).cloned().collect();
    let ours = Keyset::new(&public, &[]).expect("a set").to_jwks();
    let ours = JwkSet::from_bytes(&ours).expect("a set");
    let mut theirs = JwkSet::new();
    let mut signers = Vec::new();
    for (algorithm, key) in KEY_TYPES.into_iter().zip(&keys) {
        let [jwk] = ours.get(key.kid().expect("a kid"))[..] else { panic!("{algorithm} is not there once") };
        let theirs_of_ours = verifier(algorithm, Encoded::Jwk(jwk.to_string().as_bytes())).expect("a key");
        josekit_verifies(key, algorithm, &*theirs_of_ours);

        let pair = generate(algorithm).expect("a key");
        let mut jwk = pair.to_jwk_public_key();
        jwk.set_key_id(algorithm.name());
        theirs.push_key(jwk);
        signers.push(signer(algorithm, Encoded::Der(&pair.to_der_private_key())).expect("a key"));
    }
    let theirs = Keyset::from_jwks(theirs.to_string().as_bytes()).expect("a set");
    assert_eq!(theirs.len(), KEY_TYPES.len());
    for (algorithm, signer) in KEY_TYPES.into_iter().zip(&signers) {
        we_verify(&**signer, theirs.find(algorithm.name()).expect("it is there"));
        josekit_proved(key_type(algorithm), "JWKS", Both);
    }
}

/// What our key signs, jsonwebtoken verifies with this one.
fn jsonwebtoken_verifies(key: &SigningKey, algorithm: Algorithm, theirs: &DecodingKey) {
    let validation = signature_only(theirs_of(algorithm).expect("it has this one"));
    let token = compact(PAYLOAD, key, algorithm);
    let decoded = jsonwebtoken::decode::<Value>(&token, theirs, &validation).expect("it verifies");
    assert_eq!(decoded.claims, json!({"amount": 1299}), "{algorithm}");
}

#[test]
fn jsonwebtoken_reads_and_tells_keys() {
    let more = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
    let mut sets: (Vec<Value>, Vec<PublicKey>) = Default::default();
    for algorithm in KEY_TYPES.into_iter().chain(more) {
        let Some(theirs) = theirs_of(algorithm) else { continue };
        let key = SigningKey::generate(algorithm).expect("a key");
        jsonwebtoken_verifies(&key, algorithm, &decoding_key(&key).expect("a key"));
        let encoding = encoding_key(&key, theirs).expect("a key");
        let told = jsonwebtoken::jwk::Jwk::from_encoding_key(&encoding, theirs).expect("a JWK");
        let mut told = serde_json::to_value(&told).expect("JSON");
        let text = told.to_string();
        let Some(public) = key.public_key() else {
            let ours = SigningKey::symmetric_from_jwk(text.as_bytes()).expect("a key");
            let token = jsonwebtoken::encode(&Header::new(theirs), &json!({}), &encoding).expect("a code");
            verified(&token, &trust(&[ours])).expect("it verifies");
            jsonwebtoken_proved(algorithm.name(), "JWK", Both);
            continue;
        };
        let ours = PublicKey::from_jwk(text.as_bytes()).expect("a key");
        assert_eq!(ours.to_der(), public.to_der(), "{algorithm}");
        jsonwebtoken_proved(key_type(algorithm), "JWK", Both);
        told["kid"] = json!(public.kid());
        sets.0.push(told);
        sets.1.push(public.clone());
        pem_and_der(&key, algorithm, theirs);
    }
    assert_eq!(sets.1.len(), 4, "EdDSA, ES256, ES384, RSA");

    let theirs: jsonwebtoken::jwk::JwkSet =
        serde_json::from_value(json!({ "keys": sets.0 })).expect("their set");
    let read = Keyset::from_jwks(&serde_json::to_vec(&theirs).expect("JSON")).expect("a set");
    let ours = Keyset::new(&sets.1, &[]).expect("a set").to_jwks();
    let ours: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(&ours).expect("their set");
    for key in &sets.1 {
        assert_eq!(read.find(key.kid()).expect("it is there").to_der(), key.to_der());
        let found = ours.find(key.kid()).expect("it is there");
        assert_eq!(
            found.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).expect("one"),
            key.thumbprint()
        );
        jsonwebtoken_proved(key_type(key.algorithm()), "JWKS", Both);
    }
}

/// Our PEM and DER in the hands of jsonwebtoken, which writes neither.
fn pem_and_der(key: &SigningKey, algorithm: Algorithm, theirs: jsonwebtoken::Algorithm) {
    let public = key.public_key().expect("asymmetric");
    let pem = public.to_pem();
    let decoding = match theirs.family() {
        AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem.as_ref()),
        AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem.as_ref()),
        _ => DecodingKey::from_ed_pem(pem.as_ref()),
    };
    jsonwebtoken_verifies(key, algorithm, &decoding.expect("a key"));
    jsonwebtoken_proved(key_type(algorithm), "SPKI PEM", Ours);

    let der = key.to_der().expect("DER");
    let by_der = match theirs.family() {
        // Its DER of an RSA key is that of PKCS#1.
        AlgorithmFamily::Rsa => None,
        AlgorithmFamily::Ec => Some(EncodingKey::from_ec_der(&der)),
        _ => Some(EncodingKey::from_ed_der(&der)),
    };
    let by_pem = Some(encoding_key(key, theirs).expect("a key"));
    for (form, encoding) in [("PKCS#8 PEM", by_pem), ("PKCS#8 DER", by_der)] {
        let Some(encoding) = encoding else { continue };
        let claims = json!({"amount": 1299});
        let token = jsonwebtoken::encode(&Header::new(theirs), &claims, &encoding).expect("a signature");
        let payload = verified(&token, &trust_public(public.clone())).expect("it verifies").payload;
        assert_eq!(payload, PAYLOAD, "{algorithm}");
        jsonwebtoken_proved(key_type(algorithm), form, Ours);
    }
}
