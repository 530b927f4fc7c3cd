//! The documents that canonicalization is measured on. All but the two classic ones are generated, the same on
//! every machine, so that each language measures the same bytes.

use std::fmt::Write as _;
use std::path::Path;

/// A named document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) name: &'static str,
    pub(crate) text: Vec<u8>,
}

/// All documents, the smallest first. `third_party` is the folder with `bench/citm_catalog.json` and
/// `bench/canada.json`; without it those two are left out.
pub(crate) fn all(third_party: Option<&Path>) -> Vec<Document> {
    let mut documents = vec![
        Document { name: "request", text: request() },
        Document { name: "card", text: card() },
        Document { name: "mixed_100k", text: mixed(100_000, 1) },
    ];
    for name in ["citm_catalog", "canada"] {
        let Some(folder) = third_party else { continue };
        match std::fs::read(folder.join("bench").join(name).with_extension("json")) {
            Ok(text) => documents.push(Document { name, text }),
            Err(error) => eprintln!("skipped: {name}: {error}"),
        }
    }
    documents.extend([
        Document { name: "strings", text: strings(false) },
        Document { name: "strings_escaped", text: strings(true) },
        Document { name: "keys_100k", text: keys(100_000) },
        Document { name: "mixed_10m", text: mixed(10_000_000, 2) },
    ]);
    documents
}

/// xorshift64*, so that no dependency can change the documents.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Uniform enough below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("an index fits")]
    }
}

/// A signed request's body: 325 bytes, as a client writes it.
fn request() -> Vec<u8> {
    let text = r#"{"method": "payments.transfer", "id": "6f1c2a9e-52d1-4b7e-9c55-0d9f3e8a1b77", "params": {"to": "acct_9f8e7d6c5b4a", "amount": 1250.75, "currency": "EUR", "memo": "Invoice 2024-117", "urgent": false, "tags": ["b2b", "net30"]}, "nonce": "kq3v9Zs1T8mWcYxB2nRf0A", "iat": 1735689600, "exp": 1735689900, "caller": "did:example:alice"}"#;
    text.as_bytes().to_vec()
}

/// An agent's card: 2 KB, nested a little, members in the order of its schema.
fn card() -> Vec<u8> {
    let mut text = String::from(
        r#"{"protocolVersion":"1.0","name":"Invoice Agent","description":"Reads invoices, checks them against orders and prepares payments for approval.","url":"https://agents.example.com/invoice/v1","preferredTransport":"JSONRPC","additionalInterfaces":[{"url":"https://agents.example.com/invoice/v1","transport":"JSONRPC"},{"url":"https://agents.example.com/invoice/grpc","transport":"GRPC"}],"iconUrl":"https://agents.example.com/icon.png","provider":{"organization":"Example GmbH","url":"https://www.example.com"},"version":"2.4.1","documentationUrl":"https://docs.example.com/agents/invoice","capabilities":{"streaming":true,"pushNotifications":false,"stateTransitionHistory":true},"securitySchemes":{"oauth":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"https://login.example.com/token","scopes":{"invoice:read":"Read invoices","invoice:write":"Prepare payments"}}}}},"security":[{"oauth":["invoice:read"]}],"defaultInputModes":["application/json","application/pdf"],"defaultOutputModes":["application/json"],"skills":["#,
    );
    for (index, name) in ["extract", "match", "approve"].into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let _ = write!(
            text,
            r#"{{"id":"{name}-invoice","name":"{name}","description":"Takes one document and returns what the next step needs (step {index}).","tags":["finance","invoice","{name}"],"examples":["Check invoice 2024-11{index}","Prüfe die Rechnung vom 3. März"],"inputModes":["application/pdf"],"outputModes":["application/json"]}}"#
        );
    }
    text.push_str(r#"],"supportsAuthenticatedExtendedCard":true}"#);
    text.into_bytes()
}

