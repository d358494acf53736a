//! Every refusal and every error: what happened, what to do, on which legal basis.

use askama::Template;

use super::{Frame, page};
use crate::text::NoticeText;

/// One notice and the way on from it.
#[derive(Clone, Debug, Template)]
#[template(path = "notice.html")]
pub struct NoticePage {
    /// Header and footer.
    pub frame: Frame,
    /// What to say.
    pub notice: Notice,
    /// Where the reader can go from here.
    pub way_back: WayBack,
}

/// Where the reader of a notice can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Nowhere we can vouch for.
    None,
    /// Back to the portal with `access_denied`: posts `interaction` and `csrf` to `/interaction/cancel`.
    Portal {
        /// The id of the authorization in progress.
        interaction: String,
        /// The CSRF token of this form.
        csrf: String,
        /// The portal's name.
        name: String,
    },
    /// A link.
    Link {
        /// Where it goes: a relative URL, or one that is registered.
        href: String,
        /// What is there.
        name: String,
    },
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The e-ID card, and with it the account, is locked (Law 26/2023/QH15, Art. 34; Decree 69/2024/NĐ-CP, Art. 15).
    EidLocked {
        /// The codes of the grounds: `HOLDER_REQUEST`, `TERMS_BREACH`, `CARD_REVOKED_OR_HELD`, `DEATH`, `AUTHORITY_REQUEST`. Others are shown in general words.
        grounds: Vec<String>,
    },
    /// The ID card expired, and with it the account is locked (Decree 69/2024/NĐ-CP, Art. 15.1).
    CardExpired,
    /// The account was issued and never activated (Decree 69/2024/NĐ-CP, Art. 14.1).
    NotActivated,
    /// A child's account without a representative or guardian on record (Decree 69/2024/NĐ-CP, Art. 14.2).
    GuardianMissing,
    /// The guardian's own account may not be used today (Decree 69/2024/NĐ-CP, Art. 14.2).
    GuardianNotAdmitted,
    /// A foreigner's residence period ended (Decree 69/2024/NĐ-CP, Art. 15.2).
    ResidenceExpired,
    /// A foreigner's passport or travel document expired (Decree 69/2024/NĐ-CP, Art. 15.2).
    TravelDocumentExpired,
    /// The holder is too young for what is asked (Decree 69/2024/NĐ-CP, Art. 7).
    TooYoung,
    /// The portal needs account level 2: how to get it (Decree 69/2024/NĐ-CP, Arts. 7, 10, 13).
    LevelTwoNeeded {
        /// The portal's name; empty when it does not matter.
        portal: String,
    },
    /// The portal needs authentication level 3 or 4, which this page cannot do yet (Decree 69/2024/NĐ-CP, Art. 20).
    LevelThreeNeeded,
    /// `client_id` is missing or not registered.
    UnknownClient,
    /// The client is disabled.
    ClientDisabled,
    /// The portal's agreement with the ministry ended.
    AgreementExpired,
    /// `redirect_uri` is missing or not registered (RFC 9700, 4.1.3): never redirected to.
    RedirectUriWrong,
    /// The portal's request cannot be read.
    RequestWrong {
        /// What is wrong, for the portal's developers: the parameter's name or a short English cause.
        detail: String,
    },
    /// The page is too old.
    Expired,
    /// The step was done before, in another tab or before "back".
    AlreadyDone,
    /// The page was opened in another browser than the one it was made for.
    OtherBrowser,
    /// The browser sends no cookies.
    CookiesOff,
    /// Too many tries.
    Throttled {
        /// Seconds until the next try is allowed.
        seconds: u64,
    },
    /// The server has too much to do.
    Busy,
    /// The form's CSRF token is missing or wrong.
    Forbidden,
    /// No such page.
    NotFound,
    /// The page exists, the method does not.
    MethodNotAllowed,
    /// The request is too large.
    TooLarge,
    /// Our own fault.
    Internal,
    /// The sign-out request is wrong (OpenID Connect RP-Initiated Logout 1.0, 4): nothing was ended, nobody redirected.
    SignOutWrong,
}

impl Notice {
    /// The HTTP status that goes with it (RFC 9110, 15.5 and 15.6).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::UnknownClient
            | Self::ClientDisabled
            | Self::RedirectUriWrong
            | Self::RequestWrong { .. }
            | Self::CookiesOff
            | Self::SignOutWrong => 400,
            Self::EidLocked { .. }
            | Self::CardExpired
            | Self::NotActivated
            | Self::GuardianMissing
            | Self::GuardianNotAdmitted
            | Self::ResidenceExpired
            | Self::TravelDocumentExpired
            | Self::TooYoung
            | Self::LevelTwoNeeded { .. }
            | Self::LevelThreeNeeded
            | Self::AgreementExpired
            | Self::OtherBrowser
            | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::AlreadyDone => 409,
            Self::Expired => 410,
            Self::TooLarge => 413,
            Self::Throttled { .. } => 429,
            Self::Internal => 500,
            Self::Busy => 503,
        }
    }
}

impl NoticePage {
    fn words(&self) -> NoticeText {
        self.text().notice(&self.notice)
    }
}

page!(NoticePage);
