//! Signed requests under load: servers of each language, without and with what verifies, on this machine alone.

mod load;
mod server;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::{machine, node_versions, printed, python_versions, rust_versions, today};
use crate::log::Log;
use crate::products::{self, Variant};
use crate::workspace::{build, cargo, on_path, program, python, root, target};

use load::Load;
use server::{Case, Mode, Server};

/// The rounds, in each of which every case is measured once.
const ROUNDS: usize = 3;

/// How many requests are signed beforehand: more than one case can use.
const REQUESTS: usize = 260_000;

/// A page: a language, and what is measured in it.
struct Page {
    name: &'static str,
    title: &'static str,
    cases: &'static [Case],
    prepare: fn(&mut Log) -> Result<()>,
    versions: fn() -> Result<Vec<String>>,
    /// What is to be known of this language alone.
    notes: &'static [&'static str],
}

const PAGES: &[Page] = &[
    Page {
        name: "http",
        title: "Signed requests in Rust, and through the proxy",
        cases: &[
            Case { server: Server::Axum, mode: Mode::Unsigned },
            Case { server: Server::Axum, mode: Mode::Engine },
            Case { server: Server::Axum, mode: Mode::Verify },
            Case { server: Server::Axum, mode: Mode::Memory },
            Case { server: Server::Axum, mode: Mode::MemorySigned },
            Case { server: Server::Axum, mode: Mode::Redis },
            Case { server: Server::Axum, mode: Mode::RedisSigned },
            Case { server: Server::Proxy, mode: Mode::Unsigned },
            Case { server: Server::Proxy, mode: Mode::Memory },
            Case { server: Server::Proxy, mode: Mode::MemorySigned },
            Case { server: Server::Proxy, mode: Mode::RedisSigned },
        ],
        prepare: |log| log.run(&mut cargo(["build", "--release", "-p", "samebyte-cli", "--bin", "samebyte"])),
        versions: || rust_versions("Cargo.lock", &["axum", "hyper", "tokio", "redis"]),
        notes: &[],
    },
    Page {
        name: "http-python",
        title: "Signed requests in Python",
        cases: &[
            Case { server: Server::Starlette, mode: Mode::Unsigned },
            Case { server: Server::Starlette, mode: Mode::Memory },
            Case { server: Server::Starlette, mode: Mode::MemorySigned },
            Case { server: Server::Starlette, mode: Mode::Redis },
            Case { server: Server::Starlette, mode: Mode::RedisSigned },
            Case { server: Server::Starlette, mode: Mode::Peer },
            Case { server: Server::Waitress, mode: Mode::Unsigned },
            Case { server: Server::Waitress, mode: Mode::Memory },
            Case { server: Server::Waitress, mode: Mode::MemorySigned },
            Case { server: Server::Waitress, mode: Mode::Redis },
            Case { server: Server::Waitress, mode: Mode::RedisSigned },
        ],
        prepare: |log| {
            products::python_package(log, Variant::Plain)?;
            pip(log, &["waitress"])
        },
        versions: || {
            python_versions(&["starlette", "uvicorn", "waitress", "redis", "http-message-signatures"])
        },
        notes: &[],
    },
    Page {
        name: "http-node",
        title: "Signed requests in Node",
        cases: &[
            Case { server: Server::Express, mode: Mode::Unsigned },
            Case { server: Server::Express, mode: Mode::Primitive },
            Case { server: Server::Express, mode: Mode::Verify },
            Case { server: Server::Express, mode: Mode::Memory },
            Case { server: Server::Express, mode: Mode::MemorySigned },
            Case { server: Server::Express, mode: Mode::Redis },
            Case { server: Server::Express, mode: Mode::RedisSigned },
            Case { server: Server::Express, mode: Mode::Peer },
            Case { server: Server::Fastify, mode: Mode::Unsigned },
            Case { server: Server::Fastify, mode: Mode::Primitive },
            Case { server: Server::Fastify, mode: Mode::Verify },
            Case { server: Server::Fastify, mode: Mode::Memory },
            Case { server: Server::Fastify, mode: Mode::MemorySigned },
            Case { server: Server::Fastify, mode: Mode::Redis },
            Case { server: Server::Fastify, mode: Mode::RedisSigned },
            Case { server: Server::Fetch, mode: Mode::Unsigned },
            Case { server: Server::Fetch, mode: Mode::Primitive },
            Case { server: Server::Fetch, mode: Mode::Verify },
            Case { server: Server::Fetch, mode: Mode::Memory },
            Case { server: Server::Fetch, mode: Mode::MemorySigned },
            Case { server: Server::Fetch, mode: Mode::Redis },
            Case { server: Server::Fetch, mode: Mode::RedisSigned },
        ],
        prepare: |log| {
            products::node_package(log, Variant::Plain)?;
            let mut npm = program("npm");
            npm.args(["install", "--no-save", "--no-audit", "--no-fund", "http-message-signatures"]);
            log.run(npm.current_dir(root().join("bindings-node")))?;
            // The requests for the peer are signed in Python.
            products::venv(log)?;
            pip(log, &[])
        },
        versions: || node_versions(&["express", "fastify", "ioredis", "http-message-signatures"]),
        notes: &[
            "Express gives each request another prototype, after which V8 of Node 22 and older is slow to set members. The \
             middleware makes up for that, also for what Express itself sets: so its rows may come near those without it, or above",
        ],
    },
    Page {
        name: "http-php",
        title: "Signed requests in PHP",
        cases: &[
            Case { server: Server::Fpm, mode: Mode::Unsigned },
            Case { server: Server::Fpm, mode: Mode::Sqlite },
            Case { server: Server::Fpm, mode: Mode::SqliteSigned },
            Case { server: Server::Fpm, mode: Mode::Redis },
            Case { server: Server::Fpm, mode: Mode::RedisSigned },
        ],
        prepare: |log| products::c(log, Variant::Plain),
        versions: || {
            let sqlite = "(new PDO('sqlite::memory:'))->getAttribute(PDO::ATTR_SERVER_VERSION)";
            let code = format!("echo 'PHP ', PHP_VERSION, ', SQLite ', {sqlite};");
            Ok(vec![printed(program("php").args(["-r", &code]))?, nginx()?])
        },
        notes: &[
            "PHP: php-fpm with four processes behind nginx with one; OPcache is on, and the package and the header of the library \
             are preloaded, as its README says; the application is made anew for each request",
            "SQLite: where others have a store in memory, which the processes of php-fpm cannot share; with that deadline too",
        ],
    },
];

