//! What one sign-in computes, step by step: `cargo bench -p oidc-provider`. The signature is most of it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use oidc_provider::access_token::{AccessToken, AccessTokenKeys};
use oidc_provider::authorization::{Authentication, Code, ConsentStanding, Decision, ResolveContext, Situation, Standing, decide, resolve};
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::client::{Client, ClientMetadata, PlainSecret, RegistrationRules};
use oidc_provider::client_authentication::{AssertionContext, Credentials, authenticate};
use oidc_provider::id_token::{self, IdToken};
use oidc_provider::introspection::{Active, Introspection};
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::parameters::Parameters;
use oidc_provider::pkce::CodeVerifier;
use oidc_provider::refresh::{self, RefreshKey};
use oidc_provider::scope::Scope;
use oidc_provider::secret::{self, CodeKey};
use oidc_provider::signing_alg::SigningAlg;
use oidc_provider::token;
use serde_json::Map;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
const SECRET: &str = "a-secret-of-more-than-thirty-two-characters";
const CALLBACK: &str = "https://portal-a.example/cb";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const GRANT: Uuid = Uuid::from_u128(4);
const QUERY: &[u8] = b"response_type=code&client_id=portal-a&redirect_uri=https%3A%2F%2Fportal-a.example%2Fcb&scope=openid+profile+email\
    &state=af0ifjsldkj&nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=none";

fn known_scopes() -> Scope {
    Scope::parse("openid profile phone email").unwrap()
}

fn portal() -> Client {
    let metadata = ClientMetadata {
        client_secret: Some(PlainSecret::from(SECRET.to_owned())),
        redirect_uris: ["https://portal-a.example/old", "https://portal-a.example/new", CALLBACK].map(str::to_owned).to_vec(),
        scope: Some(known_scopes()),
        purpose: Some("Xác định người nộp hồ sơ".to_owned()),
        ..ClientMetadata::new("portal-a")
    };
    metadata.register(&RegistrationRules { production: true, known_scopes: known_scopes(), sector_redirect_uris: None }).unwrap()
}

fn authentication() -> Authentication {
    Authentication {
        account: Uuid::from_u128(1),
        sub: "q3Xm0cMIQd5c2l8kq9v0yJxM3gk6o0o5m0oC8uL2mXk".to_owned(),
        session: Uuid::from_u128(2),
        sid: "q3Xm0cMIQd5c2l8kq9v0yA".to_owned(),
        auth_time: NOW - Duration::minutes(2),
        acr: "LoA1".to_owned(),
        amr: vec!["pwd".to_owned()],
        claims: Map::new(),
    }
}

fn authorize(c: &mut Criterion) {
    let (client, scopes, acr) = (portal(), known_scopes(), ["LoA1".to_owned(), "LoA2".to_owned()]);
    let context = ResolveContext { known_scopes: &scopes, known_acr_values: &acr, hints: &|_| None, now: NOW };
    c.bench_function("authorize: parse", |b| b.iter(|| Parameters::parse(black_box(QUERY)).unwrap()));
    let parameters = Parameters::parse(QUERY).unwrap();
    c.bench_function("authorize: resolve", |b| b.iter(|| resolve(black_box(&parameters), &client, &context).unwrap()));
    c.bench_function("authorize: match the redirect URI", |b| b.iter(|| client.redirect_uri(black_box(Some(CALLBACK))).unwrap()));
    let other = format!("{CALLBACK}/..");
    c.bench_function("authorize: refuse a redirect URI", |b| b.iter(|| client.redirect_uri(black_box(Some(&other))).unwrap_err()));
    let request = resolve(&parameters, &client, &context).unwrap();
    let authentication = authentication();
    let situation = Situation {
        authentication: Some(&authentication),
        authenticated_here: false,
        chosen_here: false,
        admitted: true,
        binding: Standing::Satisfied,
        voluntary: Standing::Satisfied,
        voluntary_declined: false,
        consent: ConsentStanding::Covered,
        consented_here: false,
    };
    assert!(matches!(decide(&request, &client, &situation, NOW), Decision::Permit));
    c.bench_function("authorize: decide", |b| b.iter(|| decide(black_box(&request), &client, &situation, NOW)));
}

