//! Parts 2 and 3: each language signs a job, every language verifies it; then one byte is changed.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::adapter::Adapter;
use super::{heading, keys};
use crate::language::Language;
use crate::workspace::root;

/// Shows the matrix and the refusals; whether all are as they should be.
pub(super) fn show(languages: &[Language]) -> Result<bool> {
    let job = std::fs::read_to_string(root().join("examples/job.json"))?;
    let mut adapters: Vec<Adapter> =
        languages.iter().map(|language| Adapter::start(*language)).collect::<Result<_>>()?;

    heading(2, "A job, signed in each language with a new key, verified in every language");
    let names: String = languages.iter().map(|language| format!("{:<9}", language.name())).collect();
    println!("   {:<14}verified by", "");
    println!("   {:<14}{}", "signed by", names.trim_end());
    let mut good = true;
    let mut signed = String::new();
    for signer in 0..adapters.len() {
        let name = adapters[signer].language.name();
        let pem = std::fs::read_to_string(keys::new("ES256K", name)?)?;
        let arguments = json!({ "job_utf8": job, "key": { "pem_utf8": pem } });
        let reply = adapters[signer].ask("job_sign", &arguments)?;
        let Ok(reply) = reply else { bail!("{name} did not sign: {reply:?}") };
        signed = reply["job_utf8"].as_str().context("a signed job is text")?.to_owned();
        let verdicts = verify(&mut adapters, &signed)?;
        good &= verdicts.iter().all(|verdict| verdict == "ok");
        let row: String = verdicts.iter().map(|verdict| format!("{verdict:<9}")).collect();
        println!("   {name:<14}{}", row.trim_end());
    }

    heading(3, "The last of these jobs with one byte changed: \"alice\" is now \"alicf\"");
    let tampered = signed.replacen("\"alice\"", "\"alicf\"", 1);
    if tampered == signed {
        bail!("examples/job.json no longer names alice");
    }
    let verdicts = verify(&mut adapters, &tampered)?;
    for (language, verdict) in languages.iter().zip(&verdicts) {
        println!("   {:<10}{verdict}", language.name());
    }
    let same = verdicts.iter().all(|verdict| verdict == "signature_verification_failed");
    println!("   {}", if same { "the same code in each" } else { "DIFFERENT" });
    Ok(good && same)
}

/// `ok` or the code, from each language.
fn verify(adapters: &mut [Adapter], job: &str) -> Result<Vec<String>> {
    let arguments: Value = json!({ "job_utf8": job });
    adapters
        .iter_mut()
        .map(|adapter| {
            Ok(adapter
                .ask("job_verify_signatures", &arguments)?
                .map_or_else(|code| code, |_| "ok".to_owned()))
        })
        .collect()
}
