//! `cargo xtask interop`: the page of what was proved against implementations that are not ours.
//!
//! The tests of each language write their rows to `build/interop/LANGUAGE.json`, those of the command to `cli.json`. The
//! page shows them without versions and dates, so that it changes only when what is proved changes. A language that has
//! not run here keeps its section.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::language::Language;
use crate::workspace::{build, root};

const PAGE: &str = "docs/reference/interoperability.md";

const INTRODUCTION: &str = "# Interoperability

What other implementations verify of ours, and ours of theirs: each cell was proved by the tests of the language, with
the release of the peer that was the newest then. `cargo xtask test` holds this page against its own run, and
`cargo xtask interop` writes it.

**both**: each verifies, or reads, what the other makes. **ours**: the peer verifies what samebyte makes.
**theirs**: samebyte verifies what the peer makes. **–**: the peer has no such thing.

Signed messages are verified as a JWS with its payload put back in. Of what `crit` names a peer is told, where it can be;
PyJWT cannot be told and refuses such tokens, as it has to: there its `Algorithm.verify` is given the signing input.
";

/// What a row is about, in the order of the page.
const SUBJECTS: [(&str, &str, &str); 5] = [
    ("jws", "JSON Web Signatures", "serialization"),
    ("key", "Keys", "form"),
    ("http", "Signed requests and responses", "message"),
    ("card", "Agent Cards", "card"),
    ("result", "Results and configurations", "file"),
];

/// The order of algorithms in a cell; others come behind, by name.
const ALGORITHMS: [&str; 15] = [
    "EdDSA", "ES256K", "ES256", "ES384", "ES512", "RSA", "RS256", "RS384", "RS512", "PS256", "PS384",
    "PS512", "HS256", "HS384", "HS512",
];

/// One fact, as a test wrote it down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    what: String,
    algorithm: String,
    form: String,
    peer: String,
    #[serde(rename = "version")]
    _version: String,
    ours_to_theirs: Option<bool>,
    theirs_to_ours: Option<bool>,
}

/// Writes the page, or with `check` fails where it is not what the runs on this machine have proved.
pub(crate) fn run(check: bool) -> Result<()> {
    let file = root().join(PAGE);
    let current = fs::read_to_string(&file).unwrap_or_default();
    let mut page = INTRODUCTION.to_owned();
    let languages = Language::ALL.map(|language| (language.name(), language.name().to_lowercase()));
    for (name, stem) in languages.into_iter().chain([("Command", "cli".to_owned())]) {
        let rows = build().join("interop").join(stem).with_extension("json");
        let section = match fs::read_to_string(&rows) {
            Ok(text) => Some(section(name, &text).with_context(|| rows.display().to_string())?),
            Err(_) => kept(&current, name),
        };
        page.extend(section);
    }
    if page == current {
        return Ok(());
    }
    ensure!(!check, "{PAGE} is not what the tests have proved; run `cargo xtask interop`");
    fs::write(&file, page)?;
    println!("wrote {PAGE}");
    Ok(())
}

/// The section of a language in the page as it is.
fn kept(page: &str, name: &str) -> Option<String> {
    let start = page.find(&format!("\n## {name}\n"))?;
    let rest = &page[start + 1..];
    let end = rest.find("\n## ").map_or(rest.len(), |end| end + 1);
    Some(format!("\n{}\n", rest[..end].trim_end()))
}

/// The section of a language, from its rows.
fn section(name: &str, text: &str) -> Result<String> {
    let rows: Vec<Row> = serde_json::from_str(text)?;
    let mut section = format!("\n## {name}\n");
    for (what, title, form) in SUBJECTS {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.what == what).collect();
        if !rows.is_empty() {
            table(&mut section, title, form, &rows)?;
        }
    }
    if let Some(row) = rows.iter().find(|row| SUBJECTS.iter().all(|(what, ..)| *what != row.what)) {
        bail!("no subject {:?}", row.what);
    }
    Ok(section)
}

