//! No memory that the library gives back to the allocator still holds a secret.
//!
//! The allocator of this test looks at every block before it is freed. Where the engines keep a secret in memory
//! of their own (AWS-LC does), they clear it themselves, out of sight of this test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use samebyte::{algorithms::Algorithm, job, keys::SigningKey, result::sqooler};

/// A scalar and seed whose spellings are rare enough not to stand in memory by chance.
const HEX: &str = "5ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e7c0de";

struct Watcher;

static WATCHING: AtomicBool = AtomicBool::new(false);
static LEAKS: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);
/// What is looked for: each list is made once and stays.
static SPELLINGS: AtomicPtr<Vec<Vec<u8>>> = AtomicPtr::new(std::ptr::null_mut());

#[global_allocator]
static ALLOCATOR: Watcher = Watcher;

// SAFETY: every call is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watcher {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract is the same. Zeroed, so that a block never shows its former owner's bytes.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHING.load(Ordering::Relaxed) {
            // SAFETY: the block is still owned by the caller and `layout.size()` bytes long, all written at least
            // by `alloc_zeroed`.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            FREED.fetch_add(1, Ordering::Relaxed);
            if spellings().iter().any(|secret| contains(bytes, secret)) {
                LEAKS.fetch_add(1, Ordering::Relaxed);
            }
        }
        // SAFETY: the caller's contract is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

fn spellings() -> &'static [Vec<u8>] {
    // SAFETY: the pointer is null or one to a list that is never freed and not changed.
    unsafe { SPELLINGS.load(Ordering::Acquire).as_ref() }.map_or(&[], |list| list)
}

/// From now on these secrets are looked for: parts of their middle as raw bytes, as hex and as base64 in its three
/// alignments and both alphabets. There are several parts, because a PEM file breaks its lines somewhere.
fn look_for(secrets: &[&[u8]]) {
    let mut list = Vec::new();
    for secret in secrets {
        for start in [0, secret.len() / 4, secret.len() / 2].into_iter().filter(|at| at + 15 <= secret.len())
        {
            let part = &secret[start..];
            list.push(part[..9].to_vec());
            list.push(hex::encode(&part[..9]).into_bytes());
            for alignment in 0..3 {
                list.push(URL_SAFE_NO_PAD.encode(&part[alignment..alignment + 9]).into_bytes());
                list.push(STANDARD_NO_PAD.encode(&part[alignment..alignment + 9]).into_bytes());
            }
        }
    }
    assert!(!list.is_empty(), "a secret is long enough to be found");
    SPELLINGS.store(Box::leak(Box::new(list)), Ordering::Release);
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Runs `work` and says how many blocks it freed, and how many of them held the secret.
fn watched(work: impl FnOnce()) -> (usize, usize) {
    LEAKS.store(0, Ordering::Relaxed);
    FREED.store(0, Ordering::Relaxed);
    WATCHING.store(true, Ordering::Relaxed);
    work();
    WATCHING.store(false, Ordering::Relaxed);
    (FREED.load(Ordering::Relaxed), LEAKS.load(Ordering::Relaxed))
}

/// The text of a member, which has no escapes.
fn text_of<'a>(jwk: &'a [u8], name: &str) -> &'a str {
    let text = std::str::from_utf8(jwk).expect("UTF-8");
    let start = text.find(&format!("\"{name}\":\"")).expect("the member") + name.len() + 4;
    &text[start..start + text[start..].find('"').expect("its end")]
}

