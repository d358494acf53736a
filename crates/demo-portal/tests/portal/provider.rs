//! A provider that answers what a test tells it to: one EdDSA key, one token answer, one userinfo answer.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};

pub struct Provider {
    pub issuer: String,
    pub answers: Arc<Mutex<Answers>>,
}

pub struct Answers {
    /// Claims of the next ID token.
    pub id_token: Value,
    pub userinfo: Value,
    pub refresh_token: Option<&'static str>,
    pub kid: &'static str,
    /// Flips one bit of the signature.
    pub damage_signature: bool,
    /// Form bodies the token endpoint was sent.
    pub token_requests: Vec<String>,
}

impl Provider {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let answers = Arc::new(Mutex::new(Answers {
            id_token: Value::Null,
            userinfo: json!({"sub": "s-1", "name": "Nguyễn Văn An", "citizen_id": "098090000001"}),
            refresh_token: None,
            kid: "k1",
            damage_signature: false,
            token_requests: vec![],
        }));
        let (shared, base) = (web::Data::from(Arc::clone(&answers)), web::Data::new(issuer.clone()));
        let app = move || {
            App::new()
                .app_data(shared.clone())
                .app_data(base.clone())
                .route("/.well-known/openid-configuration", web::get().to(metadata))
                .route("/jwks", web::get().to(jwks))
                .route("/token", web::post().to(token))
                .route("/userinfo", web::get().to(userinfo))
        };
        actix_web::rt::spawn(HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run());
        Self { issuer, answers }
    }

    /// ID token claims that a correct portal accepts for this nonce.
    pub fn good_claims(&self, nonce: &str) -> Value {
        json!({"iss": self.issuer, "sub": "s-1", "aud": "demo-national-portal", "iat": 1_700_000_000, "exp": 4_102_444_800_u64,
            "nonce": nonce, "acr": "LoA1", "account_level": 1, "authentication_level": 1})
    }
}

async fn metadata(issuer: web::Data<String>) -> HttpResponse {
    let at = |path: &str| format!("{}{path}", issuer.as_str());
    HttpResponse::Ok().json(json!({
        "issuer": issuer.as_str(), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "end_session_endpoint": at("/logout"),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["EdDSA"], "authorization_response_iss_parameter_supported": true,
    }))
}

async fn jwks(answers: web::Data<Mutex<Answers>>) -> HttpResponse {
    let kid = answers.lock().unwrap().kid;
    HttpResponse::Ok().json(json!({"keys": [serde_json::to_value(key(kid).as_verification_key()).unwrap()]}))
}

async fn token(answers: web::Data<Mutex<Answers>>, body: String) -> HttpResponse {
    let mut answers = answers.lock().unwrap();
    answers.token_requests.push(body);
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": answers.kid});
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(answers.id_token.to_string()));
    let mut signature = key(answers.kid).sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap();
    signature[0] ^= u8::from(answers.damage_signature);
    let mut body = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))});
    if let Some(refresh_token) = answers.refresh_token {
        body["refresh_token"] = refresh_token.into();
    }
    HttpResponse::Ok().json(body)
}

async fn userinfo(answers: web::Data<Mutex<Answers>>) -> HttpResponse {
    HttpResponse::Ok().json(&answers.lock().unwrap().userinfo)
}

/// A different key for each kid, made from the kid alone (RFC 8410 §7 wraps the 32 bytes).
fn key(kid: &str) -> CoreEdDsaPrivateSigningKey {
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend([kid.as_bytes()[1]; 32]);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(kid.to_owned()))).unwrap()
}
