//! TLS to others, by what the system trusts.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// A client without certificates of its own that trusts what the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` say
/// otherwise). Where the system trusts nothing that can be read, no connection comes about.
pub(crate) fn system() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    client(roots)
}

/// A client that trusts these roots.
fn client(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the suites of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
