//! `cargo xtask test`: every check of the project, in order, with one line each.

mod steps;

use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::log::Log;
use crate::setup::{self, Missing};
use crate::tally::Tally;

use steps::{STEPS, Step};

/// How a step ended.
enum Outcome {
    Passed,
    Failed,
    Skipped(String),
}

/// Runs the named steps and what they need, or all of them; whether all passed.
pub(crate) fn run(names: &[&str]) -> Result<bool> {
    let chosen = choose(names)?;
    let missing = setup::tools();
    let begin = Instant::now();
    let mut ended: Vec<(&str, Outcome)> = Vec::new();
    let mut sum = Tally::default();
    for step in chosen {
        let start = Instant::now();
        announce(step.name);
        let (outcome, tally, log) = one(step, &missing, &ended);
        report(step.name, &outcome, &tally, start.elapsed());
        if matches!(outcome, Outcome::Failed) {
            println!("──── {} ────\n{}\n────", step.name, log.trim_end());
        }
        sum += tally;
        ended.push((step.name, outcome));
    }
    println!(
        "\n{} steps in {:.0} s; what passing steps printed is in build/logs",
        ended.len(),
        begin.elapsed().as_secs_f64()
    );
    if !sum.skipped.is_empty() {
        println!("\nSkipped:");
        sum.skipped.iter().for_each(|name| println!("  {name}"));
    }
    let failed: Vec<&str> = ended
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Failed))
        .map(|(name, _)| *name)
        .collect();
    if !failed.is_empty() {
        println!("\nFailed: {}", failed.join(", "));
    }
    println!("\n{sum}");
    Ok(failed.is_empty())
}

/// The steps whose name is given or begins with the given word, with what they come after.
fn choose(names: &[&str]) -> Result<Vec<&'static Step>> {
    let mut wanted: Vec<&str> = Vec::new();
    for name in names {
        let before = wanted.len();
        let matches = |step: &&Step| step.name == *name || step.name.split(' ').next() == Some(name);
        wanted.extend(STEPS.iter().filter(matches).map(|step| step.name));
        if wanted.len() == before {
            let all: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            bail!("no step {name:?}; the steps are: {}", all.join(", "));
        }
    }
    // The table is in order, so one pass from its end finds everything that comes before.
    for step in STEPS.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.after);
        }
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || wanted.contains(&step.name)).collect())
}

/// Runs one step; the text is what to show if it failed.
fn one(step: &Step, missing: &Missing, ended: &[(&str, Outcome)]) -> (Outcome, Tally, String) {
    if let Some(reason) = step.needs.iter().find_map(|tool| missing.reason(*tool)) {
        let tally = Tally { skipped: vec![format!("{}: {reason}", step.name)], ..Tally::default() };
        return (Outcome::Skipped(reason.to_owned()), tally, String::new());
    }
    let failed =
        |(name, outcome): &&(&str, Outcome)| step.after.contains(name) && matches!(outcome, Outcome::Failed);
    if let Some((name, _)) = ended.iter().find(failed) {
        return (Outcome::Failed, Tally::one(false), format!("needs the step `{name}`, which failed"));
    }
    let mut log = match Log::new(step.name) {
        Ok(log) => log,
        Err(error) => return (Outcome::Failed, Tally::one(false), format!("{error:#}")),
    };
    let mut result = (step.work)(&mut log);
    let mut tally = match log.tally() {
        Some(tally) => tally,
        None => {
            if step.counts && result.is_ok() {
                result = Err(anyhow::anyhow!("no test was counted"));
            }
            Tally::one(result.is_ok())
        }
    };
    match result {
        Ok(()) if tally.failed == 0 => (Outcome::Passed, tally, String::new()),
        Ok(()) => (Outcome::Failed, tally, log.text()),
        Err(error) => {
            // A runner that died counted nothing as failed, and yet something did.
            tally.failed = tally.failed.max(1);
            (Outcome::Failed, tally, format!("{}{error:#}", log.text()))
        }
    }
}

/// Shows on a terminal what is running.
fn announce(name: &str) {
    if stdout().is_terminal() {
        print!("  …              {name}");
        // Progress that cannot be shown is no reason to stop.
        let _ = stdout().flush();
    }
}

/// The line of a step that ended.
fn report(name: &str, outcome: &Outcome, tally: &Tally, time: Duration) {
    if stdout().is_terminal() {
        print!("\r\x1b[K");
    }
    let (word, rest) = match outcome {
        Outcome::Passed => ("ok", tally.to_string()),
        Outcome::Failed => ("FAILED", tally.to_string()),
        Outcome::Skipped(reason) => ("skipped", reason.clone()),
    };
    println!("{word:<8}{:>6.1} s  {name:<20} {rest}", time.as_secs_f64());
}
