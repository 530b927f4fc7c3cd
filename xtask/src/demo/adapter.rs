//! One running adapter: the public face of a language, asked line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::language::Language;
use crate::workspace::program;

/// An adapter process.
pub(super) struct Adapter {
    pub(super) language: Language,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// What an operation gave: its results, or the name of a code.
pub(super) type Reply = std::result::Result<Value, String>;

impl Adapter {
    pub(super) fn start(language: Language) -> Result<Self> {
        let mut child = program(language.adapter())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting the adapter of {}", language.name()))?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("the adapter has an output")?);
        Ok(Self { language, child, input, output })
    }

    /// Asks for one operation.
    pub(super) fn ask(&mut self, operation: &str, arguments: &Value) -> Result<Reply> {
        let input = self.input.as_mut().context("the adapter has an input")?;
        writeln!(input, "{}", json!({ "id": operation, "op": operation, "args": arguments }))?;
        input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let name = self.language.name();
        let mut reply: Value =
            serde_json::from_str(&line).with_context(|| format!("{name} answered {line:?}"))?;
        if let Some(code) = reply["error"]["code"].as_str() {
            return Ok(Err(code.to_owned()));
        }
        match reply["ok"].take() {
            Value::Null => bail!("{name} answered {line:?}"),
            result => Ok(Ok(result)),
        }
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        // The adapter ends when its input does.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