/// One test, because the allocator is one: what is freed at the same time elsewhere would be counted too.
#[test]
fn secrets_are_gone_when_memory_is_freed() {
    const JOB: &[u8] =
        br#"{"caller_id":"a","context_id":"c","created_at":"2026-01-01T00:00:00Z","env_vars":{},
        "executor":"e","id":"1","payload":"x","runner":"r","timeout":1,"updated_at":"2026-01-01T00:00:00Z"}"#;

    look_for(&[&hex::decode(HEX).expect("hex")]);
    let (_, leaks) = watched(|| drop(HEX.to_owned()));
    assert_eq!(leaks, 1, "the watcher sees a secret that is not cleared");

    for algorithm in [Algorithm::EdDsa, Algorithm::Es256k] {
        let key = SigningKey::from_hex(algorithm, HEX.as_bytes()).expect("a key");
        let (jwk, pem) = (key.to_jwk(), key.to_pem().expect("a pair"));
        let spaced =
            String::from_utf8(jwk.to_vec()).expect("UTF-8").replace(',', " , ").replace("XsTn", "Xs\\u0054n");
        let steps: [(&str, &dyn Fn()); 8] = [
            ("from_hex", &|| drop(SigningKey::from_hex(algorithm, HEX.as_bytes()))),
            ("from_jwk", &|| drop(SigningKey::from_jwk(&jwk).expect("a key"))),
            ("from_jwk with escapes", &|| drop(SigningKey::from_jwk(spaced.as_bytes()).expect("a key"))),
            ("from_pem", &|| drop(SigningKey::from_pem(&pem).expect("a key"))),
            ("to_jwk", &|| drop(key.to_jwk())),
            ("to_pem", &|| drop(key.to_pem().expect("a pair"))),
            ("to_hex", &|| drop(key.to_hex().expect("32 bytes"))),
            ("sign", &|| drop(job::sign(JOB, &key).expect("signs"))),
        ];
        // What is refused may hold a secret as well as what is not.
        let text = String::from_utf8(jwk.to_vec()).expect("UTF-8");
        for (name, refused) in [
            ("d with padding", text.replace("\",\"kid", "=\",\"kid")),
            ("d too long", text.replace("\",\"kid", "AAAA\",\"kid")),
            ("d twice", text.replace('{', "{\"d\":1,")),
            ("trailing bytes", text.replace('}', "} x")),
            // The message names the member, so that its name is copied: in chunks, the last with what is behind it.
            (
                "a long name before it",
                text.replace("\"d\":", &format!("\"{}\":", "n".repeat(225)))
                    .replace("\",\"kid", "\\x\",\"kid"),
            ),
        ] {
            let (_, leaks) = watched(|| drop(SigningKey::from_jwk(refused.as_bytes()).expect_err(name)));
            assert_eq!(leaks, 0, "{algorithm} {name}: freed memory holds the secret");
        }
        let text = String::from_utf8(pem.to_vec()).expect("UTF-8");
        for (name, refused) in [
            ("no DER", text.replace('M', "N")),
            ("text behind the PEM", format!("{text}x")),
            ("another label", text.replace("PRIVATE", "SECRET")),
            ("no base64", text.replace("\n-----END", "*\n-----END")),
        ] {
            let (_, leaks) = watched(|| drop(SigningKey::from_pem(refused.as_bytes()).expect_err(name)));
            assert_eq!(leaks, 0, "{algorithm} {name}: freed memory holds the secret");
        }
        // A binding tells an object piece by piece.
        let d = text_of(&jwk, "d");
        for complete in [true, false] {
            let (_, leaks) = watched(|| {
                let mut writer = samebyte::api::key_writer().expect("a writer");
                writer.begin_object().expect("an object");
                for name in ["kid", "d", "crv"] {
                    writer.key(name).expect("a key");
                    writer.string(d).expect("a string");
                }
                if complete {
                    writer.end_object().expect("the end of the object");
                    drop(zeroize::Zeroizing::new(writer.finish().expect("complete")));
                } else {
                    drop(writer.end_array().expect_err("no array is open"));
                }
            });
            assert_eq!(leaks, 0, "{algorithm}: a writer leaves the secret");
        }
        for (name, step) in steps {
            let (freed, leaks) = watched(step);
            assert!(freed > 0, "{algorithm} {name}: nothing was freed, so nothing was seen");
            assert_eq!(leaks, 0, "{algorithm} {name}: freed memory holds the secret");
        }
        let (_, leaks) = watched(move || drop(key));
        assert_eq!(leaks, 0, "{algorithm}: a dropped key leaves its secret");
    }

    let key = SigningKey::from_hex(Algorithm::EdDsa, HEX.as_bytes()).expect("a key");
    let jwk = sqooler::signing_key_to_jwk(&key).expect("Ed25519");
    let text = String::from_utf8(jwk.to_vec()).expect("UTF-8");
    let (short, long) = (text.replace("=\",\"kty", "\",\"kty"), text.replace("=\",\"kty", "AAA=\",\"kty"));
    let escaped = text.replace("XsTn", "Xs\\u0054n");
    let steps: [(&str, &dyn Fn()); 7] = [
        ("from_jwk", &|| drop(sqooler::signing_key(&jwk).expect("a key"))),
        ("from_jwk with escapes", &|| drop(sqooler::signing_key(escaped.as_bytes()).expect("a key"))),
        ("from_jwk without padding", &|| drop(sqooler::signing_key(short.as_bytes()).expect_err("refused"))),
        ("from_jwk too long", &|| drop(sqooler::signing_key(long.as_bytes()).expect_err("refused"))),
        ("public from_jwk", &|| drop(sqooler::public_key(&jwk).expect_err("refused"))),
        ("to_jwk", &|| drop(sqooler::signing_key_to_jwk(&key).expect("Ed25519"))),
        ("sign", &|| drop(sqooler::sign(b"{}", &key).expect("signs"))),
    ];
    for (name, step) in steps {
        let (freed, leaks) = watched(step);
        assert!(freed > 0, "sqooler {name}: nothing was freed, so nothing was seen");
        assert_eq!(leaks, 0, "sqooler {name}: freed memory holds the secret");
    }

    // What is kept for the next call must not hold it either: it would be freed at some later time.
    let (_, leaks) = watched(|| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                std::thread::spawn(|| {
                    let key = SigningKey::from_hex(Algorithm::EdDsa, HEX.as_bytes()).expect("a key");
                    let jwk = key.to_jwk();
                    drop(SigningKey::from_jwk(&jwk).expect("a key"));
                    let mut writer = samebyte::api::key_writer().expect("a writer");
                    writer.string(text_of(&jwk, "d")).expect("a string");
                    drop(zeroize::Zeroizing::new(writer.finish().expect("complete")));
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("the thread ends");
        }
    });
    assert_eq!(leaks, 0, "the buffers of a thread keep a secret");

    keys_of_every_type();
}

