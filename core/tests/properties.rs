//! What must hold for every input, tried on random ones.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use samebyte::Code;
use samebyte::jcs::{Options, canonicalize, canonicalize_into, to_vec};
use serde_json::{Map, Number, Value, json};

/// Characters around every border: escapes, lengths in UTF-8 and UTF-16, surrogates.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => select(vec!['a', 'b', '1', ' ', '/', '"', '\\', '\u{7f}']),
        1 => select(vec!['\0', '\u{8}', '\t', '\n', '\u{c}', '\r', '\u{1f}']),
        2 => select(vec!['\u{80}', '\u{7ff}', '\u{800}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}']),
        1 => any::<char>(),
    ];
    vec(character, 0..24).prop_map(String::from_iter)
}

/// Doubles of every kind, and those that are written in few digits.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite()),
        any::<i32>().prop_map(f64::from),
        (any::<i32>(), -30..30).prop_map(|(digits, power)| f64::from(digits) * 10_f64.powi(power)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(|number| Value::Number(Number::from_f64(number).expect("finite"))),
        (-(1_i64 << 53)..1 << 53).prop_map(Value::from),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 200, 30, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::Array),
            btree_map(text(), inner, 0..30).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// JSON text of a value as somebody else might write it: members in some order, white space, escapes that are not
/// needed, numbers in another form.
fn spelling(value: &Value, seed: &mut u64, out: &mut String) {
    white(seed, out);
    match value {
        Value::String(text) => spell_string(text, seed, out),
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().expect("a double");
            match next(seed) % 3 {
                0 => out.push_str(&format!("{number:e}")),
                1 => out.push_str(&format!("{number:.16e}").replace('e', "E")),
                _ => out.push_str(&number.to_string()),
            }
        }
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                spelling(element, seed, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_cached_key(|_| next(seed));
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                white(seed, out);
                spell_string(name, seed, out);
                white(seed, out);
                out.push(':');
                spelling(value, seed, out);
            }
            white(seed, out);
            out.push('}');
        }
        _ => out.push_str(&value.to_string()),
    }
    white(seed, out);
}

fn spell_string(text: &str, seed: &mut u64, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if character < ' ' || matches!(character, '"' | '\\') || next(seed).is_multiple_of(4) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let digits = format!("{unit:04x}");
                out.push_str("\\u");
                out.push_str(&if next(seed).is_multiple_of(2) { digits.to_uppercase() } else { digits });
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
}

fn white(seed: &mut u64, out: &mut String) {
    if next(seed).is_multiple_of(4) {
        let count = usize::try_from(next(seed) % 40).expect("small");
        out.extend([' ', '\n', '\t', '\r'].iter().cycle().take(count));
    }
}

fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    *seed >> 33
}

fn spelled(value: &Value, mut seed: u64) -> Vec<u8> {
    let mut text = String::new();
    spelling(value, &mut seed, &mut text);
    text.into_bytes()
}

