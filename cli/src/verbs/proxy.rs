//! `proxy`: options and variables of the environment, and the server that crate `samebyte-server` is.

use std::collections::BTreeMap;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use samebyte::api::{Code, Error};
use samebyte_server::{ProxyOptions, asked_to_end};

use crate::arguments::Proxy;
use crate::failure::{Failure, Result};
use crate::output::Outcome;

pub(super) fn run(arguments: Proxy) -> Result<Outcome> {
    // A variable that is no text is none of ours.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let (options, variables) = settings(arguments, environment)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::io("the runtime", error))?;
    runtime.block_on(async {
        let proxy = samebyte_server::Proxy::bind(options, &variables, io::stdout()).await?;
        proxy.serve(asked_to_end()).await
    })?;
    Ok(Outcome { plain: Vec::new(), json: b"{}".to_vec(), note: None })
}

/// The options of the proxy, and the variables of its gateway: what was typed stands before the environment.
fn settings(
    arguments: Proxy,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(ProxyOptions, BTreeMap<String, String>)> {
    let mut variables: BTreeMap<String, String> = environment.collect();
    // A variable that is empty is as if it were not there.
    variables.retain(|_, value| !value.trim().is_empty());
    let signs = arguments.signing_key.is_some() || variables.contains_key("SIGNING_KEY");
    let typed = [
        ("LISTEN", arguments.listen),
        ("UPSTREAM", arguments.upstream),
        ("METRICS_LISTEN", arguments.metrics_listen.map(|address| address.to_string())),
        ("UPSTREAM_TIMEOUT", arguments.upstream_timeout.map(|seconds| seconds.to_string())),
        ("TRUSTED_KEYS", arguments.trusted_keys),
        ("SIGNING_KEY", arguments.signing_key),
        ("SIGN_RESPONSES", arguments.sign_responses),
        ("PUBLIC_ORIGINS", arguments.public_origin),
        ("SIGNATURE_MODE", arguments.mode),
        ("REPLAY_STORE", arguments.replay),
    ];
    variables.extend(typed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    if signs {
        variables.entry("SIGN_RESPONSES".to_owned()).or_insert_with(|| "on".to_owned());
    }
    let listen = variables.get("LISTEN").map_or("127.0.0.1:8080", String::as_str);
    let upstream = variables.get("UPSTREAM").ok_or_else(|| invalid("UPSTREAM"))?;
    let mut options = ProxyOptions::new(parse("LISTEN", listen)?, parse("UPSTREAM", upstream)?);
    if let Some(address) = variables.get("METRICS_LISTEN") {
        options.metrics = Some(parse("METRICS_LISTEN", address)?);
    }
    if let Some(seconds) = variables.get("UPSTREAM_TIMEOUT") {
        options.upstream_timeout = Duration::from_secs(parse("UPSTREAM_TIMEOUT", seconds)?);
    }
    Ok((options, variables))
}

fn parse<T: FromStr>(setting: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| invalid(setting))
}

fn invalid(setting: &'static str) -> Failure {
    Error::new(Code::SettingsInvalid, "the value is missing or none of this setting")
        .with_text("setting", setting)
        .into()
}
