//! See [`samebyte_fuzz::card`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::card(data));
