#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sea_orm_do::fuzzing::literals(bytes));