/// The version of nginx, which it prints as an error.
fn nginx() -> Result<String> {
    let output = program("nginx").arg("-v").output().context("nginx")?;
    let text = String::from_utf8(output.stderr)?;
    Ok(text.trim().trim_start_matches("nginx version: ").to_owned())
}

/// Installs the peer of Python, which also signs the requests for that of Node, and what else is named.
fn pip(log: &mut Log, more: &[&str]) -> Result<()> {
    let mut pip = program(python());
    log.run(pip.args(["-m", "pip", "install", "-q", "http-message-signatures", "cryptography"]).args(more))
}

/// The names of the pages.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|page| page.name)
}

/// Measures for the pages with this name, or whose name begins with it; for all without a name.
pub(super) fn run(names: &[&str]) -> Result<()> {
    let is_named = |page: &&Page| {
        let named = |name: &&str| {
            page.name.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        names.is_empty() || names.iter().any(named)
    };
    for page in PAGES.iter().filter(is_named) {
        measure(page).with_context(|| page.name)?;
    }
    Ok(())
}

fn measure(page: &Page) -> Result<()> {
    println!("{} …", page.title);
    for tool in ["wrk", "redis-server"] {
        if !on_path(tool) {
            bail!("{tool} is not installed (Debian: {tool})");
        }
    }
    let mut log = Log::new(&format!("bench {}", page.name))?;
    (page.prepare)(&mut log)?;
    let folder = build().join("bench/http");
    requests(&mut log, &folder, page.cases.iter().any(|case| case.mode == Mode::Peer))?;
    let busy = busy();
    let mut measured: Vec<Vec<Load>> = page.cases.iter().map(|_| Vec::new()).collect();
    for round in 1..=ROUNDS {
        for (case, loads) in page.cases.iter().zip(&mut measured) {
            let load = case.measure(&folder).with_context(|| format!("{case}"))?;
            println!("round {round}: {case}: {load}");
            loads.push(load);
        }
    }
    let text = text(page, &measured, &busy)?;
    let path = root().join("docs/benchmarks").join(page.name).with_extension("md");
    fs::write(&path, text)?;
    println!("wrote {}", path.strip_prefix(root()).unwrap_or(&path).display());
    Ok(())
}

/// Signs the requests of a run.
fn requests(log: &mut Log, folder: &Path, for_peers: bool) -> Result<()> {
    fs::create_dir_all(folder)?;
    log.run(&mut cargo(["build", "--release", "-p", "samebyte-server", "--example", "http_bench"]))?;
    let mut sign = program(target().join("release/examples/http_bench"));
    log.run(sign.arg("requests").arg(folder).arg(REQUESTS.to_string()))?;
    if for_peers {
        log.run(program(python()).arg("bindings-python/benches/http_peer.py").arg(folder))?;
    }
    Ok(())
}

/// The load average of the last minute: what else the machine had to do.
fn busy() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

/// The page: medians of the rounds.
fn text(page: &Page, measured: &[Vec<Load>], busy: &str) -> Result<String> {
    let mut text =
        format!("# {}\n\n`cargo xtask bench {}` made this page on {}.\n\n", page.title, page.name, today()?);
    let redis = printed(program("redis-server").arg("--version"))?;
    // What follows is about the build.
    let redis = redis.split(" sha=").next().unwrap_or_default().to_owned();
    let versions = [(page.versions)()?, vec![redis]].concat();
    let _ = writeln!(text, "* machine: {}; client, server and Redis share it", machine());
    let _ = writeln!(
        text,
        "* load average before the first round: {busy}; what was built and measured just before counts, too"
    );
    let _ = writeln!(text, "* versions: {}", versions.join(", "));
    text += "* load: `wrk`, one thread, 32 connections kept alive, `POST` of 1 KiB JSON, Ed25519, each request once; \
             medians of three interleaved rounds\n\
             * CPU: time that the server used for each request, with all its threads and processes; the client and Redis are \
             not in it\n\
             * Redis: with a deadline of 2 s in place of 50 ms, since it waits for a processor at saturation\n\
             * at half load: each connection waits for a random time between two requests, so that about half of the throughput is asked for\n";
    for note in page.notes {
        let _ = writeln!(text, "* {note}");
    }
    text += "\n| server | what it does | requests/s | against unsigned | CPU µs | over unsigned | p50 ms | p99 ms | p99 ms at half load |\n";
    text += "|---|---|--:|--:|--:|--:|--:|--:|--:|\n";
    let medians: Vec<Load> = measured.iter().map(|loads| Load::median(loads)).collect();
    for (case, load) in page.cases.iter().zip(&medians) {
        let is_base =
            |(other, _): &(&Case, &Load)| other.server == case.server && other.mode == Mode::Unsigned;
        let (_, base) =
            page.cases.iter().zip(&medians).find(is_base).context("every server is measured unsigned")?;
        ensure!(base.per_second > 0.0, "nothing was answered");
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.2} | {:.0} | {:+.0} | {:.2} | {:.2} | {:.2} |",
            case.server.name(),
            case.mode.name(),
            load.per_second,
            load.per_second / base.per_second,
            load.cpu_us,
            load.cpu_us - base.cpu_us,
            load.p50_ms,
            load.p99_ms,
            load.half_p99_ms
        );
    }
    Ok(text)
}
