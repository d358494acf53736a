//! See `src/parameters.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    oidc_provider_fuzz::parameters::run(data);
});
