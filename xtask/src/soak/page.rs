//! The page of what the suite of races and faults measured: it is written, and read again, so that a run of a few
//! checks keeps the rows of all others.

use std::fmt::Write as _;

use serde::Deserialize;

use super::lines::{LINES, Line};

const INTRODUCTION: &str = "# Races and faults

What [the suite of races and faults](../../conformance-vectors/soak/README.md) measured, on stores and on gateways as
their users run them, and where a line of the list is held by other tests, which these are. A row that is not `ok` is a
fault, or an answer that came late because the machine did other work.

`cargo xtask soak` makes this page. A run of a few checks leaves the rows of the others as they are, each with its day.
";

const HEAD: &str = "| check | of | | measured | took | on |\n|---|---|---|---|---|---|\n";

/// One check, as the suite wrote it down. Text is as it stands on the page, without line breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    test: String,
    subject: String,
    outcome: String,
    measured: String,
    took: String,
    date: String,
}

impl Row {
    fn is_of(&self, other: &Self) -> bool {
        self.test == other.test && self.subject == other.subject
    }
}

/// The rows of a page.
pub(super) fn rows(page: &str) -> Vec<Row> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?.replace("\\|", "\0");
        Some(inner.split(" | ").map(|cell| cell.trim().replace('\0', "|")).collect())
    };
    let row = |line: &str| {
        let [test, subject, outcome, measured, took, date] = cells(line)?.try_into().ok()?;
        let is_head = test == "check";
        (!is_head).then_some(Row { test, subject, outcome, measured, took, date })
    };
    page.lines().filter_map(row).collect()
}

/// The rows of before with those of now in their place. What was not tried now takes the place of nothing.
pub(super) fn merged(before: Vec<Row>, now: Vec<Row>) -> Vec<Row> {
    let mut rows = before;
    for row in now {
        match rows.iter_mut().find(|other| other.is_of(&row)) {
            Some(other) if row.outcome != "skipped" => *other = row,
            Some(_) => {}
            None => rows.push(row),
        }
    }
    rows
}

/// The page: a part for each line of the list, with a row for each store or gateway.
pub(super) fn text(rows: &[Row], machine: &str, redis: &str) -> String {
    let mut page = format!("{INTRODUCTION}\n* machine: {machine}\n* Redis: {redis}\n");
    for line in &LINES {
        part(&mut page, line, rows);
    }
    let others: Vec<&Row> = rows.iter().filter(|row| LINES.iter().all(|line| !line.has(&row.test))).collect();
    if !others.is_empty() {
        page.push_str("\n## Others\n\n");
        table(&mut page, &others);
    }
    page
}

/// One line of the list.
fn part(page: &mut String, line: &Line, rows: &[Row]) {
    let _ = writeln!(page, "\n## {}: {}\n\n{}\n", line.id, line.name, line.holds);
    let mut own: Vec<&Row> = rows.iter().filter(|row| line.has(&row.test)).collect();
    own.sort_by_key(|row| (line.checks.iter().position(|check| *check == row.test), &row.subject));
    if own.is_empty() && !line.checks.is_empty() {
        page.push_str("Not measured yet.\n");
    }
    if !own.is_empty() {
        table(page, &own);
    }
    if !line.elsewhere.is_empty() {
        page.push_str(if line.checks.is_empty() { "Held by:\n\n" } else { "\nHeld by these, too:\n\n" });
    }
    for (path, what) in line.elsewhere {
        let _ = writeln!(page, "* [`{path}`](../../{path}): {what}");
    }
}

fn table(page: &mut String, rows: &[&Row]) {
    page.push_str(HEAD);
    for Row { test, subject, outcome, measured, took, date } in rows {
        let measured = measured.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(page, "| {test} | {subject} | {outcome} | {measured} | {took} | {date} |");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(test: &str, subject: &str, outcome: &str, measured: &str) -> Row {
        let [test, subject, outcome, measured, took, date] =
            [test, subject, outcome, measured, "1 s", "2026-01-02"].map(str::to_owned);
        Row { test, subject, outcome, measured, took, date }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let rows_ = vec![
            row("replays", "proxy, redis", "ok", "1 | 2"),
            row("race", "rust redis", "FAILED", ""),
            row("of no line", "proxy", "ok", "3"),
        ];
        let mut read = rows(&text(&rows_, "a machine", "7"));
        read.sort_by_key(|row| rows_.iter().position(|other| other.is_of(row)));
        assert_eq!(read, rows_);
    }

    #[test]
    fn rows_of_now_replace_their_own_and_no_others() {
        let before = vec![row("replays", "a", "ok", "old"), row("replays", "b", "ok", "old")];
        let now = vec![
            row("replays", "b", "FAILED", "new"),
            row("race", "a", "ok", "new"),
            row("replays", "a", "skipped", ""),
        ];
        let expected = vec![
            row("replays", "a", "ok", "old"),
            row("replays", "b", "FAILED", "new"),
            row("race", "a", "ok", "new"),
        ];
        assert_eq!(merged(before, now), expected);
    }

    #[test]
    fn every_line_is_on_the_page_and_every_test_that_it_names_is_there() {
        let page = text(&[], "a machine", "7");
        for number in 1..=21 {
            assert!(page.contains(&format!("\n## T{number}: ")), "T{number}");
        }
        for (path, _) in LINES.iter().flat_map(|line| line.elsewhere) {
            assert!(crate::workspace::root().join(path).exists(), "{path}");
        }
    }
}
