//! A virtual user: a browser, the portal that it uses, and what they hold.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use cookie_store::CookieStore;
use dinhdanh::randomness::Randomness;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use crate::browser::Browser;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::portal::{Portal, Tokens, get};
use crate::workload::Workload;

/// Who repeats an operation.
pub struct User {
    numbers: Range<usize>,
    portal: Rc<Portal>,
    browser: Browser,
    /// Sessions of the other people; the next to use stands first.
    sessions: VecDeque<CookieStore>,
    random: SmallRng,
    signed_in: bool,
    access: Option<String>,
    refresh: Option<String>,
}

impl User {
    /// The person with the first of these numbers, not signed in, without a connection; before each [`Workload::Sso`] the next one's turn comes.
    #[must_use]
    pub fn new(numbers: Range<usize>, portal: Rc<Portal>) -> Self {
        let browser = Browser::new(Connection::new(portal.origin.clone()));
        let random = SmallRng::from_seed(Randomness::system().bytes());
        Self { numbers, portal, browser, sessions: VecDeque::new(), random, signed_in: false, access: None, refresh: None }
    }

    /// Another connection of the same browser, with the same session.
    #[must_use]
    pub fn another_connection(&self) -> Self {
        let mut other = Self::new(self.numbers.clone(), self.portal.clone());
        other.browser.jar = self.browser.jar.clone();
        other.signed_in = self.signed_in;
        other
    }

    /// Gets what the workload needs before it is measured: a session, an access token, a refresh token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn prepare(&mut self, workload: Workload) -> Result<(), Failure> {
        if workload.needs_session() && !self.signed_in {
            self.access = Some(self.sign_in(self.numbers.start).await?.access_token);
            for number in self.numbers.clone().skip(1) {
                self.sessions.push_back(std::mem::take(&mut self.browser.jar));
                self.access = Some(self.sign_in(number).await?.access_token);
            }
            self.signed_in = true;
        }
        if workload.needs_access_token() {
            self.access = Some(self.sso().await?.access_token);
        }
        if workload == Workload::Refresh {
            let portal = self.portal.clone();
            let profile = &portal.profile;
            let mut extra = profile.sso_extra.clone();
            extra.extend(profile.refresh_extra.clone());
            let begun = portal.begin(profile.refresh_client(), &extra, &mut self.random);
            let callback = self.browser.visit(begun.url.clone(), &profile.refresh_client().redirect_uri, None).await?;
            let tokens = portal.finish(&mut self.browser.connection, profile.refresh_client(), &begun, &callback).await?;
            self.refresh = Some(tokens.refresh_token.ok_or_else(|| Failure::Wrong("no refresh token".to_owned()))?);
        }
        Ok(())
    }

    /// One operation of the workload.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn operate(&mut self, workload: Workload) -> Result<(), Failure> {
        let portal = self.portal.clone();
        match workload {
            Workload::Discovery => get(&mut self.browser.connection, &portal.discovery).await?.ok("discovery").map(drop),
            Workload::ClientCredentials => {
                let client = portal.profile.cc_client.as_ref().ok_or_else(|| Failure::Wrong("the profile has no cc_client".to_owned()))?;
                portal.client_credentials(&mut self.browser.connection, client).await.map(drop)
            }
            Workload::Sso => {
                self.next_person();
                self.sso().await.map(drop)
            }
            Workload::SsoUserinfo => {
                let tokens = self.sso().await?;
                portal.userinfo(&mut self.browser.connection, &tokens.access_token).await
            }
            Workload::Login => {
                self.browser.jar.clear();
                let tokens = self.sign_in(self.numbers.start).await?;
                portal.userinfo(&mut self.browser.connection, &tokens.access_token).await
            }
            Workload::Refresh => {
                let refresh = self.refresh.as_deref().ok_or_else(|| Failure::Wrong("no refresh token".to_owned()))?;
                let tokens = portal.refresh(&mut self.browser.connection, portal.profile.refresh_client(), refresh).await?;
                if tokens.refresh_token.is_some() {
                    self.refresh = tokens.refresh_token;
                }
                Ok(())
            }
            Workload::Userinfo => portal.userinfo(&mut self.browser.connection, self.access.as_deref().unwrap_or_default()).await,
            Workload::Introspect => {
                let access = self.access.as_deref().unwrap_or_default();
                portal.introspect(&mut self.browser.connection, &portal.profile.client, access).await
            }
        }
    }

    /// After an answer that did not come: the connection is of no use any more.
    pub fn hang_up(&mut self) {
        self.browser.connection.close();
    }

    fn next_person(&mut self) {
        if let Some(next) = self.sessions.pop_front() {
            self.sessions.push_back(std::mem::replace(&mut self.browser.jar, next));
        }
    }

    /// The sign-in that finds a session: authorize, code, tokens.
    async fn sso(&mut self) -> Result<Tokens, Failure> {
        let portal = self.portal.clone();
        let client = &portal.profile.client;
        let begun = portal.begin(client, &portal.profile.sso_extra, &mut self.random);
        let callback = self.browser.visit(begun.url.clone(), &client.redirect_uri, None).await?;
        portal.finish(&mut self.browser.connection, client, &begun, &callback).await
    }

    /// The sign-in with the page and the password.
    async fn sign_in(&mut self, number: usize) -> Result<Tokens, Failure> {
        let portal = self.portal.clone();
        let client = &portal.profile.client;
        let begun = portal.begin(client, &portal.profile.login_extra, &mut self.random);
        let fields = portal.profile.fields(number);
        let callback = self.browser.visit(begun.url.clone(), &client.redirect_uri, Some(fields)).await?;
        portal.finish(&mut self.browser.connection, client, &begun, &callback).await
    }
}