const WORDS: [&str; 24] = [
    "alpha",
    "order",
    "invoice",
    "shipping",
    "Zürich",
    "status",
    "pending",
    "the",
    "of",
    "quick",
    "lazy dog",
    "customer",
    "42nd street",
    "naïve",
    "東京",
    "warehouse",
    "no",
    "yes",
    "total amount due",
    "reference",
    "x",
    "https://example.com/a/b?c=d",
    "e-mail",
    "line\\nbreak",
];

/// Records as business systems send them: about `size` bytes.
pub(crate) fn mixed(size: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut text = String::from(r#"{"version":3,"records":["#);
    let mut id = 100_000;
    while text.len() < size {
        if !text.ends_with('[') {
            text.push(',');
        }
        id += 1 + random.below(9);
        let _ = write!(
            text,
            r#"{{"id":{id},"uuid":"{:016x}-{:08x}","active":{},"score":{}.{},"ratio":{:?},"name":"{} {}","created_at":"2024-{:02}-{:02}T{:02}:15:00Z","created_by":"user{}","tags":["#,
            random.next(),
            random.next() >> 32,
            random.below(2) == 0,
            random.below(1000),
            1 + random.below(9),
            (random.next() >> 11) as f64 / (1_u64 << 53) as f64,
            random.pick(&WORDS),
            random.pick(&WORDS),
            1 + random.below(12),
            1 + random.below(28),
            random.below(24),
            random.below(500),
        );
        for tag in 0..random.below(5) {
            let comma = if tag > 0 { "," } else { "" };
            let _ = write!(text, r#"{comma}"{}""#, random.pick(&WORDS));
        }
        let _ = write!(
            text,
            r#"],"address":{{"street":"{} {}","zip":"{:05}","city":"{}","geo":{{"lon":{}.{:06},"lat":{}.{:06}}}}},"#,
            random.pick(&WORDS),
            random.below(300),
            random.below(100_000),
            random.pick(&WORDS),
            random.below(180),
            1 + random.below(999_999),
            random.below(90),
            1 + random.below(999_999),
        );
        let _ = write!(
            text,
            r#""parent":{},"note":"{} {} {} {} {}","items":["#,
            if random.below(3) == 0 { "null".to_owned() } else { random.below(1_000_000).to_string() },
            random.pick(&WORDS),
            random.pick(&WORDS),
            random.pick(&WORDS),
            random.pick(&WORDS),
            random.pick(&WORDS),
        );
        for item in 0..random.below(4) {
            let comma = if item > 0 { "," } else { "" };
            let _ = write!(
                text,
                r#"{comma}{{"sku":"SKU-{:06}","qty":{},"price":{}.{:02},"taxed":true}}"#,
                random.below(1_000_000),
                1 + random.below(20),
                random.below(500),
                random.below(100),
            );
        }
        text.push_str("]}");
    }
    text.push_str("]}");
    text.into_bytes()
}

/// An array of strings of Chinese, Cyrillic and emoji; about 1.7 MB, or twice that where all of it is escaped.
fn strings(escaped: bool) -> Vec<u8> {
    const PARTS: [&str; 8] = [
        "规范化的文本",
        "подпись документа",
        "😀🎉",
        "署名された応答",
        "ключ",
        "検証",
        "验证签名",
        "🔑 ключи",
    ];
    let mut random = Random::new(3);
    let mut text = String::from("[");
    for index in 0..24_000 {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        for _ in 0..1 + random.below(6) {
            let part = random.pick(&PARTS);
            if escaped {
                for unit in part.encode_utf16() {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            } else {
                text.push_str(part);
            }
        }
        text.push('"');
    }
    text.push(']');
    text.into_bytes()
}

/// One object with `count` members in random order.
pub(crate) fn keys(count: u64) -> Vec<u8> {
    let mut random = Random::new(4);
    let mut text = String::from("{");
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        // The index at the end keeps the names distinct.
        let _ = write!(text, r#""{:08x}-{index}":{}"#, random.next() >> 32, random.below(1_000_000));
    }
    text.push('}');
    text.into_bytes()
}