/// What each type of key holds as a secret, and the password that one is kept under.
fn keys_of_every_type() {
    const PASSWORD: &[u8] = b"correct horse battery staple of the watcher";
    // Without AWS-LC there are fewer.
    let all = Algorithm::ALL.into_iter().filter(|algorithm| SigningKey::generate(*algorithm).is_ok());
    let mut seen = 0;
    for algorithm in all {
        let key = SigningKey::generate(algorithm).expect("seen to be made");
        let jwk = key.to_jwk();
        let text = std::str::from_utf8(&jwk).expect("UTF-8");
        let private = ["d", "p", "q", "dp", "dq", "qi", "k"].into_iter();
        let names: Vec<_> = private.filter(|name| text.contains(&format!("\"{name}\":"))).collect();
        let decoded = |name: &&str| URL_SAFE_NO_PAD.decode(text_of(&jwk, name)).expect("base64url");
        let secrets: Vec<Vec<u8>> = names.iter().map(decoded).collect();
        let mut looked_for: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
        looked_for.push(PASSWORD);
        look_for(&looked_for);
        for (name, copy) in [
            ("bytes", secrets[0].clone()),
            ("base64url", text_of(&jwk, names[0]).as_bytes().to_vec()),
            ("a password", PASSWORD.to_vec()),
        ] {
            assert_eq!(
                watched(|| drop(copy)).1,
                1,
                "{algorithm}: the watcher sees {name} that is not cleared"
            );
        }

        let clean = |name: &str, step: &dyn Fn()| {
            let (freed, leaks) = watched(step);
            assert!(freed > 0, "{algorithm} {name}: nothing was freed, so nothing was seen");
            assert_eq!(leaks, 0, "{algorithm} {name}: freed memory holds a secret");
        };
        clean("sign", &|| drop(key.sign(b"message")));
        clean("to_jwk", &|| drop(key.to_jwk()));
        let broken =
            String::from_utf8(jwk.to_vec()).expect("UTF-8").replace("\"kty\":", "\"use\":\"enc\",\"kty\":");
        if key.public_key().is_none() {
            clean("symmetric", &|| drop(SigningKey::symmetric(algorithm, &secrets[0], None).expect("a key")));
            // A text that is base64url but for its end.
            let text = [text_of(&jwk, names[0]), "!"].concat();
            clean("symmetric of text", &|| {
                drop(SigningKey::symmetric(algorithm, text.as_bytes(), None).expect("a key"));
            });
            clean("symmetric_from_jwk", &|| drop(SigningKey::symmetric_from_jwk(&jwk).expect("a key")));
            clean("a JWK that is refused", &|| {
                drop(SigningKey::symmetric_from_jwk(broken.as_bytes()).expect_err("refused"));
            });
        } else {
            let (pem, der) = (key.to_pem().expect("a pair"), key.to_der().expect("a pair"));
            clean("from_jwk", &|| drop(SigningKey::from_jwk(&jwk).expect("a key")));
            clean("a JWK that is refused", &|| {
                drop(SigningKey::from_jwk(broken.as_bytes()).expect_err("refused"));
            });
            clean("a private key in a JWK Set", &|| {
                let set = zeroize::Zeroizing::new([b"{\"keys\":[", &jwk[..], b"]}"].concat());
                drop(samebyte::keys::Keyset::from_jwks(&set).expect_err("refused"));
            });
            clean("to_pem", &|| drop(key.to_pem()));
            clean("from_pem", &|| drop(SigningKey::from_pem(&pem).expect("a key")));
            clean("to_der", &|| drop(key.to_der()));
            clean("from_der", &|| drop(SigningKey::from_der(&der).expect("a key")));
            clean("DER cut short", &|| {
                drop(SigningKey::from_der(&der[..der.len() - 1]).expect_err("refused"))
            });
            // Deriving a key takes its time, and does so alike for all.
            if matches!(algorithm, Algorithm::EdDsa | Algorithm::Es512 | Algorithm::Rs256) {
                let closed = key.to_encrypted_pem(PASSWORD).expect("a file");
                clean("to_encrypted_pem", &|| drop(key.to_encrypted_pem(PASSWORD).expect("a file")));
                clean("from_encrypted_pem", &|| {
                    drop(SigningKey::from_encrypted_pem(&closed, PASSWORD).expect("a key"))
                });
                clean("another password", &|| {
                    drop(SigningKey::from_encrypted_pem(&closed, &PASSWORD[1..]).expect_err("refused"));
                });
            }
        }
        let (_, leaks) = watched(move || drop(key));
        assert_eq!(leaks, 0, "{algorithm}: a dropped key leaves its secret");
        seen += 1;
    }
    assert!(seen >= 5, "{seen} algorithms");
}
