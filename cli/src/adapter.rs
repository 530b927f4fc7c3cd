//! The conformance adapter for Rust: one request per line in, one answer per line out, over `samebyte::api`.
//!
//! The protocol is `conformance-vectors/runner/PROTOCOL.md`, the operations are
//! `conformance-vectors/operations.json`.

use std::io::{self, BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, Error, Numbers, PublicKey, Result, SigningKey};
use serde_json::{Map, Value, json};

mod limits;

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let mut answer = answer(&line?).to_string();
        answer.push('\n');
        output.write_all(answer.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Value {
    let request: Value = serde_json::from_str(line).unwrap_or_default();
    let id = &request["id"];
    let arguments = Arguments(&request["args"]);
    match request["op"].as_str().and_then(|op| perform(op, arguments)) {
        None => json!({"id": id, "unsupported": true}),
        Some(Ok(ok)) => json!({"id": id, "ok": ok}),
        Some(Err(error)) => json!({"id": id, "error": describe(&error)}),
    }
}

fn describe(error: &Error) -> Value {
    let mut description = json!({"code": error.code().name(), "kind": error.kind().name()});
    if let Some(detail) = error.detail_json() {
        description["detail"] = serde_json::from_str(&detail).expect("a detail is JSON");
    }
    description
}

/// The result of an operation, or `None` where this adapter does not know it.
fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "jcs_canonicalize" => canonicalize(arguments),
        "jcs_sha256" => sha256(arguments),
        "key_import" => key_import(arguments),
        "public_key_import" => public_key_import(arguments),
        "document_sign" => document_sign(arguments),
        "document_verify" => document_verify(arguments),
        "document_signing_input" => document_signing_input(arguments),
        "document_to_dsse" => document_to_dsse(arguments),
        "document_from_dsse" => document_from_dsse(arguments),
        "job_sign" => job_sign(arguments),
        "job_verify_signatures" => job_verify_signatures(arguments),
        "job_signatories" => job_signatories(arguments),
        "job_authorize" => job_authorize(arguments),
        "job_canonical_representation" => job_canonical_representation(arguments),
        "receipt_sign" => receipt_sign(arguments),
        "receipt_verify" => receipt_verify(arguments),
        "receipt_canonical_representation" => receipt_canonical_representation(arguments),
        #[cfg(feature = "test-operations")]
        "test_panic" => api::test_panic().map(|()| json!({})),
        _ => return None,
    })
}

fn canonicalize(arguments: Arguments<'_>) -> Result<Value> {
    let output = api::jcs_canonicalize(
        &arguments.bytes("input")?,
        arguments.numbers()?,
        arguments.limits()?.as_bytes(),
    )?;
    Ok(json!({"output_utf8": text(output)}))
}

fn sha256(arguments: Arguments<'_>) -> Result<Value> {
    let digest =
        api::jcs_sha256(&arguments.bytes("input")?, arguments.numbers()?, arguments.limits()?.as_bytes())?;
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({"sha256_hex": hex}))
}

fn key_import(arguments: Arguments<'_>) -> Result<Value> {
    let key = arguments.signing_key("key")?;
    let mut forms = public_forms(&api::key_public(&key)?)?;
    forms.insert("private_hex".to_owned(), text(api::key_to_hex(&key)?.to_vec()));
    forms.insert("private_jwk_utf8".to_owned(), text(api::key_to_jwk(&key)?.to_vec()));
    forms.insert("private_pem_utf8".to_owned(), text(api::key_to_pem(&key)?.to_vec()));
    Ok(forms.into())
}

fn public_key_import(arguments: Arguments<'_>) -> Result<Value> {
    Ok(public_forms(&arguments.public_key("key")?)?.into())
}

fn public_forms(key: &PublicKey) -> Result<Map<String, Value>> {
    Ok(Map::from_iter([
        ("alg".to_owned(), api::public_key_algorithm(key).into()),
        ("kid".to_owned(), api::public_key_kid(key)?.into()),
        ("thumbprint".to_owned(), api::public_key_thumbprint(key)?.into()),
        ("public_hex".to_owned(), api::public_key_to_hex(key)?.into()),
        ("public_jwk_utf8".to_owned(), text(api::public_key_to_jwk(key)?)),
        ("public_pem_utf8".to_owned(), text(api::public_key_to_pem(key)?)),
    ]))
}

fn document_sign(arguments: Arguments<'_>) -> Result<Value> {
    let (document, media_type) = (arguments.bytes("document")?, arguments.text("type")?);
    let signed = api::document_sign(&document, &arguments.signing_key("key")?, media_type)?;
    Ok(json!({"document_utf8": text(signed)}))
}

fn document_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (document, media_type) = (arguments.bytes("document")?, arguments.text("type")?);
    let threshold = limits::threshold(arguments.optional_integer("threshold")?);
    let keyset = api::keyset_new(&arguments.public_keys("keys")?, &[])?;
    let verifier = api::verifier_new(&keyset, threshold.as_bytes())?;
    Ok(json!({"result_utf8": text(api::document_verify(&document, &verifier, media_type)?)}))
}

fn document_signing_input(arguments: Arguments<'_>) -> Result<Value> {
    let input = api::document_signing_input(&arguments.bytes("document")?, arguments.text("type")?)?;
    Ok(json!({"signing_input_utf8": text(input)}))
}

