#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| factbrief_fuzz::targets::run("references", data));
