//! Writing: results on standard output, notes and errors on standard error.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::{Failure, Result};

/// What a verb has to say when all went well.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// For people and pipes: written as it is.
    pub(crate) plain: Vec<u8>,
    /// For machines: one JSON object.
    pub(crate) json: Vec<u8>,
    /// One line on standard error, left out with `--json`.
    pub(crate) note: Option<String>,
}

impl Outcome {
    /// A text for people and the same as a JSON object.
    pub(crate) fn new(plain: impl Into<Vec<u8>>, json: &impl Serialize) -> Self {
        Self { plain: plain.into(), json: to_json(json), note: None }
    }

    /// Canonical JSON made by the library: the line of `text`, and `{"name":text}`.
    pub(crate) fn canonical(name: &str, text: Vec<u8>) -> Self {
        let json = [format!("{{\"{name}\":").as_bytes(), &text, b"}"].concat();
        Self { plain: line(text), json, note: None }
    }

    /// A report of the library, which is canonical JSON; laid out in lines for people.
    pub(crate) fn report(json: Vec<u8>) -> Self {
        let value: serde_json::Value = serde_json::from_slice(&json).expect("the library's report is JSON");
        let plain = serde_json::to_vec_pretty(&value).expect("JSON has a text");
        Self { plain: line(plain), json, note: None }
    }

    /// The same with a line for standard error.
    pub(crate) fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// The bytes with a line feed.
pub(crate) fn line(text: impl Into<Vec<u8>>) -> Vec<u8> {
    let mut text = text.into();
    text.push(b'\n');
    text
}

/// A line for standard error that is not an error.
pub(crate) fn warn(message: impl Display) {
    eprintln!("samebyte: warning: {message}");
}

/// Writes the outcome of a verb.
pub(crate) fn success(outcome: &Outcome, json: bool) -> Result<()> {
    if json {
        return write(&[&outcome.json, b"\n"]);
    }
    write(&[&outcome.plain])?;
    if let Some(note) = &outcome.note {
        eprintln!("samebyte: {note}");
    }
    Ok(())
}

/// Writes an error, and gives its exit code.
pub(crate) fn failure(failure: &Failure, json: bool) -> ExitCode {
    let code = ExitCode::from(failure.exit_code());
    if let Failure::Io { error, .. } = failure
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        // The reader has gone away on purpose (`| head`): nobody is left to be told.
        return code;
    }
    if json {
        // There is nothing left to do when the report itself cannot be written; the exit code still tells.
        let _ = write(&[&to_json(&Report { error: Description::of(failure) }), b"\n"]);
    } else {
        eprintln!("samebyte: {}", Description::of(failure));
    }
    code
}

/// Writes what `--help` and `--version` print.
pub(crate) fn help(text: &clap::Error) -> ExitCode {
    match write(&[text.to_string().trim_end().as_bytes(), b"\n"]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failure(&failed, false),
    }
}

/// Writes what a command without a verb needs: the list of them. This is wrong usage, so it is no result.
pub(crate) fn list_of_verbs(text: &clap::Error) -> ExitCode {
    eprintln!("{}", text.to_string().trim_end());
    ExitCode::from(2)
}

fn write(parts: &[&[u8]]) -> Result<()> {
    let mut output = io::stdout().lock();
    parts
        .iter()
        .try_for_each(|part| output.write_all(part))
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("standard output", error))
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings, numbers and JSON texts have a JSON text")
}

/// An error as `--json` prints it.
#[derive(Serialize)]
struct Report {
    error: Description,
}

/// Members in alphabetical order, as in every JSON text of this project.
#[derive(Serialize)]
struct Description {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<RawValue>>,
    kind: &'static str,
    message: String,
}

impl Description {
    fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Refused(error) => Self {
                code: error.code().name(),
                detail: error
                    .detail_json()
                    .map(|detail| RawValue::from_string(detail).expect("a detail is JSON")),
                kind: error.kind().name(),
                message: error.message().to_owned(),
            },
            // The table of codes belongs to the library, which does no input or output: this code is the
            // command's own.
            Failure::Io { file, error } => {
                Self { code: "io", detail: None, kind: "io", message: format!("{file}: {error}") }
            }
        }
    }
}

impl Display for Description {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)?;
        if let Some(detail) = &self.detail {
            write!(formatter, " ({detail})")?;
        }
        Ok(())
    }
}
