//! Whom a caller trusts.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Code, Error, Result};
use crate::keys::PublicKey;

/// The public keys that a caller trusts, and how many of them must have signed. Made once, used often; cheap to
/// clone, safe to share between threads.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    by_kid: HashMap<String, PublicKey>,
    threshold: usize,
}

impl Verifier {
    /// A verifier that asks for signatures of `threshold` distinct keys among `keys`.
    ///
    /// # Errors
    /// `invalid_argument` for no key, one key twice, one `kid` for two keys, or a threshold that is 0 or larger
    /// than the number of keys.
    pub fn new(keys: &[PublicKey], threshold: usize) -> Result<Self> {
        let invalid = |message: &'static str| Err(Error::new(Code::InvalidArgument, message));
        if threshold == 0 || threshold > keys.len() {
            return invalid("the threshold lies between 1 and the number of keys");
        }
        let mut by_kid = HashMap::with_capacity(keys.len());
        let mut thumbprints = std::collections::HashSet::with_capacity(keys.len());
        for key in keys {
            if !thumbprints.insert(key.thumbprint()) {
                return invalid("a verifier names one key twice");
            }
            if by_kid.insert(key.kid().to_owned(), key.clone()).is_some() {
                return invalid("two keys of a verifier have the same kid");
            }
        }
        Ok(Self(Arc::new(Inner { by_kid, threshold })))
    }

    pub(super) fn key(&self, kid: &str) -> Option<&PublicKey> {
        self.0.by_kid.get(kid)
    }

    pub(super) fn threshold(&self) -> usize {
        self.0.threshold
    }
}
