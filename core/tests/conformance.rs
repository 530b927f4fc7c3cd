//! Every vector of `conformance-vectors/manifest.json` through the door.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Error, Numbers, PublicKey, Result, SigningKey};
use serde_json::{Map, Value, json};

/// The arguments of one case.
struct Args<'a>(&'a Map<String, Value>);

impl Args<'_> {
    fn bytes(&self, name: &str) -> Vec<u8> {
        match (self.0.get(&format!("{name}_utf8")), self.0.get(&format!("{name}_b64u"))) {
            (Some(Value::String(text)), None) => text.clone().into_bytes(),
            (None, Some(Value::String(text))) => URL_SAFE_NO_PAD.decode(text).expect("base64url"),
            other => panic!("{name}: {other:?}"),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().expect("a string")
    }

    fn numbers(&self) -> Result<Numbers> {
        let name = self.0.get("numbers").map(|name| name.as_str().expect("a string"));
        name.map_or(Ok(Numbers::Ieee754), api::jcs_numbers)
    }

    /// An options object of those of these members that the case has.
    fn options(&self, names: &[&str]) -> Vec<u8> {
        let members = names.iter().filter_map(|name| Some(((*name).to_owned(), self.0.get(*name)?.clone())));
        Value::Object(members.collect()).to_string().into_bytes()
    }

    fn signing_key(&self) -> Result<SigningKey> {
        let form = Args(self.0["key"].as_object().expect("a key"));
        if form.0.contains_key("hex") {
            api::key_from_hex(form.text("alg"), form.text("hex").as_bytes())
        } else if form.0.keys().any(|name| name.starts_with("pem_")) {
            api::key_from_pem(&form.bytes("pem"), None)
        } else {
            api::key_from_jwk(&form.bytes("jwk"), None)
        }
    }

    fn public_key(&self) -> Result<PublicKey> {
        public_key(&self.0["key"])
    }

    fn verifier(&self) -> Result<api::Verifier> {
        let keys: Vec<PublicKey> =
            self.0["keys"].as_array().expect("keys").iter().map(public_key).collect::<Result<_>>()?;
        api::verifier_new(&api::keyset_new(&keys, &[])?, &self.options(&["threshold"]))
    }
}

fn public_key(form: &Value) -> Result<PublicKey> {
    let form = Args(form.as_object().expect("a key"));
    if form.0.contains_key("hex") {
        api::public_key_from_hex(form.text("alg"), form.text("hex").as_bytes())
    } else if form.0.keys().any(|name| name.starts_with("pem_")) {
        api::public_key_from_pem(&form.bytes("pem"), None)
    } else {
        api::public_key_from_jwk(&form.bytes("jwk"), None)
    }
}

/// A result of one member that holds bytes.
fn one(name: &str, bytes: Vec<u8>) -> Value {
    json!({ name: String::from_utf8(bytes).expect("results are UTF-8") })
}

fn public_forms(key: &PublicKey) -> Result<Map<String, Value>> {
    let text = |bytes: Vec<u8>| Value::String(String::from_utf8(bytes).expect("UTF-8"));
    Ok(Map::from_iter([
        ("alg".to_owned(), json!(api::public_key_algorithm(key))),
        ("kid".to_owned(), json!(api::public_key_kid(key)?)),
        ("thumbprint".to_owned(), json!(api::public_key_thumbprint(key)?)),
        ("public_hex".to_owned(), json!(api::public_key_to_hex(key)?)),
        ("public_jwk_utf8".to_owned(), text(api::public_key_to_jwk(key)?)),
        ("public_pem_utf8".to_owned(), text(api::public_key_to_pem(key)?)),
    ]))
}

fn private_forms(key: &SigningKey) -> Result<Map<String, Value>> {
    let text = |bytes: &[u8]| Value::String(String::from_utf8(bytes.to_vec()).expect("UTF-8"));
    let mut forms = public_forms(&api::key_public(key)?)?;
    forms.insert("private_hex".to_owned(), text(&api::key_to_hex(key)?));
    forms.insert("private_jwk_utf8".to_owned(), text(&api::key_to_jwk(key)?));
    forms.insert("private_pem_utf8".to_owned(), text(&api::key_to_pem(key)?));
    Ok(forms)
}