fn ieee754() -> Options {
    Options::default()
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every spelling of a value has one canonical text, which is that of two other implementations, that of the
    /// native value, and its own canonical text.
    #[test]
    fn one_value_has_one_text(value in value(), seeds in any::<[u64; 2]>()) {
        let text = canonicalize(&spelled(&value, seeds[0]), &ieee754()).unwrap();
        prop_assert_eq!(shown(&canonicalize(&spelled(&value, seeds[1]), &ieee754()).unwrap()), shown(&text));
        prop_assert_eq!(shown(&canonicalize(&text, &ieee754()).unwrap()), shown(&text));
        prop_assert_eq!(shown(&canonicalize(&text, &Options::exact()).unwrap()), shown(&text));
        prop_assert_eq!(shown(&to_vec(&value, &ieee754()).unwrap()), shown(&text));
        prop_assert_eq!(shown(&canonicalize(&serde_json::to_vec(&value).unwrap(), &ieee754()).unwrap()), shown(&text));
        prop_assert_eq!(shown(&serde_jcs::to_vec(&value).unwrap()), shown(&text));
        prop_assert_eq!(shown(&serde_json_canonicalizer::to_vec(&value).unwrap()), shown(&text));
    }

    /// The canonical text means what the input meant.
    #[test]
    fn the_text_means_the_value(value in value(), seed in any::<u64>()) {
        let text = canonicalize(&spelled(&value, seed), &ieee754()).unwrap();
        let read: Value = serde_json::from_slice(&text).unwrap();
        prop_assert!(same(&read, &value), "{read} {value}");
    }

    /// Decimal values are kept under `exact`: what is accepted has the value of its text, digit for digit.
    #[test]
    fn exact_keeps_decimal_values(
        negative in any::<bool>(),
        integer in "0|[1-9][0-9]{0,24}",
        fraction in "(\\.[0-9]{1,24})?",
        exponent in proptest::option::of(-330_i64..310),
    ) {
        let exponent_text = exponent.map_or(String::new(), |exponent| format!("e{exponent}"));
        let literal = format!("{}{integer}{fraction}{exponent_text}", if negative { "-" } else { "" });
        let rounded = canonicalize(literal.as_bytes(), &ieee754());
        match canonicalize(literal.as_bytes(), &Options::exact()) {
            Ok(text) => {
                prop_assert_eq!(decimal(&literal), decimal(&shown(&text)));
                prop_assert_eq!(rounded.unwrap(), text);
            }
            Err(error) if error.code() == Code::NumberNotExact => {
                prop_assert_ne!(decimal(&literal), decimal(&shown(&rounded.unwrap())));
            }
            Err(error) => {
                prop_assert_eq!(error.code(), Code::NumberOverflow);
                prop_assert!(literal.parse::<f64>().unwrap().is_infinite());
            }
        }
    }

    /// A repeated name is found wherever it is, however it is spelled, and where it is.
    #[test]
    fn repeated_names_are_found(
        names in btree_map(text(), Just(()), 1..40),
        place in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let mut seed = seed;
        let mut names: Vec<String> = names.into_keys().collect();
        names.sort_by_cached_key(|_| next(&mut seed));
        let first = place.index(names.len());
        let second = first + 1 + at.index(names.len() - first);
        let repeated = names[first].clone();
        names.insert(second, repeated);
        let mut text = String::from("[{");
        let mut offset = 0;
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            if index == second {
                offset = text.len();
            }
            spell_string(name, &mut seed, &mut text);
            text.push_str(":[{},\"x\"]");
        }
        text.push_str("}]");
        let error = canonicalize(text.as_bytes(), &ieee754()).unwrap_err();
        prop_assert_eq!(error.code(), Code::DuplicateMember);
        let detail: BTreeMap<String, Value> = serde_json::from_str(&error.detail_json().unwrap()).unwrap();
        prop_assert_eq!(detail["offset"].as_u64(), Some(offset as u64), "{}", text);
        let token = names[second].replace('~', "~0").replace('/', "~1");
        let expected = format!("/0/{token}");
        prop_assert_eq!(detail["pointer"].as_str(), Some(expected.as_str()));
    }

    /// Bytes that are no JSON, and JSON with bytes changed: an error with an offset inside, or what a second reader
    /// says too. Never a panic, and an error leaves the output as it was.
    #[test]
    fn changed_bytes(
        value in value(),
        seed in any::<u64>(),
        changes in vec((any::<prop::sample::Index>(), select(b"\"\\{}[],:0-.eE+ tfnu\x00\x1f\x80\xc3\xed\xf4\xff".to_vec()), 0..3_u8), 1..4),
    ) {
        let mut text = spelled(&value, seed);
        for (at, byte, kind) in changes {
            let at = at.index(text.len() + 1);
            match kind {
                0 if at < text.len() => text[at] = byte,
                1 if at < text.len() => { text.remove(at); }
                _ => text.insert(at, byte),
            }
            if text.is_empty() {
                break;
            }
        }
        judged_as_by_others(&text)?;
    }
}

