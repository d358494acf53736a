//! The answer on its way to the client (RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2).

use url::form_urlencoded;

use super::{AuthorizationError, ResolvedRequest, ResponseMode};
use crate::{client::RedirectUri, secret};

/// An error and the proven address it goes to.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorRedirect {
    /// Where it goes.
    pub redirect_uri: RedirectUri,
    /// How it travels.
    pub response_mode: ResponseMode,
    /// RFC 6749 §4.1.2.1: "REQUIRED if a state parameter was present in the client authorization request".
    pub state: Option<String>,
    /// What it says.
    pub error: AuthorizationError,
}

/// How the browser is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// To this address: 303 See Other, so that a posted form is never posted on (RFC 9700 §4.12).
    Redirect(String),
    /// By a page with a form that posts these fields (Form Post Response Mode §2).
    FormPost {
        /// The redirect URI.
        action: String,
        /// Names and values of the hidden fields.
        fields: Vec<(&'static str, String)>,
    },
}

/// The code for the client.
pub fn success(request: &ResolvedRequest, code: &secret::Code, issuer: &str) -> Delivery {
    let fields = vec![("code", code.expose().to_owned())];
    deliver(&request.redirect_uri, request.response_mode, fields, request.state.as_deref(), issuer)
}

/// The error for the client.
pub fn failure(redirect: &ErrorRedirect, issuer: &str) -> Delivery {
    let error = redirect.error;
    let fields = vec![("error", error.code().to_owned()), ("error_description", error.description().to_owned())];
    deliver(&redirect.redirect_uri, redirect.response_mode, fields, redirect.state.as_deref(), issuer)
}

fn deliver(
    redirect_uri: &RedirectUri,
    response_mode: ResponseMode,
    mut fields: Vec<(&'static str, String)>,
    state: Option<&str>,
    issuer: &str,
) -> Delivery {
    // RFC 6749 §4.1.2: state, "the exact value received from the client".
    fields.extend(state.map(|state| ("state", state.to_owned())));
    // RFC 9207 §2: iss in every response, errors too, against mix-up.
    fields.push(("iss", issuer.to_owned()));
    match response_mode {
        ResponseMode::Query => Delivery::Redirect(with_query(redirect_uri.as_str(), &fields)),
        ResponseMode::Fragment => Delivery::Redirect(format!("{}#{}", redirect_uri.as_str(), encode(&fields))),
        ResponseMode::FormPost => Delivery::FormPost { action: redirect_uri.as_str().to_owned(), fields },
    }
}

/// RFC 6749 §3.1.2: a query in the redirect URI "MUST be retained when adding additional query parameters".
pub(crate) fn with_query(uri: &str, fields: &[(&str, String)]) -> String {
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{}", encode(fields))
}

fn encode(fields: &[(&str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