fn document_to_dsse(arguments: Arguments<'_>) -> Result<Value> {
    let envelope = api::document_to_dsse(&arguments.bytes("document")?, arguments.text("type")?)?;
    Ok(json!({"envelope_utf8": text(envelope)}))
}

fn document_from_dsse(arguments: Arguments<'_>) -> Result<Value> {
    let document = api::document_from_dsse(&arguments.bytes("envelope")?, arguments.text("type")?)?;
    Ok(json!({"document_utf8": text(document)}))
}

fn job_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::job_sign(&arguments.bytes("job")?, &arguments.signing_key("key")?)?;
    Ok(json!({"job_utf8": text(signed)}))
}

fn job_verify_signatures(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"result_utf8": text(api::job_verify_signatures(&arguments.bytes("job")?)?)}))
}

fn job_signatories(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"result_utf8": text(api::job_signatories(&arguments.bytes("job")?)?)}))
}

fn job_authorize(arguments: Arguments<'_>) -> Result<Value> {
    let now = arguments.0["now"].as_i64().ok_or_else(|| misused("now"))?;
    let result = api::job_authorize(&arguments.bytes("job")?, &arguments.bytes("policy")?, now)?;
    Ok(json!({"result_utf8": text(result)}))
}

fn job_canonical_representation(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"canonical_utf8": text(api::job_canonical_representation(&arguments.bytes("job")?)?)}))
}

fn receipt_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::receipt_sign(&arguments.bytes("receipt")?, &arguments.signing_key("key")?)?;
    Ok(json!({"receipt_utf8": text(signed)}))
}

fn receipt_verify(arguments: Arguments<'_>) -> Result<Value> {
    let result = api::receipt_verify(&arguments.bytes("receipt")?, &arguments.public_key("key")?)?;
    Ok(json!({"result_utf8": text(result)}))
}

fn receipt_canonical_representation(arguments: Arguments<'_>) -> Result<Value> {
    let canonical = api::receipt_canonical_representation(&arguments.bytes("receipt")?)?;
    Ok(json!({"canonical_utf8": text(canonical)}))
}

/// A result of kind `bytes`. Every one of them is UTF-8: canonical text, PEM or hex.
fn text(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).expect("every result is UTF-8").into()
}

/// The arguments of a request, read by kind. One that is absent or of another kind is `invalid_argument`.
#[derive(Clone, Copy)]
struct Arguments<'a>(&'a Value);

impl<'a> Arguments<'a> {
    fn text(self, name: &'static str) -> Result<&'a str> {
        self.0[name].as_str().ok_or_else(|| misused(name))
    }

    /// `NAME_utf8` or `NAME_b64u`.
    fn bytes(self, name: &'static str) -> Result<Vec<u8>> {
        self.optional_bytes(name)?.ok_or_else(|| misused(name))
    }

    fn optional_bytes(self, name: &'static str) -> Result<Option<Vec<u8>>> {
        if let Some(text) = self.0[format!("{name}_utf8")].as_str() {
            return Ok(Some(text.as_bytes().to_vec()));
        }
        let encoded = self.0[format!("{name}_b64u")].as_str();
        encoded.map(|text| URL_SAFE_NO_PAD.decode(text).map_err(|_| misused(name))).transpose()
    }

    fn optional_integer(self, name: &'static str) -> Result<Option<u64>> {
        match &self.0[name] {
            Value::Null => Ok(None),
            value => value.as_u64().map(Some).ok_or_else(|| misused(name)),
        }
    }

    /// The number policy; the default of canonicalization is RFC 8785 as written.
    fn numbers(self) -> Result<Numbers> {
        match &self.0["numbers"] {
            Value::Null => Ok(Numbers::Ieee754),
            _ => api::jcs_numbers(self.text("numbers")?),
        }
    }

    fn limits(self) -> Result<String> {
        Ok(limits::options(self.optional_integer("max_bytes")?, self.optional_integer("max_depth")?))
    }

    fn signing_key(self, name: &'static str) -> Result<SigningKey> {
        let key = Arguments(&self.0[name]);
        if let Some(jwk) = key.optional_bytes("jwk")? {
            api::key_from_jwk(&jwk, None)
        } else if let Some(pem) = key.optional_bytes("pem")? {
            api::key_from_pem(&pem, None)
        } else {
            api::key_from_hex(key.text("alg")?, key.text("hex")?.as_bytes())
        }
    }

    fn public_key(self, name: &'static str) -> Result<PublicKey> {
        let key = Arguments(&self.0[name]);
        if let Some(jwk) = key.optional_bytes("jwk")? {
            api::public_key_from_jwk(&jwk, None)
        } else if let Some(pem) = key.optional_bytes("pem")? {
            api::public_key_from_pem(&pem, None)
        } else {
            api::public_key_from_hex(key.text("alg")?, key.text("hex")?.as_bytes())
        }
    }

    fn public_keys(self, name: &'static str) -> Result<Vec<PublicKey>> {
        let keys = self.0[name].as_array().ok_or_else(|| misused(name))?;
        keys.iter().map(|key| Arguments(&json!({"key": key})).public_key("key")).collect()
    }
}

fn misused(name: &'static str) -> Error {
    Error::new(Code::InvalidArgument, "an argument is absent or of the wrong kind")
        .with_text("argument", name)
}
