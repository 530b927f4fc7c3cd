//! Handles: private keys and public keys. All are immutable.

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};
use samebyte::api;

use crate::errors::{guarded, invalid_argument};
use crate::input::{self, Word, detached, required_text};
use crate::verifier::Trusted;

/// A private key that signs, or a secret that both sides share.
///
/// Made by `generate`, `from_jwk`, `from_pem`, `from_der`, `from_hex`; a shared secret by `symmetric` or
/// `symmetric_from_jwk`, and by nothing else. It is never printed, and it can be neither copied nor pickled; its memory
/// is zeroed when it dies.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct SigningKey {
    pub(crate) key: api::SigningKey,
    /// What verifies with this key alone, where it is a shared secret.
    pub(crate) alone: PyOnceLock<Trusted>,
}

impl From<api::SigningKey> for SigningKey {
    fn from(key: api::SigningKey) -> Self {
        Self { key, alone: PyOnceLock::new() }
    }
}

#[pymethods]
impl SigningKey {
    /// A new key from the randomness of the operating system. `algorithm`: "EdDSA", "ES256K", "ES256", "ES384",
    /// "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "HS256", "HS384" or "HS512". `bits`: the size of
    /// an RSA key, 2048 where not given. `kid`: its key id, else its thumbprint.
    #[staticmethod]
    #[pyo3(
        signature = (algorithm, **options),
        text_signature = "(algorithm, *, bits=None, kid=None)"
    )]
    fn generate(py: Python<'_>, algorithm: Word<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let options = input::options(py, options, &[])?;
        detached(py, || api::key_generate(algorithm.0, &options)).map(Self::from)
    }

    /// The key in a private JWK (RFC 7517, RFC 7518, RFC 8037, RFC 8812): JSON text or a dict. `algorithm` binds an
    /// RSA key to one algorithm.
    #[staticmethod]
    #[pyo3(signature = (jwk, *, algorithm = None))]
    fn from_jwk(jwk: &Bound<'_, PyAny>, algorithm: Option<Word<'_>>) -> PyResult<Self> {
        let text = input::jwk(jwk)?;
        detached(jwk.py(), || api::key_from_jwk(text.bytes(), word(algorithm))).map(Self::from)
    }

    /// The key in a PKCS#8 PEM file; in an encrypted one with its `password`.
    #[staticmethod]
    #[pyo3(signature = (pem, *, password = None, algorithm = None))]
    fn from_pem(
        pem: &Bound<'_, PyAny>,
        password: Option<&Bound<'_, PyAny>>,
        algorithm: Option<Word<'_>>,
    ) -> PyResult<Self> {
        let text = required_text(pem)?;
        let Some(password) = password else {
            return detached(pem.py(), || api::key_from_pem(text.bytes(), word(algorithm))).map(Self::from);
        };
        let password = required_text(password)?;
        let work = || api::key_from_encrypted_pem(text.bytes(), password.bytes(), word(algorithm));
        detached(pem.py(), work).map(Self::from)
    }

    /// The key in unencrypted PKCS#8 DER.
    #[staticmethod]
    #[pyo3(signature = (der, *, algorithm = None))]
    fn from_der(der: &Bound<'_, PyAny>, algorithm: Option<Word<'_>>) -> PyResult<Self> {
        let text = required_text(der)?;
        detached(der.py(), || api::key_from_der(text.bytes(), word(algorithm))).map(Self::from)
    }

    /// The key whose 32 bytes are given as 64 lower-case hex digits: "EdDSA" or "ES256K".
    #[staticmethod]
    fn from_hex(algorithm: Word<'_>, hex: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(hex)?;
        detached(hex.py(), || api::key_from_hex(algorithm.0, text.bytes())).map(Self::from)
    }

    /// A shared secret for "HS256", "HS384" or "HS512": at least as many bytes as the hash has. What reads as a PEM
    /// file, DER, a JWK or an SSH key is refused.
    #[staticmethod]
    #[pyo3(signature = (algorithm, secret, *, kid = None))]
    fn symmetric(algorithm: Word<'_>, secret: &Bound<'_, PyAny>, kid: Option<Word<'_>>) -> PyResult<Self> {
        let text = required_text(secret)?;
        let work = || api::key_symmetric(algorithm.0, text.bytes(), word(kid));
        detached(secret.py(), work).map(Self::from)
    }

    /// The shared secret in a JWK with "kty":"oct": JSON text or a dict.
    #[staticmethod]
    fn symmetric_from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = input::jwk(jwk)?;
        detached(jwk.py(), || api::key_symmetric_from_jwk(text.bytes())).map(Self::from)
    }

    /// The key as a canonical private JWK. The result is a secret.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::key_to_jwk(&self.key)).map(|secret| PyBytes::new(py, &secret))
    }

    /// The key as a PKCS#8 PEM file, encrypted where there is a `password`; without, the result is a secret.
    #[pyo3(signature = (*, password = None))]
    fn to_pem<'py>(
        &self,
        py: Python<'py>,
        password: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let Some(password) = password else {
            return guarded(py, || api::key_to_pem(&self.key)).map(|secret| PyBytes::new(py, &secret));
        };
        let password = required_text(password)?;
        let pem = detached(py, || api::key_to_encrypted_pem(&self.key, password.bytes()))?;
        Ok(PyBytes::new(py, &pem))
    }

    /// The key as PKCS#8 DER. The result is a secret.
    fn to_der<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::key_to_der(&self.key)).map(|secret| PyBytes::new(py, &secret))
    }

    /// The key as 64 lower-case hex digits: "EdDSA" and "ES256K" only. The result is a secret.
    fn to_hex(&self, py: Python<'_>) -> PyResult<String> {
        let secret = guarded(py, || api::key_to_hex(&self.key))?;
        String::from_utf8(secret.to_vec()).map_err(|_| invalid_argument(py, "hex digits are ASCII"))
    }

    /// The public half; a shared secret has none.
    #[getter]
    fn public_key(&self, py: Python<'_>) -> PyResult<PublicKey> {
        guarded(py, || api::key_public(&self.key)).map(PublicKey::from)
    }

    /// The algorithm that it signs with where no other is asked for.
    #[getter]
    fn algorithm(&self) -> &'static str {
        api::key_algorithm(&self.key)
    }

    /// The key id: the "kid" that it was given, else its thumbprint; a shared secret may have none.
    #[getter]
    fn kid(&self, py: Python<'_>) -> PyResult<Option<String>> {
        guarded(py, || api::key_kid(&self.key))
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters; a shared secret has none.
    #[getter]
    fn thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::key_thumbprint(&self.key))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let kid = self.kid(py)?.unwrap_or_else(|| "None".to_owned());
        Ok(format!("SigningKey({}, kid={kid}, [secret])", self.algorithm()))
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("a SigningKey can be neither copied nor pickled"))
    }
}

