//! `prompt=select_account`: go on with the account that is signed in, or sign in with another.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::Posted;
use crate::flow;
use crate::provider::Provider;

pub(super) async fn account(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let mut posted = match Posted::open(&request, &body, &provider).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let (client, present) = match (posted.client().await, posted.present().await) {
        (Ok(client), Ok(present)) => (client, present),
        (Err(answer), _) | (_, Err(answer)) => return answer,
    };
    match posted.fields.value("account") {
        Some("current") => posted.interaction.steps.account_chosen = true,
        _ => posted.interaction.steps.other_account = true,
    }
    flow::advance_after_post(&posted.visit, &client, posted.interaction, present).await
}
