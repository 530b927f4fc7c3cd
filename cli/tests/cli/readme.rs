//! The examples of `cli/README.md` and of the guide to the proxy do what the pages say.

use std::path::Path;
use std::process::Command;

use crate::run::{directory, run};

const README: &str = include_str!("../../README.md");
const PROXY: &str = include_str!("../../../docs/guide/proxy.md");

/// A command of a transcript, and what the page says that it prints.
#[derive(Debug, Default)]
struct Step {
    command: String,
    prints: String,
}

/// The steps of all `console` blocks: `$ ` starts a command, `> ` goes on with it, all else is printed by it.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("a block ends");
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { command: format!("{command}\n"), prints: String::new() });
                continue;
            }
            let step = steps.last_mut().expect("a block starts with a command");
            match line.strip_prefix("> ").or_else(|| line.strip_prefix('>')) {
                Some(more) => step.command.push_str(&format!("{more}\n")),
                None => step.prints.push_str(&format!("{line}\n")),
            }
        }
    }
    steps
}

/// Whether `printed` is `expected`, where `…` stands for any text.
fn matches(printed: &str, expected: &str) -> bool {
    let Some((start, rest)) = expected.split_once('…') else { return printed == expected };
    let Some(printed) = printed.strip_prefix(start) else { return false };
    let next = rest.split('…').next().expect("split gives at least one part");
    if next == rest {
        return printed.len() >= rest.len() && printed.ends_with(rest);
    }
    printed.find(next).is_some_and(|at| matches(&printed[at..], rest))
}

#[cfg(unix)]
#[test]
fn every_example_holds() {
    hold(README, 20);
}

#[cfg(unix)]
#[test]
fn every_example_of_the_proxy_holds() {
    hold(PROXY, 10);
}

/// What the examples start and note in a file `….pid`; ended even where an example fails before it ends them.
#[cfg(unix)]
struct Started<'a>(&'a Path);

#[cfg(unix)]
impl Drop for Started<'_> {
    fn drop(&mut self) {
        let mut command = Command::new("sh");
        command.args(["-c", "for file in *.pid; do kill $(cat $file); done"]).current_dir(self.0);
        // Most have ended by themselves.
        let _ = command.stderr(std::process::Stdio::null()).status();
    }
}

/// Runs the examples of a page, of which there are more than so many.
#[cfg(unix)]
fn hold(page: &str, least: usize) {
    let directory = directory();
    let _started = Started(directory.path());
    let program = Path::new(env!("CARGO_BIN_EXE_samebyte")).parent().expect("a directory");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a search path"));
    let steps = steps(page);
    assert!(steps.len() > least, "the page has examples");
    for (at, step) in steps.iter().enumerate() {
        let mut command = Command::new("sh");
        // Variables that an earlier example sets are known to the later ones.
        let variables: String = steps[..at]
            .iter()
            .filter(|step| step.command.contains("=$("))
            .map(|step| step.command.as_str())
            .collect();
        command.args(["-c", &format!("exec 2>&1\n{variables}{}", step.command)]);
        command.current_dir(directory.path()).env("PATH", &path).env("LC_ALL", "C.UTF-8");
        let printed = run(command, b"");
        let printed = String::from_utf8(printed.stdout).expect("text");
        assert!(
            matches(&printed, &step.prints),
            "{}\nprinted:\n{printed}\nexpected:\n{}",
            step.command,
            step.prints
        );
    }
}

#[test]
fn the_comparison_can_fail() {
    assert!(matches("a1b2c", "a…b…c") && matches("ab", "a…b") && matches("a\n", "a\n"));
    assert!(!matches("a1b2d", "a…b…c") && !matches("a", "a…a") && !matches("a", "b"));
}
