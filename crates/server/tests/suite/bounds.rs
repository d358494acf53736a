//! One network takes its share of the room and no more.

use std::net::IpAddr;

use dinhdanh::flow::Interaction;
use oidc_provider::authorization::{ResolveContext, ResolvedRequest, resolve};
use oidc_provider::parameters::Parameters;
use persistence::ClientRecord;

use crate::support::{App, Portal};

const MOST_OF_ONE_NETWORK: usize = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn one_network_begins_ten_thousand_interactions_and_no_more() {
    let app = App::start().await;
    let request = request(&app).await;
    let begin = async |from: &str| {
        let from: IpAddr = from.parse().unwrap();
        Interaction::begin(&app.provider, request.clone(), None).put(&app.provider, from).await.is_ok()
    };
    for _ in 1..MOST_OF_ONE_NETWORK {
        assert!(begin("127.0.0.1").await);
    }
    let (browser, address) = (app.browser(), app.portal().authorize(&[]));
    assert!(browser.get(&address).await.is_sign_in_page(), "the last one of this network");
    let over = browser.get(&address).await;
    assert!(over.is_notice(503) && over.header("retry-after").parse::<u64>().is_ok(), "{} {}", over.status, over.text());
    assert!(begin("203.0.113.9").await, "another network has room");

    for _ in 0..MOST_OF_ONE_NETWORK {
        assert!(begin("2001:db8::1").await);
    }
    assert!(!begin("2001:db8::ffff").await, "a subscriber's /64 is one network");
    assert!(begin("2001:db8:0:1::1").await);
    app.later(601);
    assert!(browser.get(&address).await.is_sign_in_page(), "room again once they lapsed");
}

/// An honest request of portal A.
async fn request(app: &App) -> ResolvedRequest {
    let client = app.provider.store.read(|db| ClientRecord::find(db, "portal-a")).await.unwrap().unwrap().client;
    let pairs = app.portal().request(&[]);
    let parameters = Parameters::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let now = app.provider.clock.now();
    resolve(&parameters, &client, &ResolveContext { known_scopes: &client.scope, known_acr_values: &[], hints: &|_| None, now }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_no_client_has_share_one_counter_of_their_network() {
    let app = App::with(|config| config.limits.client_tries = 3).await;
    let mut statuses = Vec::new();
    for guess in 0..6 {
        let nobody = Portal::new(&app.base, &format!("nobody-{guess}"), Some("wrong"), "");
        statuses.push(nobody.post("/oauth2/token", &[("grant_type", "client_credentials")]).await.status);
    }
    assert_eq!((statuses[0], statuses[5]), (401, 429), "{statuses:?}");
    assert_eq!(app.portal().introspect("x").await["active"], false, "a client that exists is counted by its own name");
}
