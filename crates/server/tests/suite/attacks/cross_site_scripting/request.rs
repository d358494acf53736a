//! The parameters that a request may bring, and the headers with which a browser describes itself.

use std::collections::BTreeSet;
use std::path::Path;

use oidc_provider::authorization::ResolvedRequest;
use oidc_provider::logout::LogoutRequest;

/// The names of all fields of a struct: one that is missing here does not compile.
macro_rules! fields {
    ($type:ident { $($field:ident),+ $(,)? }) => {{
        let _ = |all: &$type| {
            let $type { $($field: _),+ } = all;
        };
        [$(stringify!($field)),+]
    }};
}

/// Parameters of forms and endpoints besides those of an authorization or a sign-out.
const OTHERS: &[&str] = &[
    "access_token",
    "account",
    "back",
    "citizen_id",
    "client_assertion",
    "client_assertion_type",
    "client_secret",
    "code",
    "code_challenge_method",
    "code_verifier",
    "csrf",
    "decision",
    "grant_type",
    "interaction",
    "lang",
    "now",
    "otp",
    "password",
    "password_again",
    "recovery",
    "refresh_token",
    "registration",
    "request",
    "request_uri",
    "response_type",
    "second_code",
    "to",
    "token",
    "token_type_hint",
    // Nobody knows it.
    "unknown",
];

/// Every name that is tried.
pub fn names() -> BTreeSet<&'static str> {
    let authorization = fields!(ResolvedRequest {
        client_id,
        redirect_uri,
        response_mode,
        state,
        nonce,
        scope,
        prompt,
        max_age,
        login_hint,
        id_token_hint,
        acr_values,
        claims,
        ui_locales,
        display,
        code_challenge,
    });
    let sign_out = fields!(LogoutRequest { id_token_hint, client_id, post_logout_redirect_uri, state, logout_hint, ui_locales });
    authorization.into_iter().chain(sign_out).chain(OTHERS.iter().copied()).collect()
}

/// The names that some source of ours reads out of a request.
pub fn read() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for folder in ["oidc-provider/src", "server/src"] {
        collect(&crates.join(folder), &mut found);
    }
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            let source = std::fs::read_to_string(&path).unwrap();
            let own = source.split("#[cfg(test)]").next().unwrap_or_default();
            let named = own.split("value(\"").skip(1).filter_map(|rest| rest.split_once("\")"));
            found.extend(named.map(|(name, _)| name.to_owned()));
        }
    }
}

/// What a browser, or a proxy, says beside the address.
pub const HEADERS: [&str; 10] = [
    "user-agent",
    "accept",
    "accept-language",
    "referer",
    "sec-ch-ua",
    "sec-ch-ua-platform",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-request-id",
];
