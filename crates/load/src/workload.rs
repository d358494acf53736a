//! What is repeated and counted.

use clap::ValueEnum;
use serde::Serialize;

/// One kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Workload {
    /// GET of the metadata document.
    Discovery,
    /// POST token with `grant_type=client_credentials`.
    ClientCredentials,
    /// With a session: authorize, code, POST token with an ID token.
    Sso,
    /// The same, then userinfo.
    SsoUserinfo,
    /// A fresh browser: authorize, sign-in page, number and password, code, token, userinfo.
    Login,
    /// POST token with the latest refresh token.
    Refresh,
    /// GET userinfo with one access token per user.
    Userinfo,
    /// POST introspect with one access token per user.
    Introspect,
}

impl Workload {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 8] = [
        Self::Discovery,
        Self::ClientCredentials,
        Self::Sso,
        Self::SsoUserinfo,
        Self::Userinfo,
        Self::Introspect,
        Self::Refresh,
        Self::Login,
    ];

    /// As it is written on the command line and in tables.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the person must be signed in beforehand.
    #[must_use]
    pub fn needs_session(self) -> bool {
        !matches!(self, Self::Discovery | Self::ClientCredentials | Self::Login)
    }

    /// Whether an access token is used again and again.
    #[must_use]
    pub fn needs_access_token(self) -> bool {
        matches!(self, Self::Userinfo | Self::Introspect)
    }
}
