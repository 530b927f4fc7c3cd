//! JSONTestSuite: what every parser must accept (`y_`), must refuse (`n_`), and what is left to it (`i_`).

use std::io::Write as _;

use samebyte::Code;
use samebyte::jcs::{Options, canonicalize};

/// What this reader does where RFC 8259 leaves the choice. `None`: accepted.
const LEFT_TO_THE_READER: [(&str, Option<Code>); 35] = [
    // Beyond the range of a double: refused if too large, zero if too small.
    ("i_number_double_huge_neg_exp.json", None),
    ("i_number_huge_exp.json", Some(Code::NumberOverflow)),
    ("i_number_neg_int_huge_exp.json", Some(Code::NumberOverflow)),
    ("i_number_pos_double_huge_exp.json", Some(Code::NumberOverflow)),
    ("i_number_real_neg_overflow.json", Some(Code::NumberOverflow)),
    ("i_number_real_pos_overflow.json", Some(Code::NumberOverflow)),
    ("i_number_real_underflow.json", None),
    // The nearest double.
    ("i_number_too_big_neg_int.json", None),
    ("i_number_too_big_pos_int.json", None),
    ("i_number_very_big_negative_int.json", None),
    // I-JSON (RFC 7493 section 2.1) has no lone surrogates.
    ("i_object_key_lone_2nd_surrogate.json", Some(Code::LoneSurrogate)),
    ("i_string_1st_surrogate_but_2nd_missing.json", Some(Code::LoneSurrogate)),
    ("i_string_1st_valid_surrogate_2nd_invalid.json", Some(Code::LoneSurrogate)),
    ("i_string_incomplete_surrogate_and_escape_valid.json", Some(Code::LoneSurrogate)),
    ("i_string_incomplete_surrogate_pair.json", Some(Code::LoneSurrogate)),
    ("i_string_incomplete_surrogates_escape_valid.json", Some(Code::LoneSurrogate)),
    ("i_string_invalid_lonely_surrogate.json", Some(Code::LoneSurrogate)),
    ("i_string_invalid_surrogate.json", Some(Code::LoneSurrogate)),
    ("i_string_inverted_surrogates_U+1D11E.json", Some(Code::LoneSurrogate)),
    ("i_string_lone_second_surrogate.json", Some(Code::LoneSurrogate)),
    // Only UTF-8, and without a byte order mark (RFC 8259 section 8.1).
    ("i_string_UTF-16LE_with_BOM.json", Some(Code::InvalidUtf8)),
    ("i_string_UTF-8_invalid_sequence.json", Some(Code::InvalidUtf8)),
    ("i_string_UTF8_surrogate_U+D800.json", Some(Code::InvalidUtf8)),
    ("i_string_invalid_utf-8.json", Some(Code::InvalidUtf8)),
    ("i_string_iso_latin_1.json", Some(Code::InvalidUtf8)),
    ("i_string_lone_utf8_continuation_byte.json", Some(Code::InvalidUtf8)),
    ("i_string_not_in_unicode_range.json", Some(Code::InvalidUtf8)),
    ("i_string_overlong_sequence_2_bytes.json", Some(Code::InvalidUtf8)),
    ("i_string_overlong_sequence_6_bytes.json", Some(Code::InvalidUtf8)),
    ("i_string_overlong_sequence_6_bytes_null.json", Some(Code::InvalidUtf8)),
    ("i_string_truncated-utf-8.json", Some(Code::InvalidUtf8)),
    ("i_string_utf16BE_no_BOM.json", Some(Code::InvalidUtf8)),
    ("i_string_utf16LE_no_BOM.json", Some(Code::InvalidUtf8)),
    // Deeper than the default limit.
    ("i_structure_500_nested_arrays.json", Some(Code::TooDeep)),
    ("i_structure_UTF-8_BOM_empty_object.json", Some(Code::ByteOrderMark)),
];

#[test]
fn json_test_suite() {
    let Some(folder) = std::env::var_os("SAMEBYTE_THIRD_PARTY") else {
        // Not `eprintln`, which the harness keeps from a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: json_test_suite: SAMEBYTE_THIRD_PARTY is not set");
        return;
    };
    let folder = std::path::Path::new(&folder).join("JSONTestSuite/test_parsing");
    let mut counts = [0; 3];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let text = std::fs::read(entry.path()).unwrap();
        let result = canonicalize(&text, &Options::default());
        match name.split_at(2).0 {
            "y_" => {
                counts[0] += 1;
                // I-JSON (RFC 7493 section 2.3) forbids what RFC 8259 only advises against.
                if name.starts_with("y_object_duplicated_key") {
                    assert_eq!(result.unwrap_err().code(), Code::DuplicateMember, "{name}");
                } else {
                    assert!(result.is_ok(), "{name}: {result:?}");
                }
            }
            "n_" => {
                counts[1] += 1;
                let error = result.expect_err(&name);
                assert!(
                    error.detail_json().is_some_and(|detail| detail.contains("offset")),
                    "{name}: {error:?}"
                );
            }
            _ => {
                counts[2] += 1;
                let (_, expected) = LEFT_TO_THE_READER.iter().find(|(known, _)| *known == name).unwrap();
                assert_eq!(result.err().map(|error| error.code()), *expected, "{name}");
            }
        }
    }
    assert_eq!(counts, [95, 188, 35]);
}
