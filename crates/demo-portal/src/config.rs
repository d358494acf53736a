//! What one portal is: its name, its client at the provider, and what it asks for.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Everything that makes one portal differ from another.
#[derive(Clone)]
pub struct PortalConfig {
    /// The client as the provider knows it (RFC 6749 §2.2). Also part of the cookie names.
    pub client_id: String,
    /// Its secret, sent with HTTP Basic (RFC 6749 §2.3.1).
    pub client_secret: String,
    /// The provider, exactly as it names itself (OpenID Connect Discovery §3).
    pub issuer: String,
    /// Where browsers reach this portal, without a trailing slash: `http://localhost:8081`.
    pub base_url: String,
    /// Where [`crate::run`] listens; [`crate::server`] is handed its listener.
    pub listen: SocketAddr,
    /// Name of the portal.
    pub name: Bilingual,
    /// One sentence: what a citizen does here.
    pub service: Bilingual,
    /// Scopes to ask for, without `openid`, which the library adds.
    pub scopes: Vec<String>,
    /// Levels to ask for, dearest first (OpenID Connect Core §3.1.2.1).
    pub acr_values: Vec<String>,
    /// The portal turns away a sign-in below this account level and this authentication level.
    pub required_level: u64,
    /// Colour of the page head.
    pub accent: Accent,
    /// A further root certificate for a provider with a private one.
    pub extra_ca_file: Option<PathBuf>,
}

/// One text in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Bilingual {
    /// Vietnamese, the first language of every page.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

/// Colour of the page head, so that nobody mistakes one portal for the other.
#[derive(Clone, Copy, Debug)]
pub enum Accent {
    /// National Public Service Portal.
    Teal,
    /// Viet Nam Social Security.
    Indigo,
}

impl PortalConfig {
    /// The National Public Service Portal demo: any citizen, account level 1.
    #[must_use]
    pub fn national_portal(issuer: &str, port: u16, client_secret: &str) -> Self {
        Self {
            client_id: "demo-national-portal".into(),
            client_secret: client_secret.into(),
            issuer: issuer.into(),
            base_url: format!("http://localhost:{port}"),
            listen: (Ipv4Addr::LOCALHOST, port).into(),
            name: Bilingual { vi: "Cổng Dịch vụ công quốc gia (bản mẫu)", en: "National Public Service Portal (demo)" },
            service: Bilingual {
                vi: "Nộp hồ sơ trực tuyến và theo dõi kết quả giải quyết thủ tục hành chính.",
                en: "File dossiers online and follow how they are handled.",
            },
            scopes: words("profile phone email citizen_id"),
            acr_values: vec![],
            required_level: 1,
            accent: Accent::Teal,
            extra_ca_file: None,
        }
    }

    /// The Viet Nam Social Security demo: account level 2 and a second factor, and it stays connected.
    #[must_use]
    pub fn social_security(issuer: &str, port: u16, client_secret: &str) -> Self {
        Self {
            client_id: "demo-social-security".into(),
            client_secret: client_secret.into(),
            issuer: issuer.into(),
            base_url: format!("http://localhost:{port}"),
            listen: (Ipv4Addr::LOCALHOST, port).into(),
            name: Bilingual { vi: "Bảo hiểm xã hội Việt Nam (bản mẫu)", en: "Viet Nam Social Security (demo)" },
            service: Bilingual {
                vi: "Tra cứu quá trình đóng bảo hiểm xã hội, thẻ bảo hiểm y tế và nhận kết quả giải quyết chế độ.",
                en: "See your social insurance record and health insurance card, and receive decisions.",
            },
            scopes: words("profile citizen_id address eid social_insurance health_insurance offline_access"),
            acr_values: vec!["LoA2".into()],
            required_level: 2,
            accent: Accent::Indigo,
            extra_ca_file: None,
        }
    }

    /// Where the provider sends the browser back to; registered with the provider, character by character.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.base_url)
    }

    /// Where the provider sends the browser after sign-out; registered likewise.
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}/", self.base_url)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
