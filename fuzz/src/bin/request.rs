//! See [`samebyte_fuzz::request`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::request(data));
