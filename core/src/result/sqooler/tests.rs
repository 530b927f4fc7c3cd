use super::*;
use crate::keys::SigningKey;

const KEY: &str = r#"{"x":"zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w=","key_ops":"sign","kid":"node-1 \"é\"","d":"G4YzQMXtTAtNW39K9LgJ9tvQL9IB9rYxFn4nFlEBLZc=","kty":"OKP","alg":"EdDSA","crv":"Ed25519"}"#;
/// Written by sqooler 0.9.0: `json.dumps(sign_payload(payload, key).model_dump())`.
const FILE: &str = r#"{"header": {"alg": "EdDSA", "kid": "node-1 \"\u00e9\"", "typ": "JWS", "version": "0.1"}, "payload": {"display_name": "fermions", "job_id": "1", "x": [1e-07, 1e+22, -0.0, 1.0, 0.1, 295147905179352830001], "\u00e9": "\ud83d\ude00"}, "signature": "Bptd7_7059P633Vv8bqQUdTT3qRuRWvGwuaS6vGz-x7izqPBo2dqPnRFuZQOyaLE-hCGkVQmuFio-XTYjm5pBg=="}"#;
const PAYLOAD: &str = r#"{"display_name": "fermions", "job_id": "1", "x": [1e-07, 1e+22, -0.0, 1.0, 0.1, 295147905179352830001], "\u00e9": "\ud83d\ude00"}"#;

fn key() -> SigningKey {
    signing_key(KEY.as_bytes()).expect("a key of sqooler")
}

fn verdict(file: &str) -> Result<String, Code> {
    verify_result(file.as_bytes(), key().public_key().expect("a pair"), "fermions", "1")
        .map(|payload| String::from_utf8(payload).expect("UTF-8"))
        .map_err(|error| error.code())
}

/// The same file with another part, signed or not.
fn with(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    FILE.replacen(from, to, 1)
}

