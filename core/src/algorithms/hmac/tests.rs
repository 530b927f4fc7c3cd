//! Against Wycheproof.

use super::MacKey;
use crate::algorithms::Algorithm;
use crate::testing::third_party;

#[test]
fn wycheproof() {
    for (algorithm, name) in
        [(Algorithm::Hs256, "sha256"), (Algorithm::Hs384, "sha384"), (Algorithm::Hs512, "sha512")]
    {
        let Some(file) = third_party(&format!("wycheproof/testvectors_v1/hmac_{name}_test.json")) else {
            continue;
        };
        let suite: serde_json::Value = serde_json::from_str(&file).expect("JSON");
        let (mut ran, mut truncated) = (0, 0);
        for group in suite["testGroups"].as_array().expect("groups") {
            let whole = group["tagSize"].as_u64() == Some(super::hash_length(algorithm) as u64 * 8);
            for test in group["tests"].as_array().expect("tests") {
                let bytes = |name: &str| hex::decode(test[name].as_str().expect("a string")).expect("hex");
                let key = MacKey::new(&bytes("key"));
                let verdict = key.verify(algorithm, &bytes("msg"), &bytes("tag"));
                // JOSE does not truncate: a shorter code is refused, valid or not.
                assert_eq!(verdict.is_ok(), whole && test["result"] == "valid", "tcId {}", test["tcId"]);
                if whole && test["result"] == "valid" {
                    assert_eq!(key.sign(algorithm, &bytes("msg")), bytes("tag"), "tcId {}", test["tcId"]);
                }
                ran += 1;
                truncated += usize::from(!whole);
            }
        }
        assert_eq!(suite["numberOfTests"], ran);
        assert!(truncated > 0 && truncated < ran, "{truncated} of {ran} are truncated");
    }
}
