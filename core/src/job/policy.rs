//! Who may sign a job.
//!
//! `{"audience"?, "signers":[{"keys":[hex…],"principal":name}…], "threshold":n}`. The policy belongs to whoever
//! verifies, never to the job. Signatures are counted by principal: one that owns several keys counts once.

use std::collections::{HashMap, HashSet};

use crate::algorithms::Algorithm;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// A policy that does not contradict itself.
pub(super) struct Policy {
    /// Whom the verifier answers for; a job that names an audience must name this one, and the reverse.
    pub(super) audience: Option<String>,
    /// How many distinct principals must have signed.
    pub(super) threshold: usize,
    /// The name of the principal that owns each key, in lower-case hex.
    pub(super) principals: HashMap<String, String>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// The codes of the reader; `policy_invalid` for a member that is missing, unknown or of the wrong type, a
    /// principal or key that stands twice, a key that is none, and a threshold that cannot be met or is 0.
    pub(super) fn read(policy: &[u8]) -> Result<Self> {
        let text = jcs::canonicalize(policy, &Options::exact())?;
        let object = Object::parse(&text).ok_or_else(|| invalid("a policy is a JSON object", ""))?;
        only(object, &["audience", "signers", "threshold"], "")?;
        let audience = match object.member("audience") {
            Some(value) => Some(text_of(value, "/audience")?),
            None => None,
        };
        let mut names = HashSet::new();
        let mut principals = HashMap::new();
        for (index, signer) in array(object, "signers", "")?.enumerate() {
            let pointer = format!("/signers/{index}");
            let signer = signer
                .as_object()
                .ok_or_else(|| invalid("a signer is {\"keys\",\"principal\"}", &pointer))?;
            only(signer, &["keys", "principal"], &pointer)?;
            let principal = signer
                .member("principal")
                .ok_or_else(|| invalid("a signer has no principal", &format!("{pointer}/principal")))?;
            let name = text_of(principal, &format!("{pointer}/principal"))?;
            if !names.insert(name.clone()) {
                return Err(invalid("a principal stands twice", &pointer));
            }
            let mut keys = 0;
            for (at, key) in array(signer, "keys", &pointer)?.enumerate() {
                let pointer = format!("{pointer}/keys/{at}");
                let key = text_of(key, &pointer)?;
                check_key(&key).map_err(|cause| {
                    invalid("a key of the policy is none", &pointer).with_text("cause", cause.code().name())
                })?;
                if principals.insert(key, name.clone()).is_some() {
                    return Err(invalid("a key stands twice", &pointer));
                }
                keys += 1;
            }
            if keys == 0 {
                return Err(invalid("a signer has no key", &pointer));
            }
        }
        let threshold = object
            .member("threshold")
            .and_then(Value::as_integer)
            .and_then(|threshold| usize::try_from(threshold).ok())
            .filter(|threshold| (1..=names.len()).contains(threshold))
            .ok_or_else(|| {
                invalid("the threshold lies between 1 and the number of principals", "/threshold")
            })?;
        Ok(Self { audience, threshold, principals })
    }
}

/// The key, in the hex form of a job, is a valid one.
fn check_key(hex: &str) -> Result<()> {
    let algorithm = if hex.len() == 64 { Algorithm::EdDsa } else { Algorithm::Es256k };
    super::signature::key(algorithm, hex).map(drop)
}

/// No member but these: an unknown one may be a condition that this version would not enforce.
fn only(object: Object<'_>, names: &[&str], pointer: &str) -> Result<()> {
    for (name, _) in object.members() {
        let name = name.to_text();
        if !names.contains(&&*name) {
            return Err(invalid("a member of the policy is not known", pointer).with_text("member", name));
        }
    }
    Ok(())
}

fn array<'a>(object: Object<'a>, name: &str, pointer: &str) -> Result<impl Iterator<Item = Value<'a>>> {
    object
        .member(name)
        .and_then(Value::as_array)
        .ok_or_else(|| invalid("a member of the policy is not an array", &format!("{pointer}/{name}")))
}

fn text_of(value: Value<'_>, pointer: &str) -> Result<String> {
    match value.as_text() {
        Some(text) => Ok(text.to_text().into_owned()),
        None => Err(invalid("a member of the policy is not a string", pointer)),
    }
}

fn invalid(message: &'static str, pointer: &str) -> Error {
    Error::new(Code::PolicyInvalid, message).with_text("pointer", pointer)
}
