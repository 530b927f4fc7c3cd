//! The client that is no program of ours: curl, with a request that the command `samebyte` signed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::super::keys;
use super::{folder, text};
use crate::workspace::{program, target};

/// The members that only the profile of responses defines: whoever verifies one with a library for any JWS says that it
/// processes them.
const CRITICAL: [&str; 7] = ["aud", "can", "exp", "iat", "nonce", "rqh", "sts"];

/// What comes of an honest request. The response is verified as what it is, a detached JWS over its body.
pub(super) fn outcomes(origin: &str, key: &Path, gateway: &Path, document: &Path) -> Result<Value> {
    let (head, body) = (folder().join("response.head"), folder().join("response.body"));
    let url = format!("{origin}/rpc");
    let mut sign = program(target().join("release/samebyte"));
    sign.args(["request", "sign", "--method", "POST", "--url", &url, "--curl", "--key"])
        .arg(key)
        .arg(document);
    let mut curl = program("curl");
    curl.args(["--config", "-", "--silent", "--show-error", "--write-out", "%{http_code}", "--dump-header"]);
    curl.arg(&head).arg("--output").arg(&body);
    let status = piped(sign, curl)?;
    let keys = keys::set("gateway.jwks", &[gateway])?;
    let head = fs::read_to_string(head)?;
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let line = lines.find(|(name, _)| name.eq_ignore_ascii_case("x-signature"));
    let (_, line) = line.context("the response has a signature")?;
    let mut arguments = vec!["jws", "verify", "--typ", "samebyte-res+jws", "--jwks", text(&keys)];
    arguments.extend(CRITICAL.iter().flat_map(|name| ["--crit", name]));
    arguments.extend(["--payload", text(&body), line.trim()]);
    keys::samebyte(&arguments)?;
    Ok(json!({ "accepted": format!("{status}, verified") }))
}

/// What the second of two commands prints, which reads what the first does.
fn piped(mut first: Command, mut second: Command) -> Result<String> {
    let mut writer = first.stdout(Stdio::piped()).spawn().context("samebyte")?;
    let output = second.stdin(writer.stdout.take().context("a pipe")?).output().context("curl")?;
    if !writer.wait()?.success() || !output.status.success() {
        bail!("curl: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