fn code(c: &mut Criterion) {
    let key = CodeKey::new([7; 32]);
    c.bench_function("code: make", |b| b.iter(|| secret::Code::of_grant(&key, black_box(GRANT))));
    let text = secret::Code::of_grant(&key, GRANT).expose().to_owned();
    c.bench_function("code: read", |b| b.iter(|| secret::Code::parse(black_box(&text)).unwrap().grant(&key).unwrap()));
    let (client, verifier) = (portal(), CodeVerifier::parse(VERIFIER).unwrap());
    let code = Code {
        grant_id: GRANT,
        client_id: client.client_id.clone(),
        redirect_uri: client.redirect_uri(Some(CALLBACK)).unwrap(),
        code_challenge: Some(verifier.challenge()),
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        scope: known_scopes(),
        claims: ClaimsRequest::default(),
        authentication: authentication(),
        epoch: 1,
        expires_at: NOW + Duration::minutes(1),
    };
    c.bench_function("code: redeem", |b| {
        b.iter(|| token::redeem(black_box(&code), Some(CALLBACK), Some(&verifier), &client, NOW).unwrap());
    });
}

fn refresh_token(c: &mut Criterion) {
    let key = RefreshKey::new([7; 32]);
    c.bench_function("refresh token: make", |b| b.iter(|| refresh::token(&key, black_box(GRANT), 3)));
    let token = refresh::token(&key, GRANT, 3);
    c.bench_function("refresh token: open", |b| b.iter(|| refresh::open(&key, black_box(token.expose())).unwrap()));
}

fn introspection(c: &mut Criterion) {
    let answer = Introspection::Active(Box::new(Active {
        issuer: "https://id.example".to_owned(),
        client_id: "portal-a".to_owned(),
        sub: authentication().sub,
        scope: known_scopes(),
        token_type: Some("Bearer"),
        audience: None,
        token_id: Some(Uuid::from_u128(3)),
        issued_at: Some(NOW),
        expires_at: NOW + Duration::minutes(10),
    }));
    c.bench_function("introspection: answer", |b| b.iter(|| serde_json::to_vec(black_box(&answer)).unwrap()));
}

fn tokens(c: &mut Criterion) {
    let client = portal();
    let header = format!("Basic {}", STANDARD.encode(format!("portal-a:{SECRET}")));
    let body = Parameters::from_pairs([("grant_type", "authorization_code")]);
    let context = AssertionContext { audiences: &[], now: NOW, keys: None };
    c.bench_function("token: authenticate the client", |b| {
        b.iter(|| authenticate(&client, &Credentials::extract(black_box(Some(&header)), &body).unwrap(), &context).unwrap());
    });
    let challenge = CodeVerifier::parse(VERIFIER).unwrap().challenge();
    c.bench_function("token: PKCE", |b| {
        b.iter(|| assert!(CodeVerifier::parse(black_box(VERIFIER)).unwrap().matches(&challenge)));
    });

    let keys = AccessTokenKeys::new((1, [7; 32]), []);
    let access = AccessToken {
        token_id: Uuid::from_u128(3),
        grant_id: Some(GRANT),
        client_id: "portal-a".to_owned(),
        scope: known_scopes(),
        issued_at: NOW,
        expires_at: NOW + Duration::minutes(10),
    };
    c.bench_function("access token: seal", |b| b.iter(|| keys.seal(black_box(&access), [9; 12])));
    let sealed = keys.seal(&access, [9; 12]);
    c.bench_function("access token: open", |b| b.iter(|| keys.open(black_box(&sealed)).unwrap()));

    let authentication = authentication();
    let claims = || {
        IdToken {
            issuer: "https://id.example",
            client: &client,
            authentication: &authentication,
            nonce: Some("n-0S6_WzA2Mj"),
            access_token: Some(&sealed),
            extra: Map::new(),
            issued_at: NOW,
            lifetime: Duration::minutes(10),
        }
        .claims()
    };
    c.bench_function("ID token: claims", |b| b.iter(claims));
    for alg in [SigningAlg::RS256, SigningAlg::ES256] {
        let keys = SigningKeys::new(vec![Arc::new(SigningKey::generate(alg).unwrap())], Vec::new());
        let claims = claims();
        c.bench_function(&format!("ID token: sign with {alg}"), |b| b.iter(|| keys.sign(alg, id_token::TYPE, black_box(&claims)).unwrap()));
    }
}

criterion_group!(benches, authorize, code, tokens, refresh_token, introspection);
criterion_main!(benches);
