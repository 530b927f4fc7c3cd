//! Canonicalizes files and says how long one call takes: what `cargo xtask demo` runs for Rust.
//! What it prints is told in `xtask/measure/README.md`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use samebyte::jcs;

fn main() -> Result<(), std::io::Error> {
    for path in std::env::args_os().skip(1) {
        let text = std::fs::read(path)?;
        match jcs::canonicalize(&text, &jcs::Options::default()) {
            Ok(canonical) => {
                let hex: String = canonical.iter().map(|byte| format!("{byte:02x}")).collect();
                println!("{{\"hex\":\"{hex}\",\"nanoseconds\":{}}}", nanoseconds(&text));
            }
            Err(error) => println!("{{\"code\":\"{}\"}}", error.code().name()),
        }
    }
    Ok(())
}

/// The fastest of 15 rounds.
fn nanoseconds(text: &[u8]) -> u128 {
    let call = || black_box(jcs::canonicalize(black_box(text), &jcs::Options::default()).is_ok());
    let (start, mut calls) = (Instant::now(), 0_u128);
    while calls == 0 || start.elapsed() < Duration::from_millis(10) {
        call();
        calls += 1;
    }
    let calls = calls.div_ceil(5);
    let rounds = (0..15).map(|_| {
        let start = Instant::now();
        for _ in 0..calls {
            call();
        }
        start.elapsed().as_nanos() / calls
    });
    rounds.min().unwrap_or_default()
}
