//! What can be typed after `proxy`.

use std::net::SocketAddr;

use clap::Args;

/// Each option that names a variable may be given as that variable of the environment instead; all other settings of a
/// gateway are variables only (`docs/guide/proxy.md`).
#[derive(Debug, Args)]
pub(crate) struct Proxy {
    /// Where clients connect (LISTEN) [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,

    /// Where verified requests go: `http://HOST:PORT` (UPSTREAM).
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,

    /// Serve /metrics and /healthz here (METRICS_LISTEN) [default: nowhere].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// The keys whose requests are accepted: a file, an https URL or JSON (TRUSTED_KEYS).
    #[arg(long, value_name = "KEYS")]
    pub(crate) trusted_keys: Option<String>,

    /// The file of the private key that signs responses (SIGNING_KEY).
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_key: Option<String>,

    /// Which responses are signed: off, on or required-by-client (SIGN_RESPONSES) [default: on with a signing key].
    #[arg(long, value_name = "WHICH")]
    pub(crate) sign_responses: Option<String>,

    /// The origin at which clients reach this proxy; several behind commas (PUBLIC_ORIGINS).
    #[arg(long, value_name = "URL")]
    pub(crate) public_origin: Option<String>,

    /// What is required of which route: `required`, or `POST /rpc=required,*=optional` (SIGNATURE_MODE).
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,

    /// Where nonces are kept: `memory` or `redis://…` (REPLAY_STORE) [default: memory].
    #[arg(long, value_name = "STORE")]
    pub(crate) replay: Option<String>,

    /// Seconds that the upstream may take to answer (UPSTREAM_TIMEOUT) [default: 60].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) upstream_timeout: Option<u64>,
}
