//! See [`samebyte_fuzz::reader`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::reader(data));