/// A text is accepted with the value that a second reader sees, or refused with an offset inside of it; an error leaves the
/// output as it was.
fn judged_as_by_others(text: &[u8]) -> Result<(), TestCaseError> {
    let mut out = b"before".to_vec();
    let other = serde_json::from_slice::<Value>(text);
    match canonicalize_into(text, &ieee754(), &mut out) {
        Ok(()) => {
            let other = other.expect("accepted by both");
            prop_assert_eq!(shown(&out[6..]), shown(&serde_jcs::to_vec(&other).expect("JSON")));
        }
        Err(error) => {
            prop_assert_eq!(&out, b"before");
            let detail: Value = serde_json::from_str(&error.detail_json().expect("a place")).expect("JSON");
            prop_assert!(detail["offset"].as_u64().expect("a number") <= text.len() as u64);
            prop_assert!(detail["pointer"].as_str().expect("a text").len() <= 256);
            if other.is_ok() {
                prop_assert_eq!(error.code(), Code::DuplicateMember, "{}", shown(text));
            }
        }
    }
    Ok(())
}

/// One document of a megabyte with bytes changed, wherever in it.
#[test]
fn changed_bytes_of_a_large_document() {
    let member = |number: u64| json!({ "id": number, "text": "Grüße, \u{4e16}\n".repeat(3), "list": [1.5e-7, -0.25, true, null] });
    let mut large = serde_json::to_vec(&(0..12_000).map(member).collect::<Vec<_>>()).expect("JSON");
    assert!(large.len() > 1 << 20, "{}", large.len());
    judged_as_by_others(&large).expect("as it is");
    let mut seed = 11;
    for byte in *b"\"\\{}[],:0-.eE+ tfnu\x00\x1f\x80\xc3\xed\xf4\xff" {
        let at = usize::try_from(next(&mut seed)).expect("31 bits") % large.len();
        let before = std::mem::replace(&mut large[at], byte);
        judged_as_by_others(&large).expect("one byte is another");
        large[at] = before;
        large.insert(at, byte);
        judged_as_by_others(&large).expect("one byte more");
        large.remove(at);
    }
    large.pop();
    judged_as_by_others(&large).expect("cut off");
}

/// Equal values; numbers as doubles, since both zeros are one number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|((name, left), (other, right))| name == other && same(left, right))
        }
        _ => left == right,
    }
}

/// The sign, digits and exponent of a decimal number in normal form.
fn decimal(literal: &str) -> (bool, String, i64) {
    let (negative, literal) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
    let (mantissa, exponent) = literal.split_once('e').unwrap_or((literal, "0"));
    let exponent: i64 = exponent.trim_start_matches('+').parse().expect("digits");
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}");
    let significant = digits.trim_start_matches('0');
    let zeros = digits.len() - significant.len();
    let significant = significant.trim_end_matches('0').to_owned();
    if significant.is_empty() {
        return (false, significant, 0);
    }
    let first = integer.len() as i64 - zeros as i64;
    (negative, significant, first + exponent)
}

/// A megabyte of noise, of noise that looks like JSON, and of one byte over and over.
#[test]
fn large_noise() {
    let mut seed = 7;
    let mut options = Options::default();
    for depth in [128, usize::MAX] {
        options.max_depth = depth;
        for byte in 0..=255 {
            let _ = canonicalize(&vec![byte; 1 << 16], &options);
        }
        let alphabet = b"{}[]\",:\\u0018dtrue null-1.5e+\n\t\xc3\xa9";
        for _ in 0..20 {
            let noise: Vec<u8> = (0..1 << 20).map(|_| next(&mut seed).to_le_bytes()[0]).collect();
            let _ = canonicalize(&noise, &options);
            let noise: Vec<u8> = (0..1 << 20)
                .map(|_| alphabet[usize::from(next(&mut seed).to_le_bytes()[0]) % alphabet.len()])
                .collect();
            let _ = canonicalize(&noise, &options);
            let mut inside = b"[\"".to_vec();
            inside.extend(
                noise
                    .iter()
                    .map(|byte| if *byte < b' ' || *byte == b'"' || *byte >= 0x80 { b'x' } else { *byte }),
            );
            inside.extend(b"\"]");
            let _ = canonicalize(&inside, &options);
        }
    }
}

