//! The table of steps.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::language::Language;
use crate::log::Log;
use crate::products::{self, Variant};
use crate::readme;
use crate::setup::{self, Tool};
use crate::soak;
use crate::tally::Tally;
use crate::workspace::{build, cargo, program, python, root, target};

/// One check of the project.
pub(crate) struct Step {
    /// What it is called in the output and on the command line; its first word names the group.
    pub(crate) name: &'static str,
    /// What has to be installed.
    pub(crate) needs: &'static [Tool],
    /// The steps that have to pass first.
    pub(crate) after: &'static [&'static str],
    /// Whether its runners count tests; then none counted is a failure.
    pub(crate) counts: bool,
    /// What it does.
    pub(crate) work: fn(&mut Log) -> Result<()>,
}

/// A step that is one check by itself.
const fn check(name: &'static str, work: fn(&mut Log) -> Result<()>) -> Step {
    Step { name, needs: &[], after: &[], counts: false, work }
}

/// A step that runs tests.
const fn tests(name: &'static str, work: fn(&mut Log) -> Result<()>) -> Step {
    Step { counts: true, ..check(name, work) }
}

impl Step {
    const fn needs(self, needs: &'static [Tool]) -> Self {
        Self { needs, ..self }
    }

    const fn after(self, after: &'static [&'static str]) -> Self {
        Self { after, ..self }
    }
}

const PYTHON: &[Tool] = &[Tool::Python];
const NODE: &[Tool] = &[Tool::Node];
const C: &[Tool] = &[Tool::C];
const PHP: &[Tool] = &[Tool::C, Tool::Php];
const PEERS: &[Tool] = &[Tool::OpenSsl];

const SOAK: &[&str] = &["rust build", "soak build", "python build", "node build", "c build"];

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    check("fmt", |log| log.run(&mut cargo(["fmt", "--all", "--check"]))),
    check("clippy", |log| {
        log.run(cargo(["clippy", "--workspace", "--all-targets"]).args(["--", "-D", "warnings"]))
    }),
    check("gen", |log| xtask(log, &["gen", "--check"])),
    check("vectors lint", |log| xtask(log, &["vectors", "lint"])),
    tests("xtask", |log| log.run(&mut cargo(["test", "-p", "xtask"]))),
    tests("core", |log| core(log, &[])),
    tests("core portable", |log| core(log, &["--no-default-features"])),
    check("rust build", |log| products::rust(log, Variant::Test)),
    tests("server", |log| log.run(cargo(["test", "-p", "samebyte-server"]).args(["--", "--show-output"]))),
    tests("cli", |log| log.run(&mut cargo(["test", "-p", "samebyte-cli"]))),
    check("peers lint", peers_lint).needs(PEERS),
    tests("peers test", |log| log.run(&mut cargo(["test", "--manifest-path", "peers/Cargo.toml"])))
        .needs(PEERS),
    tests("sqooler", sqooler).needs(PYTHON).after(&["rust build"]),
    check("python build", |log| products::python_package(log, Variant::Test)).needs(PYTHON),
    tests("python test", python_test).needs(PYTHON).after(&["python build"]),
    check("python types", python_types).needs(PYTHON).after(&["python build"]),
    check("python lint", python_lint).needs(PYTHON).after(&["python build"]),
    check("node build", |log| products::node_package(log, Variant::Test)).needs(NODE),
    check("node types", |log| log.run(&mut npm("typecheck"))).needs(NODE).after(&["node build"]),
    tests("node test", |log| log.run(&mut npm("test"))).needs(NODE).after(&["node build"]),
    check("c build", |log| products::c(log, Variant::Test)).needs(C),
    tests("c test", |log| log.run(program("sh").arg("bindings-c/tests/run.sh").arg(target())))
        .needs(C)
        .after(&["c build"]),
    tests("php test", |log| log.run(program("sh").arg("bindings-php/tests/run.sh").arg(target())))
        .needs(PHP)
        .after(&["c build"]),
    check("interop", |log| xtask(log, &["interop", "--check"])).after(&[
        "peers test",
        "python test",
        "node test",
        "php test",
        "sqooler",
    ]),
    tests("runner", runner).needs(PYTHON),
    tests("vectors rust", |log| vectors(log, Language::Rust)).needs(PYTHON).after(&["rust build"]),
    tests("vectors python", |log| vectors(log, Language::Python)).needs(PYTHON).after(&["python build"]),
    tests("vectors node", |log| vectors(log, Language::Node))
        .needs(&[Tool::Python, Tool::Node])
        .after(&["node build"]),
    tests("vectors php", |log| vectors(log, Language::Php))
        .needs(&[Tool::Python, Tool::C, Tool::Php])
        .after(&["c build"]),
    tests("vectors c", |log| vectors(log, Language::C)).needs(&[Tool::Python, Tool::C]).after(&["c build"]),
    check("vectors equal", equal).needs(PYTHON).after(&[
        "vectors rust",
        "vectors python",
        "vectors node",
        "vectors php",
        "vectors c",
    ]),
    tests("matrix", matrix).needs(PYTHON).after(&["rust build", "python build", "node build", "c build"]),
    check("soak build", products::store_driver),
    tests("soak stores", |log| log.run(soak::suite().arg("stores"))).needs(PYTHON).after(SOAK),
    tests("soak gateways", |log| log.run(soak::suite().arg("gateways"))).needs(PYTHON).after(SOAK),
    tests("readme python", |log| readme::run(log, "python", &READMES)).needs(PYTHON).after(&["python build"]),
    tests("readme node", |log| readme::run(log, "js", &READMES)).needs(NODE).after(&["node build"]),
    tests("readme c", |log| readme::run(log, "c", &READMES)).needs(C).after(&["c build"]),
    tests("readme php", |log| readme::run(log, "php", &READMES)).needs(PHP).after(&["c build"]),
    tests("readme cli", |log| readme::run(log, "console", &READMES)).after(&["rust build"]),
];

