//! Who is here: the browser's session, the account behind it, and what the account agreed to with one client.

use persistence::StoreError;
use persistence::consents::Consent;
use persistence::holders::Holder;
use persistence::sessions::Session;
use time::Duration;

use crate::http::frame::Visit;
use crate::http::session_cookie::SessionSecret;

/// A live session and what belongs to it.
pub struct Present {
    /// The session's row.
    pub session: Session,
    /// The account, with the facts of today and the person.
    pub holder: Holder,
    /// What was agreed with the client that asks, if anything.
    pub consent: Option<Consent>,
}

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
            let Some(session) = Session::find_live(db, secret.id, now, idle)? else { return Ok(None) };
            if !secret.matches(&session.secret_hash) {
                return Ok(None);
            }
            let Some(holder) = Holder::load(db, &keyring, session.account_id, today)? else { return Ok(None) };
            let consent = Consent::find(db, session.account_id, &client_id)?;
            Ok(Some(Present { session, holder, consent }))
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
