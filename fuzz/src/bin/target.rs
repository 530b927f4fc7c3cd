//! See [`samebyte_fuzz::target`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::target(data));