/// One table: a line for each form and for each set of algorithms of which the same is proved.
fn table(page: &mut String, title: &str, form: &str, rows: &[&Row]) -> Result<()> {
    let mut peers: Vec<&str> = rows.iter().map(|row| row.peer.as_str()).collect();
    peers.sort_unstable_by_key(|peer| peer.to_lowercase());
    peers.dedup();
    let mut cells: BTreeMap<(&str, &str), BTreeMap<&str, &str>> = BTreeMap::new();
    for row in rows {
        let word = match (row.ours_to_theirs, row.theirs_to_ours) {
            (Some(true), Some(true)) => "both",
            (Some(true), None) => "ours",
            (None, Some(true)) => "theirs",
            _ => bail!("{}, {}, {}: nothing was proved", row.algorithm, row.form, row.peer),
        };
        let proved = cells.entry((&row.form, &row.algorithm)).or_default().insert(&row.peer, word);
        ensure!(proved.is_none(), "{}, {}, {}: twice", row.algorithm, row.form, row.peer);
    }
    let mut lines: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for ((form, algorithm), proved) in cells {
        let words = peers.iter().map(|peer| proved.get(peer).copied().unwrap_or("–")).collect();
        lines.entry((form, words)).or_default().push(algorithm);
    }
    let mut lines: Vec<_> = lines.into_iter().collect();
    for (_, algorithms) in &mut lines {
        algorithms.sort_by_key(|name| place(name));
    }
    lines.sort_by_key(|((form, _), algorithms)| (*form, place(algorithms[0])));
    let _ = writeln!(page, "\n### {title}\n\n| {form} | algorithm | {} |", peers.join(" | "));
    let _ = writeln!(page, "|---|---|{}", "---|".repeat(peers.len()));
    for ((form, words), algorithms) in lines {
        let _ = writeln!(page, "| {form} | {} | {} |", algorithms.join(", "), words.join(" | "));
    }
    Ok(())
}

/// Where an algorithm stands in a list.
fn place(name: &str) -> (usize, &str) {
    (ALGORITHMS.iter().position(|known| *known == name).unwrap_or(ALGORITHMS.len()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = r#"[
        {"what":"jws","algorithm":"ES256","form":"compact","peer":"b","version":"1","ours_to_theirs":true,"theirs_to_ours":true},
        {"what":"jws","algorithm":"EdDSA","form":"compact","peer":"b","version":"1","ours_to_theirs":true,"theirs_to_ours":true},
        {"what":"jws","algorithm":"EdDSA","form":"flattened","peer":"A","version":"1","ours_to_theirs":true,"theirs_to_ours":null},
        {"what":"key","algorithm":"RSA","form":"JWK","peer":"b","version":"1","ours_to_theirs":null,"theirs_to_ours":true}]"#;

    #[test]
    fn what_is_equal_is_one_line() {
        let text = section("Rust", ROWS).expect("rows");
        let expected = "\n## Rust\n\n### JSON Web Signatures\n\n| serialization | algorithm | A | b |\n|---|---|---|---|\n\
            | compact | EdDSA, ES256 | – | both |\n| flattened | EdDSA | ours | – |\n\n### Keys\n\n| form | algorithm | b |\n\
            |---|---|---|\n| JWK | RSA | theirs |\n";
        assert_eq!(text, expected);
        let page = format!("{INTRODUCTION}{text}\n## Node\n\nmore\n");
        assert_eq!(kept(&page, "Rust").as_deref(), Some(expected));
        assert_eq!(kept(&page, "Node").as_deref(), Some("\n## Node\n\nmore\n"));
        assert_eq!(kept(&page, "PHP"), None);
    }

    #[test]
    fn rows_that_prove_nothing_are_refused() {
        let twice = ROWS.replace("ES256", "EdDSA");
        for wrong in [&ROWS.replacen("true", "false", 1), &ROWS.replace("key", "lock"), &twice] {
            assert!(section("Rust", wrong).is_err(), "{wrong}");
        }
    }
}
