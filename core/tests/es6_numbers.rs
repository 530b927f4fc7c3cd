//! Numbers are written as ECMAScript writes them: the published corpus, through the reader and back.

mod es6;

use std::io::Write as _;

use es6::Checker;
use samebyte::jcs::{Options, canonicalize_into, to_vec};

/// A million doubles, each as a literal with the fewest digits and with 17, and as a native double.
#[test]
fn a_million_doubles() {
    let options = Options::default();
    let forms: [fn(f64, &mut Vec<u8>); 2] = [
        |value, literal| write!(literal, "{value:e}").unwrap(),
        |value, literal| write!(literal, "{value:.16e}").unwrap(),
    ];
    for form in forms {
        let mut checker = Checker::new();
        let (mut literal, mut text) = (Vec::new(), Vec::new());
        let mut checked = 0;
        for value in es6::doubles().take(1_000_000) {
            literal.clear();
            form(value, &mut literal);
            text.clear();
            canonicalize_into(&literal, &options, &mut text).unwrap();
            if let Some((count, agrees)) = checker.add(value, &text) {
                assert!(agrees, "the first {count} lines");
                checked += 1;
            }
        }
        assert_eq!(checked, 4);
    }
}

#[test]
fn native_doubles() {
    let mut checker = Checker::new();
    let mut checked = 0;
    for value in es6::doubles().take(100_000) {
        if let Some((count, agrees)) = checker.add(value, &to_vec(&value, &Options::default()).unwrap()) {
            assert!(agrees, "the first {count} lines");
            checked += 1;
        }
    }
    assert_eq!(checked, 3);
}

/// The published lines themselves, so that a difference is seen where it is.
#[test]
fn published_lines() {
    let Some(folder) = std::env::var_os("SAMEBYTE_THIRD_PARTY") else {
        // Not `eprintln`, which the harness keeps from a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: published_lines: SAMEBYTE_THIRD_PARTY is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("rfc8785/es6_numbers_10k.txt");
    let lines = std::fs::read_to_string(path).unwrap();
    let mut count = 0;
    for (line, value) in lines.lines().zip(es6::doubles()) {
        let (bits, expected) = line.split_once(',').unwrap();
        assert_eq!(bits, format!("{:x}", value.to_bits()));
        let text = to_vec(&value, &Options::default()).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), expected, "{bits}");
        count += 1;
    }
    assert_eq!(count, 10_000);
}
