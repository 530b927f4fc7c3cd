//! Handles: private keys, public keys, verifiers. All are immutable.

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use samebyte::api;

use crate::errors::{guarded, invalid_argument};
use crate::input::{self, Handle, Integer, Word, detached, required_text};

/// A private key that signs.
///
/// Made by `generate`, `from_jwk`, `from_pem` or `from_hex`. It is never printed, and it can be neither copied
/// nor pickled; its memory is zeroed when it dies.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct SigningKey(pub(crate) api::SigningKey);

#[pymethods]
impl SigningKey {
    /// A new key from the randomness of the operating system. `algorithm`: "EdDSA" (Ed25519) or "ES256K" (secp256k1).
    #[staticmethod]
    fn generate(py: Python<'_>, algorithm: Word<'_>) -> PyResult<Self> {
        detached(py, || api::key_generate(algorithm.0, b"")).map(Self)
    }

    /// The key in a private JWK (RFC 7517, RFC 8037, RFC 8812): JSON text or a dict.
    #[staticmethod]
    fn from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = input::jwk(jwk)?;
        detached(jwk.py(), || api::key_from_jwk(text.bytes(), None)).map(Self)
    }

    /// The key in an unencrypted PKCS#8 PEM file.
    #[staticmethod]
    fn from_pem(pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(pem)?;
        detached(pem.py(), || api::key_from_pem(text.bytes(), None)).map(Self)
    }

    /// The key whose 32 bytes are given as 64 lower-case hex digits.
    #[staticmethod]
    fn from_hex(algorithm: Word<'_>, hex: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(hex)?;
        detached(hex.py(), || api::key_from_hex(algorithm.0, text.bytes())).map(Self)
    }

    /// The key as a canonical private JWK. The result is a secret.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::key_to_jwk(&self.0)).map(|secret| PyBytes::new(py, &secret))
    }

    /// The key as a PKCS#8 PEM file. The result is a secret.
    fn to_pem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::key_to_pem(&self.0)).map(|secret| PyBytes::new(py, &secret))
    }

    /// The key as 64 lower-case hex digits. The result is a secret.
    fn to_hex(&self, py: Python<'_>) -> PyResult<String> {
        let secret = guarded(py, || api::key_to_hex(&self.0))?;
        String::from_utf8(secret.to_vec()).map_err(|_| invalid_argument(py, "hex digits are ASCII"))
    }

    /// The public half.
    #[getter]
    fn public_key(&self, py: Python<'_>) -> PyResult<PublicKey> {
        guarded(py, || api::key_public(&self.0)).map(PublicKey)
    }

    /// "EdDSA" or "ES256K".
    #[getter]
    fn algorithm(&self, py: Python<'_>) -> PyResult<&'static str> {
        Ok(self.public_key(py)?.algorithm())
    }

    /// The key id: the "kid" of the JWK that the key came from, else its thumbprint.
    #[getter]
    fn kid(&self, py: Python<'_>) -> PyResult<String> {
        self.public_key(py)?.kid(py)
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
    #[getter]
    fn thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        self.public_key(py)?.thumbprint(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let public = self.public_key(py)?;
        Ok(format!("SigningKey({}, kid={}, [secret])", public.algorithm(), public.kid(py)?))
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("a SigningKey can be neither copied nor pickled"))
    }
}

/// A public key that verifies.
///
/// Made by `from_jwk`, `from_pem` or `from_hex`, or `SigningKey.public_key`. Two are equal if they have the same
/// thumbprint.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct PublicKey(pub(crate) api::PublicKey);

#[pymethods]
impl PublicKey {
    /// The key in a public JWK: JSON text or a dict. One that holds a private part is refused.
    #[staticmethod]
    fn from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = input::jwk(jwk)?;
        detached(jwk.py(), || api::public_key_from_jwk(text.bytes(), None)).map(Self)
    }

    /// The key in an SPKI PEM file.
    #[staticmethod]
    fn from_pem(pem: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(pem)?;
        detached(pem.py(), || api::public_key_from_pem(text.bytes(), None)).map(Self)
    }

    /// The key given as lower-case hex digits: 64 for "EdDSA", 66 (the compressed point) for "ES256K".
    #[staticmethod]
    fn from_hex(algorithm: Word<'_>, hex: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = required_text(hex)?;
        detached(hex.py(), || api::public_key_from_hex(algorithm.0, text.bytes())).map(Self)
    }

    /// The key as a canonical JWK with "alg" and "kid".
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::public_key_to_jwk(&self.0)).map(|jwk| PyBytes::new(py, &jwk))
    }

    /// The key as an SPKI PEM file.
    fn to_pem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::public_key_to_pem(&self.0)).map(|pem| PyBytes::new(py, &pem))
    }

    /// The key as lower-case hex digits, as `from_hex` reads it.
    fn to_hex(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_to_hex(&self.0))
    }

    /// "EdDSA" or "ES256K".
    #[getter]
    fn algorithm(&self) -> &'static str {
        api::public_key_algorithm(&self.0)
    }

    /// The key id: the "kid" of the JWK that the key came from, else its thumbprint.
    #[getter]
    fn kid(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_kid(&self.0))
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
    #[getter]
    fn thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || api::public_key_thumbprint(&self.0))
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

/// The public keys that a caller trusts, and how many of them must have signed. Made once, used often.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct Verifier(pub(crate) api::Verifier);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (keys, threshold = Integer(1)), text_signature = "(keys, threshold=1)")]
    fn new(keys: &Bound<'_, PyAny>, threshold: Integer) -> PyResult<Self> {
        let py = keys.py();
        let mut trusted = Vec::new();
        for key in keys.try_iter().map_err(|_| invalid_argument(py, "keys must be an iterable"))? {
            trusted.push(Handle::<PublicKey>::extract(key?.as_borrowed())?.0.get().0.clone());
        }
        let options = format!("{{\"threshold\":{}}}", threshold.0);
        guarded(py, || api::verifier_new(&api::keyset_new(&trusted, &[])?, options.as_bytes())).map(Self)
    }

    fn __repr__(&self) -> &'static str {
        "Verifier(…)"
    }
}
