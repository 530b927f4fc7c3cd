//! `job sign`, `job verify`, `job signatories` and `job authorize`.

use crate::run::{directory, file, samebyte, test_key};

pub(crate) const UNSIGNED: &str = r#"{"caller_id":"alice","context_id":"shared_context","created_at":"2024-01-01T00:00:00Z","env_vars":{},"executor":"rhai","expires_at":"2024-01-01T01:00:00Z","id":"job-1","not_before":"2024-01-01T00:00:00Z","payload":"print('Hello!')","runner":"runner1","timeout":300,"updated_at":"2024-01-01T00:00:00Z"}"#;
const ALICE: &str = "0347b5eb7f355fe5914bd7857e94af5cbe4287f59ec5b9567af47ed73d6c5315e9";
const BOB: &str = "03b6e9a534d897ef80d03e9cb132d41f870daf85d965bf172dcf31813e67eb5be8";
const NODE: &str = "cca812f0c9975fe37e1ec4af7be12a7336b8c018514d84e5972f5ab9224e9fdc";

/// The job signed with a test key of the vectors.
fn sign(key: &str, job: &str) -> String {
    let directory = directory();
    let key = test_key(&directory, key);
    samebyte(&["job", "sign", "--key", &key], job).text()
}

#[test]
fn signatures_prove_possession() {
    let signed = sign("ed25519-1.jwk", &sign("secp256k1-1.jwk", UNSIGNED));
    let run = samebyte(&["job", "verify"], &signed);
    assert!(run.stderr.contains(ALICE) && run.stderr.contains("not permission"), "{run:?}");
    assert_eq!(run.text(), format!("{UNSIGNED}\n"));
    assert_eq!(samebyte(&["job", "signatories", "-"], &signed).text(), format!("{ALICE}\n{NODE}\n"));
    assert_eq!(
        samebyte(&["--json", "job", "signatories"], &signed).text(),
        format!("{{\"signatories\":[\"{ALICE}\",\"{NODE}\"]}}\n")
    );
    assert_eq!(
        samebyte(&["--json", "job", "verify"], &signed).text(),
        format!("{{\"job\":{UNSIGNED},\"signatories\":[\"{ALICE}\",\"{NODE}\"]}}\n")
    );
}

#[test]
fn tampering_is_refused() {
    let signed = sign("secp256k1-1.jwk", UNSIGNED);
    for tampered in [
        signed.replace("Hello", "Hallo"),
        signed.replace("\"timeout\":300", "\"timeout\":301"),
        signed.replace(ALICE, BOB),
    ] {
        assert_ne!(tampered, signed);
        for verb in ["verify", "signatories"] {
            samebyte(&["job", verb], &tampered).fails(1, "signature_verification_failed");
        }
    }
    samebyte(&["job", "verify"], UNSIGNED).fails(1, "document_unsigned");
    let directory = directory();
    let key = test_key(&directory, "secp256k1-1.jwk");
    samebyte(&["job", "sign", "--key", &key], &signed).fails(1, "duplicate_signer");
}

#[test]
fn a_policy_gives_permission() {
    let directory = directory();
    let policy = format!(
        r#"{{"signers":[{{"keys":["{ALICE}","{NODE}"],"principal":"alice"}},{{"keys":["{BOB}"],"principal":"bob"}}],"threshold":2}}"#
    );
    let policy = file(&directory, "policy.json", policy);
    let authorize =
        |now: &str, job: &str| samebyte(&["job", "authorize", "--policy", &policy, "--now", now], job);
    let alice = sign("secp256k1-1.jwk", UNSIGNED);
    let alice_twice = sign("ed25519-1.jwk", &alice);
    let both = sign("secp256k1-2.jwk", &alice);

    // 2024-01-01T00:30:00Z in the two spellings.
    for now in ["2024-01-01T00:30:00Z", "1704069000"] {
        authorize(now, &alice).fails(1, "unauthorized");
        authorize(now, &alice_twice).fails(1, "unauthorized");
        let run = authorize(now, &both);
        assert_eq!(run.stderr, "samebyte: authorized by [\"alice\", \"bob\"]\n");
        assert_eq!(run.text(), format!("{UNSIGNED}\n"));
    }
    authorize("2023-12-31T23:59:59Z", &both).fails(1, "job_not_yet_valid");
    authorize("-1", &both).fails(1, "job_not_yet_valid");
    authorize("2024-01-01T01:00:01Z", &both).fails(1, "job_expired");
    // Without `--now`, it is the clock of the machine, which is later than the job.
    samebyte(&["job", "authorize", "--policy", &policy], &both).fails(1, "job_expired");
    authorize("yesterday", &both).fails(2, "invalid_argument");
    authorize("2024-01-01T00:30:00+00:00", &both).fails(2, "invalid_argument");

    let json = ["--json", "job", "authorize", "--policy", &policy, "--now", "1704069000"];
    assert_eq!(
        samebyte(&json, &both).text(),
        format!("{{\"ignored\":[],\"job\":{UNSIGNED},\"principals\":[\"alice\",\"bob\"]}}\n")
    );
    let broken = file(&directory, "broken.json", r#"{"signers":[],"threshold":0}"#);
    samebyte(&["job", "authorize", "--policy", &broken], &both).fails(2, "policy_invalid");
}
