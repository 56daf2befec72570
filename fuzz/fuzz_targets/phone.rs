#![no_main]

#[expect(dead_code, reason = "each target calls one of them")]
#[path = "../../tests/it/attack/bytes/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::phone(bytes));
