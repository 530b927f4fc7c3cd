//! Exit codes, error lines, and the errors of `--json`.

use std::process::{Command, Stdio};

use crate::run::{directory, samebyte, text};

#[test]
fn refused_input_is_1() {
    samebyte(&["canonicalize"], "{\"a\":1,\"\\u0061\":2}").fails(1, "duplicate_member");
    samebyte(&["hash"], b"\"\xff\"").fails(1, "invalid_utf8");
    samebyte(&["job", "verify"], "{}").fails(1, "job_malformed");
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["frobnicate"][..],
        &["canonicalize", "--frobnicate"],
        &["canonicalize", "a", "b"],
        &["canonicalize", "--max-bytes", "-1"],
        &["key", "new", "--alg", "EdDSA"],
        &["document", "sign", "--type", "text/plain"],
        &["document", "verify", "--type", "text/plain"],
        &["receipt", "verify"],
        &["job", "authorize"],
    ] {
        samebyte(arguments, "{}").fails(2, "invalid_argument");
    }
}

#[test]
fn a_missing_file_is_4() {
    let directory = directory();
    let missing = text(directory.path().join("missing.json"));
    for arguments in [
        &["canonicalize", &missing][..],
        &["hash", &missing],
        &["key", "show", &missing],
        &["job", "verify", &missing],
        &["job", "sign", "--key", &missing],
        &["job", "authorize", "--policy", &missing],
        &["canonicalize", directory.path().to_str().expect("a path in UTF-8")],
    ] {
        samebyte(arguments, "{}").fails(4, "io");
    }
}

#[test]
fn errors_name_the_place() {
    let run = samebyte(&["canonicalize"], r#"{"a":[1,2,nul]}"#);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains(r#"({"offset":"#), "{run:?}");
}

#[test]
fn json_errors_are_on_standard_output() {
    let run = samebyte(&["--json", "canonicalize"], r#"{"a":[1,2,nul]}"#);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let error = &run.json()["error"];
    assert_eq!((&error["code"], &error["kind"]), (&"invalid_json".into(), &"malformed".into()));
    assert!(error["message"].is_string() && error["detail"]["offset"].is_u64(), "{error}");

    let run = samebyte(&["canonicalize", "--json", "--frobnicate"], "{}");
    assert_eq!((run.code, run.stderr.as_str()), (2, ""));
    assert_eq!(run.json()["error"]["code"], "invalid_argument");
    assert_eq!(run.json()["error"]["kind"], "usage");

    let run = samebyte(&["canonicalize", "--json", "missing.json"], "");
    assert_eq!((run.code, run.stderr.as_str()), (4, ""));
    assert_eq!(run.json()["error"]["code"], "io");
}

#[test]
fn help_and_version_succeed() {
    let help = samebyte(&["--help"], "").text();
    for verb in ["canonicalize", "hash", "key", "document", "job", "receipt"] {
        assert!(help.contains(verb), "{help}");
    }
    assert!(help.ends_with("failed.\n"), "{help}");
    assert_eq!(samebyte(&["--version"], "").text(), concat!("samebyte ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn without_a_verb_the_verbs_are_listed() {
    let run = samebyte(&[], "");
    assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]));
    assert!(run.stderr.contains("canonicalize") && run.stderr.contains("receipt"), "{run:?}");
    assert!(samebyte(&["job"], "").stderr.contains("authorize"));
    assert_eq!(samebyte(&["--json"], "").json()["error"]["code"], "invalid_argument");
}

/// `samebyte … | head` ends without a word.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_quiet() {
    use std::io::Write;

    let mut child = Command::new(env!("CARGO_BIN_EXE_samebyte"))
        .arg("canonicalize")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("standard input is a pipe");
    // Input is read to its end before anything is written, so the pipe is closed by then.
    input.write_all(format!("\"{}\"", "x".repeat(1 << 20)).as_bytes()).expect("all is read");
    drop(input);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(4));
}
