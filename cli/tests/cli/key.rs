//! `key` and `jwks`.

use std::fs;

use crate::run::{directory, file, samebyte, samebyte_in, secret_file, test_key, text};

/// Test keys with their public hex and kid, both computed from the JWK by the vectors' own generator.
const KNOWN: [(&str, &str, &str, &str); 2] = [
    (
        "ed25519-1.jwk",
        "EdDSA",
        "cca812f0c9975fe37e1ec4af7be12a7336b8c018514d84e5972f5ab9224e9fdc",
        "cr4_5vDExQRKkvW1j7OiG9SxZbmO4C4atem3njF4ITo",
    ),
    (
        "secp256k1-1.jwk",
        "ES256K",
        "0347b5eb7f355fe5914bd7857e94af5cbe4287f59ec5b9567af47ed73d6c5315e9",
        "sInK5rNbhqJr5xX2-7PucTTnudbblbKHghrOTU5-Svw",
    ),
];

#[test]
fn new_keys_are_written_once_for_the_owner_alone() {
    for algorithm in ["EdDSA", "ES256K"] {
        let directory = directory();
        let path = text(directory.path().join("node.pem"));
        let told = samebyte(&["key", "new", "--alg", algorithm, "--out", &path], "").text();
        let content = fs::read_to_string(&path).expect("the key file exists");
        assert!(content.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{algorithm}");
        assert!(told.contains(algorithm) && !told.contains("PRIVATE KEY-----"), "{told}");
        for line in content.lines().filter(|line| !line.starts_with('-')) {
            assert!(!told.contains(line), "the secret is printed");
        }
        assert_eq!(samebyte(&["key", "show", &path], "").text(), told);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("the key file exists").permissions().mode();
            assert_eq!(mode & 0o7777, 0o600);
        }
        let names: Vec<_> = fs::read_dir(directory.path()).expect("our directory").collect();
        assert_eq!(names.len(), 1, "nothing else stays: {names:?}");

        samebyte(&["key", "new", "--alg", algorithm, "--out", &path], "").fails(4, "io");
        assert_eq!(fs::read_to_string(&path).expect("the key file exists"), content);
    }
}

#[test]
fn new_keys_differ() {
    let directory = directory();
    let kid = |name: &str| {
        let path = text(directory.path().join(name));
        samebyte(&["--json", "key", "new", "--alg", "EdDSA", "--out", &path], "").json()["kid"].clone()
    };
    assert_ne!(kid("a.pem"), kid("b.pem"));
}

#[test]
fn a_name_without_directory_is_in_the_working_directory() {
    let directory = directory();
    samebyte_in(directory.path(), &["key", "new", "--alg", "EdDSA", "--out", "node.pem"], b"").succeeds();
    assert!(directory.path().join("node.pem").is_file());
}

#[cfg(unix)]
#[test]
fn nothing_in_the_way_is_touched() {
    use std::os::unix::fs::symlink;

    let directory = directory();
    let target = file(&directory, "target", "precious");
    let link = text(directory.path().join("link"));
    symlink(&target, &link).expect("our directory");
    let dangling = text(directory.path().join("dangling"));
    symlink(directory.path().join("nowhere"), &dangling).expect("our directory");
    let folder = text(directory.path().join("folder"));
    fs::create_dir(&folder).expect("our directory");
    for path in [&target, &link, &dangling, &folder] {
        samebyte(&["key", "new", "--alg", "ES256K", "--out", path], "").fails(4, "io");
    }
    assert_eq!(fs::read(&target).expect("still there"), b"precious");
    assert!(fs::symlink_metadata(&link).expect("still there").is_symlink());
    assert!(!directory.path().join("nowhere").exists(), "a dangling link is not followed");
    assert_eq!(fs::read_dir(directory.path()).expect("our directory").count(), 4);
    let missing = text(directory.path().join("no/such/key.pem"));
    samebyte(&["key", "new", "--alg", "EdDSA", "--out", &missing], "").fails(4, "io");
}

#[test]
fn an_unknown_algorithm_makes_no_file() {
    let directory = directory();
    let path = text(directory.path().join("key.pem"));
    samebyte(&["key", "new", "--alg", "RS1", "--out", &path], "").fails(2, "algorithm_unsupported");
    assert!(!directory.path().join("key.pem").exists());
}

