//! A plain actix answer: what the HTTP stack alone can do on one core.

use actix_web::{App, HttpServer, web};
use anyhow::Context as _;

use crate::origin::Origin;

/// Answers `GET /` with two words until it is told to stop. One worker, as one core carries.
///
/// # Errors
/// When the address is not on this machine, or taken.
pub fn serve(origin: &Origin) -> anyhow::Result<()> {
    let address = origin.address();
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(|| App::new().route("/", web::get().to(|| async { "Xin chào" })))
            .workers(1)
            .bind(address)
            .with_context(|| format!("cannot listen on {address}"))?
            .run()
            .await
            .context("the listener failed")
    })
}
