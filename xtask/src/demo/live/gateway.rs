//! The process of the gateway.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::folder;
use crate::workspace::{program, python, root};

/// A running gateway, which ends when this is dropped.
pub(super) struct Gateway {
    child: Child,
    /// Where it is reached.
    pub(super) origin: String,
}

impl Gateway {
    /// Starts a gateway that trusts the keys of the JWK Set `trusted` and signs with the key in the file `signing`.
    pub(super) fn start(trusted: &Path, signing: &Path) -> Result<Self> {
        let mut child = program(python())
            .arg(root().join("xtask/live/gateway.py"))
            .env("TRUSTED_KEYS", trusted)
            .env("SIGNING_KEY", signing)
            .env("SIGN_RESPONSES", "on")
            .env("SIGNATURE_MODE", "POST /rpc=required,*=off")
            // A gateway that keeps nonces in memory refuses for some seconds what may be from before its start.
            .env("PRESET", "dev")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(folder().join("gateway.log"))?)
            .spawn()
            .context("starting the gateway")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the gateway has an output")?).read_line(&mut line)?;
        let gateway = Self { child, origin: line.trim().to_owned() };
        if gateway.origin.is_empty() {
            bail!("the gateway did not start: {}", folder().join("gateway.log").display());
        }
        Ok(gateway)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(2) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
