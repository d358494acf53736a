//! What the request presents as proof.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{ASSERTION_TYPE, ClientAuthenticationError};
use crate::jose::unverified_claims;
use crate::parameters::Parameters;

/// Longest Authorization header that is read, in bytes.
const LONGEST_HEADER: usize = 8 * 1024;

/// A client's name and its claimed proof. Nothing is checked yet.
#[derive(Debug, Clone)]
pub struct Credentials {
    client_id: String,
    pub(super) proof: Proof,
}

#[derive(Debug, Clone)]
pub(super) enum Proof {
    /// `none`: a public client only names itself.
    None,
    /// `client_secret_basic`.
    Basic(PresentedSecret),
    /// `client_secret_post`.
    Post(PresentedSecret),
    /// `private_key_jwt`.
    Assertion(Zeroizing<String>),
}

/// A secret as it came, in the two spellings that count.
#[derive(Clone)]
pub(super) struct PresentedSecret {
    decoded: Zeroizing<String>,
    verbatim: Zeroizing<String>,
}

impl PresentedSecret {
    /// The form-decoded spelling (RFC 6749 §2.3.1), and the one as it came: several widely used libraries do not encode, and a
    /// secret is no less proven by it.
    pub(super) fn spellings(&self) -> [&str; 2] {
        [&self.decoded, &self.verbatim]
    }
}

impl fmt::Debug for PresentedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Credentials {
    /// Reads the credentials of a token, introspection or revocation request: the Authorization header's value and the form.
    ///
    /// # Errors
    /// `invalid_request` for repeated parameters and for two methods at once, `invalid_client` for no or malformed credentials.
    pub fn extract(authorization: Option<&str>, params: &Parameters) -> Result<Self, ClientAuthenticationError> {
        // RFC 6749 §3.2: "Request and response parameters MUST NOT be included more than once."
        if params.duplicate().is_some() {
            return Err(ClientAuthenticationError::ParameterRepeated);
        }
        let basic = authorization.map(basic).transpose()?;
        let secret = params.value("client_secret");
        let assertion = assertion(params)?;
        // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
        if [basic.is_some(), secret.is_some(), assertion.is_some()].into_iter().filter(|used| *used).count() > 1 {
            return Err(ClientAuthenticationError::SeveralMethods);
        }
        let named = params.value("client_id");
        let credentials = match (basic, secret, assertion) {
            (Some(basic), _, _) => basic,
            (_, Some(secret), _) => post(named, secret)?,
            (_, _, Some(jwt)) => by_assertion(jwt)?,
            (None, None, None) => public(named)?,
        };
        // RFC 7521 §4.2: client_id is unnecessary then, but if present it "MUST identify the same client".
        if named.is_some_and(|named| named != credentials.client_id) {
            return Err(ClientAuthenticationError::ClientIdMismatch);
        }
        Ok(credentials)
    }

    /// Whom to look up.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The method presented, by its registered name (OpenID Connect Core §9); for the log.
    pub fn method(&self) -> &'static str {
        match self.proof {
            Proof::None => "none",
            Proof::Basic(_) => "client_secret_basic",
            Proof::Post(_) => "client_secret_post",
            Proof::Assertion(_) => "private_key_jwt",
        }
    }
}

/// RFC 6749 §2.3.1: id and secret are form-encoded, joined by a colon, and sent as RFC 7617 says.
fn basic(authorization: &str) -> Result<Credentials, ClientAuthenticationError> {
    let malformed = || ClientAuthenticationError::HeaderMalformed;
    if authorization.len() > LONGEST_HEADER {
        return Err(malformed());
    }
    let (scheme, token) = authorization.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = Zeroizing::new(STANDARD.decode(token.trim()).map_err(|_| malformed())?);
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed())?;
    let (id, secret) = text.split_once(':').ok_or_else(malformed)?;
    let client_id = form_decoded(id).ok_or_else(malformed)?;
    if client_id.is_empty() || client_id.contains('\0') || secret.is_empty() || secret.contains('\0') {
        return Err(malformed());
    }
    let decoded = Zeroizing::new(form_decoded(secret).unwrap_or_default());
    let verbatim = Zeroizing::new(secret.to_owned());
    Ok(Credentials { client_id, proof: Proof::Basic(PresentedSecret { decoded, verbatim }) })
}

fn post(named: Option<&str>, secret: &str) -> Result<Credentials, ClientAuthenticationError> {
    let client_id = named.ok_or(ClientAuthenticationError::Missing)?.to_owned();
    let secret = Zeroizing::new(secret.to_owned());
    Ok(Credentials { client_id, proof: Proof::Post(PresentedSecret { decoded: secret.clone(), verbatim: secret }) })
}

/// RFC 7521 §4.2: both parameters, with the type of RFC 7523 §2.2.
fn assertion(params: &Parameters) -> Result<Option<&str>, ClientAuthenticationError> {
    match (params.value("client_assertion_type"), params.value("client_assertion")) {
        (None, None) => Ok(None),
        (Some(ASSERTION_TYPE), Some(jwt)) => Ok(Some(jwt)),
        (Some(_), Some(_)) => Err(ClientAuthenticationError::AssertionTypeUnknown),
        _ => Err(ClientAuthenticationError::AssertionIncomplete),
    }
}

/// The client is whom `sub` names (RFC 7523 §3 item 2.B); believed only after the signature.
fn by_assertion(jwt: &str) -> Result<Credentials, ClientAuthenticationError> {
    let claims = unverified_claims(jwt).map_err(ClientAuthenticationError::AssertionSignature)?;
    let client_id = claims.get("sub").and_then(|sub| sub.as_str()).ok_or(ClientAuthenticationError::AssertionSubject)?;
    Ok(Credentials { client_id: client_id.to_owned(), proof: Proof::Assertion(Zeroizing::new(jwt.to_owned())) })
}

fn public(named: Option<&str>) -> Result<Credentials, ClientAuthenticationError> {
    let client_id = named.ok_or(ClientAuthenticationError::Missing)?.to_owned();
    Ok(Credentials { client_id, proof: Proof::None })
}

/// `application/x-www-form-urlencoded` decoding of one value; `None` where an escape or the UTF-8 behind it is broken.
fn form_decoded(text: &str) -> Option<String> {
    let well_formed = text.split('%').skip(1).all(|rest| rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)));
    if !well_formed {
        return None;
    }
    let spaced = Zeroizing::new(text.replace('+', " "));
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(|decoded| decoded.into_owned())
}

const _: fn(&PresentedSecret) = |secret| (crate::secret::wiped(&secret.decoded), crate::secret::wiped(&secret.verbatim)).1;
