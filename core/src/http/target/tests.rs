//! The examples of RFC 3986 and of RFC 5952, the cases that gateways are attacked with, and a reading by the letter.

use proptest::prelude::*;

use super::*;

fn accepted(url: &str) -> String {
    normalize(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

#[test]
fn one_target_has_one_spelling() {
    for (url, normal) in [
        ("HTTPS://gw.example/p", "https://gw.example/p"),
        ("https://GW.Example/P", "https://gw.example/P"),
        ("https://gw.example", "https://gw.example/"),
        ("https://gw.example?x=1", "https://gw.example/?x=1"),
        ("https://gw.example:443/p", "https://gw.example/p"),
        ("https://gw.example:/p", "https://gw.example/p"),
        ("https://gw.example:00443/p", "https://gw.example/p"),
        ("https://gw.example:80/p", "https://gw.example:80/p"),
        ("http://gw.example:80/p", "http://gw.example/p"),
        ("http://gw.example:65535/p", "http://gw.example:65535/p"),
        ("https://gw.example./p", "https://gw.example/p"),
        ("https://127.0.0.1:8080/", "https://127.0.0.1:8080/"),
        ("https://[2001:DB8:0:0:0:0:0:1]/p", "https://[2001:db8::1]/p"),
        ("https://[2001:db8:0:1:1:1:1:1]/p", "https://[2001:db8:0:1:1:1:1:1]/p"),
        ("https://[::1]:8443/p", "https://[::1]:8443/p"),
        ("https://[::1]:443/p", "https://[::1]/p"),
        ("https://[::ffff:192.0.2.1]/", "https://[::ffff:192.0.2.1]/"),
        // RFC 3986 sections 6.2.2.1 and 6.2.2.2.
        ("https://gw.example/%7Esmith", "https://gw.example/~smith"),
        ("https://gw.example/%41%42C", "https://gw.example/ABC"),
        ("https://gw.example/path%2fhere", "https://gw.example/path%2Fhere"),
        ("https://gw.example/a%3ab%3Fc", "https://gw.example/a%3Ab%3Fc"),
        ("https://gw.example/%e2%82%ac", "https://gw.example/%E2%82%AC"),
        ("https://gw.example/%2541", "https://gw.example/%2541"),
        ("https://gw.example/p?a=%7e&b=%2F%2f", "https://gw.example/p?a=~&b=%2F%2F"),
        // The query is no path and no form.
        ("https://gw.example/p?b=2&a=1&c=3", "https://gw.example/p?b=2&a=1&c=3"),
        ("https://gw.example/p?x=a+b", "https://gw.example/p?x=a+b"),
        ("https://gw.example/p?x=../a/./b", "https://gw.example/p?x=../a/./b"),
        ("https://gw.example/p?x=?/@:", "https://gw.example/p?x=?/@:"),
        ("https://gw.example?a@b:c/d", "https://gw.example/?a@b:c/d"),
        ("https://gw.example/p?", "https://gw.example/p?"),
        ("https://gw.example/p;v=1,2@:!$&'()*+=", "https://gw.example/p;v=1,2@:!$&'()*+="),
        // RFC 3986 sections 5.2.4 and 5.4.
        ("https://gw.example/a/b/c/./../../g", "https://gw.example/a/g"),
        ("https://gw.example/a/.", "https://gw.example/a/"),
        ("https://gw.example/a/..", "https://gw.example/"),
        ("https://gw.example/a/b/..", "https://gw.example/a/"),
        ("https://gw.example/../../g", "https://gw.example/g"),
        ("https://gw.example/..", "https://gw.example/"),
        ("https://gw.example/g.", "https://gw.example/g."),
        ("https://gw.example/..g/...", "https://gw.example/..g/..."),
        ("https://gw.example/a/%2e%2E/b", "https://gw.example/b"),
        ("https://gw.example/a/.%2e/%2e/b", "https://gw.example/b"),
        ("https://gw.example/a%2F../b", "https://gw.example/a%2F../b"),
        // Slashes in a row are segments.
        ("https://gw.example/a//b", "https://gw.example/a//b"),
        ("https://gw.example/a/.//b", "https://gw.example/a//b"),
        ("https://gw.example/a//../b", "https://gw.example/a/b"),
        ("https://gw.example//", "https://gw.example//"),
    ] {
        assert_eq!(accepted(url), normal, "{url}");
        assert_eq!(accepted(normal), normal, "{url}: the normal form is its own");
    }
}

#[test]
fn what_has_no_one_reading_is_refused() {
    for url in [
        "",
        "/p",
        "//gw.example/p",
        "gw.example/p",
        "https:/gw.example/p",
        "https:gw.example",
        "ftp://gw.example/p",
        "file:///etc/passwd",
        "wss://gw.example/p",
        " https://gw.example/p",
        "https://gw.example/p ",
        "https://gw.example/a b",
        "https://gw.example/a\tb",
        "https://gw.example/a\r\nHost: evil.example",
        "https://gw.example/\0",
        "https://gw.example/\u{7f}",
        "https://bücher.example/p",
        "https://gw.example/ü",
        "https://gw.example/p#frag",
        "https://gw.example/p#",
        "https://gw.example\\@evil.example/p",
        "https://gw.example/a\\b",
        "https://user:pass@gw.example/p",
        "https://user@/p",
        "https://@gw.example/p",
        "https://:443/p",
        "https:///p",
        "https://?x",
        "https://",
        "https://gw.example:0/p",
        "https://gw.example:65536/p",
        "https://gw.example:000443/p",
        "https://gw.example:+443/p",
        "https://gw.example:4a/p",
        "https://gw.example:443:443/p",
        "https://fe80::1/p",
        "https://[::1/p",
        "https://[::1]x/p",
        "https://[::1]]/p",
        "https://[]/p",
        "https://[127.0.0.1]/p",
        "https://[fe80::1%25eth0]/p",
        "https://[fe80::1%eth0]/p",
        "https://[v1.fe80::1]/p",
        "https://gw..example/p",
        "https://.gw.example/p",
        "https://./p",
        "https://gw.example../p",
        "https://gw%2eexample/p",
        "https://gw*.example/p",
        "https://127.1/p",
        "https://127.0.0.01/p",
        "https://0x7f.0.0.1/p",
        "https://0x7f000001/p",
        "https://2130706433/p",
        "https://127.0.0.1./p",
        "https://1.2.3.256/p",
        "https://gw.example/%",
        "https://gw.example/%4",
        "https://gw.example/%zz",
        "https://gw.example/%+1",
        "https://gw.example/p?%",
        "https://gw.example/p?a=%g0",
    ] {
        assert_eq!(normalize(url).map_err(|error| error.code()), Err(Code::InvalidArgument), "{url:?}");
    }
}

#[test]
fn an_origin_has_a_base_path() {
    for (text, normal, authority) in [
        ("https://gw.example", "https://gw.example", "gw.example"),
        ("HTTPS://GW.example:443/", "https://gw.example", "gw.example"),
        ("https://gw.example:8443/api/", "https://gw.example:8443/api", "gw.example:8443"),
        ("http://[::1]:80/a/../b", "http://[::1]/b", "[::1]"),
    ] {
        let origin = Origin::parse(text).expect(text);
        assert_eq!((origin.as_str(), origin.authority()), (normal, authority));
    }
    for text in ["gw.example", "https://gw.example?", "https://gw.example/#", "https://*.example"] {
        assert!(Origin::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_request_target_becomes_the_target_uri() {
    let root = Origin::parse("https://gw.example").expect("an origin");
    let based = Origin::parse("https://gw.example/api").expect("an origin");
    for (received, expected) in [
        ("/rpc?x=%7e", Some("/rpc?x=~")),
        ("/", Some("/")),
        ("/?", Some("/?")),
        // A path that looks like an authority is a path, and dots do not leave the base.
        ("//evil.example/p", Some("//evil.example/p")),
        ("/../rpc", Some("/rpc")),
        ("/%2e%2e/rpc", Some("/rpc")),
        ("https://gw.example/rpc", Some("/rpc")),
        ("HTTPS://GW.example:443/rpc?", Some("/rpc?")),
        ("https://gw.example", Some("/")),
        ("http://gw.example/rpc", None),
        ("https://other.example/rpc", None),
        ("https://gw.example:8443/rpc", None),
        ("https://user@gw.example/rpc", None),
        ("*", None),
        ("gw.example:443", None),
        ("", None),
        ("rpc", None),
        ("?x", None),
        ("/a b", None),
        ("/a#b", None),
        ("/%", None),
        ("/a\\b", None),
        ("/é", None),
    ] {
        for origin in [&root, &based] {
            let expected = expected.map(|rest| origin.as_str().to_owned() + rest);
            assert_eq!(origin.target(received), expected, "{received:?}");
        }
    }
    let plain = Origin::parse("http://gw.example").expect("an origin");
    assert_eq!(plain.target("https://gw.example/rpc"), None);
}

#[test]
fn a_host_names_its_origin() {
    let origin = Origin::parse("https://gw.example/api").expect("an origin");
    for (host, expected) in [
        ("gw.example", true),
        ("GW.EXAMPLE:443", true),
        ("gw.example:", true),
        ("gw.example:80", false),
        ("gw.example.", true),
        ("gw.example/api", false),
        ("user@gw.example", false),
        ("gw.example, gw.example", false),
        ("gw.example#", false),
        ("", false),
    ] {
        assert_eq!(origin.is_at(host), expected, "{host:?}");
    }
    let port = Origin::parse("http://[::1]:8080").expect("an origin");
    assert!(port.is_at("[0:0:0:0:0:0:0:1]:8080") && !port.is_at("[::1]"));
}

#[test]
fn this_machine_is_told_from_others() {
    for (text, expected) in [
        ("http://localhost", true),
        ("http://localhost.:8080/x", true),
        ("http://127.0.0.1:80", true),
        ("http://127.9.9.9:8080", true),
        ("https://[::1]", true),
        ("https://[0::0:1]:8443", true),
        ("http://127.0.0.1.example", false),
        ("http://localhost.example", false),
        ("http://[::2]:1", false),
        ("http://[::ffff:127.0.0.1]", false),
        ("http://10.0.0.1", false),
    ] {
        assert_eq!(Origin::parse(text).expect(text).is_loopback(), expected, "{text}");
    }
}

#[test]
fn routes_are_found_by_the_path() {
    for (received, path) in [
        ("/a/../rpc?x#", Some("/rpc")),
        ("/rpc#/a", Some("/rpc")),
        // No URL, but perhaps a request.
        ("/rpc?filter=é|\\ ", Some("/rpc")),
        ("/%/../rpc", Some("/rpc")),
        ("/%zz", Some("/%zz")),
        ("/a b\\", Some("/a b\\")),
        ("//x://y/../z", Some("//x://z")),
        ("/?://a/b", Some("/")),
        ("ftp://user@any.example:x/rpc", Some("/rpc")),
        ("/a/../rpc?x", Some("/rpc")),
        ("/%72pc", Some("/rpc")),
        ("/rpc%2F", Some("/rpc%2F")),
        ("http://any.example/rpc?x", Some("/rpc")),
        ("http://any.example", Some("/")),
        ("any.example:443", None),
        ("*", None),
        ("", None),
    ] {
        assert_eq!(route_path(received).as_deref(), path, "{received}");
    }
}

#[test]
fn hostile_length_costs_linear_time() {
    let started = std::time::Instant::now();
    for piece in ["/a/..", "/..", "/.", "//", "%2e", "/%2E%2e", "a", "?"] {
        let url = format!("https://gw.example/{}", piece.repeat(1_000_000 / piece.len()));
        assert!(normalize(&url).is_ok(), "{piece}");
    }
    for piece in ["a.", ":", "[", "@", "1"] {
        let _ = normalize(&format!("https://{}/", piece.repeat(1_000_000)));
    }
    // Quadratic work on a megabyte takes minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// RFC 3986 section 5.2.4, step by step as it is written there.
fn by_the_letter(path: &str) -> String {
    let (mut input, mut output) = (path.to_owned(), String::new());
    while !input.is_empty() {
        if input.starts_with("../") {
            input.drain(..3);
        } else if input.starts_with("./") || input.starts_with("/./") {
            input.drain(..2);
        } else if input == "/." {
            input = "/".to_owned();
        } else if input.starts_with("/../") || input == "/.." {
            input = if input == "/.." { "/".to_owned() } else { input[3..].to_owned() };
            output.truncate(output.rfind('/').unwrap_or(0));
        } else if input == "." || input == ".." {
            input.clear();
        } else {
            let end = input[1..].find('/').map_or(input.len(), |at| at + 1);
            output.push_str(&input[..end]);
            input.drain(..end);
        }
    }
    output
}

proptest! {
    #[test]
    fn dot_segments_go_as_the_rfc_says(path in "(/(\\.|\\.\\.|\\.\\.\\.|a|b\\.)?){1,12}") {
        prop_assert_eq!(without_dot_segments(&path), by_the_letter(&path));
    }

    #[test]
    fn the_normal_form_is_stable(text in "https?://[A-Za-z0-9.:\\[\\]@-]{1,12}(/[a-c.%2eEfF/]{0,20})?(\\?[ -~]{0,8})?") {
        if let Ok(normal) = normalize(&text) {
            prop_assert_eq!(normalize(&normal).expect("a normal form is one"), normal);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in any::<String>()) {
        let _ = (normalize(&text), Origin::parse(&text), route_path(&text));
        let _ = normalize(&format!("https://{text}"));
    }
}
