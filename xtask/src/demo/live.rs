//! Part 5: a gateway that is running, and clients of it, honest and other.

mod curl;
mod gateway;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{heading, keys};
use crate::language::Language;
use crate::workspace::{on_path, program, root};
use gateway::Gateway;

/// What a client tries, in words, and what has to come of it.
const TRIED: [(&str, &str, &str); 7] = [
    ("accepted", "an honest request", "200, verified"),
    ("rewritten", "written anew on its way: members moved, white space", "200"),
    ("tampered", "one digit changed on its way", "401 signature_invalid"),
    ("replayed", "the same request twice", "200, then 409 replay_detected"),
    ("stranger", "a key that is not trusted", "401 signature_unknown, handler called 0 times"),
    ("swapped", "the response to another request", "signature_binding_mismatch"),
    ("forged", "a response with one digit changed", "signature_invalid"),
];

/// Shows what comes of every try; whether all is as it has to be.
pub(super) fn show(languages: &[Language]) -> Result<bool> {
    heading(5, "Live: a gateway in Python (FastAPI under uvicorn) and its clients");
    let document = root().join("examples/request.json");
    let signing = keys::new("EdDSA", "gateway")?;
    let clients = ["client-node", "client-php", "client-curl"].map(|name| keys::new("EdDSA", name));
    let [node, php, curl] = clients;
    let (node, php, curl) = (node?, php?, curl?);
    let stranger = keys::new("EdDSA", "stranger")?;
    let trusted = keys::set("trusted.jwks", &[&node, &php, &curl])?;
    let gateway = Gateway::start(&trusted, &signing)?;
    let live = root().join("xtask/live");
    let mut good = true;
    if languages.contains(&Language::Node) {
        let mut client = program("node");
        client.arg(live.join("client.mjs")).arg(&gateway.origin).args([&node, &stranger, &document]);
        good &= rows("Node", &outcomes(client)?, &TRIED);
    }
    if languages.contains(&Language::Php) {
        let mut client = program("php");
        client.arg(live.join("client.php")).arg(&gateway.origin).args([&php, &document]);
        good &= rows("PHP", &outcomes(client)?, &TRIED[..1]);
    }
    if on_path("curl") {
        good &= rows("curl", &curl::outcomes(&gateway.origin, &curl, &signing, &document)?, &TRIED[..1]);
    } else {
        println!("   curl is left out: it is not installed");
    }
    Ok(good)
}

/// What a client says of its tries.
fn outcomes(mut client: Command) -> Result<Value> {
    let output = client.stderr(Stdio::inherit()).output().context("starting a client")?;
    if !output.status.success() {
        bail!("a client failed ({})", output.status);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Shows the outcomes of one client; whether they are those that have to come.
fn rows(client: &str, outcomes: &Value, tried: &[(&str, &str, &str)]) -> bool {
    let mut good = true;
    for (name, what, expected) in tried {
        let outcome = outcomes[name].as_str().unwrap_or("nothing");
        let same = outcome == *expected;
        good &= same;
        println!("   {client:<6}{what:<53}{outcome}{}", if same { "" } else { "   NOT AS IT HAS TO BE" });
    }
    good
}

/// The files of one run.
fn folder() -> PathBuf {
    crate::workspace::build().join("demo")
}

/// A path as an argument of a command whose arguments are text.
fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the workspace are UTF-8")
}
