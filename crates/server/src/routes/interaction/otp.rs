//! The second factor: the code that went to the holder's phone, or to the guardian's.

use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::Client;
use persistence::StoreError;
use persistence::sessions::{Renewal, Session};
use sha2::{Digest, Sha256};

use super::Posted;
use crate::claims::Assessment;
use crate::flow;
use crate::flow::present::Present;
use crate::flow::second_factor;
use crate::http::cookies::Transport;
use crate::http::session_cookie::SessionSecret;
use crate::provider::Provider;

/// The form, the client, and who is signed in with password; a session that has ended leads back to the sign-in page.
async fn open<'a>(
    request: &'a HttpRequest,
    body: &web::Bytes,
    provider: &'a Provider,
) -> Result<(Posted<'a>, Arc<Client>, Present, Assessment), HttpResponse> {
    let mut posted = Posted::open(request, body, provider).await?;
    let client = posted.client().await?;
    match posted.present().await? {
        Some(present) => {
            let assessment = Assessment::of(provider, &posted.interaction, &client, &present);
            Ok((posted, client, present, assessment))
        }
        None => Err(flow::advance_after_post(&posted.visit, &client, posted.interaction, None).await),
    }
}

/// Checks what was typed; a right code raises the session: same id, new secret.
pub(super) async fn confirm(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let (mut posted, client, mut present, assessment) = match open(&request, &body, &provider).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let typed = posted.fields.value("otp").unwrap_or_default();
    let problem = match second_factor::check(&posted.visit, &client, &present, assessment.guardian_due, typed).await {
        Ok(judged) => judged.err(),
        Err(error) => return flow::stumble(&posted.visit, &error),
    };
    if let Some(problem) = problem {
        provider.metrics.sign_in("code_wrong");
        return flow::code_again(&posted.visit, &client, posted.interaction, &present, &assessment, Some(problem)).await;
    }
    if let Err(error) = raise(&mut posted, &mut present, assessment.guardian_due).await {
        return flow::stumble(&posted.visit, &error);
    }
    provider.metrics.sign_in("code");
    flow::advance_after_post(&posted.visit, &client, posted.interaction, Some(present)).await
}

async fn raise(posted: &mut Posted<'_>, present: &mut Present, by_guardian: bool) -> Result<(), StoreError> {
    let provider = posted.provider();
    let now = provider.clock.now();
    let random: [u8; 32] = provider.randomness.bytes();
    let session = &mut present.session;
    session.secret_hash = Sha256::digest(random).into();
    session.last_seen_at = now;
    if by_guardian {
        session.guardian_code_at = Some(now);
        posted.interaction.steps.guardian_agreed = true;
    } else {
        session.code_at = Some(now);
    }
    posted.interaction.steps.code_sent_at = None;
    let id = session.id;
    let renewal = Renewal {
        secret_hash: session.secret_hash,
        password_at: None,
        code_at: session.code_at,
        guardian_code_at: session.guardian_code_at,
    };
    provider.store.run(move |db| Session::renew(db, id, &renewal, now).map(drop)).await?;
    posted.visit.set_cookie(SessionSecret::issue(session.id, random).cookie(Transport::of(&provider.config.issuer)));
    Ok(())
}

/// Sends another code, not before the last one has had its time.
pub(super) async fn resend(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let (mut posted, client, present, assessment) = match open(&request, &body, &provider).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    match second_factor::send(&posted.visit, &client, &present, assessment.guardian_due).await {
        Ok(Ok(())) => {
            posted.interaction.steps.code_sent_at = Some(provider.clock.now());
            flow::advance_after_post(&posted.visit, &client, posted.interaction, Some(present)).await
        }
        Ok(Err(problem)) => flow::code_again(&posted.visit, &client, posted.interaction, &present, &assessment, Some(problem)).await,
        Err(error) => flow::stumble(&posted.visit, &error),
    }
}

/// Goes on at the level reached, where the portal takes it.
pub(super) async fn skip(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let (mut posted, client, present, _) = match open(&request, &body, &provider).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    // Only a voluntary step can be declined: decide() looks at binding ones first.
    posted.interaction.steps.step_up_declined = true;
    flow::advance_after_post(&posted.visit, &client, posted.interaction, Some(present)).await
}
