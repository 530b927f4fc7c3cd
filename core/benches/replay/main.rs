//! The store of one process: memory per live nonce, and reservations. `cargo bench -p samebyte --bench replay`.
//!
//! Medians of interleaved rounds, as Markdown tables. Arguments: `--json FILE` writes the rows
//! `{"document","peer","ns"}`; `--rounds N`; `--memory N` prints the line of memory for N live nonces alone.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use samebyte::replay::{Memory, Verdict, key};

const START_MS: u64 = 1_795_000_000_000;
const TTL_MS: u64 = 360_000;
/// How many nonces a measurement reserves, all threads together.
const NONCES: usize = 400_000;

/// Something that remembers nonces. Whether it was new.
trait Store: Sync {
    fn reserve(&self, key: [u8; 16]) -> bool;
}

impl Store for Memory {
    fn reserve(&self, key: [u8; 16]) -> bool {
        Self::reserve(self, key, START_MS + TTL_MS, START_MS) == Verdict::New
    }
}

/// What one writes first: a map in a mutex. It is right as long as nothing is ever taken out of it.
#[derive(Default)]
struct Map(Mutex<HashMap<[u8; 16], u64>>);

impl Store for Map {
    fn reserve(&self, key: [u8; 16]) -> bool {
        self.0.lock().expect("no thread dies in it").insert(key, START_MS + TTL_MS).is_none()
    }
}

type Peer = (&'static str, fn() -> Box<dyn Store>);

const PEERS: [Peer; 2] =
    [("samebyte", || Box::new(Memory::new(100_000_000))), ("a map in a mutex", || Box::new(Map::default()))];

/// What is measured: how many threads there are, and whether they reserve the same nonces.
const CASES: [(&str, usize, bool); 4] = [
    ("1 thread", 1, false),
    ("2 threads", 2, false),
    ("8 threads", 8, false),
    ("8 threads, the same nonces", 8, true),
];

/// Nanoseconds of wall time per reservation. Every nonce is won exactly once.
fn measure(store: &dyn Store, keys: &[[u8; 16]], threads: usize, same: bool) -> f64 {
    let wins = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for part in keys.chunks(keys.len().div_ceil(threads)) {
            let (part, wins) = (if same { keys } else { part }, &wins);
            scope.spawn(move || {
                let won = part.iter().filter(|key| store.reserve(**key)).count();
                wins.fetch_add(won, Ordering::Relaxed);
            });
        }
    });
    let spent = start.elapsed().as_nanos() as f64;
    assert_eq!(wins.into_inner(), keys.len(), "one winner for each nonce");
    spent / (keys.len() * if same { threads } else { 1 }) as f64
}

fn keys(count: usize) -> impl Iterator<Item = [u8; 16]> {
    (0..count).map(|number| key("acme", "thumbprint", &number.to_string(), false))
}

/// The memory of this process that is in use, in bytes; `None` where the system does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// How many live nonces a store is measured with: tables are laid out anew at different counts, so several.
const LIVE: [usize; 6] = [100_000, 1_000_000, 1_200_000, 1_400_000, 1_600_000, 4_000_000];

/// The table of memory. Each line is measured in a process of its own, in which nothing else was in memory before.
fn memory() {
    println!("| live nonces | bytes each, filled | bytes each, after three lifetimes |\n|---:|---:|---:|");
    for live in LIVE {
        let mut own = Command::new(std::env::current_exe().expect("this program"));
        let output = own.args(["--memory", &live.to_string()]).output().expect("this program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// What a store takes that has just been filled, and one in which then for a while as many nonces came as went.
fn memory_of(live: usize) {
    let Some(before) = resident() else { return eprintln!("skipped: memory: no /proc/self/status") };
    let each = || (resident().unwrap_or(before).saturating_sub(before)) as f64 / live as f64;
    let store = Memory::new(live * 2);
    let mut now = START_MS;
    let mut filled = 0.0;
    for (number, key) in keys(4 * live).enumerate() {
        // Evenly over the lifetime.
        now = START_MS + number as u64 * TTL_MS / live as u64;
        assert_eq!(store.reserve(key, now + TTL_MS, now), Verdict::New);
        if number + 1 == live {
            filled = each();
        }
    }
    println!("| {live} | {filled:.1} | {:.1} |", each());
    assert!(store.live(now).abs_diff(live) <= live / 100, "{} live", store.live(now));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let (mut json, mut rounds) = (None, 7);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--json" => json = Some(PathBuf::from(value())),
            "--memory" => return memory_of(value().parse().expect("--memory takes a number")),
            "--rounds" => rounds = value().parse().expect("--rounds takes a number"),
            // Cargo passes it to every bench.
            "--bench" => {}
            _ => panic!("unknown argument {argument:?}"),
        }
    }
    memory();
    let keys: Vec<_> = keys(NONCES).collect();
    println!(
        "\n| reservations | samebyte, ns | million per second | a map in a mutex, ns |\n|---|---:|---:|---:|"
    );
    let mut rows = Vec::new();
    for (name, threads, same) in CASES {
        let mut times = PEERS.map(|_| Vec::new());
        for _ in 0..rounds {
            for ((_, store), times) in PEERS.iter().zip(&mut times) {
                times.push(measure(&*black_box(store()), &keys, threads, same));
            }
        }
        let times = times.map(median);
        println!("| {name} | {:.0} | {:.2} | {:.0} |", times[0], 1000.0 / times[0], times[1]);
        for ((peer, _), time) in PEERS.iter().zip(times) {
            rows.push(format!(r#"{{"document":"{name}","peer":"{peer}","ns":{time:.0}}}"#));
        }
    }
    let start = Instant::now();
    keys_hashed();
    println!("\nThe name of a nonce (`key`): {:.0} ns.", start.elapsed().as_nanos() as f64 / NONCES as f64);
    if let Some(path) = json {
        std::fs::write(&path, format!("[{}]\n", rows.join(",\n")))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// The hash that comes before each reservation.
fn keys_hashed() {
    for number in 0..NONCES {
        black_box(key(
            black_box("acme"),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            &number.to_string(),
            false,
        ));
    }
}
