//! Canonicalization against its peers: `cargo bench -p samebyte --bench jcs`.
//!
//! Medians of interleaved rounds, as a Markdown table. Arguments: `--json FILE` writes the rows
//! `{"document","bytes","peer","ns"}`; `--documents FOLDER` writes the documents there and measures nothing, so that
//! other languages can measure the same; `--rounds N`; a word measures only the documents whose name has it in it.

mod documents;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use documents::Document;
use samebyte::jcs::{Numbers, Options, Writer, canonicalize, canonicalize_into};

/// How long one peer works on one document in one round.
const BATCH: Duration = Duration::from_millis(40);

struct Arguments {
    json: Option<PathBuf>,
    documents: Option<PathBuf>,
    rounds: usize,
    only: Option<String>,
}

fn arguments() -> Arguments {
    let mut parsed = Arguments { json: None, documents: None, rounds: 7, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => parsed.json = Some(value().into()),
            "--documents" => parsed.documents = Some(value().into()),
            "--rounds" => parsed.rounds = value().parse().expect("--rounds takes a number"),
            // Cargo passes it to every bench.
            "--bench" => {}
            _ => parsed.only = Some(argument),
        }
    }
    parsed
}

/// Something that is measured on a text. `run` tells whether it accepts it.
struct Peer {
    name: &'static str,
    run: fn(&[u8]) -> bool,
}

const PEERS: [Peer; 5] = [
    Peer { name: "samebyte", run: |text| black_box(canonicalize(text, &options())).is_ok() },
    Peer {
        name: "samebyte (exact)",
        run: |text| {
            let mut options = options();
            options.numbers = Numbers::Exact;
            black_box(canonicalize(text, &options)).is_ok()
        },
    },
    Peer {
        name: "serde_jcs",
        run: |text| {
            let value: serde_json::Value = serde_json::from_slice(text).expect("JSON");
            black_box(serde_jcs::to_vec(&value)).is_ok()
        },
    },
    Peer {
        name: "serde_json_canonicalizer",
        run: |text| {
            let value: serde_json::Value = serde_json::from_slice(text).expect("JSON");
            black_box(serde_json_canonicalizer::to_vec(&value)).is_ok()
        },
    },
    Peer {
        name: "sonic-rs (parse only)",
        run: |text| black_box(sonic_rs::from_slice::<sonic_rs::Value>(text)).is_ok(),
    },
];

fn options() -> Options {
    let mut options = Options::default();
    options.max_bytes = usize::MAX;
    options.max_depth = usize::MAX;
    options
}

