//! Redirect URIs: which may be registered, and which match. Three lines: `web` or `native`, the registered URI, the presented one.

use oidc_provider::client::{ApplicationType, Client};
use url::{Host, Url};

use crate::actors::rules;

/// A URI that passes registration means the same to every reader and matches itself; what differs from it does not match, but for the port
/// of a native client's loopback address; what it puts into a Content-Security-Policy is one source expression.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(3, '\n');
    let (Some(kind), Some(registered), Some(presented)) = (lines.next(), lines.next(), lines.next()) else { return };
    let native = kind == "native";
    for production in [true, false] {
        let Some(client) = with(registered, native, production) else { continue };
        means_one_thing(registered, native, production);
        let own = client.redirect_uri(Some(registered)).unwrap_or_else(|error| panic!("{registered}: {error}"));
        assert_eq!(own.as_str(), registered);
        one_source_expression(&own.origin());
        match client.redirect_uri(Some(presented)) {
            Ok(matched) => {
                assert_eq!(matched.as_str(), presented);
                assert!(is_the_clients(&client, presented), "{presented} matched {registered}");
                one_source_expression(&matched.origin());
            }
            Err(_) => assert_ne!(registered, presented),
        }
        let after_logout = client.post_logout_redirect_uri(presented);
        assert_eq!(after_logout.is_some(), presented == registered, "{presented} after sign-out, {registered} registered");
    }
}

/// A client with that redirect URI, if it may be registered.
fn with(uri: &str, native: bool, production: bool) -> Option<Client> {
    use crate::actors::SECRET;
    use oidc_provider::client::ClientMetadata;
    let metadata = ClientMetadata {
        client_secret: Some(SECRET.to_owned().into()),
        application_type: if native { ApplicationType::Native } else { ApplicationType::Web },
        redirect_uris: vec![uri.to_owned()],
        post_logout_redirect_uris: vec![uri.to_owned()],
        sector: Some("sector.example".to_owned()),
        purpose: Some("Xác định người nộp hồ sơ".to_owned()),
        ..ClientMetadata::new("portal-x")
    };
    metadata.register(&rules(production)).ok()
}

/// What the parser of browsers (WHATWG URL) makes of it is what stands there.
pub(crate) fn means_one_thing(uri: &str, native: bool, production: bool) {
    let url = Url::parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
    assert!(uri.len() <= 2048 && uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri:?}");
    assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none(), "{uri}");
    let http = matches!(url.scheme(), "http" | "https");
    if http {
        // But for the case of scheme and host, a default port, and an empty path, it is written as the parser writes it.
        let host = url.host_str().unwrap_or_else(|| panic!("{uri} has no host"));
        let authority = uri[url.scheme().len() + 3..].split(['/', '?']).next().unwrap_or_default();
        assert!(authority.to_ascii_lowercase().starts_with(host), "{uri}: {host}");
        let rest = &uri[url.scheme().len() + 3 + authority.len()..];
        let path = rest.split('?').next().unwrap_or_default();
        assert_eq!(if path.is_empty() { "/" } else { path }, url.path(), "{uri}");
    } else {
        assert!(native && url.scheme().contains('.'), "{uri}: a scheme for anybody");
    }
    if production && url.scheme() == "http" {
        assert!(native && is_loopback(&url), "{uri}: http in production");
    }
}

/// Whether the presented URI is one of the client's, by the book: the same text, or for a native client the same loopback address but for
/// its port.
pub(crate) fn is_the_clients(client: &Client, presented: &str) -> bool {
    let same_loopback = |registered: &String| {
        let (Ok(registered), Ok(presented)) = (Url::parse(registered), Url::parse(presented)) else { return false };
        let parts = |url: &Url| {
            (url.scheme().to_owned(), url.host().map(|host| host.to_owned()), url.path().to_owned(), url.query().map(str::to_owned))
        };
        client.application_type == ApplicationType::Native
            && is_loopback(&presented)
            && parts(&registered) == parts(&presented)
            && presented.username().is_empty()
            && presented.password().is_none()
            && presented.fragment().is_none()
    };
    client.redirect_uris.iter().any(|registered| registered == presented || same_loopback(registered))
}

fn is_loopback(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback
}

/// CSP 3 §2.3.1: nothing in it may end the expression or the directive.
fn one_source_expression(origin: &str) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:/+".contains(&byte);
    assert!(!origin.is_empty() && origin.bytes().all(allowed), "form-action {origin}");
}

/// The clients of the other targets keep to the same rules.
#[test]
fn the_actors_are_registered_as_they_may_be() {
    use crate::actors::client;
    assert!(client("native").is_some_and(|native| is_the_clients(native, "http://127.0.0.1:5123/cb")));
    assert!(client("native").is_some_and(|native| !is_the_clients(native, "http://127.0.0.1:5123/cb2")));
}