/// Objects of so many members that they are sorted and copied in other ways than small ones, against another
/// implementation; then with a name repeated.
#[test]
fn objects_of_many_members() {
    let mut seed = 11;
    let mut options = Options::default();
    options.max_bytes = 64 << 20;
    let starts = ["", "the same eight ", "é", "\u{ffff}", "😀", "\"", "\\\n"];
    for (count, nested) in [(4_095, false), (4_096, false), (5_000, true), (131_072, false), (140_000, true)]
    {
        let mut members = Map::new();
        for index in 0..count {
            let start = starts[usize::try_from(next(&mut seed)).expect("an index") % starts.len()];
            let value = match next(&mut seed) % 50 {
                0 if nested => serde_json::json!({"b": [{"z": 1, "y": index}], "a": "x".repeat(index % 99)}),
                1 => Value::String("long ".repeat(index % 50)),
                _ => Value::from(index),
            };
            members.insert(format!("{start}{:x}-{index}", next(&mut seed)), value);
        }
        let value = Value::Object(members);
        let text = spelled(&value, seed);
        let canonical = canonicalize(&text, &options).unwrap();
        assert!(canonical == serde_json_canonicalizer::to_vec(&value).unwrap(), "{count} members");

        let (name, _) = value.as_object().expect("an object").iter().nth(count / 2).expect("a member");
        let mut text = text.trim_ascii_end().strip_suffix(b"}").expect("an object").to_vec();
        text.push(b',');
        let offset = text.len();
        text.extend(format!("{}:0}}", Value::from(name.as_str())).bytes());
        let error = canonicalize(&text, &options).unwrap_err();
        assert_eq!(error.code(), Code::DuplicateMember);
        let detail: Value = serde_json::from_str(&error.detail_json().unwrap()).unwrap();
        assert_eq!(detail["offset"].as_u64(), Some(offset as u64), "{count} members");
    }
}

