//! A browser: a cookie jar and one connection. It follows redirects within the provider and stops at the portal's redirect URI.

use bytes::Bytes;
use cookie_store::CookieStore;
use http::{Method, Request, header};
use http_body_util::Full;
use url::{Position, Url, form_urlencoded};

use crate::connection::{Answer, Connection};
use crate::failure::Failure;
use crate::origin::Origin;
use crate::page;

const FORM: &str = "application/x-www-form-urlencoded";
const MOST_HOPS: usize = 10;

/// One person's browser.
pub struct Browser {
    /// The connection, which other requests of the same virtual user share.
    pub connection: Connection,
    /// The cookies.
    pub jar: CookieStore,
}

impl Browser {
    /// Without cookies.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self { connection, jar: CookieStore::default() }
    }

    /// Goes to `start` and on until the browser is sent to `redirect_uri`; answers that URL, which is not fetched. `fields` are what the person
    /// fills into the sign-in form, once; without them no page may come between.
    ///
    /// # Errors
    /// [`Failure`]: any other page, a redirect to elsewhere, too many of them.
    pub async fn visit(&mut self, start: Url, redirect_uri: &str, mut fields: Option<Vec<(String, String)>>) -> Result<Url, Failure> {
        let mut url = start;
        let mut answer = self.send(Method::GET, &url, None).await?;
        for _ in 0..MOST_HOPS {
            if answer.status.is_redirection() {
                let location = answer.location().ok_or_else(|| Failure::wrong("redirect without Location", answer.status.as_u16(), b""))?;
                let next = url.join(location).map_err(|error| Failure::Wrong(format!("Location: {error}")))?;
                if next.as_str().split(['?', '#']).next() == Some(redirect_uri) {
                    return Ok(next);
                }
                if next.origin() != url.origin() || Origin::of(&next).is_err() {
                    return Err(Failure::Wrong(format!("redirected to elsewhere: {}", &next[..Position::AfterPath])));
                }
                url = next;
                answer = self.send(Method::GET, &url, None).await?;
                continue;
            }
            let page = answer.ok("page")?;
            let Some(mut filled) = fields.take() else { return Err(Failure::wrong("a page came between", 200, &page.body)) };
            let text = String::from_utf8_lossy(&page.body);
            let form = page::form_with(&text, filled.iter().map(|(name, _)| name.as_str()))
                .ok_or_else(|| Failure::wrong("no sign-in form", 200, &page.body))?;
            url = url.join(&form.action).map_err(|error| Failure::Wrong(format!("form action: {error}")))?;
            filled.extend(form.hidden);
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish();
            answer = self.send(Method::POST, &url, Some(body)).await?;
        }
        Err(Failure::Wrong("too many redirects".to_owned()))
    }

    async fn send(&mut self, method: Method, url: &Url, body: Option<String>) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(&url[Position::BeforePath..Position::AfterQuery]);
        request = request.header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        let cookies = self.cookies(url);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if body.is_some() {
            // Browsers say where a form was (Fetch standard), and the provider may ask.
            request = request.header(header::CONTENT_TYPE, FORM).header(header::ORIGIN, url.origin().ascii_serialization());
        }
        let body = Full::new(Bytes::from(body.unwrap_or_default()));
        let request = request.body(body).map_err(|error| Failure::Wrong(error.to_string()))?;
        let answer = self.connection.send(request).await?.not_shed()?;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                // A cookie that a browser would refuse is refused here; what follows shows whether it was needed.
                let _ = self.jar.parse(cookie, url);
            }
        }
        Ok(answer)
    }

    fn cookies(&self, url: &Url) -> String {
        let mut header = String::new();
        for (name, value) in self.jar.get_request_values(url) {
            if !header.is_empty() {
                header.push_str("; ");
            }
            header.push_str(name);
            header.push('=');
            header.push_str(value);
        }
        header
    }
}
