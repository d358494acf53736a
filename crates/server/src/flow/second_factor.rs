//! The one-time code of a sign-in: to the holder's phone, or to the guardian's where a child signs in (Decree 69/2024 Art. 14.2).

use oidc_provider::client::Client;
use persistence::StoreError;
use persistence::holders::Holder;

use super::present::Present;
use crate::http::frame::Visit;
use crate::one_time_code::{self, Audience};
use crate::pages::CodeProblem;

/// Whose phone proves it. A guardian's agreement and the holder's own factor are different codes.
#[must_use]
pub fn audience(holder: &Holder, guardian_due: bool) -> Audience<'_> {
    if guardian_due { Audience::GuardianOf(holder) } else { Audience::Holder(holder) }
}

/// Sends a code that names the portal.
pub async fn send(
    visit: &Visit<'_>,
    client: &Client,
    present: &Present,
    guardian_due: bool,
) -> Result<Result<(), CodeProblem>, StoreError> {
    one_time_code::send(visit.provider, visit.language, (&client.client_id, &client.client_name), audience(&present.holder, guardian_due))
        .await
}

/// Judges what was typed.
pub async fn check(
    visit: &Visit<'_>,
    client: &Client,
    present: &Present,
    guardian_due: bool,
    typed: &str,
) -> Result<Result<(), CodeProblem>, StoreError> {
    let audience = audience(&present.holder, guardian_due);
    one_time_code::check(visit.provider, audience.account().id, audience.purpose(), &client.client_id, typed).await
}
