//! The successful answer.

use serde::Serialize;

use crate::scope::Scope;

/// RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3. To be sent with `Cache-Control: no-store`.
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Always `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// Lifetime of the access token in seconds.
    pub expires_in: i64,
    /// Present for a grant with a refresh-token family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Present for an end-user's grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted; always said, since it may differ from what was asked.
    pub scope: Scope,
}

impl TokenResponse {
    /// An answer with an access token alone; the other tokens are set beside it.
    pub fn bearer(access_token: String, expires_in: i64, scope: Scope) -> Self {
        Self { access_token, token_type: "Bearer", expires_in, refresh_token: None, id_token: None, scope }
    }
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse").field("expires_in", &self.expires_in).field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_format_is_that_of_rfc_6749_section_5_1() {
        let mut response = TokenResponse::bearer("at".into(), 600, Scope::parse("openid profile").unwrap());
        let bare = r#"{"access_token":"at","token_type":"Bearer","expires_in":600,"scope":"openid profile"}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), bare);
        response.refresh_token = Some("rt".into());
        response.id_token = Some("it".into());
        let full =
            r#"{"access_token":"at","token_type":"Bearer","expires_in":600,"refresh_token":"rt","id_token":"it","scope":"openid profile"}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), full);
        assert!(!format!("{response:?}").contains("rt"));
    }
}
