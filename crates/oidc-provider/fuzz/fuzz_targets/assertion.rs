//! See `src/assertion.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    oidc_provider_fuzz::assertion::run(data);
});
