//! Who the client is (RFC 6749 §2.3, RFC 7521, RFC 7523, OpenID Connect Core §9).
//!
//! [`Credentials::extract`] reads what the request presents; the server looks the client up by [`Credentials::client_id`];
//! [`authenticate`] compares, [`authenticate_unknown`] does the same work for nobody.

mod assertion;
mod credentials;
#[cfg(test)]
mod tests;

use time::OffsetDateTime;

pub use assertion::{ASSERTION_TYPE, LONGEST_ASSERTION_LIFETIME};
pub use credentials::Credentials;
use credentials::{PresentedSecret, Proof};

use crate::client::{Client, ClientAuthentication};
use crate::jose::{ClientJwks, JwtError};
use crate::secret::{ClientSecret, SecretHash};

/// Value of `WWW-Authenticate` beside `invalid_client`. RFC 6749 §5.2: the 401 answer MUST "include the WWW-Authenticate response header field".
pub const CHALLENGE: &str = r#"Basic realm="oauth2", charset="UTF-8""#;

/// Why a client is not authenticated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientAuthenticationError {
    /// Neither credentials nor `client_id`.
    #[error("no client authentication")]
    Missing,
    /// The Authorization header is neither Basic nor well-formed.
    #[error("the Authorization header is malformed")]
    HeaderMalformed,
    /// More than one of header, body secret and assertion.
    #[error("more than one way of client authentication")]
    SeveralMethods,
    /// A parameter came twice.
    #[error("a parameter was given more than once")]
    ParameterRepeated,
    /// `client_id` of the body is another than that of the credentials.
    #[error("client_id differs from the credentials")]
    ClientIdMismatch,
    /// `client_assertion` without `client_assertion_type`, or the other way round.
    #[error("client_assertion and client_assertion_type do not come together")]
    AssertionIncomplete,
    /// `client_assertion_type` is not [`ASSERTION_TYPE`].
    #[error("unknown client_assertion_type")]
    AssertionTypeUnknown,
    /// Nobody registered this `client_id`.
    #[error("unknown client")]
    UnknownClient,
    /// The client is switched off. Found by the server.
    #[error("the client is disabled")]
    Disabled,
    /// The client registered another method.
    #[error("the client registered another authentication method")]
    MethodMismatch,
    /// The secret is wrong.
    #[error("wrong client secret")]
    SecretWrong,
    /// The assertion's form, algorithm, key or signature.
    #[error("client assertion: {0}")]
    AssertionSignature(JwtError),
    /// `iss` and `sub` are not both the client.
    #[error("client assertion: iss or sub is not the client")]
    AssertionSubject,
    /// `aud` names somebody else.
    #[error("client assertion: wrong audience")]
    AssertionAudience,
    /// `exp` is missing or over.
    #[error("client assertion: expired")]
    AssertionExpired,
    /// `exp` lies further ahead than [`LONGEST_ASSERTION_LIFETIME`].
    #[error("client assertion: lives too long")]
    AssertionTooLong,
    /// `nbf` or `iat` lies ahead.
    #[error("client assertion: not valid yet")]
    AssertionNotYetValid,
    /// `jti` is missing or longer than 256 characters.
    #[error("client assertion: no usable jti")]
    AssertionWithoutId,
    /// The `jti` was used before. Found by the server, which records it.
    #[error("client assertion: replayed")]
    AssertionReplayed,
    /// It may have been used before the server's record begins. Found by the server.
    #[error("client assertion: older than the record of used ones")]
    AssertionBeforeRecord,
    /// The client's `jwks_uri` could not be fetched, or its set is unusable.
    #[error("the client's keys are not available")]
    KeysUnavailable,
}

/// What an assertion is checked against.
#[derive(Debug, Clone, Copy)]
pub struct AssertionContext<'a> {
    /// What `aud` may name: the issuer and the URL of the token endpoint (RFC 7523 §3 item 3).
    pub audiences: &'a [String],
    /// The time of the request.
    pub now: OffsetDateTime,
    /// The client's keys where they come from `jwks_uri`; inline keys are read from the registration without it.
    pub keys: Option<&'a ClientJwks>,
}

/// The client proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Present after `private_key_jwt`: the server must record it and refuse a second use.
    pub replay: Option<ReplayGuard>,
}

/// The identity of an assertion. RFC 7523 §3 item 7: the server "MAY ensure that JWTs are not replayed", per issuer and `jti`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayGuard {
    /// `jti`, at most 256 characters; unique per client.
    pub jti: String,
    /// Nobody took it before this, but for the leeway of clocks: the latest of `iat`, `nbf` and [`LONGEST_ASSERTION_LIFETIME`] before `exp`.
    pub issued_at: OffsetDateTime,
    /// After this the assertion is refused anyway, and the record may go.
    pub expires_at: OffsetDateTime,
}

/// Checks the credentials with the one method that the client registered.
///
/// # Errors
/// A cause for the log; outside all of them are `invalid_client` or `invalid_request` (see `error`).
pub fn authenticate(
    client: &Client,
    credentials: &Credentials,
    context: &AssertionContext<'_>,
) -> Result<Authenticated, ClientAuthenticationError> {
    if credentials.client_id() != client.client_id {
        return Err(ClientAuthenticationError::ClientIdMismatch);
    }
    // RFC 9700 §2.5 and OpenID Connect Core §9: the registered method alone counts, so that a stronger one cannot be walked around.
    match (&client.authentication, &credentials.proof) {
        (ClientAuthentication::None, Proof::None) => Ok(Authenticated { replay: None }),
        (ClientAuthentication::ClientSecretBasic(hash), Proof::Basic(secret))
        | (ClientAuthentication::ClientSecretPost(hash), Proof::Post(secret)) => check_secret(hash, secret),
        (ClientAuthentication::PrivateKeyJwt(keys), Proof::Assertion(jwt)) => {
            assertion::check(&client.client_id, keys, jwt, context).map(|guard| Authenticated { replay: Some(guard) })
        }
        (_, proof) => {
            equal_work(proof);
            Err(ClientAuthenticationError::MethodMismatch)
        }
    }
}

/// Refuses credentials of a client that does not exist, after the same hashing as for one that does.
pub fn authenticate_unknown(credentials: &Credentials) -> ClientAuthenticationError {
    equal_work(&credentials.proof);
    ClientAuthenticationError::UnknownClient
}

fn check_secret(hash: &SecretHash, secret: &PresentedSecret) -> Result<Authenticated, ClientAuthenticationError> {
    // Both spellings are always compared, so that time tells nothing.
    let [decoded, verbatim] = secret.spellings().map(|spelling| hash.matches(spelling));
    if decoded | verbatim { Ok(Authenticated { replay: None }) } else { Err(ClientAuthenticationError::SecretWrong) }
}

fn equal_work(proof: &Proof) {
    if let Proof::Basic(secret) | Proof::Post(secret) = proof {
        let nobody = ClientSecret::from_random([0; 32]).hash();
        std::hint::black_box(check_secret(&nobody, secret).is_ok());
    }
}