/// A million levels, in order and out of order, complete and cut off; the stack stays where it is.
#[test]
fn a_million_levels() {
    let mut options = Options::exact();
    options.max_depth = 1_000_000;
    let levels = 1_000_000;

    let arrays = [vec![b'['; levels], vec![b']'; levels]].concat();
    assert_eq!(canonicalize(&arrays, &options).unwrap(), arrays);
    assert_eq!(canonicalize(&arrays[..levels], &options).unwrap_err().code(), Code::InvalidJson);

    let mut objects = r#"{"b":"#.repeat(levels);
    objects.push('1');
    objects.push_str(&r#","a":2}"#.repeat(levels));
    let expected = format!("{}1{}", r#"{"a":2,"b":"#.repeat(levels), "}".repeat(levels));
    assert!(canonicalize(objects.as_bytes(), &options).unwrap() == expected.as_bytes());
    assert_eq!(
        canonicalize(&objects.as_bytes()[..objects.len() - 1], &options).unwrap_err().code(),
        Code::InvalidJson
    );

    options.max_depth -= 1;
    assert_eq!(canonicalize(&arrays, &options).unwrap_err().code(), Code::TooDeep);
}

/// Inputs that make other readers quadratic, each within a time that only a quadratic one exceeds: every one takes
/// well under a second here even in a build without optimization, and minutes where the work is quadratic.
#[test]
fn no_input_is_quadratic() {
    let count = 200_000;
    let mut options = Options::default();
    options.max_depth = usize::MAX;
    let many = |separator: &str, item: &dyn Fn(usize) -> String| {
        (0..count).map(item).collect::<Vec<_>>().join(separator)
    };
    let inputs = [
        // Names in descending order, with long common prefixes, with escapes.
        format!("{{{}}}", many(",", &|index| format!("\"{:06}\":1", count - index))),
        format!(
            "{{{}}}",
            many(",", &|index| format!("\"a common prefix of names {:06}\":1", index * 7919 % count))
        ),
        format!("{{{}}}", many(",", &|index| format!("\"\\u0061{:06}\":1", index * 7919 % count))),
        format!("{{{}}}", many(",", &|index| format!("\"a common prefix\\n{:06}\":1", index * 7919 % count))),
        // One string inside of many levels that are all out of order.
        format!("{}\"{}\"{}", "{\"b\":".repeat(count), "x".repeat(1 << 20), ",\"a\":0}".repeat(count)),
        // Long numbers.
        format!("[{},0.{}1e{},1e-{}]", "7".repeat(300), "0".repeat(count), count, "9".repeat(count)),
        format!("{}.{}e-{}", "123456789".repeat(count / 9), "5".repeat(count), count),
        // Errors at the end, whose place must be found.
        format!("{{{},\"000001\":1}}", many(",", &|index| format!("\"{index:06}\":1"))),
        format!("{}x", "{\"b\":[0,".repeat(count)),
        format!("[\"{}", "\\u00e9".repeat(count)),
    ];
    for input in inputs {
        let start = std::time::Instant::now();
        let _ = canonicalize(input.as_bytes(), &options);
        let spent = start.elapsed();
        assert!(spent.as_secs() < 20, "{}…: {spent:?}", &input[..40]);
    }
}

/// The documented order of faults, offsets and pointers.
#[test]
fn faults() {
    use Code::{
        ByteOrderMark, ControlCharacter, DuplicateMember, InvalidJson, InvalidUtf8, LoneSurrogate,
        NumberNotExact, NumberNotFinite, NumberOverflow, TooDeep, TooLarge, TrailingBytes,
    };
    let mut options = Options::exact();
    options.max_depth = 3;
    options.max_bytes = 40;
    for (text, code, offset, pointer) in [
        (&b""[..], InvalidJson, 0, ""),
        (b" ", InvalidJson, 1, ""),
        (b"\xef\xbb\xbf{\xff", ByteOrderMark, 0, ""),
        (b"[1,x,\"\xff\"]", InvalidUtf8, 6, "/2"),
        (b"[0123456789012345678901234567890123456789]", TooLarge, 40, "/0"),
        (b"{\"a\":{\"b\":[[1]]}}", TooDeep, 11, "/a/b/0"),
        (b"{\"a\":1,\"b\":2,\"a\":3}", DuplicateMember, 13, "/a"),
        (b"{\"b\":0,\"\\u0062\":1e400}", NumberOverflow, 16, "/b"),
        (b"[{\"b\":0,\"\\u0062\":1},x]", DuplicateMember, 8, "/0/b"),
        (b"[\"\\ud800\"]", LoneSurrogate, 2, "/0"),
        (b"[0,\"a\nb\"]", ControlCharacter, 5, "/1"),
        (b"{\"a\nb\":1}", ControlCharacter, 3, ""),
        (b"[NaN]", NumberNotFinite, 1, "/0"),
        (b"{\"x/y\":-Infinity}", NumberNotFinite, 7, "/x~1y"),
        (b"[[Infinity]]", NumberNotFinite, 2, "/0/0"),
        (b"[1,9007199254740993]", NumberNotExact, 3, "/1"),
        (b"{} {}", TrailingBytes, 3, ""),
        (b"1 2", TrailingBytes, 2, ""),
        (b"01", InvalidJson, 1, ""),
        (b"[1,2", InvalidJson, 4, "/1"),
        (b"[1,]", InvalidJson, 3, "/1"),
        (b"{\"a\":1,}", InvalidJson, 7, ""),
        (b"{\"a\" 1}", InvalidJson, 5, "/a"),
        (b"[tru]", InvalidJson, 4, "/0"),
        (b"[1 2]", InvalidJson, 3, ""),
        (b"[+1]", InvalidJson, 1, "/0"),
        (b"['a']", InvalidJson, 1, "/0"),
        (b"[1,\x0b2]", InvalidJson, 3, "/1"),
        (b"[\"\\u12\"]", InvalidJson, 6, "/0"),
    ] {
        let error = canonicalize(text, &options).unwrap_err();
        let detail = format!(r#"{{"offset":{offset},"pointer":"{pointer}"}}"#);
        assert_eq!((error.code(), error.detail_json().unwrap()), (code, detail), "{}", shown(text));
    }
}
