//! `cargo xtask`: everything a developer or CI runs.

mod generate;
mod vectors;
mod versions;
mod workspace;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["gen"] => generate::run(false),
        ["gen", "--check"] => generate::run(true),
        ["vectors", "lint"] => vectors::lint(),
        ["vectors", "manifest"] => vectors::manifest(),
        _ => bail!("usage: cargo xtask gen [--check] | vectors lint | vectors manifest"),
    }
}
