//! Handles: key sets and verifiers; and what stands for a verifier.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};
use samebyte::api;

use crate::errors::{guarded, invalid_argument};
use crate::input::{self, Word, detached, json};
use crate::keys::{PublicKey, SigningKey};
use crate::python;

/// Keys that are found by their key id: public keys, and shared secrets.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct Keyset {
    keys: api::Keyset,
    secrets_only: bool,
    /// What verifies with these keys and no option.
    plain: PyOnceLock<Trusted>,
}

#[pymethods]
impl Keyset {
    #[new]
    #[pyo3(text_signature = "(keys)")]
    fn new(keys: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = keys.py();
        let (mut public, mut symmetric) = (Vec::new(), Vec::new());
        for key in keys.try_iter().map_err(|_| invalid_argument(py, "keys must be an iterable"))? {
            let key = key?;
            if let Ok(key) = key.cast::<PublicKey>() {
                public.push(key.get().key.clone());
            } else if let Ok(key) = key.cast::<SigningKey>() {
                symmetric.push(key.get().key.clone());
            } else {
                let message = "a key must be a PublicKey, or a SigningKey that is a shared secret";
                return Err(invalid_argument(py, message));
            }
        }
        let keys = guarded(py, || api::keyset_new(&public, &symmetric))?;
        Ok(Self { keys, secrets_only: public.is_empty(), plain: PyOnceLock::new() })
    }

    /// The keys of a JWKS (RFC 7517, section 5): JSON text or a dict. Keys of unknown kinds are passed over; malformed,
    /// weak and private ones refuse the whole set.
    #[staticmethod]
    fn from_jwks(jwks: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = json(jwks)?;
        let keys = detached(jwks.py(), || api::keyset_from_jwks(text.bytes()))?;
        Ok(Self { keys, secrets_only: false, plain: PyOnceLock::new() })
    }

    /// What there is to say about a JWKS: for each finding its "code", "level", "message" and "pointer".
    #[staticmethod]
    fn lint<'py>(jwks: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let text = json(jwks)?;
        let findings = detached(jwks.py(), || api::keyset_lint(text.bytes()))?;
        python::parsed(jwks.py(), &findings)
    }

    /// The public keys as a canonical JWKS.
    fn to_jwks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::keyset_to_jwks(&self.keys)).map(|jwks| PyBytes::new(py, &jwks))
    }

    /// The public key with this key id.
    fn get(&self, py: Python<'_>, kid: Word<'_>) -> PyResult<PublicKey> {
        guarded(py, || api::keyset_find(&self.keys, kid.0)).map(PublicKey::from)
    }

    fn __len__(&self) -> usize {
        self.keys.len()
    }

    fn __repr__(&self) -> String {
        format!("Keyset({} keys)", self.keys.len())
    }
}

impl Keyset {
    pub(crate) fn keys(&self) -> &api::Keyset {
        &self.keys
    }

    fn trusted(&self, py: Python<'_>, options: &[u8]) -> PyResult<Trusted> {
        let verifier = guarded(py, || api::verifier_new(&self.keys, options))?;
        Ok(Trusted { verifier, quick: self.secrets_only })
    }
}

/// The keys that a caller trusts, and what must hold of signatures. Made once, used often.
#[pyclass(frozen, module = "samebyte")]
pub(crate) struct Verifier(Trusted);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(
        signature = (keys, **options),
        text_signature = "(keys, *, threshold=None, policy=None, kids=None, algorithms=None, require_low_s=False, \
                          crit=(), typ=None, max_header_bytes=None, max_payload_bytes=None, max_signatures=None)"
    )]
    fn new(keys: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let py = keys.py();
        let options = input::options(py, options, &[])?;
        match keys.cast::<Keyset>() {
            Ok(keyset) => keyset.get().trusted(py, &options),
            Err(_) => Keyset::new(keys)?.trusted(py, &options),
        }
        .map(Self)
    }

    fn __repr__(&self) -> &'static str {
        "Verifier(…)"
    }
}

/// A verifier of core.
pub(crate) struct Trusted {
    pub(crate) verifier: api::Verifier,
    /// Whether all its keys are shared secrets, with which a short text is verified in less time than it takes to let
    /// other threads run.
    pub(crate) quick: bool,
}

/// A parameter that says whom to trust: a `Verifier`, or a `Keyset` or one key, with no option then.
pub(crate) enum Trust<'a, 'py> {
    Verifier(Borrowed<'a, 'py, Verifier>),
    Keyset(Borrowed<'a, 'py, Keyset>),
    PublicKey(Borrowed<'a, 'py, PublicKey>),
    SigningKey(Borrowed<'a, 'py, SigningKey>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Trust<'a, 'py> {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(verifier) = value.cast() {
            Ok(Self::Verifier(verifier))
        } else if let Ok(keyset) = value.cast() {
            Ok(Self::Keyset(keyset))
        } else if let Ok(key) = value.cast() {
            Ok(Self::PublicKey(key))
        } else if let Ok(key) = value.cast() {
            Ok(Self::SigningKey(key))
        } else {
            Err(invalid_argument(value.py(), "the argument must be a Verifier, a Keyset or a key"))
        }
    }
}

impl Trust<'_, '_> {
    /// The verifier; one that a key set or a key stands for is made once, and kept there.
    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<&Trusted> {
        let alone = |public: &[api::PublicKey], symmetric: &[api::SigningKey]| {
            let verifier = guarded(py, || api::verifier_new(&api::keyset_new(public, symmetric)?, b""))?;
            Ok(Trusted { verifier, quick: public.is_empty() })
        };
        match self {
            Self::Verifier(verifier) => Ok(&verifier.get().0),
            Self::Keyset(keyset) => {
                let keyset = keyset.get();
                keyset.plain.get_or_try_init(py, || keyset.trusted(py, b""))
            }
            Self::PublicKey(key) => {
                let PublicKey { key, alone: made } = key.get();
                made.get_or_try_init(py, || alone(std::slice::from_ref(key), &[]))
            }
            Self::SigningKey(key) => {
                let SigningKey { key, alone: made } = key.get();
                made.get_or_try_init(py, || alone(&[], std::slice::from_ref(key)))
            }
        }
    }

    /// As [`get`](Self::get), without what is told beside.
    pub(crate) fn verifier(&self, py: Python<'_>) -> PyResult<&api::Verifier> {
        self.get(py).map(|trusted| &trusted.verifier)
    }
}
