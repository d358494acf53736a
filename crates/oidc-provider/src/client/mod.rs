//! Clients: the service portals, as they are written ([`ClientMetadata`]) and, once every rule held, as they are registered ([`Client`]).
//!
//! [`ClientMetadata::register`] is the only way from the one to the other, [`Client::redirect_uri`] the only way to a [`RedirectUri`].

mod data;
mod date;
mod metadata;
mod metadata_error;
mod redirect_uri;
mod register;
mod sector;
mod uri_rules;

pub use data::{
    AccessTokenFormat, ApplicationType, ClaimsProfile, Client, ClientAuthentication, ClientKeys, ConsentPolicy, GrantType, SubjectType,
};
pub use metadata::{AuthenticationMethod, ClientMetadata, PlainSecret};
pub use metadata_error::ClientMetadataError;
pub use redirect_uri::{PostLogoutRedirectUri, RedirectUri, RedirectUriMismatch};
pub use register::RegistrationRules;
pub use uri_rules::UriProblem;
