//! JSON Web Signature (RFC 7515).

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use samebyte::api::{self, Numbers};
use zeroize::Zeroizing;

use crate::errors::{guarded, invalid_argument};
use crate::input::{self, Handle, Text, Word, detached, detached_if_long, required_text, text};
use crate::keys::{PublicKey, SigningKey};
use crate::operations::many;
use crate::python;
use crate::verifier::Trust;
use crate::walk;

/// The options that may be `None`: no key id.
const NULLABLE: [&str; 1] = ["kid"];

/// Signs a payload and returns the JWS.
///
/// `payload`: `str` (its UTF-8 text) or bytes. With `canonicalize` ("exact" or "ieee754") it is JSON, as text or as a
/// native object, and its canonical text is signed. `serialization`: "compact", "flattened" or "general". `detached`:
/// the JWS is without the payload. `b64=False`: the payload is signed as it is (RFC 7797). `algorithm`: another of those
/// that the key permits. `kid`: another key id than that of the key; None for no key id. `header`: more members of the
/// protected header; `unprotected`: those of the other.
#[pyfunction]
#[pyo3(
    signature = (payload, key, **options),
    text_signature = "(payload, key, *, serialization='compact', detached=False, b64=True, canonicalize=None, \
                      algorithm=None, kid=..., typ=None, header=None, unprotected=None)"
)]
pub(crate) fn jws_sign<'py>(
    payload: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyString>> {
    let py = payload.py();
    let (payload, options) = with_options(payload, options)?;
    let key = &key.0.get().key;
    let work = || api::jws_sign(payload.bytes(), key, &options);
    // A shared secret signs a short text in less time than it takes to let other threads run.
    let quick = api::key_algorithm(key).starts_with("HS");
    let jws = if quick { detached_if_long(py, payload.bytes(), work) } else { detached(py, work) }?;
    string(py, &jws)
}

/// Adds one more signature to a JWS in JSON serialization, which is in general serialization then.
///
/// `payload`: that of a detached JWS. The other arguments as those of `sign`.
#[pyfunction]
#[pyo3(
    signature = (jws, key, *, payload = None, **options),
    text_signature = "(jws, key, *, payload=None, b64=True, canonicalize=None, algorithm=None, kid=..., typ=None, \
                      header=None, unprotected=None)"
)]
pub(crate) fn jws_append<'py>(
    jws: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
    payload: Option<&Bound<'py, PyAny>>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyString>> {
    let py = jws.py();
    let jws = required_text(jws)?;
    let (payload, options) = match payload {
        Some(payload) => with_options(payload, options).map(|(text, options)| (Some(text), options))?,
        None => (None, input::options(py, options, &NULLABLE)?),
    };
    let key = &key.0.get().key;
    let payload = payload.as_ref().map(Text::bytes);
    let jws = detached(py, || api::jws_append(jws.bytes(), payload, key, &options))?;
    string(py, &jws)
}

/// Verifies a JWS, in any serialization, and returns what was verified.
///
/// `verifier`: a Verifier; or a Keyset or one key, without options then. `payload`: that of a detached JWS, and
/// `canonicalize` as in `sign`.
#[pyfunction]
#[pyo3(signature = (jws, verifier, *, payload = None, canonicalize = None))]
pub(crate) fn jws_verify<'py>(
    jws: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    payload: Option<&Bound<'py, PyAny>>,
    canonicalize: Option<Word<'_>>,
) -> PyResult<VerifiedJws> {
    let py = jws.py();
    let jws = required_text(jws)?;
    let payload = payload.map(|payload| content(payload, canonicalize.as_ref())).transpose()?;
    let options = match (&canonicalize, &payload) {
        // What was walked is canonical.
        (Some(policy), None | Some((_, Form::Text))) => canonicalized(py, policy)?,
        _ => String::new(),
    };
    let payload = payload.as_ref().map(|(text, _)| text.bytes());
    let trusted = verifier.get(py)?;
    let work = || api::jws_verify(jws.bytes(), payload, &trusted.verifier, options.as_bytes());
    let verified = if trusted.quick { detached_if_long(py, jws.bytes(), work) } else { detached(py, work) }?;
    Ok(VerifiedJws::new(py, verified))
}

/// Verifies many JWS, each by itself and as strictly as `verify`, on all processors. The result holds for each what was
/// verified, or the exception.
#[pyfunction]
pub(crate) fn jws_verify_many<'py>(
    jws: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
) -> PyResult<Bound<'py, PyList>> {
    let trusted = verifier.verifier(jws.py())?;
    let verify = |texts: &[&[u8]]| api::jws_verify_many(texts, trusted);
    many(jws, verify, |py, verified| Ok(Bound::new(py, VerifiedJws::new(py, verified))?.into_any()))
}

/// What a signer elsewhere (a device, a service) has to sign so that `finish` can make a JWS with it: the `message`, or
/// the `digest` of it. Arguments as those of `sign`.
#[pyfunction]
#[pyo3(
    signature = (payload, public_key, **options),
    text_signature = "(payload, public_key, *, serialization='compact', detached=False, b64=True, canonicalize=None, \
                      algorithm=None, kid=..., typ=None, header=None, unprotected=None)"
)]
pub(crate) fn jws_prepare<'py>(
    payload: &Bound<'py, PyAny>,
    public_key: Handle<'py, PublicKey>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = payload.py();
    let (payload, options) = with_options(payload, options)?;
    let key = &public_key.0.get().key;
    let answer = detached(py, || api::jws_prepare(payload.bytes(), key, &options))?;
    python::prepared(py, &answer)
}

