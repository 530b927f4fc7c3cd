//! Signed requests and responses over HTTP.
//!
//! What is called for every request takes and gives what ASGI has (lists of pairs of bytes, small integers), so that
//! nothing is converted on the way.

pub(crate) mod client;
#[cfg(unix)]
pub(crate) mod crew;
pub(crate) mod exchange;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use samebyte::api;

use crate::errors::{guarded, invalid_argument};
use crate::http::exchange::Exchange;
use crate::input::{Handle, Word, detached, json, required_text};
use crate::keys::SigningKey;

/// What is accepted, and what of it was seen. All threads share it.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct Gateway {
    gateway: api::Gateway,
    /// Whether a signature by the key for responses takes some microseconds.
    signs_quickly: bool,
}

/// The algorithms whose signatures do.
const QUICK: [&str; 3] = ["EdDSA", "ES256", "ES256K"];

#[pymethods]
impl Gateway {
    #[new]
    fn new(
        settings: &Bound<'_, PyAny>,
        signing_key: Option<Handle<'_, SigningKey>>,
        now_ms: u64,
    ) -> PyResult<Self> {
        let text = json(settings)?;
        let key = signing_key.as_ref().map(|handle| &handle.0.get().key);
        let gateway = guarded(settings.py(), || api::gateway_new(text.bytes(), key, now_ms))?;
        let signs_quickly = key.is_some_and(|key| QUICK.contains(&api::key_algorithm(key)));
        Ok(Self { gateway, signs_quickly })
    }

    /// Looks at the head of a request. `path` and `query` are those of the request target, as received.
    fn begin(
        &self,
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyBytes>,
        query: &Bound<'_, PyBytes>,
        peer: Option<&str>,
        headers: &Bound<'_, PyAny>,
        now_ms: u64,
    ) -> PyResult<Exchange> {
        let method = required_text(method)?;
        let owned = pairs(headers)?;
        let fields = borrowed(&owned);
        let (path, query) = (path.as_bytes(), query.as_bytes());
        let joined;
        let target = if query.is_empty() {
            path
        } else {
            joined = [path, b"?", query].concat();
            &joined
        };
        let head = api::Head { method: method.bytes(), target, authority: None, peer, fields: &fields };
        guarded(headers.py(), || api::gateway_begin(&self.gateway, &head, now_ms))
            .map(|exchange| Exchange::new(exchange, self.signs_quickly))
    }

    /// The JWK Set to publish.
    fn jwks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::gateway_jwks(&self.gateway)).map(|jwks| PyBytes::new(py, &jwks))
    }

    /// The address of the keys that are to be fetched now.
    fn keys_due(&self, py: Python<'_>, source: usize, now_ms: u64) -> PyResult<Option<String>> {
        guarded(py, || api::gateway_keys_due(&self.gateway, source, now_ms))
    }

    /// Takes what was fetched, or None for a failure.
    fn keys_put(&self, py: Python<'_>, source: usize, jwks: Option<&[u8]>, now_ms: u64) -> PyResult<()> {
        detached(py, || api::gateway_keys_put(&self.gateway, source, jwks, now_ms))
    }

    /// Refuses what was signed before, since the store of nonces may have forgotten it.
    fn state_lost(&self, py: Python<'_>, now_ms: u64) -> PyResult<()> {
        guarded(py, || api::gateway_state_lost(&self.gateway, now_ms))
    }

    /// Counters, as canonical JSON.
    fn stats<'py>(&self, py: Python<'py>, now_ms: u64) -> PyResult<Bound<'py, PyBytes>> {
        guarded(py, || api::gateway_stats(&self.gateway, now_ms)).map(|stats| PyBytes::new(py, &stats))
    }

    /// The nonces in memory, for a restart. Requests are refused from then on.
    fn snapshot<'py>(&self, py: Python<'py>, now_ms: u64) -> PyResult<Bound<'py, PyBytes>> {
        detached(py, || api::gateway_snapshot(&self.gateway, now_ms)).map(|nonces| PyBytes::new(py, &nonces))
    }

    /// Takes the nonces of a snapshot.
    fn restore(&self, py: Python<'_>, snapshot: &[u8], now_ms: u64) -> PyResult<()> {
        detached(py, || api::gateway_restore(&self.gateway, snapshot, now_ms))
    }
}

/// Fields as Python holds them.
type Pair<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// Fields: an iterable of pairs of bytes.
fn pairs<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Vec<Pair<'py>>> {
    let py = headers.py();
    let wrong = || invalid_argument(py, "headers must be pairs of bytes");
    let pair = |item: &Bound<'py, PyAny>| -> PyResult<Pair<'py>> {
        if let Ok(pair) = item.cast::<PyTuple>() {
            if pair.len() == 2
                && let (Ok(name), Ok(value)) = (pair.get_item(0)?.cast_into(), pair.get_item(1)?.cast_into())
            {
                return Ok((name, value));
            }
        } else if let Ok(pair) = item.cast::<PyList>()
            && pair.len() == 2
            && let (Ok(name), Ok(value)) = (pair.get_item(0)?.cast_into(), pair.get_item(1)?.cast_into())
        {
            return Ok((name, value));
        }
        Err(wrong())
    };
    if let Ok(list) = headers.cast::<PyList>() {
        return list.iter().map(|item| pair(&item)).collect();
    }
    headers.try_iter().map_err(|_| wrong())?.map(|item| pair(&item?)).collect()
}

