//! The `samebyte` command: canonicalize (RFC 8785), sign and verify JSON files.
//!
//! Everything that it knows is in crate `samebyte`; here are only arguments, files and exit codes. The manual is
//! `cli/README.md`.

mod arguments;
mod clock;
mod failure;
mod input;
mod key_file;
mod keys;
mod limits;
mod output;
mod trust;
mod verbs;

use std::process::ExitCode;

use arguments::Arguments;
use clap::Parser;
use clap::error::ErrorKind;
use failure::Failure;

fn main() -> ExitCode {
    // The text of a panic may hold input; the place is enough for a report.
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("samebyte: fault at {place}");
        }
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            // The flag is looked for by hand, since the arguments could not be read.
            let json = std::env::args_os().any(|argument| argument == "--json");
            return match error.kind() {
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !json => output::list_of_verbs(&error),
                _ => output::failure(&failure::usage(&error), json),
            };
        }
        Err(help_or_version) => return output::help(&help_or_version),
    };
    let json = arguments.json;
    // A fault outside core's own guard ends as the same error, never as an abort.
    let outcome = std::panic::catch_unwind(|| verbs::run(arguments));
    match outcome
        .unwrap_or_else(|_| Err(Failure::fault()))
        .and_then(|outcome| output::success(&outcome, json))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::failure(&failure, json),
    }
}
