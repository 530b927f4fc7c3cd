//! `receipt sign` and `receipt verify`.

use crate::run::{directory, file, samebyte, test_key};

pub(crate) const UNSIGNED: &str = r#"{"exit_code":0,"module_hash":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","timestamp":1704067200,"version":"0.1","wall_time_ms":12}"#;
const NODE: &str = "cca812f0c9975fe37e1ec4af7be12a7336b8c018514d84e5972f5ab9224e9fdc";
const OTHER: &str = "3b48129970986d8af3f4a762686205d523340a2a0764424574d521265500c2d9";

#[test]
fn a_receipt_is_signed_and_verified() {
    let directory = directory();
    let key = test_key(&directory, "ed25519-1.jwk");
    let signed = samebyte(&["receipt", "sign", "--key", &key], UNSIGNED).text();
    assert!(signed.contains(&format!("\"node_pubkey\":\"{NODE}\"")), "{signed}");

    let verify = ["receipt", "verify", "--public-key", NODE];
    let run = samebyte(&verify, &signed);
    assert_eq!(run.stderr, "samebyte: valid, signed by the expected key\n");
    assert_eq!(run.text(), signed);
    let path = file(&directory, "receipt.json", &signed);
    assert_eq!(samebyte(&[&verify[..], &[&path]].concat(), "").text(), signed);
    let json = format!("{{\"receipt\":{}}}\n", signed.trim_end());
    assert_eq!(samebyte(&[&["--json"], &verify[..]].concat(), &signed).text(), json);
    assert_eq!(samebyte(&["--json", "receipt", "sign", "--key", &key], UNSIGNED).text(), json);

    let tampered = signed.replace("\"exit_code\":0", "\"exit_code\":1");
    samebyte(&verify, &tampered).fails(1, "signature_invalid");
    samebyte(&["receipt", "verify", "--public-key", OTHER], &signed).fails(1, "key_mismatch");
    // Naming the other key in the receipt as well does not help.
    let renamed = signed.replace(NODE, OTHER);
    samebyte(&["receipt", "verify", "--public-key", OTHER], &renamed).fails(1, "signature_invalid");
}

#[test]
fn what_is_no_receipt_or_no_key_is_refused() {
    let directory = directory();
    let key = test_key(&directory, "ed25519-1.jwk");
    let sign = |receipt: &str| samebyte(&["receipt", "sign", "--key", &key], receipt);
    sign("{}").fails(1, "receipt_malformed");
    sign(&UNSIGNED.replace("12}", "12,\"extra\":1}")).fails(1, "receipt_malformed");
    sign(&UNSIGNED.replace("\"exit_code\":0", "\"exit_code\":\"0|0\"")).fails(1, "receipt_malformed");
    let wrong = test_key(&directory, "secp256k1-1.jwk");
    samebyte(&["receipt", "sign", "--key", &wrong], UNSIGNED).fails(2, "algorithm_unsupported");
    for hex in ["", "00", &NODE.to_uppercase(), &NODE[1..]] {
        samebyte(&["receipt", "verify", "--public-key", hex], "{}").fails(1, "key_malformed");
    }
    // The neutral element: every signature of a kind would verify with it.
    let weak = format!("01{}", "00".repeat(31));
    samebyte(&["receipt", "verify", "--public-key", &weak], "{}").fails(1, "key_weak");
}
