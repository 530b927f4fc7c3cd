//! `cargo xtask bench`: measures against peers, and writes a page and a chart for each table.

mod chart;
mod http;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::log::Log;
use crate::products::{self, Variant};
use crate::workspace::{build, cargo, program, python, root, shown};

use chart::Chart;

/// One measured pair of a document and a peer.
#[derive(Deserialize)]
struct Row {
    document: String,
    peer: String,
    ns: f64,
}

/// A bench: a command that prints Markdown, and writes its rows to the file named behind `--json`.
struct Bench {
    name: &'static str,
    title: &'static str,
    /// What the chart compares: the row of samebyte, the row of the peer, and the words for the pair.
    pairs: &'static [(&'static str, &'static str, &'static str)],
    /// Whether it measures on the documents that the bench of Rust writes.
    on_documents: bool,
    /// Builds what is needed; the command. The folder holds the documents, written by the bench of Rust.
    command: fn(&mut Log, &Path) -> Result<Command>,
    /// What was measured, with versions.
    versions: fn() -> Result<Vec<String>>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "jcs",
        title: "Canonicalization in Rust",
        pairs: &[
            ("samebyte", "serde_json_canonicalizer", "serde_json_canonicalizer"),
            ("samebyte", "serde_jcs", "serde_jcs"),
            ("samebyte", "sonic-rs (parse only)", "sonic-rs (parse only, writes nothing)"),
        ],
        on_documents: false,
        command: |_, _| Ok(cargo(["bench", "--quiet", "-p", "samebyte", "--bench", "jcs", "--"])),
        versions: || {
            rust_versions("Cargo.lock", &["serde_json_canonicalizer", "serde_jcs", "serde_json", "sonic-rs"])
        },
    },
    Bench {
        name: "replay",
        title: "The replay store of one process",
        pairs: &[("samebyte", "a map in a mutex", "a map in a mutex, which never forgets")],
        on_documents: false,
        command: |_, _| Ok(cargo(["bench", "--quiet", "-p", "samebyte", "--bench", "replay", "--"])),
        versions: || rust_versions("Cargo.lock", &[]),
    },
    Bench {
        name: "sign",
        title: "Signing and verifying in Rust",
        pairs: &[
            ("samebyte", "jsonwebtoken", "jsonwebtoken"),
            ("samebyte", "josekit", "josekit"),
            ("samebyte", "the engine alone", "the engine alone"),
            ("samebyte", "samebyte, one by one", "samebyte, one by one"),
        ],
        on_documents: false,
        command: |_, _| {
            Ok(cargo(["bench", "--quiet", "--manifest-path", "peers/Cargo.toml", "--bench", "sign", "--"]))
        },
        versions: || {
            let mut versions = rust_versions(
                "peers/Cargo.lock",
                &["jsonwebtoken", "josekit", "aws-lc-rs", "ed25519-dalek", "secp256k1", "hmac"],
            )?;
            versions.push(printed(program("openssl").arg("version"))?);
            Ok(versions)
        },
    },
    Bench {
        name: "python",
        title: "Canonicalization in Python",
        pairs: &[
            ("samebyte dict", "rfc8785 dict", "rfc8785"),
            (
                "samebyte dict",
                "orjson dict (sorted keys, not RFC 8785)",
                "orjson (sorted keys, not RFC 8785)",
            ),
        ],
        on_documents: true,
        command: |log, documents| {
            products::python_package(log, Variant::Plain)?;
            let mut command = program(python());
            command.arg("bindings-python/benches/bench_jcs.py").arg(documents);
            Ok(command)
        },
        versions: || python_versions(&["rfc8785", "orjson"]),
    },
    Bench {
        name: "sign-python",
        title: "Signing and verifying in Python",
        pairs: &[
            ("samebyte", "PyJWT", "PyJWT"),
            ("samebyte", "joserfc", "joserfc"),
            ("samebyte", "rfc8785 + PyJWT", "rfc8785 + PyJWT"),
            ("samebyte", "samebyte, one by one", "samebyte, one by one"),
        ],
        on_documents: false,
        command: |log, _| {
            products::python_package(log, Variant::Plain)?;
            let mut command = program(python());
            command.arg("bindings-python/benches/bench_sign.py");
            Ok(command)
        },
        versions: || python_versions(&["PyJWT", "joserfc", "cryptography", "rfc8785"]),
    },
    Bench {
        name: "node",
        title: "Canonicalization in Node",
        pairs: &[
            ("samebyte (buffer)", "JSON.parse + canonicalize", "buffer: JSON.parse + canonicalize"),
            ("samebyte (object)", "canonicalize (object)", "object: canonicalize"),
            (
                "samebyte (object)",
                "JSON.stringify (object, not RFC 8785)",
                "object: JSON.stringify (not RFC 8785)",
            ),
        ],
        on_documents: true,
        command: |log, documents| {
            products::node_package(log, Variant::Plain)?;
            let mut command = program("node");
            command.arg("bindings-node/benches/bench-jcs.mjs").arg(documents);
            Ok(command)
        },
        versions: || {
            let lock = "require('./package-lock.json').packages['node_modules/canonicalize'].version";
            let code = format!("`Node ${{process.versions.node}}, canonicalize ${{{lock}}}`");
            Ok(vec![printed(program("node").args(["-p", &code]).current_dir(root().join("bindings-node")))?])
        },
    },
    Bench {
        name: "sign-node",
        title: "Signing and verifying in Node",
        pairs: &[
            ("samebyte", "jose", "jose (JSON: with canonicalize)"),
            ("samebyte", "node:crypto", "node:crypto (the bare signature)"),
        ],
        on_documents: false,
        command: |log, _| {
            products::node_package(log, Variant::Plain)?;
            let mut command = program("node");
            command.arg("bindings-node/benches/bench-sign.mjs");
            Ok(command)
        },
        versions: || node_versions(&["jose", "canonicalize"]),
    },
    Bench {
        name: "php",
        title: "Canonicalization in PHP",
        pairs: &[(
            "samebyte string",
            "json_decode + json_encode (not RFC 8785)",
            "json_decode + json_encode (not RFC 8785)",
        )],
        on_documents: true,
        command: |log, documents| {
            products::c(log, Variant::Plain)?;
            let mut command = program("php");
            command.arg("bindings-php/benches/bench_jcs.php").arg(documents);
            Ok(command)
        },
        versions: || Ok(vec![printed(program("php").args(["-r", "echo 'PHP ', PHP_VERSION;"]))?]),
    },
    Bench {
        name: "sign-php",
        title: "Signing and verifying in PHP",
        pairs: &[
            ("samebyte", "by hand", "by hand with ext-sodium, ext-openssl, hash_hmac"),
            ("samebyte", "native call", "the native call alone"),
        ],
        on_documents: false,
        command: |log, _| {
            products::c(log, Variant::Plain)?;
            let mut command = program("php");
            command.arg("bindings-php/benches/bench_sign.php");
            Ok(command)
        },
        versions: || {
            let code = "echo 'PHP ', PHP_VERSION, ', libsodium ', SODIUM_LIBRARY_VERSION, ', ', OPENSSL_VERSION_TEXT;";
            Ok(vec![printed(program("php").args(["-r", code]))?])
        },
    },
];

