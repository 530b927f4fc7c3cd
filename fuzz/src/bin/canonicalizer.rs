//! See [`samebyte_fuzz::canonicalizer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| samebyte_fuzz::canonicalizer(data));
