//! Reads what test runners print: how many tests passed, failed, were skipped, and which were skipped.

use std::fmt;
use std::ops::AddAssign;

/// The sum of what one or more runners said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: Vec<String>,
}

impl Tally {
    /// A step that is one test by itself.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed), skipped: Vec::new() }
    }

    /// What the output of one command says; `None` where it holds no count.
    ///
    /// A last line `N passed, N failed, N skipped` counts alone: it is the sum of what stands above it.
    /// Skipped tests are named by the runner; where it names fewer than it counts, the rest says so.
    pub(crate) fn read(output: &str) -> Option<Self> {
        let lines: Vec<&str> = output.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let counts = lines.last().and_then(|line| plain(line)).or_else(|| {
            let found: Vec<Counts> = lines
                .iter()
                .filter_map(|line| {
                    cargo(line).or_else(|| pytest(line)).or_else(|| node(line)).or_else(|| phpunit(line))
                })
                .chain(unittest(&lines))
                .collect();
            (!found.is_empty()).then(|| found.iter().fold(Counts::default(), |sum, one| sum.plus(*one)))
        })?;
        let mut skipped: Vec<String> = lines.iter().filter_map(|line| skipped(line)).collect();
        // A Rust test cannot skip itself: it says so and passes. It is counted as what it is.
        let hidden = lines.iter().any(|line| line.starts_with("test result: "));
        let passed = if hidden {
            counts.passed.saturating_sub(skipped.len().saturating_sub(counts.skipped))
        } else {
            counts.passed
        };
        for _ in skipped.len()..counts.skipped {
            skipped.push("(not named by its runner)".to_owned());
        }
        Some(Self { passed, failed: counts.failed, skipped })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped.len())
    }
}

