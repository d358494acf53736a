//! What this provider tells about itself: OpenID Connect Discovery 1.0 §3 and RFC 8414 §2, one document for both. It lists exactly what works;
//! where a default would promise more, the value is written out.

use serde_json::{Value, json};

use crate::{
    authorization::{Display, PromptValue, ResponseMode},
    scope::Scope,
    signing_alg::SigningAlg,
};

/// Languages of the pages.
const UI_LOCALES: [&str; 2] = ["vi", "en"];

/// What differs from one installation to another; the rest is the same for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The issuer, without a slash at its end (Discovery §3: https, no query, no fragment).
    pub issuer: String,
    /// Every scope that can be granted.
    pub scopes_supported: Scope,
    /// Every claim that can be released.
    pub claims_supported: Vec<String>,
    /// Every `acr` that can be asked for.
    pub acr_values_supported: Vec<String>,
    /// The algorithms that there are keys for; [`SigningAlg::RS256`] MUST be among them (Discovery §3).
    pub signing_algs: Vec<SigningAlg>,
    /// Where a portal's developer reads on.
    pub service_documentation: Option<String>,
}

impl Metadata {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut document = self.endpoints();
        for part in [self.authorization(), self.client_authentication(), self.tokens()] {
            merge(&mut document, part);
        }
        if let Some(address) = &self.service_documentation {
            document["service_documentation"] = json!(address);
        }
        document
    }

    fn endpoints(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/oauth2/authorize"),
            "token_endpoint": at("/oauth2/token"),
            "userinfo_endpoint": at("/oauth2/userinfo"),
            "jwks_uri": at("/oauth2/jwks"),
            "introspection_endpoint": at("/oauth2/introspect"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "end_session_endpoint": at("/oidc/logout"),
        })
    }

    fn authorization(&self) -> Value {
        json!({
            "scopes_supported": self.scopes_supported.iter().collect::<Vec<_>>(),
            "response_types_supported": ["code"],
            "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
            // Discovery §3: the default would be authorization_code and implicit.
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": self.acr_values_supported,
            "prompt_values_supported": PromptValue::ALL.map(PromptValue::as_str),
            "display_values_supported": Display::ALL.map(Display::as_str),
            "ui_locales_supported": UI_LOCALES,
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            // Discovery §3: "If omitted, the default value is true."
            "request_uri_parameter_supported": false,
            "require_request_uri_registration": false,
            // RFC 9207 §3.
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn client_authentication(&self) -> Value {
        let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
        // RFC 7662 §2.1: the introspection endpoint "MUST also require some form of authorization".
        let confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
        let algs = SigningAlg::ALL;
        json!({
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": algs,
            "revocation_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_signing_alg_values_supported": algs,
            "introspection_endpoint_auth_methods_supported": confidential,
            "introspection_endpoint_auth_signing_alg_values_supported": algs,
        })
    }

    fn tokens(&self) -> Value {
        json!({
            "subject_types_supported": ["pairwise", "public"],
            "id_token_signing_alg_values_supported": self.signing_algs,
            "userinfo_signing_alg_values_supported": self.signing_algs,
            "claim_types_supported": ["normal"],
            "claims_supported": self.claims_supported,
        })
    }
}

fn merge(document: &mut Value, part: Value) {
    if let (Value::Object(document), Value::Object(part)) = (document, part) {
        document.extend(part);
    }
}