/// Fields as core reads them.
fn borrowed<'a>(pairs: &'a [Pair<'_>]) -> Vec<api::Field<'a>> {
    pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

/// An answer of core: status, fields in lower case, body.
fn answered<'py>(py: Python<'py>, answer: &api::Answer) -> PyResult<Bound<'py, PyTuple>> {
    let field = |(name, value): &(String, String)| {
        (PyBytes::new(py, name.as_bytes()), PyBytes::new(py, value.as_bytes())).into_pyobject(py)
    };
    let fields = answer.fields.iter().map(field).collect::<PyResult<Vec<_>>>()?;
    (answer.status, PyList::new(py, fields)?, PyBytes::new(py, &answer.body)).into_pyobject(py)
}

/// What of a response's head decides whether it can be signed: whether it is streamed, and its type.
#[pyfunction]
pub(crate) fn http_response_head<'py>(
    headers: &Bound<'py, PyAny>,
) -> PyResult<(bool, Option<Bound<'py, PyBytes>>)> {
    let (mut streamed, mut content_type) = (false, None);
    for (name, value) in pairs(headers)? {
        if name.as_bytes().eq_ignore_ascii_case(b"content-encoding") {
            streamed |= api::http_response_is_streamed(&[], value.as_bytes());
        } else if content_type.is_none() && name.as_bytes().eq_ignore_ascii_case(b"content-type") {
            streamed |= api::http_response_is_streamed(value.as_bytes(), &[]);
            content_type = Some(value);
        }
    }
    Ok((streamed, content_type))
}

/// The fields of a response with those of its answer in place of any of the same names; and with the length of the
/// body, if it has one.
#[pyfunction]
pub(crate) fn http_response_fields<'py>(
    headers: &Bound<'py, PyAny>,
    fields: &Bound<'py, PyList>,
    length: usize,
) -> PyResult<Bound<'py, PyList>> {
    let py = headers.py();
    let mut set = pairs(fields)?;
    if length > 0 {
        // Without a body it is the response to HEAD, or 304, and speaks of another.
        set.push((PyBytes::new(py, b"content-length"), PyBytes::new(py, length.to_string().as_bytes())));
    }
    let mut merged = pairs(headers)?;
    merged.retain(|(name, _)| {
        !set.iter().any(|(other, _)| name.as_bytes().eq_ignore_ascii_case(other.as_bytes()))
    });
    merged.extend(set);
    PyList::new(py, merged)
}

/// The field lines of a text: `name: value`, each closed by CRLF or LF.
#[pyfunction]
pub(crate) fn http_fields<'py>(text: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyList>> {
    let py = text.py();
    let fields = guarded(py, || api::http_fields(text.as_bytes()))?;
    PyList::new(py, fields.iter().map(|(name, value)| (PyBytes::new(py, name), PyBytes::new(py, value))))
}

/// An absolute http or https URL in its normal form (RFC 3986, sections 6.2.2 and 6.2.3), with its query.
#[pyfunction]
pub(crate) fn http_target_normalize(py: Python<'_>, url: Word<'_>) -> PyResult<String> {
    guarded(py, || api::http_target_normalize(url.0))
}

/// Whether an IP address is one of the public Internet, which keys may be fetched from.
#[pyfunction]
pub(crate) fn http_address_is_public(address: Word<'_>) -> bool {
    api::http_address_is_public(address.0)
}

#[pyfunction]
pub(crate) fn http_settings<'py>(environment: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = environment.py();
    let text = json(environment)?;
    guarded(py, || api::http_settings(text.bytes())).map(|plan| PyBytes::new(py, &plan))
}

#[pyfunction]
#[pyo3(signature = (settings, method, path, query, headers, body, now_ms))]
pub(crate) fn http_request_explain<'py>(
    settings: &Bound<'py, PyAny>,
    method: &Bound<'py, PyAny>,
    path: &Bound<'py, PyBytes>,
    query: &Bound<'py, PyBytes>,
    headers: &Bound<'py, PyAny>,
    body: &[u8],
    now_ms: u64,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = settings.py();
    let (settings, method) = (json(settings)?, required_text(method)?);
    let owned = pairs(headers)?;
    let fields = borrowed(&owned);
    let mut target = path.as_bytes().to_vec();
    if !query.as_bytes().is_empty() {
        target.push(b'?');
        target.extend_from_slice(query.as_bytes());
    }
    let head =
        api::Head { method: method.bytes(), target: &target, authority: None, peer: None, fields: &fields };
    guarded(py, || api::http_request_explain(settings.bytes(), &head, body, now_ms))
        .map(|report| PyBytes::new(py, &report))
}

/// The 16 bytes under which a nonce is kept.
#[pyfunction]
pub(crate) fn replay_key<'py>(
    py: Python<'py>,
    tenant: Word<'_>,
    signer: Word<'_>,
    nonce: Word<'_>,
    observed: bool,
) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &api::replay_key(tenant.0, signer.0, nonce.0, observed))
}
