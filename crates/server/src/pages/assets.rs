//! The files under `/static/`, part of the program. The URL carries a hash of the content, so that a browser may keep them for ever.

use std::sync::LazyLock;

use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, guard};

/// One file under `/static/`.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The file's name under `/static/`, with the hash of its content.
    pub file_name: String,
    /// The absolute path of the file.
    pub url: String,
    /// For the header `Content-Type`.
    pub content_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
}

/// A browser may keep the file for ever: its URL never means another content (RFC 8246).
const FOR_EVER: &str = "public, max-age=31536000, immutable";

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("style", "css", "text/css; charset=utf-8", include_bytes!("../../../../static/style.css")),
        asset("page", "js", "text/javascript; charset=utf-8", include_bytes!("../../../../static/page.js")),
        asset("favicon", "svg", "image/svg+xml", include_bytes!("../../../../static/favicon.svg")),
    ]
});

fn asset(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let file_name = format!("{stem}-{:016x}.{extension}", fnv1a(bytes));
    Asset { url: format!("/static/{file_name}"), file_name, content_type, bytes }
}

/// Every file.
#[must_use]
pub fn all() -> &'static [Asset] {
    &*ASSETS
}

/// The file of that name under `/static/`; the hash must be the present one.
#[must_use]
pub fn find(file_name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file_name == file_name)
}

/// The URL of the style sheet.
#[must_use]
pub fn style() -> &'static str {
    &ASSETS[0].url
}

/// The URL of the script.
#[must_use]
pub fn script() -> &'static str {
    &ASSETS[1].url
}

/// The URL of the icon.
#[must_use]
pub fn icon() -> &'static str {
    &ASSETS[2].url
}

/// Serves the files to GET and HEAD.
pub fn configure(services: &mut ServiceConfig) {
    let reading = guard::Any(guard::Get()).or(guard::Head());
    let other = web::to(|| async { HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET, HEAD")).finish() });
    services.service(web::resource("/static/{file}").route(web::route().guard(reading).to(serve)).default_service(other));
}

async fn serve(file_name: web::Path<String>) -> HttpResponse {
    match find(&file_name) {
        Some(asset) => {
            HttpResponse::Ok().insert_header((CONTENT_TYPE, asset.content_type)).insert_header((CACHE_CONTROL, FOR_EVER)).body(asset.bytes)
        }
        None => HttpResponse::NotFound().finish(),
    }
}

/// FNV-1a, 64 bits: names a content, guards nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::{App, test as http};

    use super::*;

    #[test]
    fn a_file_is_found_by_its_hashed_name_only() {
        let style = style().strip_prefix("/static/").and_then(find);
        assert_eq!(style.map(|asset| asset.content_type), Some("text/css; charset=utf-8"));
        assert!(find("style.css").is_none());
        assert!(find("../Cargo.toml").is_none());
    }

    #[actix_web::test]
    async fn a_file_is_served_for_ever_and_only_read() {
        let app = http::init_service(App::new().configure(configure)).await;
        let answer = http::call_service(&app, http::TestRequest::get().uri(script()).to_request()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers().get(CACHE_CONTROL).map(|value| value.as_bytes()), Some(FOR_EVER.as_bytes()));
        assert_eq!(answer.headers().get(CONTENT_TYPE).map(|value| value.as_bytes()), Some("text/javascript; charset=utf-8".as_bytes()));
        for (request, status) in [
            (http::TestRequest::default().method(Method::HEAD).uri(script()), 200),
            (http::TestRequest::post().uri(script()), 405),
            (http::TestRequest::get().uri("/static/page.js"), 404),
            (http::TestRequest::get().uri("/static/..%2FCargo.toml"), 404),
        ] {
            assert_eq!(http::call_service(&app, request.to_request()).await.status(), status);
        }
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
