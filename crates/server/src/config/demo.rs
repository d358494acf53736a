//! The configuration of `dinhdanh demo`: a sandbox with two portals, written as an operator would write it.

use super::{Config, ConfigError, Environment};

/// `client_id` of the National Public Service Portal demo: asks account level 1.
pub const DEMO_NATIONAL_PORTAL: &str = "demo-national-portal";
/// `client_id` of the Viet Nam Social Security demo: asks account level 2.
pub const DEMO_SOCIAL_SECURITY: &str = "demo-social-security";
/// Secret of both demo portals. No secret at all: the sandbox holds invented people only.
pub const DEMO_CLIENT_SECRET: &str = "demo-secret-that-is-public-and-for-the-sandbox-only";

impl Config {
    /// Provider on `port_base`, the portals on the two ports above it. Overrides from the environment apply.
    ///
    /// # Errors
    /// When an override is not accepted.
    pub fn for_demo(port_base: u16, environment: &Environment) -> Result<Self, ConfigError> {
        Self::from_text(None, &text(port_base), environment)
    }
}

fn text(port_base: u16) -> String {
    let (national, social) = (port_base.saturating_add(1), port_base.saturating_add(2));
    format!(
        r#"issuer = "http://localhost:{port_base}"
listen = "127.0.0.1:{port_base}"
data_dir = "./data"

[database]
url = "sqlite://./data/dinhdanh.sqlite"

[sandbox]
enabled = true

[log]
level = "warn"

[[clients]]
client_id = "{DEMO_NATIONAL_PORTAL}"
client_secret = "{DEMO_CLIENT_SECRET}"
client_name = "Cổng Dịch vụ công quốc gia (bản mẫu)"
client_uri = "http://localhost:{national}/"
redirect_uris = ["http://localhost:{national}/callback"]
post_logout_redirect_uris = ["http://localhost:{national}/"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile phone email citizen_id address eid foreigner offline_access"
subject_type = "pairwise"
sector = "{DEMO_NATIONAL_PORTAL}"
min_account_level = 1
min_authentication_level = 1
purpose = "Xác định người nộp hồ sơ và điền sẵn tờ khai"
purpose_en = "To know who files the dossier and to fill in the form"
agreement_number = "01/2024/TN-DVCQG"
require_pkce = true

[[clients]]
client_id = "{DEMO_SOCIAL_SECURITY}"
client_secret = "{DEMO_CLIENT_SECRET}"
client_name = "Bảo hiểm xã hội Việt Nam (bản mẫu)"
client_uri = "http://localhost:{social}/"
redirect_uris = ["http://localhost:{social}/callback"]
post_logout_redirect_uris = ["http://localhost:{social}/"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile phone citizen_id address eid health_insurance social_insurance foreigner offline_access"
subject_type = "pairwise"
sector = "{DEMO_SOCIAL_SECURITY}"
min_account_level = 2
min_authentication_level = 2
purpose = "Tra cứu quá trình tham gia bảo hiểm xã hội, bảo hiểm y tế"
purpose_en = "To look up contributions to social and health insurance"
agreement_number = "02/2024/TN-BHXH"
require_pkce = true
"#
    )
}
