//! `key new`, `key show`, `key public`, `key convert` and `key thumbprint`.

use std::path::Path;

use samebyte::api::{self, Code, Error, PublicKey, SigningKey};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::arguments::{Key, KeyConvert, KeyForm, KeyInput, KeyNew, KeyPublic, PublicForm};
use crate::failure::Result;
use crate::keys::Found;
use crate::output::{Outcome, line};
use crate::{key_file, keys};

pub(super) fn run(verb: Key) -> Result<Outcome> {
    match verb {
        Key::New(arguments) => new(&arguments),
        Key::Show(arguments) => Ok(describe(&found(&arguments)?)?),
        Key::Public(arguments) => public(&arguments),
        Key::Convert(arguments) => convert(&arguments),
        Key::Thumbprint(arguments) => {
            let thumbprint = api::public_key_thumbprint(&found(&arguments)?.public()?)?;
            Ok(Outcome::new(line(thumbprint.clone()), &json!({"thumbprint": thumbprint})))
        }
    }
}

fn new(arguments: &KeyNew) -> Result<Outcome> {
    let mut options = serde_json::Map::new();
    if let Some(bits) = arguments.bits {
        options.insert("bits".to_owned(), bits.into());
    }
    if let Some(kid) = &arguments.kid {
        options.insert("kid".to_owned(), kid.as_str().into());
    }
    let symmetric = arguments.alg.starts_with("HS");
    let form = arguments.form.unwrap_or(if symmetric { KeyForm::Jwk } else { KeyForm::Pem });
    if arguments.kid.is_some() && form != KeyForm::Jwk {
        return Err(Error::new(Code::InvalidArgument, "only a JWK holds a kid: use --as jwk").into());
    }
    let password = keys::password(&arguments.password)?;
    let key = api::key_generate(&arguments.alg, serde_json::Value::from(options).to_string().as_bytes())?;
    write(&key, form, password.as_deref().map(|password| &password[..]), &arguments.out)?;
    describe(&Found::Private(key))
}

fn convert(arguments: &KeyConvert) -> Result<Outcome> {
    let key = keys::signing_key(&arguments.key.input.file, &arguments.key.password)?;
    let password = arguments.new_password_file.as_ref().map(keys::first_line).transpose()?;
    write(&key, arguments.form, password.as_deref().map(|line| &line[..]), &arguments.out)?;
    describe(&Found::Private(key))
}

/// Writes a private key into a new file.
fn write(key: &SigningKey, form: KeyForm, password: Option<&[u8]>, path: &Path) -> Result<()> {
    let content = match (form, password) {
        (KeyForm::Pem, Some(password)) => api::key_to_encrypted_pem(key, password)?,
        (KeyForm::Pem, None) => api::key_to_pem(key)?,
        (KeyForm::Jwk, None) => api::key_to_jwk(key)?,
        (KeyForm::Der, None) => api::key_to_der(key)?,
        (KeyForm::Jwk | KeyForm::Der, Some(_)) => {
            return Err(
                Error::new(Code::InvalidArgument, "only a PEM file is encrypted: use --as pem").into()
            );
        }
    };
    key_file::create(path, &content)
}

fn public(arguments: &KeyPublic) -> Result<Outcome> {
    let key = found(&arguments.key)?.public()?;
    let plain = match arguments.form {
        PublicForm::Jwk => line(api::public_key_to_jwk(&key)?),
        PublicForm::Pem => api::public_key_to_pem(&key)?,
        PublicForm::Der => api::public_key_to_der(&key)?,
        PublicForm::Hex => line(api::public_key_to_hex(&key)?),
        PublicForm::Sqooler => line(api::sqooler_public_key_to_jwk(&key)?),
    };
    Ok(Outcome { plain, ..describe(&Found::Public(key))? })
}

fn found(arguments: &KeyInput) -> Result<Found> {
    keys::any(&arguments.input.file, &arguments.password)
}

/// All that may be known of a key. A secret is not among it, nor a hash of one.
fn describe(found: &Found) -> Result<Outcome> {
    #[derive(Serialize)]
    struct Report {
        alg: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        kid: Option<String>,
        private: bool,
        #[serde(flatten)]
        public: Option<Public>,
    }
    #[derive(Serialize)]
    struct Public {
        #[serde(skip_serializing_if = "Option::is_none")]
        public_hex: Option<String>,
        public_jwk: Box<RawValue>,
        public_pem: String,
        thumbprint: String,
    }
    let (alg, kid) = match found {
        Found::Private(key) => (api::key_algorithm(key), api::key_kid(key)?),
        Found::Public(key) => (api::public_key_algorithm(key), Some(api::public_key_kid(key)?)),
    };
    let private = matches!(found, Found::Private(_));
    let text = |bytes| String::from_utf8(bytes).expect("JWK and PEM are UTF-8");
    let describe = |key: PublicKey| -> Result<Public> {
        Ok(Public {
            public_hex: api::public_key_to_hex(&key).ok(),
            public_jwk: RawValue::from_string(text(api::public_key_to_jwk(&key)?)).expect("a JWK is JSON"),
            public_pem: text(api::public_key_to_pem(&key)?),
            thumbprint: api::public_key_thumbprint(&key)?,
        })
    };
    let public = match found.public() {
        Ok(key) => Some(describe(key)?),
        // A symmetric key has none.
        Err(_) => None,
    };
    let mut plain = format!("algorithm   {alg}\n");
    let mut say = |name: &str, value: &str| plain.push_str(&format!("{name:<12}{value}\n"));
    if let Some(kid) = &kid {
        say("kid", kid);
    }
    if let Some(public) = &public {
        say("thumbprint", &public.thumbprint);
    }
    say("file holds", if private { "private key [secret]" } else { "public key" });
    if let Some(public) = &public {
        if let Some(hex) = &public.public_hex {
            say("public hex", hex);
        }
        say("public jwk", public.public_jwk.get());
        plain.push_str(&public.public_pem);
    }
    Ok(Outcome::new(plain, &Report { alg, kid, private, public }))
}
