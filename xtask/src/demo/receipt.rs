//! Part 4: receipts from each language, verified by a plain PHP script that knows nothing of samebyte.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::adapter::Adapter;
use super::{heading, keys};
use crate::language::Language;
use crate::workspace::{build, program, root};

/// Shows the receipts; whether all are verified, and one with another exit code is not.
pub(super) fn show(languages: &[Language]) -> Result<bool> {
    heading(
        4,
        "A receipt from each language, verified by examples/receipt_verify.php (ext-sodium, no samebyte)",
    );
    let receipt = std::fs::read_to_string(root().join("examples/receipt.json"))?;
    let key = keys::new("EdDSA", "receipt")?;
    let (pem, public_key) = (std::fs::read_to_string(&key)?, keys::public_hex(&key)?);
    let mut good = true;
    for language in languages {
        let mut adapter = Adapter::start(*language)?;
        let arguments = json!({ "receipt_utf8": receipt, "key": { "pem_utf8": pem } });
        let reply = adapter.ask("receipt_sign", &arguments)?;
        let Ok(reply) = reply else { bail!("{} did not sign: {reply:?}", language.name()) };
        let signed = reply["receipt_utf8"].as_str().context("a signed receipt is text")?;
        let path = build().join("demo/receipt.json");
        std::fs::write(&path, signed)?;
        let output =
            program("php").arg("examples/receipt_verify.php").arg(&path).arg(&public_key).output()?;
        good &= output.status.success();
        println!("   {:<10}{}", language.name(), String::from_utf8_lossy(&output.stdout).trim());
    }
    Ok(good)
}
