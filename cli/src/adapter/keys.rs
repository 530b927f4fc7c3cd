//! Keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, PublicKey, Result};
use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::text;

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "key_import" => key_import(arguments),
        "public_key_import" => arguments.public_key("key").and_then(|key| {
            let mut forms = Map::new();
            public_forms(&key, &mut forms)?;
            Ok(forms.into())
        }),
        _ => return None,
    })
}

fn key_import(arguments: Arguments<'_>) -> Result<Value> {
    let key = arguments.signing_key("key")?;
    let mut forms = Map::from_iter([("alg".to_owned(), api::key_algorithm(&key).into())]);
    insert(&mut forms, "kid", Ok(api::key_kid(&key)?.map(Value::from)))?;
    insert(&mut forms, "private_hex", has(api::key_to_hex(&key).map(|hex| text(&hex[..]))))?;
    insert(&mut forms, "private_jwk_utf8", has(api::key_to_jwk(&key).map(|jwk| text(&jwk[..]))))?;
    insert(&mut forms, "private_pem_utf8", has(api::key_to_pem(&key).map(|pem| text(&pem[..]))))?;
    insert(&mut forms, "private_der_b64u", has(api::key_to_der(&key).map(|der| binary(&der))))?;
    if let Some(public) = has(api::key_public(&key))? {
        public_forms(&public, &mut forms)?;
    }
    Ok(forms.into())
}

fn public_forms(key: &PublicKey, forms: &mut Map<String, Value>) -> Result<()> {
    insert(forms, "alg", Ok(Some(api::public_key_algorithm(key).into())))?;
    insert(forms, "kid", Ok(Some(api::public_key_kid(key)?.into())))?;
    insert(forms, "thumbprint", has(api::public_key_thumbprint(key).map(Value::from)))?;
    insert(forms, "public_hex", has(api::public_key_to_hex(key).map(Value::from)))?;
    insert(forms, "public_jwk_utf8", has(api::public_key_to_jwk(key).map(text)))?;
    insert(forms, "public_pem_utf8", has(api::public_key_to_pem(key).map(text)))?;
    insert(forms, "public_der_b64u", has(api::public_key_to_der(key).map(|der| binary(&der))))
}

fn insert(forms: &mut Map<String, Value>, name: &str, form: Result<Option<Value>>) -> Result<()> {
    if let Some(form) = form? {
        forms.insert(name.to_owned(), form);
    }
    Ok(())
}

/// `None` for a form that a key of this type does not have.
fn has<T>(form: Result<T>) -> Result<Option<T>> {
    match form {
        Ok(form) => Ok(Some(form)),
        Err(error) if error.code() == Code::KeyUnsupported => Ok(None),
        Err(error) => Err(error),
    }
}

/// A result of kind `binary`.
pub(super) fn binary(bytes: &[u8]) -> Value {
    URL_SAFE_NO_PAD.encode(bytes).into()
}
