//! `/healthz`, `/readyz`, `/metrics`.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use persistence::Ailment;

use super::form::method_not_allowed;
use crate::http::Connections;
use crate::observe;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig, provider: &Provider) {
    probes(services);
    // In production the metrics have a listener of their own, out of the public's reach.
    if provider.is_sandbox() && provider.config.metrics.listen.is_none() {
        services.service(web::resource("/metrics").get(metrics).default_service(web::to(method_not_allowed("GET"))));
    }
}

/// For whoever watches whether a node lives and serves.
pub fn probes(services: &mut ServiceConfig) {
    services.service(web::resource("/healthz").get(healthz).default_service(web::to(method_not_allowed("GET"))));
    services.service(web::resource("/readyz").get(readyz).default_service(web::to(method_not_allowed("GET"))));
}

/// The process answers.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// The process can serve: its database answers and takes writes, and there is room for whoever comes.
async fn readyz(provider: Data<Provider>, connections: Data<Connections>) -> HttpResponse {
    let reason = match provider.store.prove_writable(provider.clock.now()).await {
        // A page that was damaged stays so, whatever the others take.
        Ok(()) if observe::is_damaged() => "damaged",
        Ok(()) => {
            observe::store_works();
            match (observe::descriptors_left(), connections.is_full()) {
                (true, false) => return HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })),
                (false, _) => "descriptors",
                (true, true) => "connections",
            }
        }
        Err(error) => match observe::store_failed(&error) {
            Ailment::Busy => "busy",
            Ailment::DiskFull => "disk_full",
            Ailment::ReadOnly => "read_only",
            Ailment::Damaged => "damaged",
            Ailment::Unreachable => "unreachable",
            Ailment::Fault | Ailment::Unreadable => "fault",
        },
    };
    let answer = serde_json::json!({ "status": "not ready", "reason": reason });
    HttpResponse::ServiceUnavailable().insert_header(("retry-after", "2")).json(answer)
}

/// Prometheus text.
pub async fn metrics(provider: Data<Provider>, connections: Data<Connections>) -> HttpResponse {
    provider.metrics.connections(connections.open());
    provider.metrics.queue("hashing", provider.hasher.depth());
    provider.metrics.in_flight(provider.admission.in_flight());
    provider.metrics.queue("database", provider.store.queue_depth());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(provider.metrics.render())
}
