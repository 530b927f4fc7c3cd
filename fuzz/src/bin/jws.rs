//! See [`samebyte_fuzz::jws`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::jws(data));
