//! One run of `wrk` against a server, and what it came to.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::workspace::{program, root};

const CONNECTIONS: usize = 32;

/// What was measured.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    pub(super) per_second: f64,
    pub(super) cpu_us: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) half_p99_ms: f64,
}

impl Load {
    /// Member by member.
    pub(super) fn median(loads: &[Self]) -> Self {
        let median = |of: fn(&Self) -> f64| {
            let mut values: Vec<f64> = loads.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        Self {
            per_second: median(|load| load.per_second),
            cpu_us: median(|load| load.cpu_us),
            p50_ms: median(|load| load.p50_ms),
            p99_ms: median(|load| load.p99_ms),
            half_p99_ms: median(|load| load.half_p99_ms),
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.0}/s, {:.0} µs CPU, p50 {:.2} ms, p99 {:.2} ms, at half load p99 {:.2} ms",
            self.per_second, self.cpu_us, self.p50_ms, self.p99_ms, self.half_p99_ms
        )
    }
}

/// Loads the server at `port`, whose process is `id`, with the requests in the file `name` of `folder`.
pub(super) fn measure(port: u16, id: u32, folder: &Path, name: &str) -> Result<Load> {
    // The first requests warm up, until what compiles while it runs has compiled; they are fewer than what is left out for them.
    run(port, folder, name, (2, 0), 0)?;
    let (skip, before) = (60_000, cpu_us(id)?);
    let full = run(port, folder, name, (3, skip), 0)?;
    let cpu_us = (cpu_us(id)? - before) / full.requests.max(1.0);
    // Half of the throughput: as long again between two requests as one takes now.
    let pause = (CONNECTIONS as f64 / full.per_second * 2000.0 - 1.0).max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds, above 0")]
    let half = run(port, folder, name, (2, skip + full.requests as usize + 1000), pause.round() as u64)?;
    Ok(Load {
        per_second: full.per_second,
        cpu_us,
        p50_ms: full.p50_ms,
        p99_ms: full.p99_ms,
        half_p99_ms: half.p99_ms,
    })
}

struct Run {
    requests: f64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// Runs `wrk` for so many seconds behind so many requests; every answer has to be a success.
fn run(port: u16, folder: &Path, name: &str, (seconds, skip): (u32, usize), pause_ms: u64) -> Result<Run> {
    let mut wrk: Command = program("wrk");
    wrk.args(["--threads", "1", "--connections", &CONNECTIONS.to_string(), "--latency"]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]);
    wrk.arg(root().join("server/examples/http_bench.lua"))
        .arg(format!("http://127.0.0.1:{port}/rpc"))
        .arg("--");
    wrk.arg(folder).arg(name).arg(skip.to_string()).env("PAUSE_MS", pause_ms.to_string());
    let output = wrk.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "wrk: {text}");
    ensure!(
        !text.contains("Non-2xx") && !text.contains("Socket errors"),
        "not every request was accepted: {text}"
    );
    let line = |word: &str| {
        let found = text.lines().map(str::trim).find(|line| line.contains(word));
        found.with_context(|| format!("wrk says nothing of {word}: {text}"))
    };
    let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let latency = |share: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(share));
        milliseconds(found.with_context(|| format!("wrk says nothing of {share}: {text}"))?)
    };
    Ok(Run {
        requests: first(line("requests in")?).parse()?,
        per_second: line("Requests/sec:")?.trim_start_matches("Requests/sec:").trim().parse()?,
        p50_ms: latency("50%")?,
        p99_ms: latency("99%")?,
    })
}

/// `1.23ms`, `456.00us`, `1.02s`.
fn milliseconds(text: &str) -> Result<f64> {
    let text = text.trim();
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 0.001)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.trim_end_matches('s'), 1000.0)
    };
    Ok(number.parse::<f64>().with_context(|| text.to_owned())? * factor)
}

/// Microseconds of CPU that a process and those that it has started have used, in user and system.
fn cpu_us(id: u32) -> Result<f64> {
    let mut stats = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().parse::<u32>().is_ok() {
            // A process that has just ended tells nothing any more.
            stats.extend(fs::read_to_string(entry.path().join("stat")).ok().as_deref().and_then(Stat::read));
        }
    }
    ensure!(stats.iter().any(|stat| stat.id == id), "the server has ended");
    // A tick is a hundredth of a second on every Linux there is.
    Ok(ticks(&stats, id) * 10_000.0)
}

/// What `/proc` tells of a process: who it is, who started it, and the ticks of it and of those that it has seen end.
#[derive(Clone, Copy)]
struct Stat {
    id: u32,
    parent: u32,
    ticks: f64,
}

impl Stat {
    fn read(line: &str) -> Option<Self> {
        // The name of the program stands in parentheses and may hold anything.
        let (head, rest) = line.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<f64>());
        Some(Self {
            id: head.split_once(' ')?.0.parse().ok()?,
            parent: fields.get(1)?.parse().ok()?,
            ticks: ticks.sum::<Result<f64, _>>().ok()?,
        })
    }
}

/// The ticks of a process and of all below it.
fn ticks(stats: &[Stat], id: u32) -> f64 {
    let mut tree = vec![id];
    let mut sum = 0.0;
    while let Some(id) = tree.pop() {
        sum += stats.iter().filter(|stat| stat.id == id).map(|stat| stat.ticks).sum::<f64>();
        tree.extend(stats.iter().filter(|stat| stat.parent == id).map(|stat| stat.id));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_wrk_are_read() {
        assert!((milliseconds(" 456.00us").unwrap() - 0.456).abs() < 1e-9);
        assert!((milliseconds("1.23ms").unwrap() - 1.23).abs() < 1e-9);
        assert!((milliseconds("1.02s").unwrap() - 1020.0).abs() < 1e-9);
    }

    #[test]
    fn the_time_of_a_server_is_that_of_all_its_processes() {
        let lines = [
            "10 (python3) S 1 10 10 0 -1 0 0 0 0 0 3 1 20 4 20 0",
            "11 (php-fpm: pool) a (b) S 10 10 10 0 -1 0 0 0 0 0 5 2 0 0 20 0",
            "12 (nginx) S 11 10 10 0 -1 0 0 0 0 0 100 10 0 0 20 0",
            "13 (other) S 1 10 10 0 -1 0 0 0 0 0 7 7 7 7 20 0",
        ];
        let stats: Vec<Stat> = lines.iter().filter_map(|line| Stat::read(line)).collect();
        assert_eq!(stats.len(), 4);
        assert!((ticks(&stats, 10) - 145.0).abs() < 1e-9);
        assert!((ticks(&stats, 11) - 117.0).abs() < 1e-9);
    }
}
