//! Of both engines the faster one for each task: AWS-LC, but for verifying where the other has AVX-512 IFMA to do it with,
//! which takes half the time.

use ed25519_dalek::VerifyingKey;

use super::{aws_lc, dalek};
use crate::error::Result;

pub(super) use aws_lc::SigningKey;

pub(super) enum PublicKey {
    AwsLc(aws_lc::PublicKey),
    Dalek(dalek::PublicKey),
}

impl PublicKey {
    pub(super) fn new(key: VerifyingKey) -> Result<Self> {
        if has_ifma() {
            dalek::PublicKey::new(key).map(Self::Dalek)
        } else {
            aws_lc::PublicKey::new(key).map(Self::AwsLc)
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match self {
            Self::AwsLc(key) => key.verify(message, signature),
            Self::Dalek(key) => key.verify(message, signature),
        }
    }
}

/// Whether the build has code for AVX-512 IFMA (`.cargo/config.toml`) and the processor, too.
#[cfg(all(target_arch = "x86_64", curve25519_dalek_backend = "avx512"))]
fn has_ifma() -> bool {
    std::arch::is_x86_feature_detected!("avx512ifma") && std::arch::is_x86_feature_detected!("avx512vl")
}

#[cfg(not(all(target_arch = "x86_64", curve25519_dalek_backend = "avx512")))]
const fn has_ifma() -> bool {
    false
}