/// Nanoseconds per call.
fn measure(mut run: impl FnMut(), batch: Duration) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    loop {
        run();
        calls += 1;
        let spent = start.elapsed();
        if spent >= batch {
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
    let third_party = std::env::var_os("SAMEBYTE_THIRD_PARTY").map(PathBuf::from);
    let mut documents = documents::all(third_party.as_deref());
    if let Some(folder) = &arguments.documents {
        for document in &documents {
            let path = folder.join(document.name).with_extension("json");
            std::fs::write(&path, &document.text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        return;
    }
    if let Some(only) = &arguments.only {
        documents.retain(|document| document.name.contains(only.as_str()));
    }
    let mut rows = String::new();
    print!("| document | bytes |");
    for peer in &PEERS {
        print!(" {} µs |", peer.name);
    }
    println!(" over serde_json_canonicalizer | over sonic-rs parse |");
    println!("|---|---:|{}", "---:|".repeat(PEERS.len() + 2));
    for Document { name, text } in &documents {
        let accepted = PEERS.each_ref().map(|peer| (peer.run)(text));
        let mut times = vec![Vec::new(); PEERS.len()];
        for _ in 0..arguments.rounds {
            for (peer, times) in PEERS.iter().zip(&mut times) {
                times.push(measure(|| _ = (peer.run)(black_box(text)), BATCH));
            }
        }
        let times: Vec<f64> = times.into_iter().map(median).collect();
        print!("| {name} | {} |", text.len());
        for ((peer, time), accepted) in PEERS.iter().zip(&times).zip(accepted) {
            if !accepted {
                print!(" refused |");
                continue;
            }
            print!(" {:.2} |", time / 1000.0);
            rows.push_str(&format!(
                "{}{{\"document\":\"{name}\",\"bytes\":{},\"peer\":\"{}\",\"ns\":{time:.0}}}",
                if rows.is_empty() { "[" } else { ",\n" },
                text.len(),
                peer.name,
            ));
        }
        println!(" {:.1}× | {:.2}× |", times[3] / times[0], times[4] / times[0]);
    }
    rows.push_str("]\n");
    if arguments.only.is_none() {
        growth();
        writer();
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, rows).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// Time per byte for small and large documents of one kind.
fn growth() {
    println!("\n| growth | small | ns/byte | large | ns/byte | factor |\n|---|---:|---:|---:|---:|---:|");
    let nested = |levels: usize| {
        let mut text = r#"{"b":[1,"#.repeat(levels);
        text.push_str("null");
        text.push_str(&r#"],"a":2}"#.repeat(levels));
        text.into_bytes()
    };
    let pairs = [
        ("members of one object", documents::keys(1_000), documents::keys(1_000_000)),
        ("levels", nested(500), nested(500_000)),
        ("records", documents::mixed(100_000, 1), documents::mixed(100_000_000, 1)),
    ];
    for (what, small, large) in pairs {
        let per_byte = |text: &[u8]| {
            let mut out = Vec::new();
            let times = (0..5).map(|_| {
                measure(
                    || {
                        out.clear();
                        canonicalize_into(black_box(text), &options(), &mut out).expect("canonical");
                    },
                    BATCH,
                )
            });
            median(times.collect()) / text.len() as f64
        };
        let (one, other) = (per_byte(&small), per_byte(&large));
        println!(
            "| {what} | {} | {one:.2} | {} | {other:.2} | {:.1} |",
            small.len(),
            large.len(),
            other / one
        );
    }
}

/// The event-driven front on the shape of the request document, against its text.
fn writer() {
    let options = Options::default();
    let events = || -> samebyte::Result<Vec<u8>> {
        let mut writer = Writer::new(&options);
        writer.begin_object()?;
        writer.key("method")?;
        writer.string("payments.transfer")?;
        writer.key("id")?;
        writer.string("6f1c2a9e-52d1-4b7e-9c55-0d9f3e8a1b77")?;
        writer.key("params")?;
        writer.begin_object()?;
        writer.key("to")?;
        writer.string("acct_9f8e7d6c5b4a")?;
        writer.key("amount")?;
        writer.double(1250.75)?;
        writer.key("currency")?;
        writer.string("EUR")?;
        writer.key("memo")?;
        writer.string("Invoice 2024-117")?;
        writer.key("urgent")?;
        writer.boolean(false)?;
        writer.key("tags")?;
        writer.begin_array()?;
        writer.string("b2b")?;
        writer.string("net30")?;
        writer.end_array()?;
        writer.end_object()?;
        writer.key("nonce")?;
        writer.string("kq3v9Zs1T8mWcYxB2nRf0A")?;
        writer.key("iat")?;
        writer.integer(1_735_689_600)?;
        writer.key("exp")?;
        writer.integer(1_735_689_900)?;
        writer.key("caller")?;
        writer.string("did:example:alice")?;
        writer.end_object()?;
        writer.finish()
    };
    let text = documents::all(None).swap_remove(0).text;
    assert_eq!(events().expect("canonical"), canonicalize(&text, &options).expect("canonical"));
    let (mut written, mut read) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        written.push(measure(|| drop(black_box(events())), BATCH));
        read.push(measure(|| drop(black_box(canonicalize(black_box(&text), &options))), BATCH));
    }
    println!("\n| request, µs | |\n|---|---:|");
    println!(
        "| by `Writer` | {:.2} |\n| from text | {:.2} |",
        median(written) / 1000.0,
        median(read) / 1000.0
    );
}