/// The JWS with a signature that was made elsewhere over what `prepare` told, for the same arguments. `signature`: DER
/// or fixed width. It is verified before anything is returned.
#[pyfunction]
#[pyo3(
    signature = (payload, public_key, signature, **options),
    text_signature = "(payload, public_key, signature, *, serialization='compact', detached=False, b64=True, \
                      canonicalize=None, algorithm=None, kid=..., typ=None, header=None, unprotected=None)"
)]
pub(crate) fn jws_finish<'py>(
    payload: &Bound<'py, PyAny>,
    public_key: Handle<'py, PublicKey>,
    signature: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyString>> {
    let py = payload.py();
    let (payload, options) = with_options(payload, options)?;
    let signature = required_text(signature)?;
    let key = &public_key.0.get().key;
    let work = || api::jws_finish(payload.bytes(), key, &options, signature.bytes());
    string(py, &detached(py, work)?)
}

/// What a JWS says of itself. Nothing is verified: trust none of it.
#[pyfunction]
pub(crate) fn jws_inspect<'py>(jws: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let text = required_text(jws)?;
    let report = detached(jws.py(), || api::jws_inspect(text.bytes()))?;
    python::parsed(jws.py(), &report)
}

/// What was verified: the payload, and the signatures over it.
#[pyclass(frozen, module = "samebyte.jws")]
pub(crate) struct VerifiedJws {
    #[pyo3(get)]
    payload: Py<PyBytes>,
    /// As core reports them; read when someone asks.
    report: Vec<u8>,
}

impl VerifiedJws {
    fn new(py: Python<'_>, verified: api::VerifiedJws) -> Self {
        Self { payload: PyBytes::new(py, &verified.payload).unbind(), report: verified.signatures }
    }

    /// An attribute of the first signature that holds.
    fn of_first<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        for signature in python::signatures(py, &self.report)?.try_iter()? {
            let signature = signature?;
            if signature.getattr("verified")?.is_truthy()? {
                return signature.getattr(name);
            }
        }
        Err(invalid_argument(py, "nothing is verified without a signature that holds"))
    }
}

#[pymethods]
impl VerifiedJws {
    /// The payload, which must be JSON, as a Python value. The strict reader must find nothing wrong with it.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let payload = self.payload.as_bytes(py);
        guarded(py, || api::jcs_canonicalize(payload, Numbers::Exact, &[]))?;
        python::parsed(py, payload)
    }

    /// Every signature, in their order; with some policies there may be some that do not hold.
    #[getter]
    fn signatures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        python::signatures(py, &self.report)
    }

    /// The place of the first signature that holds.
    #[getter]
    fn index<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_first(py, "index")
    }

    /// The key id of the key that made it; a shared secret may have none.
    #[getter]
    fn kid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_first(py, "kid")
    }

    /// The algorithm it was made with.
    #[getter]
    fn algorithm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_first(py, "algorithm")
    }

    /// The thumbprint of the key that made it; a shared secret has none.
    #[getter]
    fn thumbprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_first(py, "thumbprint")
    }

    /// Its protected header.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_first(py, "header")
    }

    /// All signatures as canonical JSON, equal in every language.
    fn to_json<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.report)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("VerifiedJws({} bytes)", self.payload.as_bytes(py).len())
    }
}

/// What a payload was given as.
enum Form {
    Text,
    Object,
}

/// The bytes of a payload: as they are; or the canonical text of a native object, where there is a policy for it.
fn content<'a>(payload: &'a Bound<'_, PyAny>, canonicalize: Option<&Word<'_>>) -> PyResult<(Text<'a>, Form)> {
    let py = payload.py();
    if let Some(text) = text(payload)? {
        return Ok((text, Form::Text));
    }
    let Some(Word(policy)) = canonicalize else {
        let message = "the payload must be str or bytes; a native object goes with `canonicalize`";
        return Err(invalid_argument(py, message));
    };
    let text = guarded(py, || walk::canonical(payload, api::jcs_writer(api::jcs_numbers(policy)?, &[])?))?;
    Ok((Text::Owned(Zeroizing::new(text)), Form::Object))
}

/// The bytes of a payload, and the options object that core reads.
fn with_options<'a, 'py>(
    payload: &'a Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Text<'a>, Vec<u8>)> {
    let py = payload.py();
    let Some(options) = options else { return Ok((content(payload, None)?.0, Vec::new())) };
    let policy = options.get_item("canonicalize")?.filter(|policy| !policy.is_none());
    let policy = policy.as_ref().map(|policy| Word::extract(policy.as_borrowed())).transpose()?;
    let (text, form) = content(payload, policy.as_ref())?;
    if matches!(form, Form::Object) {
        // What was walked is canonical. The dict is this call's own.
        options.del_item("canonicalize")?;
    }
    Ok((text, input::options(py, Some(options), &NULLABLE)?))
}

/// The options object for a policy.
fn canonicalized(py: Python<'_>, Word(policy): &Word<'_>) -> PyResult<String> {
    guarded(py, || api::jcs_numbers(policy))?;
    Ok(format!("{{\"canonicalize\":\"{policy}\"}}"))
}

/// The text of a JWS, which is ASCII or JSON.
fn string<'py>(py: Python<'py>, jws: &[u8]) -> PyResult<Bound<'py, PyString>> {
    PyString::from_bytes(py, jws)
}
