//! JSON Web Signatures against the primitive beneath: `cargo bench -p samebyte --bench sign`.
//!
//! Medians of interleaved rounds, as a Markdown table: what a JWS of 300 bytes costs beyond its signature. Arguments:
//! `--json FILE` writes the rows `{"algorithm","operation","ns"}`; `--rounds N`; a word measures only the algorithms whose
//! name has it in it.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use samebyte::algorithms::{Algorithm, LowS};
use samebyte::jcs::Numbers;
use samebyte::jws::{self, SignOptions};
use samebyte::keys::{Keyset, SigningKey, Verifier, VerifierOptions};

/// How long one operation runs in one round: less than a time slice, so that most rounds are not interrupted.
const BATCH: Duration = Duration::from_micros(200);

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

/// A JSON text of 300 bytes that is not canonical.
fn payload() -> Vec<u8> {
    let text = r#"{"method":"payments.transfer","id":"6f1c2a9e-52d1-4b7e-9c55-0d9f3e8a1b77","params":{"to":"acct_9f8e7d6c5b4a","amount":1250.75,"currency":"EUR","memo":"Invoice 2024-117","urgent":false,"tags":["b2b","net30"]},"nonce":"kq3v9Zs1T8mWcYxB2nRf0A","iat":1735689600,"exp":1735689900,"caller":"did:example:a"}"#;
    let mut text = text.as_bytes().to_vec();
    // A space behind the brace, or as many as there must be.
    while text.len() < 300 {
        text.insert(1, b' ');
    }
    text.truncate(text.len().max(300));
    text
}

/// One operation on one algorithm.
struct Operation {
    name: &'static str,
    run: Box<dyn Fn()>,
}

fn operations(algorithm: Algorithm) -> Vec<Operation> {
    let key = SigningKey::generate(algorithm).expect("a key");
    let (public, symmetric) = match key.public_key() {
        Some(public) => (vec![public.clone()], vec![]),
        None => (vec![], vec![key.clone()]),
    };
    let keyset = Keyset::new(&public, &symmetric).expect("a set");
    let verifier = Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier");
    let mut compact = SignOptions::default();
    compact.header.algorithm = Some(algorithm);
    let mut detached = compact.clone();
    detached.detached = true;
    detached.canonicalize = Some(Numbers::Exact);
    let payload = payload();
    let token = jws::sign(&payload, &key, &compact).expect("a token");
    let bare = jws::sign(&payload, &key, &detached).expect("a token");
    let dot = token.iter().rposition(|byte| *byte == b'.').expect("a token");
    let message = token[..dot].to_vec();
    let signature = key.sign_with(algorithm, &message).expect("a signature");
    let mut operations: Vec<Operation> = Vec::new();
    let mut add = |name, run: Box<dyn Fn()>| operations.push(Operation { name, run });
    {
        let (key, message) = (key.clone(), message.clone());
        add("raw sign", Box::new(move || _ = black_box(key.sign_with(algorithm, black_box(&message)))));
    }
    {
        let (key, payload) = (key.clone(), payload.clone());
        add("compact sign", Box::new(move || _ = black_box(jws::sign(black_box(&payload), &key, &compact))));
    }
    {
        let (key, payload) = (key.clone(), payload.clone());
        let run = move || _ = black_box(jws::sign(black_box(&payload), &key, &detached));
        add("detached, canonicalized sign", Box::new(run));
    }
    {
        let key = key.clone();
        let run = move || {
            let (message, signature) = (black_box(&message), black_box(&signature));
            match key.public_key() {
                Some(public) => public.verify_with(algorithm, message, signature, LowS::Any),
                None => key.verify_with(algorithm, message, signature),
            }
            .expect("it verifies");
        };
        add("raw verify", Box::new(run));
    }
    {
        let verifier = verifier.clone();
        let run = move || {
            black_box(jws::verify(black_box(&token), None, &verifier, None)).expect("it verifies");
        };
        add("compact verify", Box::new(run));
    }
    let run = move || {
        let numbers = Some(Numbers::Exact);
        black_box(jws::verify(black_box(&bare), Some(black_box(&payload)), &verifier, numbers))
            .expect("it verifies");
    };
    add("detached, canonicalized verify", Box::new(run));
    operations
}

/// Nanoseconds per call.
fn measure(run: &dyn Fn()) -> f64 {
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let arguments = arguments();
    let mut rows = Vec::new();
    println!(
        "| µs, {} bytes | sign: raw | compact | over | detached, canonicalized | over | verify: raw | compact | over | detached, canonicalized | over |",
        payload().len()
    );
    println!("|---|{}", "---:|".repeat(10));
    for algorithm in Algorithm::ALL {
        if arguments.only.as_ref().is_some_and(|only| !algorithm.name().contains(only.as_str())) {
            continue;
        }
        if let Err(error) = SigningKey::generate(algorithm) {
            println!("| {algorithm} | skipped: {error} |");
            continue;
        }
        let operations = operations(algorithm);
        let mut times = vec![Vec::new(); operations.len()];
        for _ in 0..arguments.rounds {
            for (operation, times) in operations.iter().zip(&mut times) {
                times.push(measure(&operation.run));
            }
        }
        let times: Vec<f64> = times.into_iter().map(median).collect();
        print!("| {algorithm} |");
        for times in times.chunks(3) {
            let micros = |time: f64| time / 1000.0;
            let [raw, compact, detached] = times else { unreachable!("three of each") };
            print!(
                " {:.2} | {:.2} | **{:.2}** | {:.2} | **{:.2}** |",
                micros(*raw),
                micros(*compact),
                micros(compact - raw),
                micros(*detached),
                micros(detached - raw)
            );
        }
        println!();
        for (operation, time) in operations.iter().zip(&times) {
            rows.push(format!(
                "{{\"algorithm\":\"{algorithm}\",\"operation\":\"{}\",\"ns\":{time:.0}}}",
                operation.name
            ));
        }
    }
    if let Some(path) = &arguments.json {
        let text = format!("[{}]\n", rows.join(",\n"));
        std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
