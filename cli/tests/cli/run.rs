//! Runs the binary.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// The standard output of a run that must succeed.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Vec<u8> {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// The standard output of a run that must succeed, as text.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        String::from_utf8(self.succeeds()).expect("text")
    }

    /// The standard output of a run with `--json`, whatever came of it.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.stdout.strip_suffix(b"\n").expect("a line");
        assert!(!line.contains(&b'\n'), "one line: {self:?}");
        serde_json::from_slice(line).expect("JSON")
    }

    /// A run that must fail with an exit code and an error code, one line on standard error and no output.
    #[track_caller]
    pub(crate) fn fails(self, exit: i32, code: &str) {
        assert_eq!(self.code, exit, "{self:?}");
        assert!(self.stderr.starts_with(&format!("samebyte: {code}: ")), "{self:?}");
        assert_eq!(self.stderr.matches('\n').count(), 1, "one line: {self:?}");
        assert!(self.stdout.is_empty(), "{self:?}");
    }
}

/// Runs `samebyte` in `directory` with arguments and standard input.
pub(crate) fn samebyte_in(directory: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samebyte"));
    command.current_dir(directory).args(arguments);
    run(command, input)
}

/// Runs `samebyte` in the root of the workspace.
pub(crate) fn samebyte(arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
    samebyte_in(root(), arguments, input.as_ref())
}

/// Runs any command with standard input.
pub(crate) fn run(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let output = std::thread::scope(|scope| {
        // A program may end before it has read all that is written: that is not the fault of the test.
        scope.spawn(move || stdin.write_all(input).or(Ok::<_, std::io::Error>(())));
        child.wait_with_output().expect("the program ends")
    });
    Run {
        code: output.status.code().expect("the program was not killed"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("errors are text"),
    }
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

/// A directory that goes when the test ends.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory for temporary files")
}

/// A new file with this content.
pub(crate) fn file(directory: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = directory.path().join(name);
    fs::write(&path, content).expect("the file can be written");
    text(path)
}

/// The path as an argument.
pub(crate) fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().expect("a path in UTF-8")
}

/// A private test key of the vectors, copied so that only its owner can read it.
pub(crate) fn test_key(directory: &TempDir, name: &str) -> String {
    let source = root().join("conformance-vectors/keys").join(name);
    secret_file(directory, name, fs::read(source).expect("the test key exists"))
}

/// A new file with this content that only its owner can read.
pub(crate) fn secret_file(directory: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let copy = file(directory, name, content);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).expect("our own file");
    }
    copy
}

/// The public half of a test key, in a file.
pub(crate) fn public_test_key(directory: &TempDir, name: &str) -> String {
    let public = samebyte(&["key", "public", "--as", "jwk", &test_key(directory, name)], "").succeeds();
    file(directory, &format!("{name}.pub"), public)
}
