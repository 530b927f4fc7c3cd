//! `key new` and `key show`.

use samebyte::api::{self, PublicKey};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::arguments::{Form, Key, KeyNew, KeyShow};
use crate::failure::Result;
use crate::output::{Outcome, line};
use crate::{key_file, keys};

pub(super) fn run(verb: Key) -> Result<Outcome> {
    match verb {
        Key::New(arguments) => new(&arguments),
        Key::Show(arguments) => show(&arguments),
    }
}

fn new(arguments: &KeyNew) -> Result<Outcome> {
    let key = api::key_generate(&arguments.alg, b"")?;
    key_file::create(&arguments.out, &api::key_to_pem(&key)?)?;
    describe(&api::key_public(&key)?, true)
}

fn show(arguments: &KeyShow) -> Result<Outcome> {
    let (key, private) = keys::public_part(&arguments.input.file)?;
    match arguments.form {
        None => describe(&key, private),
        Some(form) => Ok(Outcome { plain: in_form(&key, form)?, ..describe(&key, private)? }),
    }
}

fn in_form(key: &PublicKey, form: Form) -> Result<Vec<u8>> {
    Ok(match form {
        Form::Jwk => line(api::public_key_to_jwk(key)?),
        Form::Pem => api::public_key_to_pem(key)?,
        Form::Hex => line(api::public_key_to_hex(key)?),
        Form::Kid => line(api::public_key_kid(key)?),
        Form::Thumbprint => line(api::public_key_thumbprint(key)?),
        Form::Sqooler => line(api::sqooler_public_key_to_jwk(key)?),
    })
}

/// All that may be known of a key. The private part is not among it.
fn describe(key: &PublicKey, private: bool) -> Result<Outcome> {
    #[derive(Serialize)]
    struct Report {
        alg: &'static str,
        kid: String,
        private: bool,
        public_hex: String,
        public_jwk: Box<RawValue>,
        public_pem: String,
        thumbprint: String,
    }
    let text = |bytes| String::from_utf8(bytes).expect("JWK and PEM are UTF-8");
    let report = Report {
        alg: api::public_key_algorithm(key),
        kid: api::public_key_kid(key)?,
        private,
        public_hex: api::public_key_to_hex(key)?,
        public_jwk: RawValue::from_string(text(api::public_key_to_jwk(key)?)).expect("a JWK is JSON"),
        public_pem: text(api::public_key_to_pem(key)?),
        thumbprint: api::public_key_thumbprint(key)?,
    };
    let plain = format!(
        "algorithm   {}\nkid         {}\nthumbprint  {}\nfile holds  {}\npublic hex  {}\npublic jwk  {}\n{}",
        report.alg,
        report.kid,
        report.thumbprint,
        if private { "private key [secret]" } else { "public key" },
        report.public_hex,
        report.public_jwk,
        report.public_pem,
    );
    Ok(Outcome::new(plain, &report))
}
