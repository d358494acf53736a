//! What can be wrong with a request whose client and redirect URI are proven (RFC 6749 §4.1.2.1 `invalid_request`).

use std::fmt;

/// The cause of an `invalid_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidRequest {
    /// RFC 6749 §3.1: parameters "MUST NOT be included more than once".
    ParameterRepeated,
    /// RFC 6749 §3.1.1: response_type is REQUIRED.
    ResponseTypeMissing,
    /// A response mode that we do not know.
    ResponseModeUnknown,
    /// A prompt that metadata does not list.
    PromptUnknown,
    /// Core §3.1.2.1: "If this parameter contains none with any other value, an error is returned."
    PromptNoneWithOthers,
    /// Not a number of seconds, or more than a number can hold.
    MaxAgeMalformed,
    /// Not our ID token, or issued to another client.
    IdTokenHintInvalid,
    /// Not what Core §5.5 describes.
    ClaimsMalformed,
    /// More than we keep.
    ClaimsTooLarge,
    /// RFC 7636 §4.4.1: "code challenge required".
    CodeChallengeMissing,
    /// RFC 7636 §4.2.
    CodeChallengeMalformed,
    /// RFC 7636 §4.4.1: "transform algorithm not supported"; an absent method means `plain`.
    CodeChallengeMethod,
    /// A method without a challenge.
    CodeChallengeMethodAlone,
    /// A bound.
    StateTooLong,
    /// A bound.
    NonceTooLong,
    /// A bound.
    LoginHintTooLong,
    /// A bound.
    TooManyAcrValues,
}

impl InvalidRequest {
    /// What the client's developer reads as `error_description`; nothing of the request is in it.
    pub const fn description(self) -> &'static str {
        match self {
            Self::ParameterRepeated => "a parameter is given more than once",
            Self::ResponseTypeMissing => "response_type is missing",
            Self::ResponseModeUnknown => "response_mode is none of query, fragment, form_post",
            Self::PromptUnknown => "prompt has an unknown value",
            Self::PromptNoneWithOthers => "prompt none excludes every other value",
            Self::MaxAgeMalformed => "max_age is not a number of seconds",
            Self::IdTokenHintInvalid => "id_token_hint is not an ID token of this provider for this client",
            Self::ClaimsMalformed => "claims is not the JSON object that OpenID Connect Core 5.5 describes",
            Self::ClaimsTooLarge => "claims asks for too much",
            Self::CodeChallengeMissing => "code_challenge is missing, this client must use PKCE",
            Self::CodeChallengeMalformed => "code_challenge is not 43 base64url characters",
            Self::CodeChallengeMethod => "code_challenge_method must be S256",
            Self::CodeChallengeMethodAlone => "code_challenge_method comes without code_challenge",
            Self::StateTooLong => "state is too long",
            Self::NonceTooLong => "nonce is too long",
            Self::LoginHintTooLong => "login_hint is too long",
            Self::TooManyAcrValues => "acr_values names too many values",
        }
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl std::error::Error for InvalidRequest {}
