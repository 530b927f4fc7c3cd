//! Whom a caller trusts, and with what.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Keyset, TrustedKey};
use crate::algorithms::{Algorithm, AlgorithmSet, LowS};
use crate::error::{Code, Error, Result};

/// The keys that a caller trusts, and what their signatures must be. Made once, used often; cheap to clone, safe to
/// share between threads.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keyset: Keyset,
    algorithms: AlgorithmSet,
    options: VerifierOptions,
}

/// Which signatures must verify, where there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// Every one.
    All,
    /// One of them.
    Any,
    /// Those of so many distinct keys.
    Threshold(usize),
    /// Those of the keys with these ids.
    Kids(Vec<String>),
}

impl Policy {
    /// These keys, of which each verified, are enough. That no other signature failed, as [`All`](Self::All) asks, is
    /// seen where signatures are verified. A key that stands twice counts once.
    ///
    /// # Errors
    /// `threshold_not_met`.
    pub(crate) fn met_by(&self, signers: &[&TrustedKey]) -> Result<()> {
        let (required, verified) = match self {
            Self::Kids(kids) => {
                let signed = |kid: &&String| signers.iter().any(|key| key.kid() == Some(kid));
                (kids.len(), kids.iter().filter(signed).count())
            }
            Self::Threshold(threshold) => (*threshold, distinct(signers)),
            Self::All | Self::Any => (1, distinct(signers)),
        };
        if verified >= required {
            return Ok(());
        }
        Err(Error::new(Code::ThresholdNotMet, "too few trusted keys signed")
            .with_number("required", required)
            .with_number("verified", verified))
    }
}

/// How many keys there are. All are places in one set, so equal keys are equal places.
fn distinct(signers: &[&TrustedKey]) -> usize {
    let first = |(index, key): &(usize, &&TrustedKey)| {
        !signers[..*index].iter().any(|other| std::ptr::eq(*other, **key))
    };
    signers.iter().enumerate().filter(first).count()
}

/// What a [`Verifier`] asks for beside its keys. The defaults are the strictest that every JWS of the named keys meets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifierOptions {
    /// The only algorithms that a signature may have. The default is those that the keys permit.
    pub algorithms: Option<Vec<Algorithm>>,
    /// Which signatures must verify. There is no default for a JWS with several signatures; of a document, one.
    pub policy: Option<Policy>,
    /// Whether the high S of an ES256K signature is refused in a JWS too. Documents and jobs always refuse it.
    pub require_low_s: bool,
    /// The names of critical header parameters (RFC 7515 section 4.1.11) that the caller processes.
    pub crit: Vec<String>,
    /// The `typ` that the protected header of a JWS must have.
    pub typ: Option<String>,
    /// The most bytes of a protected header: 16 KiB.
    pub max_header_bytes: usize,
    /// The most bytes of a payload: 16 MiB.
    pub max_payload_bytes: usize,
    /// The most signatures: 64.
    pub max_signatures: usize,
}

impl Default for VerifierOptions {
    fn default() -> Self {
        Self {
            algorithms: None,
            policy: None,
            require_low_s: false,
            crit: Vec::new(),
            typ: None,
            max_header_bytes: 16 * 1024,
            max_payload_bytes: 16 << 20,
            max_signatures: 64,
        }
    }
}

impl Verifier {
    /// A verifier that trusts the keys of `keyset`.
    ///
    /// # Errors
    /// `invalid_argument` for no key, no algorithm, or a policy that cannot be met: a threshold that is 0 or larger
    /// than the number of keys, no kids, a kid twice, or one that no key has.
    pub fn new(keyset: &Keyset, options: VerifierOptions) -> Result<Self> {
        let invalid = |message: &'static str| Err(Error::new(Code::InvalidArgument, message));
        if keyset.is_empty() {
            return invalid("a verifier trusts a key");
        }
        match &options.policy {
            Some(Policy::Threshold(threshold)) if *threshold == 0 || *threshold > keyset.len() => {
                return invalid("the threshold lies between 1 and the number of keys");
            }
            Some(Policy::Kids(kids)) => {
                let distinct: HashSet<_> = kids.iter().collect();
                if kids.is_empty() || distinct.len() < kids.len() {
                    return invalid("kids names a key, and none twice");
                }
                if kids.iter().any(|kid| keyset.trusted(kid).is_none()) {
                    return invalid("a kid that must have signed is not one of a trusted key");
                }
            }
            _ => {}
        }
        let algorithms = match &options.algorithms {
            Some(list) if list.is_empty() => return invalid("a verifier allows an algorithm"),
            Some(list) => AlgorithmSet::of(list),
            None => keyset.permitted(),
        };
        Ok(Self(Arc::new(Inner { keyset: keyset.clone(), algorithms, options })))
    }

    /// The trusted key with this `kid`.
    pub(crate) fn key(&self, kid: &str) -> Option<&TrustedKey> {
        self.0.keyset.trusted(kid)
    }

    /// Whether a signature may have this algorithm.
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.0.algorithms.contains(algorithm)
    }

    /// Whether the caller has named this algorithm, rather than allowed it by naming none.
    pub(crate) fn lists(&self, algorithm: Algorithm) -> bool {
        self.0.options.algorithms.as_ref().is_some_and(|listed| listed.contains(&algorithm))
    }

    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.0.options.policy.as_ref()
    }

    pub(crate) fn max_signatures(&self) -> usize {
        self.0.options.max_signatures
    }
}

impl Verifier {
    /// Every trusted key.
    pub(crate) fn keys(&self) -> &[TrustedKey] {
        self.0.keyset.keys()
    }

    /// What a JWS asks of ES256K signatures.
    pub(crate) fn low_s(&self) -> LowS {
        if self.0.options.require_low_s { LowS::Required } else { LowS::Any }
    }

    /// Whether the caller processes the critical header parameter with this name.
    pub(crate) fn understands(&self, name: &str) -> bool {
        self.0.options.crit.iter().any(|known| known == name)
    }

    pub(crate) fn typ(&self) -> Option<&str> {
        self.0.options.typ.as_deref()
    }

    pub(crate) fn max_header_bytes(&self) -> usize {
        self.0.options.max_header_bytes
    }

    pub(crate) fn max_payload_bytes(&self) -> usize {
        self.0.options.max_payload_bytes
    }
}
