//! Builds what demo, tests and benches run: one product per language, in a plain and in a test variant.
//!
//! The test variant has the feature `test-operations`. It does all that the plain one does, so whoever asks for
//! a plain one is given a test variant that is there already.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::log::Log;
use crate::stamp::Stamp;
use crate::workspace::{build, cargo, program, python, root, target};

/// What every native product is made from.
const CORE: [&str; 5] = [".cargo/config.toml", "Cargo.toml", "Cargo.lock", "core/Cargo.toml", "core/src"];

/// Which variant is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    Plain,
    Test,
}

impl Variant {
    /// The word in a stamp.
    fn word(self) -> &'static str {
        if self == Self::Test { "test" } else { "plain" }
    }

    /// The arguments of cargo and maturin.
    fn features(self) -> &'static [&'static str] {
        if self == Self::Test { &["--features", "test-operations"] } else { &[] }
    }

    /// Whether a product with this note will do.
    fn accepts(self, note: Option<&str>) -> bool {
        note.is_some_and(|note| note == "test" || note == self.word())
    }
}

/// The command `samebyte` and the adapter of Rust.
pub(crate) fn rust(log: &mut Log, variant: Variant) -> Result<()> {
    let stamp = Stamp::of("rust", &[&CORE, &["cli", "server"]]);
    if !variant.accepts(stamp.note().as_deref()) || !target().join("release/samebyte-adapter").exists() {
        log.run(cargo(["build", "--release", "-p", "samebyte-cli"]).args(variant.features()))?;
        stamp.set(variant.word())?;
    }
    Ok(())
}

/// The driver of the replay store of Rust, for the suite of races and faults.
pub(crate) fn store_driver(log: &mut Log) -> Result<()> {
    log.run(&mut cargo(["build", "--release", "-p", "samebyte-server", "--example", "store_driver"]))
}

/// The shared library of C, which PHP loads too, and the adapter of C.
pub(crate) fn c(log: &mut Log, variant: Variant) -> Result<()> {
    let stamp = Stamp::of("c", &[&CORE, &["bindings-c"]]);
    if !variant.accepts(stamp.note().as_deref()) || !target().join("c/samebyte-adapter-c").exists() {
        log.run(cargo(["build", "--release", "-p", "samebyte-c"]).args(variant.features()))?;
        log.run(program("sh").arg("bindings-c/tests/build.sh").arg(target()))?;
        stamp.set(variant.word())?;
    }
    Ok(())
}

/// The virtual environment with the tools of Python.
pub(crate) fn venv(log: &mut Log) -> Result<()> {
    environment(log, "venv", "bindings-python/requirements-dev.txt")
}

/// The virtual environment of sqooler, which wants other releases than those tools.
pub(crate) fn sqooler(log: &mut Log) -> Result<()> {
    environment(log, "sqooler-venv", "cli/tests/sqooler/requirements.txt")
}

/// A virtual environment of Python in the build folder, with what a file of requirements names.
fn environment(log: &mut Log, name: &'static str, requirements: &'static str) -> Result<()> {
    let stamp = Stamp::of(name, &[&[requirements]]);
    let python = build().join(name).join("bin/python");
    if stamp.note().is_none() || !python.exists() {
        log.run(program("python3").args(["-m", "venv", "--clear"]).arg(build().join(name)))?;
        log.run(program(python).args(["-m", "pip", "install", "--quiet", "-r", requirements]))?;
        stamp.set("installed")?;
    }
    Ok(())
}

/// An old release of the A2A SDK, in a folder of its own beside the one in the virtual environment.
pub(crate) fn old_a2a(log: &mut Log) -> Result<()> {
    const REQUIREMENTS: &str = "bindings-python/requirements-a2a-1.1.txt";
    venv(log)?;
    let stamp = Stamp::of("a2a-1.1", &[&[REQUIREMENTS]]);
    let folder = build().join("a2a-1.1");
    if stamp.note().is_none() || !folder.exists() {
        let install =
            ["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "-r", REQUIREMENTS, "--target"];
        log.run(program(python()).args(install).arg(folder))?;
        stamp.set("installed")?;
    }
    Ok(())
}

/// The package of Python, installed into the virtual environment.
pub(crate) fn python_package(log: &mut Log, variant: Variant) -> Result<()> {
    venv(log)?;
    let stamp = Stamp::of("python", &[&CORE, &["bindings-python", "build/stamps/venv"]]);
    if !variant.accepts(stamp.note().as_deref()) {
        let mut maturin = program(build().join("venv/bin/maturin"));
        maturin.args(["develop", "--release", "-m", "bindings-python/Cargo.toml"]).args(variant.features());
        log.run(maturin.env("VIRTUAL_ENV", build().join("venv")))?;
        stamp.set(variant.word())?;
    }
    Ok(())
}

/// The packages that Node's own tools come from.
pub(crate) fn npm(log: &mut Log) -> Result<()> {
    let stamp = Stamp::of("npm", &[&["bindings-node/package-lock.json"]]);
    let folder = root().join("bindings-node");
    if stamp.note().is_none() || !folder.join("node_modules").exists() {
        log.run(program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
        stamp.set("installed")?;
    }
    Ok(())
}

/// The package of Node, built in place.
pub(crate) fn node_package(log: &mut Log, variant: Variant) -> Result<()> {
    npm(log)?;
    let stamp = Stamp::of("node", &[&CORE, &["bindings-node", "build/stamps/npm"]]);
    if !variant.accepts(stamp.note().as_deref()) {
        let script = if variant == Variant::Test { "build:test" } else { "build" };
        log.run(program("npm").args(["run", script]).current_dir(root().join("bindings-node")))?;
        stamp.set(variant.word())?;
    }
    Ok(())
}

/// The program that takes times in Rust.
pub(crate) fn measure_rust(log: &mut Log) -> Result<()> {
    log.run(&mut cargo(["build", "--release", "-p", "samebyte", "--example", "measure"]))
}

/// The program that takes times in C.
pub(crate) fn measure_c(log: &mut Log) -> Result<()> {
    let stamp = Stamp::of("measure", &[&["xtask/measure/measure.c", "bindings-c/include"]]);
    let binary = target().join("c/measure");
    if stamp.note().is_none() || !binary.exists() {
        log.run(&mut compile(&root().join("xtask/measure/measure.c"), &binary))?;
        stamp.set("compiled")?;
    }
    Ok(())
}

/// The compiler of C with every warning, and the library where `c` installed it.
pub(crate) fn compile(source: &Path, binary: &Path) -> Command {
    let prefix = target().join("c/prefix");
    let mut search = OsString::from("-Wl,-rpath,");
    search.push(prefix.join("lib"));
    let mut command = program("cc");
    command.args(["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]);
    command.arg(prefix.join("include")).arg(source).arg("-o").arg(binary);
    command.arg("-L").arg(prefix.join("lib")).arg("-lsamebyte").arg(search);
    command
}
