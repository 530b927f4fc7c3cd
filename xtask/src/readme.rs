//! Runs the examples of the READMEs as they stand there.
//!
//! A fenced block of a language below is a program of its own. Where a `text` block follows, it is what the program
//! prints, with `…` for what differs from run to run. A `console` block is a dialogue: each line after `$ ` is run
//! by `sh` in a folder that holds `examples/` and has the command `samebyte` on its path, and the lines below it are
//! what it prints. Blocks of Rust run as documentation tests of the crate that includes the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::log::Log;
use crate::products::compile;
use crate::tally::Tally;
use crate::workspace::{build, program, python, root, target};

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    language: String,
    line: usize,
    text: String,
    /// The `text` block behind it.
    prints: Option<String>,
}

/// Runs the examples of one language in the given files; how many there are is counted in the log.
pub(crate) fn run(log: &mut Log, language: &str, files: &[&str]) -> Result<()> {
    let folder = build().join("readme");
    prepare(&folder)?;
    let mut tally = Tally::default();
    for file in files {
        let text = fs::read_to_string(root().join(file)).with_context(|| (*file).to_owned())?;
        for block in blocks(&text).iter().filter(|block| block.language == language) {
            let place = format!("{file}:{}", block.line);
            let outcome = run_block(block, &folder);
            match &outcome {
                Ok(()) => log.say(&format!("ok {place}"))?,
                Err(error) => log.say(&format!("FAILED {place}: {error:#}"))?,
            }
            tally += Tally::one(outcome.is_ok());
        }
    }
    ensure!(tally.passed + tally.failed > 0, "no example of {language}");
    log.count(tally);
    Ok(())
}

/// The fenced blocks of a Markdown text.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let language = language.split([',', ' ']).next().unwrap_or_default().to_owned();
                open = Some(Block { language, line: index + 1, text: String::new(), prints: None });
            }
            (Some(_), Some(_)) => {
                let block = open.take().expect("matched above");
                match found.last_mut() {
                    Some(before) if block.language == "text" && before.prints.is_none() => {
                        before.prints = Some(block.text)
                    }
                    _ => found.push(block),
                }
            }
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) if !line.trim().is_empty() => {
                // Prose between a program and a `text` block: that block is something else.
                if let Some(before) = found.last_mut() {
                    before.prints.get_or_insert_default();
                }
            }
            (None, None) => {}
        }
    }
    // An empty expectation was only the mark of prose.
    found.iter_mut().for_each(|block| block.prints = block.prints.take().filter(|text| !text.is_empty()));
    found
}

/// A folder in which each language finds its package as a user would have it.
fn prepare(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("node_modules"))?;
    fs::create_dir_all(folder.join("vendor"))?;
    let link = |from: &str, to: &str| std::os::unix::fs::symlink(root().join(from), folder.join(to));
    link("bindings-node", "node_modules/samebyte")?;
    link("examples", "examples")?;
    let autoload = root().join("bindings-php/tests/autoload.php");
    fs::write(folder.join("vendor/autoload.php"), format!("<?php require '{}';\n", autoload.display()))?;
    Ok(())
}

/// Runs one block and compares what it prints.
fn run_block(block: &Block, folder: &Path) -> Result<()> {
    let write = |name: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, &block.text)?;
        Ok(path)
    };
    let printed = match block.language.as_str() {
        "python" => output(program(python()).arg(write("example.py")?).current_dir(folder))?,
        "js" => output(program("node").arg(write("example.mjs")?).current_dir(folder))?,
        "php" => output(program("php").arg(write("example.php")?).current_dir(folder))?,
        "c" => {
            let (source, binary) = (write("example.c")?, folder.join("example"));
            output(compile(&source, &binary).current_dir(folder))?;
            output(program(&binary).current_dir(folder))?
        }
        "console" => return dialogue(&block.text, folder),
        other => bail!("no way to run {other}"),
    };
    match &block.prints {
        Some(expected) => same(&printed, expected),
        None => Ok(()),
    }
}

/// Runs the `$ ` lines and compares what each prints, errors included.
fn dialogue(text: &str, folder: &Path) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let search =
        std::env::join_paths([target().join("release")].into_iter().chain(std::env::split_paths(&path)))?;
    for part in format!("\n{text}").split("\n$ ").skip(1) {
        let (line, expected) = part.split_once('\n').unwrap_or((part, ""));
        let mut command = program("sh");
        command.args(["-c", &format!("{{ {line}\n}} 2>&1")]).current_dir(folder).env("PATH", &search);
        let result = command.stdout(Stdio::piped()).output()?;
        let printed = String::from_utf8_lossy(&result.stdout).into_owned();
        same(&printed, expected).with_context(|| format!("$ {line}"))?;
    }
    Ok(())
}

/// What a command prints; an error with all of it if it fails.
fn output(command: &mut Command) -> Result<String> {
    let result = command.output().with_context(|| format!("{:?}", command.get_program()))?;
    let printed = String::from_utf8_lossy(&result.stdout).into_owned();
    ensure!(
        result.status.success(),
        "{}\n{printed}{}",
        result.status,
        String::from_utf8_lossy(&result.stderr)
    );
    Ok(printed)
}

/// Compares without white space at the ends; `…` stands for any text.
fn same(printed: &str, expected: &str) -> Result<()> {
    let (printed, expected) = (printed.trim(), expected.trim());
    ensure!(matches(printed, expected), "prints\n{printed}\ninstead of\n{expected}");
    Ok(())
}

/// Whether the parts between the `…` of a pattern stand in a text in that order.
fn matches(text: &str, pattern: &str) -> bool {
    let Some((first, mut pattern)) = pattern.split_once('…') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    while let Some((part, rest)) = pattern.split_once('…') {
        let Some((_, after)) = text.split_once(part) else { return false };
        (text, pattern) = (after, rest);
    }
    text.ends_with(pattern)
}

#[cfg(test)]
mod tests {
    use super::{blocks, matches};

    #[test]
    fn blocks_and_what_they_print() {
        let text = "# A\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n```js,run\nf()\n```\nand\n```text\nnot this\n```\n";
        let found = blocks(text);
        assert_eq!(found.len(), 3);
        assert_eq!(
            (found[0].language.as_str(), found[0].line, found[0].text.as_str()),
            ("python", 3, "print(1)\n")
        );
        assert_eq!(found[0].prints.as_deref(), Some("1\n"));
        assert_eq!((found[1].language.as_str(), found[1].prints.as_deref()), ("js", None));
        assert_eq!(found[2].language, "text");
    }

    #[test]
    fn what_differs_from_run_to_run() {
        assert!(matches("kid abc", "kid abc") && !matches("kid abc", "kid ab"));
        assert!(matches("kid abc, x 1, y", "kid …, x …, y") && matches("kid ", "kid …"));
        assert!(
            !matches("kid abc, y", "kid …, x …, y")
                && !matches("a kid", "kid …")
                && !matches("kid a", "kid …b")
        );
    }
}