#[test]
fn show_tells_the_public_part() {
    let directory = directory();
    for (name, algorithm, hex, kid) in KNOWN {
        let path = test_key(&directory, name);
        let jwk: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).expect("our copy")).expect("a JWK");
        let run = samebyte(&["--json", "key", "show", &path], "");
        assert_eq!(run.stderr, "");
        let shown = run.json();
        assert_eq!(shown["alg"], algorithm);
        assert_eq!(shown["kid"], kid);
        assert_eq!(shown["thumbprint"], kid);
        assert_eq!(shown["public_hex"], hex);
        assert_eq!(shown["private"], true);
        assert_eq!(shown["public_jwk"]["x"], jwk["x"]);
        assert_eq!(shown["public_jwk"]["y"], jwk["y"]);
        let plain = samebyte(&["key", "show", &path], "").text();
        for told in [algorithm, hex, kid, "[secret]", "-----BEGIN PUBLIC KEY-----"] {
            assert!(plain.contains(told), "{plain}");
        }
        let secret = jwk["d"].as_str().expect("a private key");
        assert!(!plain.contains(secret) && !shown.to_string().contains(secret), "the secret is shown");
    }
}

#[test]
fn public_keys_are_written_in_every_form() {
    let directory = directory();
    for (name, _, hex, kid) in KNOWN {
        let path = test_key(&directory, name);
        let form = |form: &str| samebyte(&["key", "public", "--as", form, &path], "").text();
        assert_eq!(form("hex"), format!("{hex}\n"));
        assert_eq!(samebyte(&["key", "thumbprint", &path], "").text(), format!("{kid}\n"));
        for public in [form("jwk"), form("pem")] {
            let shown = samebyte(&["--json", "key", "show"], &public).json();
            assert_eq!(shown["public_hex"], hex, "{public}");
            assert_eq!(shown["private"], false, "{public}");
        }
    }
    samebyte(&["key", "public", "--as", "secret", "key.pem"], "").fails(2, "invalid_argument");
}

/// Every algorithm, with a length of the longest wait that a test bears.
#[test]
fn keys_of_every_algorithm_are_made_and_converted() {
    let directory = directory();
    let path = |name: &str| text(directory.path().join(name));
    let password = secret_file(&directory, "password", "open sesame\r\nnot this line\n");
    let other = secret_file(&directory, "other", "open barley\n");
    for algorithm in
        ["EdDSA", "ES256K", "ES256", "ES384", "ES512", "RS256", "PS256", "HS256", "HS384", "HS512"]
    {
        let key = path(&format!("{algorithm}.key"));
        samebyte(&["key", "new", "--alg", algorithm, "--out", &key], "").succeeds();
        let shown = samebyte(&["--json", "key", "show", &key], "").json();
        let symmetric = algorithm.starts_with("HS");
        // A PEM file does not say for which algorithm an RSA key is.
        assert_eq!(shown["alg"], if algorithm == "PS256" { "RS256" } else { algorithm });
        assert_eq!(shown["thumbprint"].is_null(), symmetric, "{shown}");
        let jwk = path(&format!("{algorithm}.jwk"));
        samebyte(&["key", "convert", "--as", "jwk", "--out", &jwk, &key], "").succeeds();
        samebyte(&["key", "convert", "--as", "jwk", "--out", &jwk, &key], "").fails(4, "io");
        let secret = fs::read_to_string(&jwk).expect("the key file exists");
        let secret: serde_json::Value = serde_json::from_str(&secret).expect("a JWK");
        let secret = secret[if symmetric { "k" } else { "d" }].as_str().expect("the secret part").to_owned();
        assert!(!shown.to_string().contains(&secret), "the secret is shown");
        if symmetric {
            samebyte(&["key", "public", &key], "").fails(1, "key_unsupported");
            samebyte(&["key", "convert", "--as", "pem", "--out", &path("no"), &key], "")
                .fails(1, "key_unsupported");
            continue;
        }
        let encrypted = path(&format!("{algorithm}.encrypted"));
        let convert =
            ["key", "convert", "--as", "pem", "--new-password-file", &password, "--out", &encrypted, &jwk];
        samebyte(&convert, "").succeeds();
        assert!(
            fs::read_to_string(&encrypted).expect("the key file exists").starts_with("-----BEGIN ENCRYPTED")
        );
        let der = path(&format!("{algorithm}.der"));
        let open = ["key", "convert", "--as", "der", "--out", &der, &encrypted];
        samebyte(&open, "").fails(1, "password_wrong");
        samebyte(&[&open[..], &["--password-file", &other]].concat(), "").fails(1, "password_wrong");
        samebyte(&[&open[..], &["--password-file", &password]].concat(), "").succeeds();
        assert_eq!(fs::read(&der).expect("the key file exists")[0], 0x30);
        let public = samebyte(&["key", "public", "--as", "der", &key], "").succeeds();
        assert_eq!(public[0], 0x30);
    }
    let bits = ["--json", "key", "new", "--alg", "RS256", "--bits", "3072", "--as", "jwk", "--kid", "big"];
    let made = samebyte(&[&bits[..], &["--out", &path("big.jwk")]].concat(), "").json();
    assert_eq!(made["kid"], "big");
    assert_eq!(made["public_jwk"]["n"].as_str().map(str::len), Some(512));
    let new = |more: &[&str]| samebyte(&[&["key", "new", "--out", &path("no")], more].concat(), "");
    new(&["--alg", "RS256", "--bits", "1024"]).fails(2, "invalid_argument");
    new(&["--alg", "EdDSA", "--kid", "x"]).fails(2, "invalid_argument");
    new(&["--alg", "EdDSA", "--as", "jwk", "--password-file", &password]).fails(2, "invalid_argument");
    new(&["--alg", "none"]).fails(2, "algorithm_unsupported");
    assert!(!directory.path().join("no").exists());
}

