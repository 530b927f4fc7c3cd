//! `cargo xtask fuzz`: runs the targets of `fuzz/` under libFuzzer, with the inputs of the vectors as seeds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::log::Log;
use crate::vectors;
use crate::workspace::{build, cargo, program, root, target};

/// What a target is called, and the bytes of the vectors that are its seeds, by the names of their members.
const TARGETS: &[(&str, &[&str])] = &[
    ("reader", &["input"]),
    ("canonicalizer", &["input"]),
    ("jwk", &["jwk"]),
    ("pem", &["pem"]),
    ("jws", &["jws"]),
    ("card", &["card"]),
    ("request", &["fields"]),
    ("body", &["body", "response", "input"]),
    ("target", &["url", "target"]),
    ("settings", &["settings", "environment"]),
];

/// A run that shows that a target works, and one that looks for faults, in seconds.
const SMOKE: u32 = 60;
const LONG: u32 = 600;

/// What libFuzzer needs to know of each branch. `cargo fuzz` passes the same to the compiler; here the stable one suffices,
/// since no sanitizer is asked for: the core has no unsafe code but the string scan, which has a twin in safe code.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// `[--smoke | --seconds N] [TARGET…]`.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (seconds, names) = match arguments {
        ["--smoke", names @ ..] => (SMOKE, names),
        ["--seconds", seconds, names @ ..] => (seconds.parse().context("a number of seconds")?, names),
        names => (LONG, names),
    };
    if let Some(unknown) = names.iter().find(|name| !TARGETS.iter().any(|(known, _)| known == *name)) {
        let known: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("no target {unknown:?}; the targets are: {}", known.join(", "));
    }
    let programs = compiled()?;
    let seeds = seeds()?;
    for (name, _) in TARGETS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        fuzz(name, &programs, &seeds, seconds)?;
    }
    Ok(())
}

/// Builds every target; the folder of the programs.
fn compiled() -> Result<PathBuf> {
    let host = String::from_utf8(program("rustc").arg("-vV").output()?.stdout)?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names its host")?;
    // The variable takes the place of the flags of `.cargo/config.toml`: the engine there is fuzzed, too.
    let engine = if host.starts_with("x86_64") { " --cfg curve25519_dalek_backend=\"avx512\"" } else { "" };
    let folder = target().join("fuzz");
    let mut log = Log::new("fuzz build")?;
    // With a target named, build scripts and macros are built without instrumentation.
    let built = log.run(
        cargo(["build", "--quiet", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", host])
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTFLAGS", format!("{INSTRUMENTATION}{engine}")),
    );
    built.with_context(|| log.text())?;
    Ok(folder.join(host).join("release"))
}

/// Runs one target.
fn fuzz(name: &str, programs: &Path, seeds: &BTreeMap<&str, Vec<Vec<u8>>>, seconds: u32) -> Result<()> {
    let folder = build().join("fuzz").join(name);
    let (corpus, seed) = (folder.join("corpus"), folder.join("seeds"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&seed)?;
    for bytes in &seeds[name] {
        fs::write(seed.join(hex::encode(&Sha256::digest(bytes)[..8])), bytes)?;
    }
    println!("{name}: {seconds} s from {} seeds", seeds[name].len());
    let output = program(programs.join(name))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=16384", "-print_final_stats=1", "-verbosity=0"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .args([&corpus, &seed])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} found a fault, kept in {}:\n{text}", folder.display());
    for line in text.lines().filter(|line| line.contains("executed_units") || line.contains("peak_rss")) {
        println!("  {line}");
    }
    Ok(())
}

/// The seeds of each target.
fn seeds() -> Result<BTreeMap<&'static str, Vec<Vec<u8>>>> {
    let mut seeds: BTreeMap<&str, Vec<Vec<u8>>> =
        TARGETS.iter().map(|(name, _)| (*name, Vec::new())).collect();
    for arguments in vectors::arguments(&root().join("conformance-vectors"))? {
        gather(&Value::Object(arguments), &mut seeds);
    }
    Ok(seeds)
}

/// Finds the bytes of a case, however deep they stand; keys are nested in lists.
fn gather(value: &Value, seeds: &mut BTreeMap<&'static str, Vec<Vec<u8>>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| gather(value, seeds)),
        Value::Object(members) => {
            for (name, value) in members {
                let bytes = match (value.as_str(), name.rsplit_once('_')) {
                    (Some(text), Some((name, "utf8"))) => Some((name, text.as_bytes().to_vec())),
                    (Some(text), Some((name, "b64u"))) => {
                        URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| (name, bytes))
                    }
                    (Some(text), _) => Some((name.as_str(), text.as_bytes().to_vec())),
                    (None, _) => None,
                };
                if let Some((name, bytes)) = bytes {
                    for (target, members) in TARGETS {
                        if members.contains(&name) {
                            seeds.entry(target).or_default().push(bytes.clone());
                        }
                    }
                }
                gather(value, seeds);
            }
        }
        _ => {}
    }
}