impl Bench {
    /// Whether this one is asked for: by its name, or by what stands before the language in it.
    fn is_named(&self, name: &str) -> bool {
        self.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

/// Runs the named benches, or all.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    let known: Vec<&str> =
        BENCHES.iter().map(|bench| bench.name).chain(http::names()).chain(["es6"]).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("no bench {unknown:?}; there are: {}", known.join(", "));
    }
    let named = |bench: &&Bench| names.is_empty() || names.iter().any(|name| bench.is_named(name));
    for bench in BENCHES.iter().filter(named) {
        measure(bench).with_context(|| bench.name)?;
    }
    http::run(names)?;
    if names.contains(&"es6") {
        let mut command =
            cargo(["run", "--release", "--quiet", "-p", "samebyte", "--example", "es6_numbers"]);
        let status = command.args(["--", "100000000"]).status()?;
        ensure!(status.success(), "the number corpus is not as published");
    }
    Ok(())
}

/// Runs one bench and writes its page and its chart.
fn measure(bench: &Bench) -> Result<()> {
    println!("{} …", bench.title);
    let folder = build().join("bench");
    let documents = folder.join("documents");
    fs::create_dir_all(&documents)?;
    let file = folder.join(bench.name).with_extension("json");
    let mut log = Log::new(&format!("bench {}", bench.name))?;
    if bench.on_documents {
        let mut write = cargo(["bench", "--quiet", "-p", "samebyte", "--bench", "jcs", "--", "--documents"]);
        log.run(write.arg(&documents))?;
    }
    let mut command = (bench.command)(&mut log, &documents)?;
    let typed = shown(&command);
    let output = command.arg("--json").arg(&file).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{typed}: {}", output.status);
    let table = String::from_utf8(output.stdout)?;
    println!("{table}");
    let rows: Vec<Row> = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let pages = root().join("docs/benchmarks");
    fs::create_dir_all(&pages)?;
    fs::write(pages.join(bench.name).with_extension("svg"), chart(bench, &rows).svg())?;
    let page = pages.join(bench.name).with_extension("md");
    fs::write(&page, text(bench, table.trim())?)?;
    println!("wrote {}", page.strip_prefix(root()).unwrap_or(&page).display());
    Ok(())
}