#[test]
fn sets_of_keys_are_built_and_looked_through() {
    let directory = directory();
    let keys = ["ed25519-1.jwk", "secp256k1-1.jwk"].map(|name| test_key(&directory, name));
    let set = samebyte(&["jwks", "build", &keys[0], &keys[1]], "").text();
    assert!(!set.contains("\"d\""), "{set}");
    let parsed: serde_json::Value = serde_json::from_str(&set).expect("a JWKS");
    assert_eq!(parsed["keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(samebyte(&["jwks", "lint"], &set).text(), "[]\n");
    let private = fs::read_to_string(&keys[0]).expect("the test key");
    let findings = samebyte(&["--json", "jwks", "lint"], format!("{{\"keys\":[{private}]}}")).json();
    assert_eq!(findings[0]["pointer"], "/keys/0");
    samebyte(&["jwks", "build", &keys[0], &keys[0]], "").fails(1, "duplicate_kid");
}

#[test]
fn private_keys_are_read_in_both_forms() {
    let directory = directory();
    let path = text(directory.path().join("key.pem"));
    samebyte(&["key", "new", "--alg", "EdDSA", "--out", &path], "").succeeds();
    let from_file = samebyte(&["key", "show", &path], "").text();
    let piped = samebyte(&["key", "show", "-"], fs::read(&path).expect("the key file exists"));
    assert_eq!(piped.text(), from_file);
}

#[test]
fn what_is_no_key_is_refused() {
    for (content, code) in [
        ("", "key_malformed"),
        ("cca812f0c9975fe37e1ec4af7be12a7336b8c018514d84e5972f5ab9224e9fdc", "key_malformed"),
        (" {\"kty\":\"OKP\"}", "key_malformed"),
        ("{\"kty\":\"OKP\",", "invalid_json"),
        ("{\"crv\":\"P-257\",\"kty\":\"EC\"}", "key_unsupported"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key_malformed"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "key_malformed"),
    ] {
        samebyte(&["key", "show"], content).fails(1, code);
    }
    samebyte(&["key", "show"], format!("{{{}", " ".repeat(64 * 1024))).fails(1, "too_large");
}

#[test]
fn a_private_key_is_not_taken_for_a_public_one() {
    let directory = directory();
    let private = test_key(&directory, "ed25519-1.jwk");
    let verify = ["document", "verify", "--type", "application/vnd.example+json", "--public-key"];
    samebyte(&[&verify[..], &[&private]].concat(), "{}").fails(1, "key_malformed");
    let public = crate::run::public_test_key(&directory, "ed25519-1.jwk");
    samebyte(&["receipt", "sign", "--key", &public], "{}").fails(1, "key_malformed");
}

/// The test keys of the vectors are public, so their files are open to all, and the command says so.
#[cfg(unix)]
#[test]
fn open_key_files_are_warned_about() {
    use std::os::unix::fs::PermissionsExt;

    let directory = directory();
    let path = test_key(&directory, "ed25519-1.jwk");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("our own file");
    for arguments in [&["key", "show", &path][..], &["receipt", "sign", "--key", &path]] {
        let run = samebyte(arguments, crate::receipt::UNSIGNED);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.starts_with("samebyte: warning: ") && run.stderr.contains("0644"), "{run:?}");
    }
}
