//! Private keys in files: made once, whole, for the owner alone.

#[cfg(unix)]
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use samebyte::api::{Code, Error};
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};
use crate::input::Source;
#[cfg(unix)]
use crate::output;

/// More than any key file holds; a larger file is not a key.
const MAX_BYTES: usize = 64 * 1024;

/// Makes the file `path` with `content`, mode 0600, whole or not at all. A file, directory or symbolic link that is
/// already there stays as it is, and is an error.
pub(crate) fn create(path: &Path, content: &[u8]) -> Result<()> {
    write_new(path, content).map_err(|error| Failure::io(path.display(), error))
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    // Made 0600 from the start, in the same file system, and removed again should anything below fail.
    let mut file = tempfile::Builder::new().prefix(".samebyte-").tempfile_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    // Only now does the name appear, and only if nothing has it: one step for the file system, no race.
    file.persist_noclobber(path).map_err(|failed| failed.error)?;
    sync_directory(directory)
}

/// The new name survives a loss of power only once its directory is on the disk.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// All that `source` holds, in one buffer that never moves: growing would leave copies of a secret behind.
pub(crate) fn read(source: &Source) -> Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    source.read_into(&mut content, MAX_BYTES as u64)?;
    if content.len() > MAX_BYTES {
        return Err(Error::new(Code::TooLarge, "the file is larger than any key file").into());
    }
    Ok(content)
}

/// Says so on standard error where the file of a `secret` is open to others than its owner.
#[cfg(unix)]
pub(crate) fn warn_if_exposed(source: &Source, secret: &str) {
    use std::os::unix::fs::PermissionsExt;

    let Source::File(path) = source else { return };
    let Ok(metadata) = path.metadata() else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        output::warn(format_args!("{source} holds {secret} and is open to others (mode {mode:04o})"));
    }
}

/// Only Unix modes say who may read a file in a way that this command understands.
#[cfg(not(unix))]
pub(crate) fn warn_if_exposed(_: &Source, _: &str) {}
