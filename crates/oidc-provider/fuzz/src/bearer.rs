//! Access tokens on their way in: the `Authorization` header in the first line, the form after it.

use oidc_provider::bearer::bearer;
use oidc_provider::parameters::Parameters;

/// RFC 6750 §2.1: what is taken from the header is a b64token; a challenge never splits the answer's header.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (header, body) = text.split_once('\n').unwrap_or((text, ""));
    let header = Some(header).filter(|header| !header.is_empty());
    let form = Parameters::parse(body.as_bytes()).ok();
    match bearer(header, form.as_ref()) {
        Ok(token) => {
            assert!(!token.is_empty());
            let of_form = form.as_ref().and_then(|form| form.value("access_token"));
            assert!(form.as_ref().is_none_or(|form| form.duplicate().is_none()), "a parameter came twice");
            if of_form.is_some() {
                let (scheme, _) = header.unwrap_or_default().split_once(' ').unwrap_or((header.unwrap_or_default(), ""));
                assert!(!scheme.eq_ignore_ascii_case("bearer"), "two tokens");
                return;
            }
            let unpadded = token.trim_end_matches('=');
            assert!(
                !unpadded.is_empty() && unpadded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)),
                "{token:?}"
            );
            assert!(header.is_some_and(|header| header.len() >= 7 && header[..7].eq_ignore_ascii_case("bearer ")), "{header:?}");
        }
        Err(error) => {
            let challenge = error.www_authenticate();
            assert!(challenge.starts_with("Bearer realm=") && challenge.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{challenge:?}");
        }
    }
}