/// Carries out one operation of `operations.json`.
fn perform(op: &str, args: &Args<'_>) -> Result<Value> {
    let limits = || args.options(&["max_bytes", "max_depth"]);
    Ok(match op {
        "jcs_canonicalize" => {
            one("output_utf8", api::jcs_canonicalize(&args.bytes("input"), args.numbers()?, &limits())?)
        }
        "jcs_sha256" => {
            let digest = api::jcs_sha256(&args.bytes("input"), args.numbers()?, &limits())?;
            json!({ "sha256_hex": hex::encode(digest) })
        }
        "key_import" => Value::Object(private_forms(&args.signing_key()?)?),
        "public_key_import" => Value::Object(public_forms(&args.public_key()?)?),
        "document_sign" => {
            let key = args.signing_key()?;
            one("document_utf8", api::document_sign(&args.bytes("document"), &key, args.text("type"))?)
        }
        "document_verify" => {
            let verifier = args.verifier()?;
            one("result_utf8", api::document_verify(&args.bytes("document"), &verifier, args.text("type"))?)
        }
        "document_signing_input" => one(
            "signing_input_utf8",
            api::document_signing_input(&args.bytes("document"), args.text("type"))?,
        ),
        "document_to_dsse" => {
            one("envelope_utf8", api::document_to_dsse(&args.bytes("document"), args.text("type"))?)
        }
        "document_from_dsse" => {
            one("document_utf8", api::document_from_dsse(&args.bytes("envelope"), args.text("type"))?)
        }
        "job_sign" => one("job_utf8", api::job_sign(&args.bytes("job"), &args.signing_key()?)?),
        "job_verify_signatures" => one("result_utf8", api::job_verify_signatures(&args.bytes("job"))?),
        "job_signatories" => one("result_utf8", api::job_signatories(&args.bytes("job"))?),
        "job_authorize" => {
            let now = args.0["now"].as_i64().expect("Unix seconds");
            one("result_utf8", api::job_authorize(&args.bytes("job"), &args.bytes("policy"), now)?)
        }
        "job_canonical_representation" => {
            one("canonical_utf8", api::job_canonical_representation(&args.bytes("job"))?)
        }
        "receipt_sign" => {
            one("receipt_utf8", api::receipt_sign(&args.bytes("receipt"), &args.signing_key()?)?)
        }
        "receipt_verify" => {
            one("result_utf8", api::receipt_verify(&args.bytes("receipt"), &args.public_key()?)?)
        }
        "receipt_canonical_representation" => {
            one("canonical_utf8", api::receipt_canonical_representation(&args.bytes("receipt"))?)
        }
        other => panic!("the operation {other} is not known here"),
    })
}

/// What is wrong with the outcome of a case.
fn problem(case: &Value, outcome: &Result<Value>) -> Option<String> {
    match (outcome, case.get("expected")) {
        (Ok(got), Some(expected)) => (got != expected).then(|| format!("got {got}\n  expected {expected}")),
        (Ok(got), None) => Some(format!("accepted with {got}\n  expected {}", case["code"])),
        (Err(error), Some(_)) => Some(format!("refused: {error:?}")),
        (Err(error), None) => {
            let good = error.code().name() == case["code"] && detail_agrees(case, error);
            (!good).then(|| format!("refused: {error:?}\n  expected {} {}", case["code"], case["detail"]))
        }
    }
}

/// Each member of the case's `detail` is in that of the error.
fn detail_agrees(case: &Value, error: &Error) -> bool {
    let found: Value =
        error.detail_json().map_or(Value::Null, |json| serde_json::from_str(&json).expect("JSON"));
    let expected = case.get("detail").and_then(Value::as_object);
    expected.is_none_or(|members| members.iter().all(|(name, value)| found.get(name) == Some(value)))
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

#[test]
fn every_vector_of_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance-vectors");
    let manifest = read(root.join("manifest.json"));
    let (mut ran, mut problems) = (0_u64, Vec::new());
    for file in manifest["files"].as_array().expect("files") {
        for case in
            read(root.join(file["path"].as_str().expect("a path")))["cases"].as_array().expect("cases")
        {
            let args = Args(case["args"].as_object().expect("args"));
            let outcome = perform(case["op"].as_str().expect("an operation"), &args);
            if let Some(problem) = problem(case, &outcome) {
                problems.push(format!("{} ({}): {problem}", case["id"], case["comment"]));
            }
            ran += 1;
        }
    }
    assert!(problems.is_empty(), "{} of {ran} vectors fail:\n{}", problems.len(), problems.join("\n"));
    assert_eq!(Some(ran), manifest["cases"].as_u64(), "every case of the manifest ran");
}
