//! `cargo xtask`: everything a developer or CI runs.

mod bench;
mod demo;
mod fuzz;
mod generate;
mod interop;
mod language;
mod log;
mod products;
mod readme;
mod setup;
mod soak;
mod stamp;
mod tally;
mod test;
mod vectors;
mod versions;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask demo [FILE.json] | test [STEP…] | bench [NAME…] | gen [--check]
                   | fuzz [--smoke | --seconds N] [TARGET…] | interop [--check] | soak [stores | gateways | --only WORD]…
                   | vectors lint | vectors manifest";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("cargo xtask: {error:#}");
        ExitCode::FAILURE
    })
}

/// Does what the arguments say.
fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["bench", names @ ..] => bench::run(names)?,
        ["demo"] => demo::run(None)?,
        ["demo", file] => demo::run(Some(file))?,
        ["fuzz", arguments @ ..] => fuzz::run(arguments)?,
        ["gen"] => generate::run(false)?,
        ["gen", "--check"] => generate::run(true)?,
        ["interop"] => interop::run(false)?,
        ["interop", "--check"] => interop::run(true)?,
        ["soak", words @ ..] => soak::run(words)?,
        ["test", steps @ ..] => return test::run(steps).map(|passed| ExitCode::from(u8::from(!passed))),
        ["vectors", "lint"] => vectors::lint()?,
        ["vectors", "manifest"] => vectors::manifest()?,
        _ => bail!(USAGE),
    }
    Ok(ExitCode::SUCCESS)
}
