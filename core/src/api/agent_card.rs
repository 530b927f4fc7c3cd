//! Agent Cards.

use super::{Result, SigningKey, Verifier, guard};
use crate::agent_card::{self, Portability, SignOptions};
use crate::options::{each, invalid, text, unknown};

pub use crate::agent_card::VerifiedCard;

/// The bytes that a signature of an Agent Card (A2A 1.0 section 8.4) covers under `form`: `sdk`, `spec` or `raw`.
///
/// # Errors
/// The codes of the reader; `card_malformed`, `invalid_argument` for another form.
pub fn card_canonicalize(card: &[u8], form: &str) -> Result<Vec<u8>> {
    guard(|| agent_card::canonicalize(card, form.parse()?))
}

/// The card in canonical form with one more signature. `options`: `{"portability":"refuse"|"strip"|"each"}` (`refuse`),
/// or `{"form":…}` to sign in this form whatever the others are; and `alg`, `jku`, `typ` (`JOSE`).
///
/// # Errors
/// Those of [`agent_card::sign`]; `algorithm_unsupported`, `unknown_option`, `invalid_argument`.
pub fn card_sign(card: &[u8], key: &SigningKey, options: &[u8]) -> Result<Vec<u8>> {
    guard(|| agent_card::sign(card, key, &sign_options(options)?))
}

/// Verifies a card under `form`; one signature that verifies is enough, unless the verifier has a policy.
///
/// # Errors
/// Those of [`agent_card::verify`]; `invalid_argument` for another form.
pub fn card_verify(card: &[u8], verifier: &Verifier, form: &str) -> Result<VerifiedCard> {
    guard(|| agent_card::verify(card, verifier, form.parse()?))
}

/// What the signatures of a card are good for, as canonical JSON for people.
///
/// # Errors
/// Those of [`agent_card::diagnose`].
pub fn card_diagnose(card: &[u8], verifier: &Verifier) -> Result<Vec<u8>> {
    guard(|| agent_card::diagnose(card, verifier))
}

fn sign_options(options: &[u8]) -> Result<SignOptions> {
    let mut asked = SignOptions::default();
    let mut portability = None;
    each(options, |name, value| {
        let chosen = match name {
            "alg" => {
                asked.algorithm = Some(text(value)?.parse()?);
                return Ok(());
            }
            "jku" => return text(value).map(|jku| asked.jku = Some(jku)),
            "typ" => return text(value).map(|typ| asked.typ = Some(typ)),
            "form" => Portability::Only(text(value)?.parse()?),
            "portability" => match text(value)?.as_str() {
                "refuse" => Portability::Refuse,
                "strip" => Portability::Strip,
                "each" => Portability::Each,
                _ => return Err(invalid("portability is `refuse`, `strip` or `each`")),
            },
            _ => return Err(unknown()),
        };
        if portability.replace(chosen).is_some() {
            return Err(invalid("form and portability exclude each other"));
        }
        Ok(())
    })?;
    asked.portability = portability.unwrap_or_default();
    Ok(asked)
}
