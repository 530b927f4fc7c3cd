//! JSON Web Signatures against other crates, and against the engine beneath: `cargo bench --manifest-path peers/Cargo.toml`.
//!
//! Medians of interleaved rounds, as Markdown tables: what a compact JWS of 300 bytes costs, and what of it is beyond the
//! bare signature. Arguments: `--json FILE` writes the rows `{"document","bytes","peer","ns"}`; `--rounds N`; a word
//! measures only the algorithms whose name has it in it.

mod engine;
mod work;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use samebyte::algorithms::Algorithm;

use work::{Batch, Case, DOCUMENTS, PAYLOAD, Work};

/// How long one peer works in one round: less than a time slice, so that most rounds are not interrupted.
const BATCH: Duration = Duration::from_micros(200);

/// Rounds of the row that takes a second.
const LONG_ROUNDS: usize = 7;

const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::EdDsa,
    Algorithm::Es256k,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
    Algorithm::Ps256,
    Algorithm::Hs256,
];

struct Arguments {
    json: Option<PathBuf>,
    rounds: usize,
    only: Option<String>,
}

fn arguments() -> Arguments {
    let mut parsed = Arguments { json: None, rounds: 301, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => parsed.json = Some(value().into()),
            "--rounds" => parsed.rounds = value().parse().expect("--rounds takes a number"),
            // Cargo passes it to every bench.
            "--bench" => {}
            _ => parsed.only = Some(argument),
        }
    }
    parsed
}

fn main() {
    let arguments = arguments();
    let mut rows = Vec::new();
    println!(
        "| {} bytes, µs | samebyte | the engine alone | beyond it | jsonwebtoken | josekit |",
        PAYLOAD.len()
    );
    println!("|---|{}", "---:|".repeat(5));
    for algorithm in ALGORITHMS {
        if arguments.only.as_ref().is_some_and(|only| !algorithm.name().contains(only.as_str())) {
            continue;
        }
        let case = Case::new(algorithm);
        for (name, work) in case.rows() {
            let times = measure(&work, arguments.rounds);
            let [(_, own), (_, alone), ..] = &times[..] else { unreachable!("both are always measured") };
            // Neighbours are compared: what slows down a machine slows down both.
            let beyond = median(own.iter().zip(alone).map(|(own, alone)| own - alone));
            let [own, alone] = [own, alone].map(|times| median(times.iter().copied()));
            print!("| {name} | {:.2} | {:.2} | **{:.2}** |", own / 1e3, alone / 1e3, beyond / 1e3);
            for peer in ["jsonwebtoken", "josekit"] {
                match times.iter().find(|(name, _)| *name == peer) {
                    Some((_, times)) => {
                        let time = median(times.iter().copied());
                        print!(" {:.2} ({:.2}×) |", time / 1e3, time / own);
                    }
                    None => print!(" – |"),
                }
            }
            println!();
            note(&mut rows, &name, &times);
        }
    }
    println!("\nBefore they sign, the peers are given the canonical form of `serde_json_canonicalizer`.");
    if arguments.only.is_none() {
        many(&mut rows);
    }
    if let Some(path) = &arguments.json {
        let text = format!("[{}]\n", rows.join(",\n"));
        std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// Many documents at once.
fn many(rows: &mut Vec<String>) {
    println!("\n| {DOCUMENTS} signed documents, ms | all processors | one by one | |\n|---|---:|---:|---:|");
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let name = format!("{algorithm} verify {DOCUMENTS} documents");
        let batch = Batch::new(algorithm);
        let times = measure(&batch.row(), LONG_ROUNDS);
        let [together, one_by_one] = [0, 1].map(|place: usize| median(times[place].1.iter().copied()));
        let factor = one_by_one / together;
        println!("| {algorithm} | {:.1} | {:.1} | {factor:.2}× |", together / 1e6, one_by_one / 1e6);
        note(rows, &name, &times);
    }
}

/// The rows of the JSON file.
fn note(rows: &mut Vec<String>, name: &str, times: &[(&str, Vec<f64>)]) {
    let bytes = PAYLOAD.len();
    rows.extend(times.iter().map(|(peer, times)| {
        let time = median(times.iter().copied());
        format!("{{\"document\":\"{name}\",\"bytes\":{bytes},\"peer\":\"{peer}\",\"ns\":{time:.0}}}")
    }));
}

/// Nanoseconds per call of each peer, in rounds in which they take turns.
fn measure(work: &[Work<'_>], rounds: usize) -> Vec<(&'static str, Vec<f64>)> {
    let mut times: Vec<_> = work.iter().map(|(name, _)| (*name, Vec::with_capacity(rounds))).collect();
    for _ in 0..rounds {
        for ((_, run), (_, times)) in work.iter().zip(&mut times) {
            times.push(once(run));
        }
    }
    times
}

/// Nanoseconds per call, in one round.
fn once(run: &dyn Fn()) -> f64 {
    // Each finds its own code and key in the caches, and not those of the peer before it.
    run();
    let start = Instant::now();
    let mut calls = 0_u32;
    loop {
        run();
        calls += 1;
        let spent = start.elapsed();
        if spent >= BATCH {
            return spent.as_nanos() as f64 / f64::from(calls);
        }
    }
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
