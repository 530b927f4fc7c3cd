//! Checks the first lines of the ECMAScript number corpus against the published checksums:
//! `cargo run --release --example es6_numbers -- 100000000`.

#[path = "../tests/es6/mod.rs"]
mod es6;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use es6::Checker;
use samebyte::jcs::{Options, canonicalize_into};

fn main() -> ExitCode {
    let lines = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse());
    let Ok(lines) = lines else {
        eprintln!("usage: es6_numbers [LINES]");
        return ExitCode::FAILURE;
    };
    let start = Instant::now();
    let options = Options::default();
    let mut checker = Checker::new();
    let (mut literal, mut text) = (Vec::new(), Vec::new());
    let (mut checked, mut wrong) = (0, 0);
    for value in es6::doubles().take(lines) {
        literal.clear();
        write!(literal, "{value:.16e}").expect("memory can be written");
        text.clear();
        if let Err(error) = canonicalize_into(&literal, &options, &mut text) {
            eprintln!("{value:e}: {error}");
            return ExitCode::FAILURE;
        }
        if let Some((count, agrees)) = checker.add(value, &text) {
            println!(
                "{count} lines: {} after {:.1?}",
                if agrees { "as published" } else { "WRONG" },
                start.elapsed()
            );
            checked += 1;
            wrong += usize::from(!agrees);
        }
    }
    if wrong > 0 || checked == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