#[derive(Clone, Copy, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// `12 passed, 0 failed, 1 skipped`.
fn plain(line: &str) -> Option<Counts> {
    let mut words = line.split(", ").map(|part| part.split_once(' '));
    let mut next = |name: &str| match words.next()?? {
        (number, word) if word == name => number.parse().ok(),
        _ => None,
    };
    Some(Counts { passed: next("passed")?, failed: next("failed")?, skipped: next("skipped")? })
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
fn cargo(line: &str) -> Option<Counts> {
    let line = line.strip_prefix("test result: ")?;
    Some(Counts {
        passed: before(line, "passed")?,
        failed: before(line, "failed")?,
        skipped: before(line, "ignored")?,
    })
}

/// `3 failed, 12 passed, 1 skipped in 0.12s`, with or without rules of `=` around it.
fn pytest(line: &str) -> Option<Counts> {
    let line = line.trim_matches(['=', ' ']);
    let (counts, time) = line.rsplit_once(" in ")?;
    if !time.split(['s', ' ']).next()?.chars().all(|letter| letter.is_ascii_digit() || letter == '.') {
        return None;
    }
    let known = [
        "passed",
        "failed",
        "error",
        "errors",
        "skipped",
        "xfailed",
        "xpassed",
        "deselected",
        "warning",
        "warnings",
    ];
    let all_known =
        counts.split(", ").all(|part| part.split_once(' ').is_some_and(|(_, word)| known.contains(&word)));
    all_known.then(|| {
        let count = |name: &str| before(counts, name).unwrap_or(0);
        Counts {
            passed: count("passed") + count("xfailed"),
            failed: count("failed") + count("error") + count("errors") + count("xpassed"),
            skipped: count("skipped"),
        }
    })
}

/// One of the closing lines of `node --test`: `# pass 5` or `ℹ pass 5`.
fn node(line: &str) -> Option<Counts> {
    let (name, number) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?.split_once(' ')?;
    let number = number.parse().ok()?;
    let counts = Counts::default();
    match name {
        "pass" => Some(Counts { passed: number, ..counts }),
        "fail" | "cancelled" => Some(Counts { failed: number, ..counts }),
        "skipped" | "todo" => Some(Counts { skipped: number, ..counts }),
        _ => None,
    }
}

/// `OK (12 tests, 30 assertions)` or `Tests: 12, Assertions: 30, Failures: 1, Skipped: 2.`
fn phpunit(line: &str) -> Option<Counts> {
    if let Some(rest) = line.strip_prefix("OK (") {
        let (tests, rest) = rest.split_once(' ')?;
        rest.starts_with("test").then_some(())?;
        return Some(Counts { passed: tests.parse().ok()?, ..Counts::default() });
    }
    let count = |name: &str| after(line, name).unwrap_or(0);
    let tests: usize = line.starts_with("Tests: ").then(|| after(line, "Tests:"))??;
    let failed = count("Failures:") + count("Errors:");
    let skipped = count("Skipped:") + count("Incomplete:");
    Some(Counts { passed: tests.saturating_sub(failed + skipped), failed, skipped })
}

/// Python's own `unittest`: `Ran 5 tests in 0.01s`, and further down `OK (skipped=1)`.
fn unittest(lines: &[&str]) -> Option<Counts> {
    let position = lines.iter().position(|line| line.starts_with("Ran ") && line.contains(" test"))?;
    let tests: usize = lines[position].split(' ').nth(1)?.parse().ok()?;
    let verdict =
        lines[position..].iter().find(|line| line.starts_with("OK") || line.starts_with("FAILED"))?;
    let count = |name: &str| after(verdict, name).unwrap_or(0);
    let failed = count("failures=") + count("errors=") + count("unexpected successes=");
    let skipped = count("skipped=");
    Some(Counts { passed: tests.saturating_sub(failed + skipped), failed, skipped })
}

/// The name in a line that says that a test was skipped.
fn skipped(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix("test ") {
        let (name, reason) = rest.split_once(" ... ignored")?;
        return Some(name.to_owned() + reason);
    }
    if let Some((name, reason)) = line.split_once(" # SKIP") {
        let name = name.trim_start_matches("ok ").trim_start_matches(|letter: char| letter.is_ascii_digit());
        return Some(format!("{}: {}", name.trim_start_matches([' ', '-']), reason.trim()));
    }
    let rest = line
        .strip_prefix("﹣ ")
        .or_else(|| line.strip_prefix("SKIPPED "))
        .or_else(|| line.strip_prefix("skipped - "))
        .or_else(|| line.strip_prefix("xfail "))
        .or_else(|| line.strip_prefix("skipped: "))?;
    Some(rest.to_owned())
}

/// The number before a word: `before("5 passed; 1 ignored", "ignored")` is 1.
fn before(line: &str, word: &str) -> Option<usize> {
    let words: Vec<&str> = line.split([' ', ',', ';', '.']).filter(|part| !part.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok())
}

/// The number after a word: `after("Tests: 12, Skipped: 2.", "Skipped:")` is 2.
fn after(line: &str, word: &str) -> Option<usize> {
    let (_, rest) = line.split_once(word)?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn read(output: &str) -> (usize, usize, Vec<String>) {
        let tally = Tally::read(output).expect("the output holds a count");
        (tally.passed, tally.failed, tally.skipped)
    }

    #[test]
    fn cargo_test() {
        let output = "test a ... ok\ntest b ... ignored, takes long\n\
            test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s\n";
        assert_eq!(read(output), (7, 3, vec!["b, takes long".to_owned()]));
    }

    #[test]
    fn a_rust_test_that_says_it_was_skipped() {
        let output = "skipped: wycheproof: SAMEBYTE_THIRD_PARTY is not set\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(read(output), (4, 0, vec!["wycheproof: SAMEBYTE_THIRD_PARTY is not set".to_owned()]));
    }

    #[test]
    fn pytest() {
        assert_eq!(read("....\n12 passed in 0.12s\n"), (12, 0, vec![]));
        let output = "SKIPPED [1] tests/test_a.py:3: no peer\n\
            = 2 failed, 12 passed, 1 skipped, 1 error, 3 warnings in 61.12s (0:01:01) =\n";
        assert_eq!(read(output), (12, 3, vec!["[1] tests/test_a.py:3: no peer".to_owned()]));
        assert_eq!(Tally::read("built 3 things in 2s"), None);
    }

    #[test]
    fn node_test() {
        let tap = "ok 1 - a\nok 2 - b # SKIP no peer\n# tests 3\n# pass 1\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n";
        assert_eq!(read(tap), (1, 1, vec!["b: no peer".to_owned()]));
        let spec = "✔ a (1ms)\n﹣ b (0.1ms)\nℹ tests 2\nℹ pass 1\nℹ fail 0\nℹ skipped 1\n";
        assert_eq!(read(spec), (1, 0, vec!["b (0.1ms)".to_owned()]));
    }

    #[test]
    fn phpunit() {
        assert_eq!(read("OK (12 tests, 30 assertions)"), (12, 0, vec![]));
        let (passed, failed, skipped) =
            read("Tests: 12, Assertions: 30, Errors: 1, Failures: 2, Skipped: 1.");
        assert_eq!((passed, failed, skipped.len()), (8, 3, 1));
    }

    #[test]
    fn unittest() {
        assert_eq!(read("Ran 5 tests in 0.010s\n\nOK\n"), (5, 0, vec![]));
        let (passed, failed, skipped) =
            read("Ran 5 tests in 1s\n\nFAILED (failures=1, errors=1, skipped=1)\n");
        assert_eq!((passed, failed, skipped.len()), (2, 2, 1));
    }

    #[test]
    fn the_plain_last_line_counts_alone() {
        let output = "OK (12 tests, 30 assertions)\nskipped: valgrind: not installed\n13 passed, 0 failed, 1 skipped\n";
        assert_eq!(read(output), (13, 0, vec!["valgrind: not installed".to_owned()]));
        assert_eq!(Tally::read("all is well\n"), None);
    }
}
