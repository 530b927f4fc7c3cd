//! See [`samebyte_fuzz::jwk`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::jwk(data));
