//! OpenID Connect and OAuth 2.0, pure: request text in, decisions and signed bytes out. No HTTP, no database, no clock, no async; time and
//! randomness are parameters. Specifications are quoted beside the check that enforces them.
//!
//! # One sign-in, in the order in which it happens
//!
//! 1. A portal was registered: [`client::ClientMetadata::register`] made a [`client::Client`] of what the operator wrote.
//! 2. The browser comes to the authorization endpoint. [`parameters::Parameters::parse`] reads the query or body strictly,
//!    [`authorization::client_id`] names the client, [`authorization::resolve`] proves its redirect URI and reads
//!    [`scope`], [`pkce`], [`claims_request`] and the rest into an [`authorization::ResolvedRequest`].
//! 3. [`authorization::decide`] says what is due, as often as asked: sign in, step up, consent, permit or refuse. The facts
//!    ([`authorization::Situation`]) come from outside; the subject of the client from [`subject`].
//! 4. [`authorization::success`] sends the browser back with a [`secret::Code`]; its record, [`authorization::Code`], waits.
//!    [`authorization::failure`] sends it back with an error; what may not be redirected is an [`authorization::PageError`].
//! 5. The portal comes to the token endpoint. [`client_authentication`] proves who it is, [`token::Grant`] says what it wants,
//!    [`token::redeem`] checks the code's record. The store, not this crate, sees to it that a code is consumed once.
//! 6. [`id_token`] states who signed in, signed through [`jose`]; [`access_token`] seals what the portal may fetch; [`refresh`] derives
//!    refresh tokens and judges a rotation.
//! 7. The portal comes with the access token: [`bearer`] finds it, [`userinfo`] answers. [`introspection`] and [`revocation`] are for
//!    the token's own client.
//! 8. The citizen signs out: [`logout`].
//!
//! [`metadata`] publishes what of this works. [`error`] is the one table of registered error codes; every cause enum maps into it,
//! exhaustively. [`signing_alg`] names the algorithms, and only [`jose`] knows the library that computes them.

pub mod access_token;
pub mod authorization;
pub mod bearer;
pub mod claims_request;
pub mod client;
pub mod client_authentication;
pub mod error;
pub mod id_token;
pub mod introspection;
pub mod jose;
pub mod logout;
pub mod metadata;
pub mod parameters;
pub mod pkce;
pub mod refresh;
pub mod revocation;
pub mod scope;
pub mod secret;
pub mod signing_alg;
pub mod subject;
pub mod token;
pub mod userinfo;
