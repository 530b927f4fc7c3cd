//! One process: nonces in the memory of two would not know of each other.

use std::fs::{File, TryLockError};

use samebyte::api::{Code, Error, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Takes the lock of these settings; nothing where they keep no nonces in memory, or are for development. It is held
/// until the file is closed, which a process does however it ends.
///
/// # Errors
/// `settings_invalid`: another process holds it, or there is nowhere to put it.
pub(super) fn take(settings: &[u8]) -> Result<Option<File>> {
    // What is wrong with the settings is for the core to say.
    let Ok(settings) = serde_json::from_slice::<Value>(settings) else { return Ok(None) };
    let is = |member: &str, value: &str| settings.get(member).and_then(Value::as_str) == Some(value);
    if is("replay", "external")
        || is("preset", "dev")
        || is("mode", "off") && settings.get("routes").is_none()
    {
        return Ok(None);
    }
    let path = std::env::temp_dir().join(format!("samebyte-replay-{}.lock", name(&settings)));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|_| {
        invalid("the lock of nonces in memory cannot be made in the folder for temporary files")
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(invalid(
            "`memory` with several workers: another process keeps nonces in memory for the same audiences",
        )),
        Err(TryLockError::Error(_)) => Err(invalid("the lock of nonces in memory cannot be taken")),
    }
}

/// What the lock is for: the audiences and the origins. Gateways in other languages name theirs in the same way.
fn name(settings: &Value) -> String {
    let list = |member: &str| settings.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let names = Value::Array([list("audiences"), list("public_origins")].concat());
    hex::encode(&Sha256::digest(names.to_string())[..8])
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::SettingsInvalid, message).with_text("setting", "REPLAY_STORE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_same_in_every_language() {
        let settings = serde_json::json!({ "audiences": ["aud"], "public_origins": ["https://gw.example"] });
        // The first 16 digits of `printf '["aud","https://gw.example"]' | sha256sum`.
        assert_eq!(name(&settings), "b8ab9d38e08a5864");
    }

    #[test]
    fn the_second_of_the_same_audiences_is_refused() {
        let settings = format!(r#"{{"audiences":["lock-test-{}"]}}"#, std::process::id());
        let first = take(settings.as_bytes()).expect("free").expect("a lock");
        let error = take(settings.as_bytes()).expect_err("taken");
        assert_eq!(error.code(), Code::SettingsInvalid);
        let other = format!(r#"{{"audiences":["lock-test-other-{}"]}}"#, std::process::id());
        assert!(take(other.as_bytes()).expect("free").is_some());
        let dev = settings.replace('}', r#","preset":"dev"}"#);
        assert!(take(dev.as_bytes()).expect("free").is_none());
        drop(first);
        assert!(take(settings.as_bytes()).expect("free again").is_some());
    }
}
