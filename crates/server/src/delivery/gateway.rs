//! The SMS gateway: one HTTP POST for each message (see [`SmsConfig`]).

use std::time::Duration;

use reqwest::StatusCode;
use uuid::Uuid;

use super::{DeliveryError, SendError};
use crate::config::{Secret, SmsConfig};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends text messages through the operator's gateway.
#[derive(Debug)]
pub(super) struct Gateway {
    http: reqwest::Client,
    url: reqwest::Url,
    bearer_token: Option<Secret>,
}

impl Gateway {
    pub(super) fn new(config: &SmsConfig) -> Result<Self, DeliveryError> {
        let setup = |cause: String| DeliveryError::Sms(cause);
        let url = reqwest::Url::parse(&config.url).map_err(|error| setup(error.to_string()))?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("dinhdanh/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|error| setup(error.to_string()))?;
        Ok(Self { http, url, bearer_token: config.bearer_token.clone() })
    }

    /// Any 2xx is success. The message's id goes along as `Idempotency-Key`, so that a gateway that knows it sends a repeated message once.
    pub(super) async fn send(&self, id: Uuid, to: &str, text: &str) -> Result<(), SendError> {
        let mut request = self.http.post(self.url.clone()).header("Idempotency-Key", id.to_string());
        if let Some(token) = &self.bearer_token {
            request = request.bearer_auth(token.expose());
        }
        let answer = request
            .json(&serde_json::json!({ "to": to, "text": text }))
            .send()
            .await
            .map_err(|error| SendError::Transient(kind(&error).to_owned()))?;
        judge(answer.status())
    }
}

/// The gateway's text may quote number or message: only the status is kept.
fn judge(status: StatusCode) -> Result<(), SendError> {
    let cause = || format!("the SMS gateway answered with status {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        // What the gateway says of the message itself; all else (401, 403, 404, 429, 5xx …) an operator or time can mend.
        StatusCode::BAD_REQUEST | StatusCode::GONE | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
            Err(SendError::Permanent(cause()))
        }
        _ => Err(SendError::Transient(cause())),
    }
}

fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "the SMS gateway did not answer in time"
    } else if error.is_connect() {
        "the SMS gateway cannot be reached"
    } else {
        "the connection to the SMS gateway broke"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_message_itself_is_final() {
        for (status, outcome) in
            [(200, "sent"), (202, "sent"), (400, "final"), (422, "final"), (401, "again"), (429, "again"), (503, "again"), (302, "again")]
        {
            let judged = match judge(StatusCode::from_u16(status).unwrap()) {
                Ok(()) => "sent",
                Err(SendError::Permanent(_)) => "final",
                Err(SendError::Transient(_)) => "again",
            };
            assert_eq!(judged, outcome, "{status}");
        }
    }
}
