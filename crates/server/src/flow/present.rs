//! Who is here: the browser's session, the account behind it, and what the account agreed to with one client.

use persistence::sessions::Session;
use persistence::{SessionStanding, StoreError};
use time::Duration;

use crate::http::frame::Visit;
use crate::http::session_cookie::SessionSecret;

/// A live session and what belongs to it.
pub type Present = SessionStanding;

/// A use is written down only when the last one noted is older than this, so that reading stays reading.
const NOTED_EVERY: Duration = Duration::seconds(60);

/// The session that the browser's cookie proves, while it lives.
pub async fn present(visit: &Visit<'_>, client_id: &str) -> Result<Option<Present>, StoreError> {
    let provider = visit.provider;
    let Some(secret) = SessionSecret::of(visit.request, provider) else { return Ok(None) };
    let now = provider.clock.now();
    let today = crate::clock::legal_date(now);
    let idle = provider.config.session.idle();
    let keyring = provider.keyring.clone();
    let client_id = client_id.to_owned();
    let found = provider
        .store
        .read(move |db| {
            // Live means also: of the account's epoch. A lock, a new password, a sign-out everywhere raise it and end every session at once.
            let found = Present::find(db, &keyring, secret.id, &client_id, now, idle, today)?;
            Ok(found.filter(|present| secret.matches(&present.session.secret_hash)))
        })
        .await?;
    if let Some(present) = &found
        && now - present.session.last_seen_at > NOTED_EVERY
    {
        let id = present.session.id;
        provider.store.run(move |db| Session::touch(db, id, now)).await?;
    }
    Ok(found)
}
