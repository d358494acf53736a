//! `/`: what this is and where to begin.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use persistence::clients::ClientRecord;

use super::form::method_not_allowed;
use crate::flow;
use crate::http::frame::Visit;
use crate::pages::HomePage;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/").get(home).default_service(web::to(method_not_allowed("GET"))));
}

async fn home(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let rows = match provider.store.read(ClientRecord::list).await {
        Ok(rows) => rows,
        Err(error) => return flow::stumble(&visit, &error),
    };
    let portals = rows
        .into_iter()
        .filter(|row| row.disabled_at.is_none())
        .filter_map(|row| Some((row.client.client_name, row.client.client_uri?)))
        .take(20)
        .collect();
    let page = HomePage { frame: visit.frame("/"), portals };
    visit.page(StatusCode::OK, page.render(), &[])
}