/// The files whose examples run.
const READMES: [&str; 1] = ["README.md"];

/// Another task of this program, with its output in the log.
fn xtask(log: &mut Log, arguments: &[&str]) -> Result<()> {
    log.run(program(std::env::current_exe()?).args(arguments))
}

/// The tests of core with these features; what a test says about itself is shown, skips among it.
fn core(log: &mut Log, features: &[&str]) -> Result<()> {
    let mut command = cargo(["test", "-p", "samebyte"]);
    log.run(command.args(features).args(["--", "--show-output"]))
}

/// The style of the tests and the bench against other crates, which are no part of the workspace.
fn peers_lint(log: &mut Log) -> Result<()> {
    log.run(&mut cargo(["fmt", "--manifest-path", "peers/Cargo.toml", "--check"]))?;
    let mut clippy = cargo(["clippy", "--manifest-path", "peers/Cargo.toml", "--all-targets"]);
    log.run(clippy.args(["--", "-D", "warnings"]))
}

/// `python -m …` in the virtual environment.
fn module(arguments: &[&str]) -> Command {
    let mut command = program(python());
    command.arg("-m").args(arguments);
    command
}

/// `npm run …` in the package of Node.
fn npm(script: &str) -> Command {
    let mut command = program("npm");
    command.args(["run", script]).current_dir(root().join("bindings-node"));
    command
}

/// The tests of the Python package.
fn python_test(log: &mut Log) -> Result<()> {
    products::old_a2a(log)?;
    products::sqooler(log)?;
    log.run(&mut module(&["pytest", "-q", "-rs", "bindings-python/tests"]))
}

/// The types of the Python package: its code, tests and benches, and the stub against the module it describes.
fn python_types(log: &mut Log) -> Result<()> {
    let config = ["--config-file", "bindings-python/pyproject.toml"];
    log.run(module(&["mypy", "--strict"]).args(config))?;
    let stubtest =
        ["mypy.stubtest", "samebyte", "--allowlist", "stubtest-allowlist.txt", "--ignore-unused-allowlist"];
    log.run(module(&stubtest).current_dir(root().join("bindings-python")))
}

/// The command against sqooler.
fn sqooler(log: &mut Log) -> Result<()> {
    products::sqooler(log)?;
    let mut test = program(build().join("sqooler-venv/bin/python"));
    test.arg("cli/tests/sqooler/test_sqooler.py").env("SAMEBYTE", target().join("release/samebyte"));
    log.run(&mut test)
}

/// The style of all Python code.
fn python_lint(log: &mut Log) -> Result<()> {
    let folders = ["bindings-python", "conformance-vectors", "cli"];
    log.run(module(&["ruff", "check"]).args(folders))?;
    log.run(module(&["ruff", "format", "--check"]).args(folders))
}

/// The tests of the conformance runner itself.
fn runner(log: &mut Log) -> Result<()> {
    log.run(program("python3").args(["-m", "unittest", "discover", "-s", "conformance-vectors/runner/tests"]))
}

/// The conformance runner.
fn run_py(what: &str) -> Command {
    let mut command = program("python3");
    command.args(["conformance-vectors/runner/run.py", what]);
    command
}

/// Every vector, through the adapter of one language.
fn vectors(log: &mut Log, language: Language) -> Result<()> {
    log.run(run_py("vectors").arg(language.adapter()))
}

/// The languages that are on this machine.
fn languages() -> Vec<Language> {
    let missing = setup::missing();
    Language::ALL.into_iter().filter(|language| language.lacks(&missing).is_none()).collect()
}

/// Every language ran the same number of vectors.
fn equal(log: &mut Log) -> Result<()> {
    let mut counts = Vec::new();
    for language in languages() {
        let name = format!("vectors {}", language.name().to_lowercase());
        let tally = Tally::read(&Log::read(&name)?).context("a log without a count")?;
        let count = tally.passed + tally.failed + tally.skipped.len();
        log.say(&format!("{name}: {count}"))?;
        counts.push(count);
    }
    ensure!(
        counts.windows(2).all(|pair| pair[0] == pair[1]),
        "the languages ran different numbers of vectors"
    );
    Ok(())
}

/// Each language signs, every language verifies.
fn matrix(log: &mut Log) -> Result<()> {
    log.run(run_py("matrix").args(languages().into_iter().map(Language::adapter)))
}
