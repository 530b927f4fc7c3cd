//! `proxy`: what is typed reaches the server, and it ends when it is told to.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{directory, samebyte_in};

/// An upstream that answers every request in the same way.
fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.expect("a connection"));
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a head");
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().expect("a length");
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            reader.read_exact(&mut vec![0; length]).expect("a body");
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{\"done\" : true}";
            reader.get_mut().write_all(answer.as_bytes()).expect("an answer");
        }
    });
    address
}

/// Sends a request, and reads until the other side closes.
fn send(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[cfg(unix)]
#[test]
fn a_proxy_serves_until_it_is_told_to_end() {
    let directory = directory();
    let folder = directory.path();
    samebyte_in(folder, &["key", "new", "--alg", "EdDSA", "--out", "client.pem"], b"").succeeds();
    samebyte_in(folder, &["key", "new", "--alg", "EdDSA", "--out", "proxy.pem"], b"").succeeds();
    let trusted = samebyte_in(folder, &["jwks", "build", "client.pem"], b"").succeeds();
    fs::write(folder.join("trusted.json"), trusted).expect("a file");
    fs::write(folder.join("body.json"), r#"{ "b": 1, "a": 2 }"#).expect("a file");

    let mut proxy = Command::new(env!("CARGO_BIN_EXE_samebyte"))
        .current_dir(folder)
        .args(["proxy", "--listen", "127.0.0.1:0", "--upstream", &format!("http://{}", upstream())])
        .args(["--trusted-keys", "trusted.json", "--signing-key", "proxy.pem"])
        .args(["--public-origin", "https://gw.example", "--mode", "required"])
        .env("PRESET", "dev")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut log = BufReader::new(proxy.stdout.take().expect("a pipe")).lines();
    let mut next = || -> Value {
        let line = log.next().expect("a line").expect("text");
        serde_json::from_str(&line).expect("a line of JSON")
    };
    let address: SocketAddr = next()["value"].as_str().expect("an address").parse().expect("an address");

    let url = ["--method", "POST", "--url", "https://gw.example/rpc", "-H", "Content-Type: application/json"];
    let sign = [&["request", "sign", "--key", "client.pem"][..], &url, &["--body-out", "sent", "body.json"]]
        .concat();
    let line = samebyte_in(folder, &sign, b"").text();
    let body = fs::read_to_string(folder.join("sent")).expect("a body");
    let request = format!(
        "POST /rpc HTTP/1.1\r\nhost: gw.example\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{}\r\n\r\n{body}",
        body.len(),
        line.trim()
    );
    let answer = send(address, &request);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(r#"{"done":true}"#), "{answer}");
    assert!(answer.contains("x-signature: "), "{answer}");
    let answer = send(address, &request);
    assert!(
        answer.starts_with("HTTP/1.1 409 ") && answer.contains("x-signature-error: replay_detected"),
        "{answer}"
    );
    assert_eq!((next()["status"].clone(), next()["code"].clone()), (200.into(), "replay_detected".into()));

    let told =
        Command::new("kill").args(["-s", "TERM", &proxy.id().to_string()]).status().expect("kill runs");
    assert!(told.success());
    let begun = Instant::now();
    let ended = loop {
        if let Some(ended) = proxy.try_wait().expect("a child") {
            break ended;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(ended.success(), "{ended}");
}

#[test]
fn contradictions_are_found_before_it_listens() {
    let directory = directory();
    let folder = directory.path();
    let run = |arguments: &[&str]| samebyte_in(folder, &[&["proxy"], arguments].concat(), b"");
    run(&[]).fails(2, "settings_invalid");
    run(&["--upstream", "http://127.0.0.1:9"]).fails(2, "settings_invalid");
    let upstream = ["--upstream", "http://127.0.0.1:9", "--public-origin", "https://gw.example"];
    run(&upstream).fails(2, "settings_invalid");
    run(&[&upstream[..], &["--trusted-keys", "absent.json"]].concat()).fails(2, "settings_invalid");
    run(&[&upstream[..], &["--trusted-keys", "{\"keys\":[]}", "--sign-responses", "on"]].concat())
        .fails(2, "settings_invalid");
}