/// A public key that verifies.
///
/// Made by `from_jwk`, `from_pem`, `from_der` or `from_hex`, or `SigningKey.public_key`. Two are equal if they have the
/// same thumbprint.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct PublicKey {
    pub(crate) key: api::PublicKey,
    /// What verifies with this key alone.
    pub(crate) alone: PyOnceLock<Trusted>,
}

impl From<api::PublicKey> for PublicKey {
    fn from(key: api::PublicKey) -> Self {
        Self { key, alone: PyOnceLock::new() }
    }
}

#[pymethods]
impl PublicKey {
    /// The key in a public JWK: JSON text or a dict. One that holds a private part is refused. `algorithm` binds an RSA
    /// key to one algorithm.
    #[staticmethod]
    #[pyo3(signature = (jwk, *, algorithm = None))]
    fn from_jwk(jwk: &Bound<'_, PyAny>, algorithm: Option<Word<'_>>) -> PyResult<Self> {
        let text = input::jwk(jwk)?;
        detached(jwk.py(), || api::public_key_from_jwk(text.bytes(), word(algorithm))).map(Self::from)
    }

    /// The key in an SPKI PEM file.
    #[staticmethod]
    #[pyo3(signature = (pem, *, algorithm = None))]
    fn from_pem(pem: &Bound<'_, PyAny>, algorithm: Option<Word<'_>>) -> PyResult<Self> {
        let text = required_text(pem)?;
        detached(pem.py(), || api::public_key_from_pem(text.bytes(), word(algorithm))).map(Self::from)
    }

    /// The key in SPKI DER.
    #[staticmethod]
    #[pyo3(signature = (der, *, algorithm = None))]
    fn from_der(der: &Bound<'_, PyAny>, algorithm: Option<Word<'_>>) -> PyResult<Self> {
        let text = required_text(der)?;
        detached(der.py(), || api::public_key_from_der(text.bytes(), word(algorithm))).map(Self::from)
    }

    /// The key given as lower-case hex digits: 64 for "EdDSA", 66 (the compressed point) for "ES256K".
    #[staticmethod]
    fn from_hex(algorithm: Word<'_>, hex: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(hex)?;
        detached(hex.py(), || api::public_key_from_hex(algorithm.0, text.bytes())).map(Self::from)
    }

    /// The key as a canonical JWK with "kid", and with "alg" where it permits one algorithm only.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::public_key_to_jwk(&self.key)).map(|jwk| PyBytes::new(py, &jwk))
    }

    /// The key as an SPKI PEM file.
    fn to_pem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::public_key_to_pem(&self.key)).map(|pem| PyBytes::new(py, &pem))
    }

    /// The key as SPKI DER.
    fn to_der<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::public_key_to_der(&self.key)).map(|der| PyBytes::new(py, &der))
    }

    /// The key as lower-case hex digits, as `from_hex` reads it.
    fn to_hex(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_to_hex(&self.key))
    }

    /// The algorithm that its holder signs with where no other is asked for.
    #[getter]
    fn algorithm(&self) -> &'static str {
        api::public_key_algorithm(&self.key)
    }

    /// The key id: the "kid" of the JWK that the key came from, else its thumbprint.
    #[getter]
    fn kid(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_kid(&self.key))
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
    #[getter]
    fn thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_thumbprint(&self.key))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("PublicKey({}, kid={})", self.algorithm(), self.kid(py)?))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let equal = self.thumbprint(py)? == other.get().thumbprint(py)?;
        match operator {
            CompareOp::Eq => Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind()),
            CompareOp::Ne => Ok((!equal).into_pyobject(py)?.to_owned().into_any().unbind()),
            _ => Ok(py.NotImplemented()),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        pyo3::types::PyString::new(py, &self.thumbprint(py)?).hash()
    }
}

/// The text of an optional word.
fn word(word: Option<Word<'_>>) -> Option<&str> {
    word.map(|word| word.0)
}
