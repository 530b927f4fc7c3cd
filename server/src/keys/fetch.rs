//! One GET, of which nothing is believed: https, no redirect, public addresses, few bytes, little time.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use samebyte::api::http_address_is_public;

use super::KeySetOptions;
use super::resolver::Resolver;

/// Why a key set was not had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchFailed {
    /// The URL is none that may be asked: not https, or an address that is not public.
    Forbidden,
    /// No connection, no TLS, an address that is not public behind the name, or a broken answer.
    Unreachable,
    /// A status other than 200; redirects are among these.
    Status(u16),
    /// More bytes than allowed.
    TooLarge,
    /// Longer than allowed.
    TooSlow,
}

impl fmt::Display for FetchFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden => formatter.write_str("the URL must not be asked"),
            Self::Unreachable => formatter.write_str("the server could not be reached"),
            Self::Status(status) => write!(formatter, "the server answered with status {status}"),
            Self::TooLarge => formatter.write_str("the answer is too large"),
            Self::TooSlow => formatter.write_str("the answer took too long"),
        }
    }
}

impl std::error::Error for FetchFailed {}

type Https = Client<HttpsConnector<HttpConnector<Resolver>>, Empty<Bytes>>;

pub(super) struct Fetcher {
    options: KeySetOptions,
    /// Made at the first fetch: the roots of the system are many.
    client: OnceLock<Https>,
}

impl Fetcher {
    pub(super) fn new(options: KeySetOptions) -> Self {
        Self { options, client: OnceLock::new() }
    }

    pub(super) async fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchFailed> {
        let uri: Uri = url.parse().map_err(|_| FetchFailed::Forbidden)?;
        if !self.allows(&uri) {
            return Err(FetchFailed::Forbidden);
        }
        tokio::time::timeout(self.options.timeout, self.document(uri))
            .await
            .unwrap_or(Err(FetchFailed::TooSlow))
    }

    /// The addresses behind a name are for the resolver to judge; an address in the URL never meets it.
    fn allows(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host() else { return false };
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>().ok();
        if self.options.private_addresses {
            let is_here = host == "localhost" || address.is_some_and(|address| address.is_loopback());
            return uri.scheme() == Some(&Scheme::HTTPS) || is_here;
        }
        uri.scheme() == Some(&Scheme::HTTPS)
            && address.is_none_or(|address| http_address_is_public(&address.to_string()))
    }

    async fn document(&self, uri: Uri) -> Result<Vec<u8>, FetchFailed> {
        let request = Request::get(uri)
            .header(header::ACCEPT, "application/json, application/jwk-set+json")
            .header(header::USER_AGENT, concat!("samebyte/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .map_err(|_| FetchFailed::Forbidden)?;
        let response = self.client().request(request).await.map_err(|_| FetchFailed::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(FetchFailed::Status(response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), self.options.max_bytes);
        match body.collect().await {
            Ok(body) => Ok(body.to_bytes().into()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(FetchFailed::TooLarge),
            Err(_) => Err(FetchFailed::Unreachable),
        }
    }

    fn client(&self) -> &Https {
        self.client.get_or_init(|| {
            let resolver = Resolver { private_addresses: self.options.private_addresses };
            let mut connector = HttpConnector::new_with_resolver(resolver);
            connector.enforce_http(false);
            connector.set_connect_timeout(Some(self.options.timeout));
            let tls = self.options.tls.as_ref().map_or_else(crate::tls::system, |tls| (**tls).clone());
            let builder = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls);
            let builder =
                if self.options.private_addresses { builder.https_or_http() } else { builder.https_only() };
            // A set is fetched every few minutes at most: no connection is kept.
            Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build(builder.enable_http1().wrap_connector(connector))
        })
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fetcher").field("options", &self.options).finish_non_exhaustive()
    }
}
