//! See [`samebyte_fuzz::pem`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::pem(data));
