//! The body of a request, read before its route is called: within a time, a size and without unpacking.
//!
//! Read in the route, a body that dribbles in would keep the request there for ever, and one that is compressed would be unpacked before
//! anybody looked at its size.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::StreamExt as _;

use super::admission::{self, Urgency};
use crate::provider::Provider;

/// Largest request body that any endpoint reads, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    TooLarge,
    TooSlow,
    Compressed,
    Broken,
}

/// The innermost layer: hands the route a body that is there in full, and counts the request among those that are worked on.
pub async fn read(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(provider) = request.app_data::<web::Data<Provider>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let within = Duration::from_secs(provider.config.http.request_seconds);
    let mut payload = request.take_payload();
    match whole(&request, &mut payload, within).await {
        Ok(body) => request.set_payload(self::payload(body)),
        Err(unread) => {
            let mut answer = unread.answer();
            Unfinished::hold(payload, &mut answer);
            return Ok(request.into_response(answer));
        }
    }
    let urgency = Urgency::of(request.method(), request.path());
    let _place = match provider.admission.enter(urgency) {
        Ok(place) => place,
        Err(no_room) => {
            let answer = admission::refuse(&provider, request.request(), no_room);
            return Ok(request.into_response(answer));
        }
    };
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

async fn whole(request: &ServiceRequest, payload: &mut Payload, within: Duration) -> Result<Bytes, Unread> {
    if matches!(payload, Payload::None) {
        return Ok(Bytes::new());
    }
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(Unread::Compressed);
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Unread::TooLarge);
    }
    actix_web::rt::time::timeout(within, collect(payload)).await.unwrap_or(Err(Unread::TooSlow))
}

async fn collect(payload: &mut Payload) -> Result<Bytes, Unread> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Unread::Broken)?;
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A body that was not read to its end, kept with the answer until that is sent. Were it dropped before, actix would wait for the end of a
/// chunked body, and so keep the connection for whoever never ends it; as it is, the connection is closed after the answer.
pub(super) struct Unfinished(Payload);

impl Unfinished {
    /// Keeps it with that answer.
    pub(super) fn hold(payload: Payload, answer: &mut HttpResponse) {
        answer.extensions_mut().insert(Self(payload));
    }

    /// Hands it on when an answer takes the place of another.
    pub(super) fn pass(from: &mut HttpResponse<impl MessageBody>, to: &mut HttpResponse) {
        if let Some(unfinished) = from.extensions_mut().remove::<Self>() {
            to.extensions_mut().insert(unfinished);
        }
    }

    /// Ties it to the body of the answer, at the outermost layer.
    pub(super) fn tie(mut answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let unfinished = answer.response_mut().extensions_mut().remove::<Self>();
        match unfinished {
            Some(Self(payload)) => answer.map_body(|_, body| BoxBody::new(Tied { body, _payload: payload })),
            None => answer,
        }
    }
}

/// The body of an answer, and that of the request that was not read.
struct Tied {
    body: BoxBody,
    _payload: Payload,
}

impl MessageBody for Tied {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}

fn payload(body: Bytes) -> Payload {
    Payload::Stream { payload: Box::pin(futures_util::stream::once(std::future::ready(Ok(body)))) }
}

impl Unread {
    fn answer(self) -> HttpResponse {
        match self {
            Self::TooLarge => HttpResponse::PayloadTooLarge().finish(),
            Self::TooSlow => HttpResponse::RequestTimeout().finish(),
            // RFC 9110 §15.5.16, RFC 7694 §3.
            Self::Compressed => {
                HttpResponse::build(StatusCode::UNSUPPORTED_MEDIA_TYPE).insert_header((ACCEPT_ENCODING, "identity")).finish()
            }
            Self::Broken => HttpResponse::BadRequest().finish(),
        }
    }
}
