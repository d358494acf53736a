//! See `src/refresh_token.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    oidc_provider_fuzz::refresh_token::run(data);
});