#[test]
fn a_file_of_sqooler_is_verified() {
    assert_eq!(verdict(FILE).as_deref(), Ok(PAYLOAD));
    let config = verify_config(FILE.as_bytes(), key().public_key().expect("a pair"), "fermions")
        .expect("bound to its name");
    assert_eq!(config, PAYLOAD.as_bytes());
    // What stands around the payload is not signed, and where its white space is does not matter.
    assert_eq!(verdict(&with(", \"signature\"", "\n,\t\"signature\"")).as_deref(), Ok(PAYLOAD));
    let turned = with(r#""alg": "EdDSA", "#, "").replacen(r#""0.1"}"#, r#""0.1","alg":"EdDSA"}"#, 1);
    assert_eq!(verdict(&turned).as_deref(), Ok(PAYLOAD));
}

#[test]
fn the_same_file_is_written() {
    let payload = r#"{"display_name":"fermions","job_id":"1","x":[0.0000001,1E22,-0.0,1.0,0.1,295147905179352830001],"é":"😀"}"#;
    assert_eq!(sign(payload.as_bytes(), &key()).as_deref(), Ok(FILE.as_bytes()));
}

#[test]
fn what_was_changed_or_copied_is_refused() {
    for (file, code) in [
        (with("1e-07", "1e-7"), Code::SignatureInvalid),
        (with("0.1,", "0.2,"), Code::SignatureInvalid),
        (with("[1e-07", "[ 1e-07"), Code::SignatureInvalid),
        (with(r#""job_id": "1""#, r#""job_id": "2""#), Code::SignatureInvalid),
        (with(r#"\u00e9": "#, "é\": "), Code::SignatureInvalid),
        (with(r#""EdDSA""#, r#""none""#), Code::AlgorithmNotAllowed),
        (with(r#""EdDSA""#, r#""Ed25519""#), Code::AlgorithmNotAllowed),
        (with(r#""JWS""#, r#""JWT""#), Code::TypMismatch),
        (with(r#""0.1"}"#, r#""0.2"}"#), Code::SignatureHeaderMalformed),
        (with(r#""0.1"}"#, r#"0.1}"#), Code::SignatureHeaderMalformed),
        (with(r#""0.1"}"#, r#""0.1", "crit": []}"#), Code::SignatureHeaderMalformed),
        (with(r#", "version": "0.1""#, ""), Code::SignatureHeaderMalformed),
        (with(r#""node-1 "#, r#""node-2 "#), Code::SignatureUnknown),
        (with("Bg==", "Bg"), Code::SignatureMalformed),
        (with("Bg==", "Bh=="), Code::SignatureMalformed),
        (with("Bg==", "Bg==\\n"), Code::SignatureMalformed),
        (with("Bg==", "AABg=="), Code::SignatureMalformed),
        (with(r#""Bptd"#, r#""!Bptd"#), Code::SignatureMalformed),
        (with(r#""Bptd"#, r#""Cptd"#), Code::SignatureInvalid),
        (with(r#""payload":"#, r#""payload": {}, "payload":"#), Code::DuplicateMember),
        (with(r#""payload":"#, r#""p\u0061yload":"#), Code::ResultMalformed),
        (with(r#""payload":"#, r#""protected": "", "payload":"#), Code::ResultMalformed),
        (with("295147905179352830001", "NaN"), Code::NumberNotFinite),
        (with("295147905179352830001", "1e400"), Code::NumberOverflow),
        (with(r#""display_name": "fermions", "#, ""), Code::ResultMalformed),
        (with(r#""display_name": "fermions""#, r#""display_name": null"#), Code::ResultMalformed),
        (with(r#""job_id": "1""#, r#""job_id": 1"#), Code::ResultMalformed),
        (PAYLOAD.to_owned(), Code::DocumentUnsigned),
        ("{}".to_owned(), Code::DocumentUnsigned),
        ("[]".to_owned(), Code::ResultMalformed),
        (r#"{"header":{},"payload":{"display_name":"a"}}"#.to_owned(), Code::DocumentUnsigned),
        (r#"{"payload":{"display_name":"a"},"signature":""}"#.to_owned(), Code::ResultMalformed),
        (r#"{"header":{},"payload":[],"signature":""}"#.to_owned(), Code::ResultMalformed),
    ] {
        assert_eq!(verdict(&file), Err(code), "{file}");
    }
    let other = |display_name, job_id| {
        verify_result(FILE.as_bytes(), key().public_key().expect("a pair"), display_name, job_id)
            .expect_err("refused")
            .code()
    };
    assert_eq!(other("bosons", "1"), Code::DisplayNameMismatch);
    assert_eq!(other("fermions", "2"), Code::JobIdMismatch);
    assert_eq!(other("fermions", ""), Code::InvalidArgument);
    assert_eq!(other(&"f".repeat(257), "1"), Code::InvalidArgument);
}

#[test]
fn only_ed25519_signs_and_verifies() {
    let other = SigningKey::generate(Algorithm::Es256k).expect("random bytes");
    assert_eq!(sign(b"{}", &other).expect_err("refused").code(), Code::AlgorithmUnsupported);
    let error = verify_result(FILE.as_bytes(), other.public_key().expect("a pair"), "fermions", "1")
        .expect_err("refused");
    assert_eq!(error.code(), Code::AlgorithmUnsupported);
}

/// Whatever is written is read: the payload has one level of nesting less, and no more bytes than a file may have.
#[test]
fn what_is_written_is_within_the_limits_of_reading() {
    let nested = |depth: usize| {
        format!(
            r#"{{"display_name":"fermions","job_id":"1","x":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let file = sign(nested(126).as_bytes(), &key()).expect("signs");
    assert!(verdict(std::str::from_utf8(&file).expect("ASCII")).is_ok());
    assert_eq!(sign(nested(127).as_bytes(), &key()).expect_err("refused").code(), Code::TooDeep);
    let long = format!(r#"{{"x":"{}"}}"#, "é".repeat(3 << 20));
    assert_eq!(sign(long.as_bytes(), &key()).expect_err("refused").code(), Code::TooLarge);
    for payload in ["[]", "1", "\"{\""] {
        assert_eq!(sign(payload.as_bytes(), &key()).expect_err("refused").code(), Code::ResultMalformed);
    }
}
