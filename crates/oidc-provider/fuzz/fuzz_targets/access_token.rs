//! See `src/access_token.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    oidc_provider_fuzz::access_token::run(data);
});
