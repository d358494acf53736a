//! One portal on its own, against any provider: `ISSUER=http://localhost:8080 cargo run -p demo-portal --example portal`.

use demo_portal::PortalConfig;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let setting = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let port: u16 = setting("PORT", "3000").parse()?;
    let issuer = setting("ISSUER", "http://localhost:8080");
    let mut config =
        PortalConfig::national_portal(&issuer, port, &setting("CLIENT_SECRET", "demo-secret-that-is-public-and-for-the-sandbox-only"));
    config.client_id = setting("CLIENT_ID", "sandbox-portal");
    config.base_url = setting("BASE_URL", &format!("http://localhost:{port}"));
    config.scopes = setting("SCOPE", "profile phone email citizen_id").split_whitespace().map(str::to_owned).collect();
    config.acr_values = setting("ACR_VALUES", "").split_whitespace().map(str::to_owned).collect();
    config.required_level = setting("REQUIRED_LEVEL", "1").parse()?;
    println!("{} – sign in at {}", config.client_id, config.base_url);
    demo_portal::run(config).await
}
