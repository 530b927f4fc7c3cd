//! The arguments of a request, read by kind.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, Error, Numbers, PublicKey, Result, SigningKey};
use serde_json::{Map, Value};

/// The arguments of a request. One that is absent or of another kind is `invalid_argument`.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a Value);

impl<'a> Arguments<'a> {
    pub(super) fn text(self, name: &'static str) -> Result<&'a str> {
        self.optional_text(name)?.ok_or_else(|| misused(name))
    }

    pub(super) fn optional_text(self, name: &'static str) -> Result<Option<&'a str>> {
        match &self.0[name] {
            Value::Null => Ok(None),
            value => value.as_str().map(Some).ok_or_else(|| misused(name)),
        }
    }

    /// `NAME_utf8` or `NAME_b64u`.
    pub(super) fn bytes(self, name: &'static str) -> Result<Vec<u8>> {
        self.optional_bytes(name)?.ok_or_else(|| misused(name))
    }

    pub(super) fn optional_bytes(self, name: &'static str) -> Result<Option<Vec<u8>>> {
        if let Some(text) = self.0[format!("{name}_utf8")].as_str() {
            return Ok(Some(text.as_bytes().to_vec()));
        }
        let encoded = self.0[format!("{name}_b64u")].as_str();
        encoded.map(|text| URL_SAFE_NO_PAD.decode(text).map_err(|_| misused(name))).transpose()
    }

    pub(super) fn integer(self, name: &'static str) -> Result<i64> {
        self.0[name].as_i64().ok_or_else(|| misused(name))
    }

    /// An options object, as the door takes it.
    pub(super) fn options(self, name: &'static str) -> Result<Vec<u8>> {
        match &self.0[name] {
            Value::Null => Ok(Vec::new()),
            options @ Value::Object(_) => Ok(options.to_string().into_bytes()),
            _ => Err(misused(name)),
        }
    }

    /// An options object of those of these arguments that are given.
    pub(super) fn members(self, names: &[&str]) -> Vec<u8> {
        let given = names.iter().filter_map(|name| Some(((*name).to_owned(), self.0.get(name)?.clone())));
        Value::Object(given.collect::<Map<_, _>>()).to_string().into_bytes()
    }

    /// The number policy; the default of canonicalization is RFC 8785 as written.
    pub(super) fn numbers(self) -> Result<Numbers> {
        self.optional_text("numbers")?.map_or(Ok(Numbers::Ieee754), api::jcs_numbers)
    }

    /// A private or symmetric key.
    pub(super) fn signing_key(self, name: &'static str) -> Result<SigningKey> {
        let key = Arguments(&self.0[name]);
        let algorithm = key.optional_text("algorithm")?;
        if let Some(jwk) = key.optional_bytes("jwk")? {
            api::key_from_jwk(&jwk, algorithm)
        } else if let Some(pem) = key.optional_bytes("pem")? {
            api::key_from_pem(&pem, algorithm)
        } else if let Some(der) = key.optional_bytes("der")? {
            api::key_from_der(&der, algorithm)
        } else if let Some(pem) = key.optional_bytes("encrypted_pem")? {
            api::key_from_encrypted_pem(&pem, &key.bytes("password")?, algorithm)
        } else if key.is_symmetric() {
            key.symmetric_key()
        } else {
            api::key_from_hex(key.text("alg")?, key.text("hex")?.as_bytes())
        }
    }

    pub(super) fn public_key(self, name: &'static str) -> Result<PublicKey> {
        Arguments(&self.0[name]).as_public_key()
    }

    /// The public and the symmetric keys of an argument of kind `keys`.
    pub(super) fn keys(self, name: &'static str) -> Result<(Vec<PublicKey>, Vec<SigningKey>)> {
        let (mut public, mut symmetric) = (Vec::new(), Vec::new());
        for key in self.0[name].as_array().ok_or_else(|| misused(name))? {
            let key = Arguments(key);
            if key.is_symmetric() {
                symmetric.push(key.symmetric_key()?);
            } else {
                public.push(key.as_public_key()?);
            }
        }
        Ok((public, symmetric))
    }

    fn as_public_key(self) -> Result<PublicKey> {
        let algorithm = self.optional_text("algorithm")?;
        if let Some(jwk) = self.optional_bytes("jwk")? {
            api::public_key_from_jwk(&jwk, algorithm)
        } else if let Some(pem) = self.optional_bytes("pem")? {
            api::public_key_from_pem(&pem, algorithm)
        } else if let Some(der) = self.optional_bytes("der")? {
            api::public_key_from_der(&der, algorithm)
        } else {
            api::public_key_from_hex(self.text("alg")?, self.text("hex")?.as_bytes())
        }
    }

    fn is_symmetric(self) -> bool {
        self.0.as_object().is_some_and(|form| form.keys().any(|name| name.starts_with("symmetric_")))
    }

    fn symmetric_key(self) -> Result<SigningKey> {
        match self.optional_bytes("symmetric_jwk")? {
            Some(jwk) => api::key_symmetric_from_jwk(&jwk),
            None => {
                api::key_symmetric(self.text("alg")?, &self.bytes("symmetric")?, self.optional_text("kid")?)
            }
        }
    }
}

fn misused(name: &'static str) -> Error {
    Error::new(Code::InvalidArgument, "an argument is absent or of the wrong kind")
        .with_text("argument", name)
}
