#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::properties::link_header(bytes));
