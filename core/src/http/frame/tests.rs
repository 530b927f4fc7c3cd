use super::*;
use crate::encoding::to_base64url;

fn parse(header: &str) -> Result<Frame> {
    let line = format!("{}..{}", to_base64url(header.as_bytes()), to_base64url(&[1; 64]));
    Frame::parse(line.as_bytes(), Direction::Request)
}

const HEADER: &str = r#"{"alg":"EdDSA","aud":"a","can":"jcs","crit":["aud","can","exp","htm","htu","iat","nonce"],"cty":"application/json","exp":60,"htm":"POST","htu":"https://a/","iat":0,"kid":"k","nonce":"abc123","typ":"samebyte-req+jws"}"#;

#[test]
fn a_header_is_read() {
    let frame = parse(HEADER).expect("a frame");
    let header = &frame.header;
    assert_eq!((header.iat, header.exp, header.nonce.as_deref()), (Some(0), Some(60), Some("abc123")));
    assert_eq!((header.can, header.rsp, header.algorithm), (Some(Can::Jcs), false, Some(Algorithm::EdDsa)));
    assert_eq!(frame.signature, [1; 64]);
}

#[test]
fn what_is_no_header_is_malformed() {
    for (from, to) in [
        (r#""alg":"EdDSA","#, ""),
        (r#""alg":"EdDSA""#, r#""alg":1"#),
        (r#""kid":"k""#, r#""kid":"""#),
        (r#""kid":"k""#, r#""kid":"k k""#),
        (r#""kid":"k""#, r#""kid":"k","kid":"k""#),
        (r#""kid":"k""#, r#""jwk":{},"kid":"k""#),
        (r#""kid":"k""#, r#""b64":true,"kid":"k""#),
        (r#""kid":"k""#, r#""kid":"k","x":1.5"#),
        (r#""kid":"k""#, r#""kid":"k","x":[[[]]]"#),
        (r#""nonce":"abc123""#, r#""nonce":"abc 123""#),
        (r#""iat":0"#, r#""iat":-1"#),
        (r#""iat":0"#, r#""iat":"0""#),
        (r#""iat":0"#, r#""iat":9007199254740992"#),
        (r#""can":"jcs""#, r#""can":"raw""#),
        (r#""can":"jcs""#, r#""can":"none""#),
        (r#""cty":"application/json","#, ""),
        (r#""htm":"POST","#, ""),
        (r#""typ":"samebyte-req+jws""#, r#""typ":"samebyte-res+jws""#),
        (r#""typ":"samebyte-req+jws""#, r#""rsp":"maybe","typ":"samebyte-req+jws""#),
        (r#""crit":["aud","#, r#""crit":["#),
        (r#""crit":["aud","#, r#""crit":["aud","aud","#),
        (r#""crit":["aud","#, r#""crit":["aud","rsp","#),
        (r#""crit":["aud","#, r#""crit":["aud","cty","#),
        (r#""crit":["aud","#, r#""crit":["aud","zzz","#),
        (r#""crit":["aud","#, r#""crit":["aud",1,"#),
        (r#""crit":["aud","can","exp","htm","htu","iat","nonce"],"#, ""),
        (r#""htm":"POST""#, r#""hdr":{"A":"b"},"htm":"POST""#),
        (r#""htm":"POST""#, r#""hdr":{"a":1},"htm":"POST""#),
        (r#""htm":"POST""#, r#""hdr":{"a":"b"},"htm":"POST""#),
    ] {
        let header = HEADER.replacen(from, to, 1);
        assert_ne!(header, HEADER);
        assert_eq!(parse(&header).expect_err(&header).code(), Code::SignatureMalformed, "{header}");
    }
    let line = |line: &str| Frame::parse(line.as_bytes(), Direction::Request).map(|_| ());
    let header = to_base64url(HEADER.as_bytes());
    line(&format!("{header}..AAAA")).expect("a frame");
    for text in ["", "..", "a", "a.b.c", "a..b..c", " ..AAAA"].map(str::to_owned).into_iter().chain([
        format!("{header}..AA=="),
        format!("{header}..AB"),
        format!("{header}.."),
        format!("{header}.e30.AAAA"),
        format!("{header}..AAAA,{header}..AAAA"),
        format!("{header}..{}", "A".repeat(9000)),
    ]) {
        assert_eq!(line(&text).expect_err(&text).code(), Code::SignatureMalformed, "{text}");
    }
}

#[test]
fn the_stamp_is_whole_or_in_the_body() {
    let bare =
        HEADER.replace(r#""exp":60,"#, "").replace(r#""iat":0,"#, "").replace(r#""nonce":"abc123","#, "");
    let bare = bare.replace(r#""exp","htm","htu","iat","nonce""#, r#""htm","htu""#);
    let header = parse(&bare).expect("a frame").header;
    header.stamped(NonceLocation::Either, 1).expect("the body may say it");
    assert!(header.stamped(NonceLocation::Header, 1).is_err());
    let header = parse(HEADER).expect("a frame").header;
    header.stamped(NonceLocation::Header, 6).expect("long enough");
    assert!(header.stamped(NonceLocation::Header, 7).is_err());
    let partial = HEADER.replace(r#""exp":60,"#, "").replace(r#""exp","#, "");
    assert!(parse(&partial).expect("a frame").header.stamped(NonceLocation::Either, 1).is_err());
}
