//! `/healthz`, `/readyz`, `/metrics`.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use super::form::method_not_allowed;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig, provider: &Provider) {
    services.service(web::resource("/healthz").get(healthz).default_service(web::to(method_not_allowed("GET"))));
    services.service(web::resource("/readyz").get(readyz).default_service(web::to(method_not_allowed("GET"))));
    // In production the metrics have a listener of their own, out of the public's reach.
    if provider.is_sandbox() && provider.config.metrics.listen.is_none() {
        services.service(web::resource("/metrics").get(metrics).default_service(web::to(method_not_allowed("GET"))));
    }
}

/// The process answers.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// The process can serve: its database answers and takes writes.
async fn readyz(provider: Data<Provider>) -> HttpResponse {
    match provider.store.run(persistence::Installation::mode).await {
        Ok(_) => HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().insert_header(("retry-after", "2")).json(serde_json::json!({ "status": "not ready" }))
        }
    }
}

/// Prometheus text.
pub async fn metrics(provider: Data<Provider>) -> HttpResponse {
    provider.metrics.queue("hashing", provider.hasher.depth());
    provider.metrics.in_flight(provider.admission.in_flight());
    provider.metrics.queue("database", provider.store.queue_depth());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(provider.metrics.render())
}
