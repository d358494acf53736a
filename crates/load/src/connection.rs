//! One keep-alive HTTP/1.1 connection, as one browser or one portal's back end has it.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::origin::Origin;

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The answer, unless the server shed the request.
    ///
    /// # Errors
    /// [`Failure::Shed`].
    pub fn not_shed(self) -> Result<Self, Failure> {
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(Failure::Shed { retry_after: self.headers.contains_key(header::RETRY_AFTER) });
        }
        Ok(self)
    }

    /// Demands 200.
    ///
    /// # Errors
    /// [`Failure::Shed`] or [`Failure::Wrong`] with what was asked.
    pub fn ok(self, what: &str) -> Result<Self, Failure> {
        let answer = self.not_shed()?;
        if answer.status != StatusCode::OK {
            return Err(Failure::wrong(what, answer.status.as_u16(), &answer.body));
        }
        Ok(answer)
    }

    /// Where it redirects to.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok())
    }
}

/// A connection that is made when it is first needed, and again when the server closed it.
pub struct Connection {
    origin: Rc<Origin>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// To this origin; nothing is sent yet.
    #[must_use]
    pub fn new(origin: Rc<Origin>) -> Self {
        Self { origin, sender: None }
    }

    /// Sends one request and reads the whole answer. A request that a closed connection never took is sent once more.
    ///
    /// # Errors
    /// [`Failure::Connection`].
    pub async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let host = self.origin.authority().parse().map_err(broken)?;
        request.headers_mut().insert(header::HOST, host);
        let reused = self.sender.is_some();
        let sender = self.ready().await?;
        let response = match sender.try_send_request(request).await {
            Ok(response) => response,
            Err(mut refused) => {
                self.sender = None;
                match refused.take_message() {
                    Some(request) if reused => self.ready().await?.send_request(request).await.map_err(broken)?,
                    _ => return Err(broken(refused.into_error())),
                }
            }
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }

    /// Lets the connection go, for instance after an answer that did not come.
    pub fn close(&mut self) {
        self.sender = None;
    }

    async fn ready(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, Failure> {
        let usable = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            self.sender = Some(connect(&self.origin).await?);
        }
        self.sender.as_mut().ok_or_else(|| Failure::Connection("closed".to_owned()))
    }
}

async fn connect(origin: &Origin) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(origin.address()).await.map_err(broken)?;
    stream.set_nodelay(true).map_err(broken)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    tokio::task::spawn_local(async move {
        // What ends the connection is told to whoever waits for an answer on it.
        let _ = connection.await;
    });
    Ok(sender)
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Connection(error.to_string())
}
