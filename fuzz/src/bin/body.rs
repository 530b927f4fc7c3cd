//! See [`samebyte_fuzz::body`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::body(data));