/// The ratios of all pairs, document by document.
fn chart(bench: &Bench, rows: &[Row]) -> Chart {
    let mut documents: Vec<&str> = rows.iter().map(|row| row.document.as_str()).collect();
    documents.dedup();
    let time = |document: &str, peer: &str| {
        rows.iter().find(|row| row.document == document && row.peer == peer).map(|row| row.ns)
    };
    let ratio = |document: &str, own: &str, peer: &str| Some(time(document, peer)? / time(document, own)?);
    let groups = documents.into_iter().map(|document| {
        let ratios = bench.pairs.iter().map(|(own, peer, _)| ratio(document, own, peer)).collect();
        (document.to_owned(), ratios)
    });
    Chart {
        title: bench.title.to_owned(),
        meaning: "How many times as long each peer takes as samebyte: longer bars speak for samebyte"
            .to_owned(),
        series: bench.pairs.iter().map(|(_, _, words)| (*words).to_owned()).collect(),
        groups: groups.collect(),
    }
}

/// The page: what was measured, where, when, and the tables that the bench printed.
fn text(bench: &Bench, table: &str) -> Result<String> {
    let mut page = format!("# {0}\n\n![{0}, against peers]({1}.svg)\n\n", bench.title, bench.name);
    let _ = writeln!(page, "`cargo xtask bench {}` made this page on {}.\n", bench.name, today()?);
    let _ = writeln!(page, "* machine: {}", machine());
    let _ = writeln!(page, "* versions: {}\n\n{table}", (bench.versions)()?.join(", "));
    Ok(page)
}

fn today() -> Result<String> {
    printed(program("date").args(["-u", "+%Y-%m-%d"]))
}

/// The processor and how many of it there are.
pub(crate) fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|pair| pair.1);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} cores", model.unwrap_or("unknown processor"))
}

/// The versions of Python and of packages in the virtual environment.
fn python_versions(packages: &[&str]) -> Result<Vec<String>> {
    let code = format!(
        "import sys, importlib.metadata as packages\n\
         versions = ', '.join(f'{{name}} {{packages.version(name)}}' for name in {packages:?})\n\
         print(f'Python {{sys.version.split()[0]}}, {{versions}}')"
    );
    Ok(vec![printed(program(python()).args(["-c", &code]))?])
}

/// The versions of Node and of installed packages.
fn node_versions(packages: &[&str]) -> Result<Vec<String>> {
    let code = format!(
        "const version = (name) => `${{name}} ${{require(`./node_modules/${{name}}/package.json`).version}}`;\n\
         `Node ${{process.versions.node}}, OpenSSL ${{process.versions.openssl}}, ` + {packages:?}.map(version).join(', ')"
    );
    Ok(vec![printed(program("node").args(["-p", &code]).current_dir(root().join("bindings-node")))?])
}

/// The versions of Rust and of crates in a lock file.
fn rust_versions(lock: &str, crates: &[&str]) -> Result<Vec<String>> {
    let lock = fs::read_to_string(root().join(lock))?;
    let locked = crates.iter().map(|name| {
        let line = format!("name = \"{name}\"\nversion = \"");
        let (_, rest) = lock.split_once(&line).with_context(|| (*name).to_owned())?;
        Ok(format!("{name} {}", rest.split('"').next().unwrap_or_default()))
    });
    [printed(program("rustc").arg("--version"))].into_iter().chain(locked).collect()
}

/// The first line that a command prints.
pub(crate) fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| shown(command))?;
    Ok(String::from_utf8(output.stdout)?.lines().next().unwrap_or_default().to_owned())
}
