//! `samebyte._native`: the native part of the Python package, private to it.
//!
//! Each function is one operation of [`samebyte::api`] under the same name: Python objects in, bytes or a handle
//! out, an exception of `samebyte._errors` raised. What people call is in `python/samebyte/`.

mod card;
mod errors;
mod http;
mod input;
mod jws;
mod keys;
mod operations;
mod python;
mod result;
mod verifier;
mod walk;

// The walk over Python objects borrows them and relies on the interpreter lock: see `walk`.
#[pyo3::pymodule(gil_used = true)]
mod _native {
    #[pymodule_export]
    use crate::card::{card_canonicalize, card_diagnose, card_sign, card_verify};
    #[pymodule_export]
    use crate::http::client::{HttpCall, HttpClient};
    #[cfg(unix)]
    #[pymodule_export]
    use crate::http::crew::Crew;
    #[pymodule_export]
    use crate::http::exchange::Exchange;
    #[pymodule_export]
    use crate::http::{
        Gateway, http_address_is_public, http_fields, http_request_explain, http_response_fields,
        http_response_head, http_settings, http_target_normalize, replay_key,
    };
    #[pymodule_export]
    use crate::jws::{
        VerifiedJws, jws_append, jws_finish, jws_inspect, jws_prepare, jws_sign, jws_verify, jws_verify_many,
    };
    #[pymodule_export]
    use crate::keys::{PublicKey, SigningKey};
    #[pymodule_export]
    use crate::operations::{
        document_from_dsse, document_sign, document_signing_input, document_to_dsse, document_verify,
        document_verify_many, jcs_canonicalize, jcs_sha256, job_authorize, job_canonical_representation,
        job_sign, job_signatories, job_verify_signatures, receipt_canonical_representation, receipt_sign,
        receipt_verify, version,
    };
    #[pymodule_export]
    use crate::result::{
        config_sign, config_verify, result_sign, result_verify, sqooler_config_verify, sqooler_key_from_jwk,
        sqooler_key_to_jwk, sqooler_public_key_from_jwk, sqooler_public_key_to_jwk, sqooler_result_verify,
        sqooler_sign,
    };
    #[pymodule_export]
    use crate::verifier::{Keyset, Verifier};

    /// Adds what only test builds have. It is not exported, so that the stub need not name it.
    #[pymodule_init]
    #[cfg_attr(
        not(feature = "test-operations"),
        expect(unused_variables, reason = "there is nothing to add")
    )]
    fn init(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        #[cfg(feature = "test-operations")]
        pyo3::types::PyAnyMethods::setattr(
            module.as_any(),
            "test_panic",
            pyo3::wrap_pyfunction!(crate::operations::test_panic, module)?,
        )?;
        Ok(())
    }
}
