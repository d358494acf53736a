//! The citizen agrees to what the page listed, or does not.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::Posted;
use crate::flow;
use crate::provider::Provider;

pub(super) async fn consent(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let mut posted = match Posted::open(&request, &body, &provider).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    // Silence is not consent (Law 91/2025 on personal data): only an explicit "allow" counts.
    if posted.fields.value("decision") != Some("allow") {
        return flow::give_up(&posted.visit, posted.interaction).await;
    }
    let (client, present) = match (posted.client().await, posted.present().await) {
        (Ok(client), Ok(present)) => (client, present),
        (Err(answer), _) | (_, Err(answer)) => return answer,
    };
    // What was shown is what was agreed to, whatever another tab changed meanwhile.
    // Nothing was shown to a person who is here only since another tab signed in: that person is asked first.
    posted.interaction.consented = posted.interaction.shown.clone();
    flow::advance_after_post(&posted.visit, &client, posted.interaction, present).await
}
