//! See `src/one_time_code.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    dinhdanh_fuzz::one_time_code::run(data);
});
