//! Runs the commands of one step, with their output in one file.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::tally::Tally;
use crate::workspace::{self, shown};

/// The output of a step, and what its commands counted.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    tally: Option<Tally>,
}

impl Log {
    /// A new, empty log in `build/logs`.
    pub(crate) fn new(name: &str) -> Result<Self> {
        fs::create_dir_all(workspace::build().join("logs"))?;
        let path = Self::path(name);
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path);
        let file = file.with_context(|| path.display().to_string())?;
        Ok(Self { path, file, tally: None })
    }

    /// Where the log of a step lies.
    fn path(name: &str) -> PathBuf {
        workspace::build().join("logs").join(name.replace(' ', "-") + ".log")
    }

    /// The text of the log of another step.
    pub(crate) fn read(name: &str) -> Result<String> {
        fs::read_to_string(Self::path(name)).with_context(|| format!("the log of {name}"))
    }

    /// Runs a command and adds the counts that it prints; fails where it ends with another code than 0.
    pub(crate) fn run(&mut self, command: &mut Command) -> Result<()> {
        let text = shown(command);
        writeln!(self.file, "$ {text}")?;
        let start = self.file.seek(SeekFrom::End(0))?;
        // Both streams go to one open file, so that they stand in the order in which they were written.
        let status = command
            .stdout(self.file.try_clone()?)
            .stderr(self.file.try_clone()?)
            .status()
            .with_context(|| format!("starting {text}"))?;
        self.file.seek(SeekFrom::End(0))?;
        let output = fs::read(&self.path)?;
        let output =
            String::from_utf8_lossy(output.get(usize::try_from(start)?..).unwrap_or_default()).into_owned();
        if let Some(counts) = Tally::read(&output) {
            *self.tally.get_or_insert_default() += counts;
        }
        if !status.success() {
            bail!("{text}: {status}");
        }
        Ok(())
    }

    /// Adds a line of this program's own.
    pub(crate) fn say(&mut self, text: &str) -> Result<()> {
        Ok(writeln!(self.file, "{text}")?)
    }

    /// Adds tests that this program ran itself.
    pub(crate) fn count(&mut self, counts: Tally) {
        *self.tally.get_or_insert_default() += counts;
    }

    /// The sum of all counts; `None` where no command printed one.
    pub(crate) fn tally(&self) -> Option<Tally> {
        self.tally.clone()
    }

    /// All that was written.
    pub(crate) fn text(&self) -> String {
        fs::read(&self.path)
            .map_or_else(|_| String::new(), |text| String::from_utf8_lossy(&text).into_owned())
    }
}
