//! `canonicalize` and `hash`.

use crate::run::{directory, file, samebyte};

/// RFC 8785 section 3.2.4: the example of section 3.2.2 and its canonical bytes.
const EXAMPLE: &str = r#"{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"#;
const CANONICAL: &str = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                         \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";

#[test]
fn writes_the_canonical_bytes_and_nothing_else() {
    let directory = directory();
    let path = file(&directory, "example.json", EXAMPLE);
    for run in [
        samebyte(&["canonicalize"], EXAMPLE),
        samebyte(&["canonicalize", "-"], EXAMPLE),
        samebyte(&["canonicalize", &path], ""),
        samebyte(&["canonicalize", "--numbers", "ieee754", &path], ""),
    ] {
        assert_eq!(run.stderr, "");
        assert_eq!(run.text(), CANONICAL);
    }
}

#[test]
fn json_wraps_the_text() {
    let run = samebyte(&["canonicalize", "--json"], EXAMPLE);
    assert_eq!(run.json()["canonical"], CANONICAL);
    assert_eq!(run.code, 0);
}

#[test]
fn hashes_the_canonical_bytes() {
    // SHA-256 of the two bytes `{}`, as `printf '{}' | sha256sum` says.
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(samebyte(&["hash"], " { } ").text(), format!("{digest}\n"));
    assert_eq!(samebyte(&["--json", "hash", "-"], "{}").text(), format!("{{\"sha256\":\"{digest}\"}}\n"));
}

#[test]
fn the_number_policy_is_an_option() {
    assert_eq!(samebyte(&["canonicalize"], "9007199254740993").text(), "9007199254740992");
    samebyte(&["canonicalize", "--numbers", "exact"], "9007199254740993").fails(1, "number_not_exact");
    samebyte(&["hash", "--numbers", "exact"], "9007199254740993").fails(1, "number_not_exact");
    assert_eq!(samebyte(&["canonicalize", "--numbers", "exact"], "1e2").text(), "100");
    samebyte(&["canonicalize", "--numbers", "decimal"], "1").fails(2, "invalid_argument");
}

#[test]
fn limits_are_options() {
    assert_eq!(samebyte(&["canonicalize", "--max-bytes", "4"], "[10]").text(), "[10]");
    samebyte(&["canonicalize", "--max-bytes", "4"], "[100]").fails(1, "too_large");
    assert_eq!(samebyte(&["canonicalize", "--max-depth", "2"], "[[]]").text(), "[[]]");
    samebyte(&["canonicalize", "--max-depth", "2"], "[[[]]]").fails(1, "too_deep");
    samebyte(&["canonicalize"], "[".repeat(129)).fails(1, "too_deep");
    samebyte(&["canonicalize"], vec![b' '; 16 * 1024 * 1024 + 1]).fails(1, "too_large");
    let large = format!("\"{}\"", "x".repeat(16 * 1024 * 1024));
    let run = samebyte(&["canonicalize", "--max-bytes", "20000000"], &large);
    assert!(run.succeeds() == large.as_bytes());
}

/// Reading stops at the limit: `/dev/zero` never ends.
#[cfg(target_os = "linux")]
#[test]
fn endless_input_ends() {
    samebyte(&["hash", "--max-bytes", "1000", "/dev/zero"], "").fails(1, "too_large");
}
