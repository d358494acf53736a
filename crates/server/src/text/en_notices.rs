//! Notices: what happened, what to do, on which basis.

use super::NoticeText;
use super::en::duration;
use crate::pages::Notice;

const NOTHING_SHARED: &str = "Nothing was shared with the portal.";

pub(super) fn notice(notice: &Notice) -> NoticeText {
    match notice {
        Notice::EidLocked { grounds } => eid_locked(grounds),
        Notice::CardExpired => NoticeText::new(
            "Your ID card has expired",
            format!("According to our records your ID card has expired, or the new one is not on record yet, and so the electronic identification account is locked. {NOTHING_SHARED}"),
        )
        .steps(&[
            "Go to any commune-level police to have your ID card renewed.",
            "Once the new card is on record, the system checks and unlocks the account by itself; you need not ask for it.",
            "Then sign in again.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 15"),
        Notice::NotActivated => NoticeText::new(
            "The account is not activated",
            format!("This electronic identification account is not activated yet and cannot be used. {NOTHING_SHARED}"),
        )
        .steps(&[
            "Open the national identification application (VNeID) and activate the account as it guides you.",
            "If more than 7 days have passed since you were notified, contact the electronic identification hotline or the commune-level police.",
            "Sign in again after activation.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 14"),
        Notice::GuardianMissing => NoticeText::new(
            "A representative or guardian must consent",
            format!(
                "The account of a person under 14, of a ward or of a represented person may be used only with the consent of their \
                 representative or guardian. None is on record for this account. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "The representative or guardian goes to any commune-level police to have the record updated.",
            "Please bring an ID card and papers that prove the representation or guardianship.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 14"),
        Notice::GuardianNotAdmitted => NoticeText::new(
            "The representative or guardian cannot consent now",
            format!(
                "This account may be used when the representative or guardian consents with their own electronic identification account. \
                 That account cannot be used at present. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "The representative or guardian signs in with their own account to see why, and what to do.",
            "When that account works again, sign in again.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 14"),
        Notice::ResidenceExpired => NoticeText::new(
            "The period of residence has ended",
            format!(
                "According to our records the account holder's period of residence in Viet Nam has ended or is not on record, and so the electronic \
                 identification account is locked. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Contact the immigration authority about your residence, or to have your record updated.",
            "The system unlocks the account by itself when no ground for the lock remains.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 15"),
        Notice::TravelDocumentExpired => NoticeText::new(
            "The passport or travel document has expired",
            format!(
                "According to our records the account holder's passport or travel document has expired or is not on record, and so the electronic \
                 identification account is locked. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Obtain a new passport or travel document, then have it recorded by the immigration authority.",
            "The system unlocks the account by itself when no ground for the lock remains.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Article 15"),
        Notice::TooYoung => NoticeText::new(
            "Too young for this service",
            format!("A person under 6 can have a level 1 account only, so this account cannot be used for the service. {NOTHING_SHARED}"),
        )
        .steps(&["A parent, representative or guardian uses their own account, or goes to a one-stop service desk in person."])
        .basis("Decree No. 69/2024/NĐ-CP, Article 7"),
        Notice::LevelTwoNeeded { portal } => NoticeText::new(
            "This service needs a level 2 account",
            format!(
                "{} accepts sign-in with a level 2 electronic identification account only. Your account is level 1. {NOTHING_SHARED}",
                if portal.is_empty() { "This service" } else { portal }
            ),
        )
        .steps(&[
            "Go to any commune-level police, or the nearest place that issues ID cards, wherever you live.",
            "Show your valid ID card.",
            "Fill in form TK01 with a mobile number in your own name, and your e-mail address if you have one. The officer takes a photo of \
             your face and your fingerprints.",
            "You get the result within 3 working days of a complete and valid application, by app, phone or e-mail.",
            "Activate the level 2 account, then sign in again.",
        ])
        .notes(&[
            "If your card has expired or you have none: apply together with the card; this takes up to 7 working days.",
            "Persons under 14, wards and represented persons come with their representative or guardian.",
            "Foreigners apply at the immigration authority with a valid passport or travel document.",
        ])
        .basis("Decree No. 69/2024/NĐ-CP, Articles 7, 10, 11 and 13"),
        Notice::LevelThreeNeeded => NoticeText::new(
            "This service needs a higher authentication level",
            format!("The portal asks for a biometric check, such as face or fingerprint. This page cannot do that yet. {NOTHING_SHARED}"),
        )
        .steps(&["Go back to the portal and choose another way, or go to a one-stop service desk in person."])
        .basis("Decree No. 69/2024/NĐ-CP, Article 20"),
        Notice::UnknownClient => NoticeText::new(
            "We do not know this portal",
            "The request to sign in comes from a portal that is not registered with us. To protect you, sign-in stops here.",
        )
        .steps(&[
            "Do not enter your password or a one-time code on the page that sent you here.",
            "Type the portal's official address into your browser yourself, then sign in again.",
        ])
        .detail("client_id"),
        Notice::ClientDisabled => NoticeText::new(
            "This portal is disconnected for now",
            "At present this portal may not use the electronic identification account for sign-in.",
        )
        .steps(&["Please try again later, or ask the portal's operator when it will be back."]),
        Notice::AgreementExpired => NoticeText::new(
            "The portal's connection agreement has ended",
            format!("The agreement between the portal's operator and the electronic identification system has ended. {NOTHING_SHARED}"),
        )
        .steps(&["Please contact the portal's operator, or go to a one-stop service desk in person."]),
        Notice::RedirectUriWrong => NoticeText::new(
            "The return address is wrong",
            "The address to which the portal wants to return you is not one it registered. To protect you, we do not send you there.",
        )
        .steps(&[
            "Type the portal's official address into your browser yourself, then sign in again.",
            "If you see this notice again, please tell the portal's operator.",
        ])
        .detail("redirect_uri"),
        Notice::RequestWrong { detail } => NoticeText::new(
            "The portal's request is wrong",
            "The portal sent a request that we cannot process. You did nothing wrong.",
        )
        .steps(&[
            "Go back to the portal and sign in again.",
            "If you see this notice again, please tell the portal's operator the technical detail below.",
        ])
        .detail(detail),
        Notice::Expired => NoticeText::new(
            "This page has expired",
            "This page was open too long and can no longer be used. Nothing was shared from it.",
        )
        .steps(&["Go back to the portal and sign in again."]),
        Notice::AlreadyDone => NoticeText::new(
            "This step is already done",
            "This sign-in was completed before, perhaps in another tab, or before you pressed the back button.",
        )
        .steps(&["Continue in the tab where the portal is open. If the portal does not know you yet, sign in again from there."]),
        Notice::OtherBrowser => NoticeText::new(
            "This page belongs to another browser",
            "A sign-in must be completed in the browser where it began. If somebody sent you this link, do not continue.",
        )
        .steps(&["Open the portal in this browser and sign in from the start."]),
        Notice::CookiesOff => NoticeText::new(
            "Your browser blocks cookies",
            "Sign-in needs a cookie to recognise your browser while you sign in. This cookie is not used to follow you.",
        )
        .steps(&["Open your browser's settings and allow cookies for this site.", "Go back to the portal and sign in again."]),
        Notice::Throttled { seconds } => NoticeText::new(
            "Too many tries",
            format!("To protect accounts, requests are not accepted for a while. You can try again in {}.", duration(*seconds)),
        )
        .steps(&["Please wait that long, then try again.", "If you forgot your password, choose “Forgot your password?” on the sign-in page."]),
        Notice::Busy => NoticeText::new("The system is busy", "The system has more requests than it can take at the moment.")
            .steps(&["Please try again in a few minutes."]),
        Notice::Forbidden => NoticeText::new(
            "This request cannot be accepted",
            "We could not verify that you sent this request from our page. Perhaps the page was open too long, or its cookie was deleted.",
        )
        .steps(&["Go back to the portal and sign in again."]),
        Notice::NotFound => NoticeText::new("Page not found", "There is no page at this address.")
            .steps(&["Please check the address, or begin again from the portal."]),
        Notice::MethodNotAllowed => {
            NoticeText::new("This page cannot be opened this way", "This address does not accept the kind of request that was sent.")
                .steps(&["Please begin again from the portal."])
        }
        Notice::TooLarge => NoticeText::new("The request is too large", "The request exceeds our limits and was not processed.")
            .steps(&["Go back to the portal and sign in again. If you see this notice again, please tell the portal's operator."]),
        Notice::Internal => NoticeText::new(
            "Something went wrong on our side",
            "The system had a fault. You did nothing wrong. The fault was recorded.",
        )
        .steps(&["Please try again in a few minutes.", "If it happens again, give the request ID below to support."]),
        Notice::SignOutWrong => NoticeText::new(
            "The request to sign out is wrong",
            "The portal sent a request to sign out that is not valid. Your session has not ended.",
        )
        .steps(&["Sign out of each portal that is open.", "On a shared computer, close every browser window."]),
    }
}

fn eid_locked(grounds: &[String]) -> NoticeText {
    NoticeText::new(
        "The account is locked",
        format!(
            "The e-ID card (if any) and this electronic identification account are locked and cannot be used to sign in. {NOTHING_SHARED}"
        ),
    )
    .reasons(grounds.iter().map(|code| ground(code).to_owned()).collect())
    .steps(&[
        "If the reason is not clear to you, or not right, go to any commune-level police; bring your ID card or passport.",
        "The system checks and unlocks the account by itself when no ground for the lock remains.",
    ])
    .basis("Law on Identification No. 26/2023/QH15, Article 34; Decree No. 69/2024/NĐ-CP, Articles 15, 29 and 30")
}

/// The grounds of the Law on Identification, Art. 34, each with what lifts it.
fn ground(code: &str) -> &'static str {
    match code {
        "HOLDER_REQUEST" => {
            "Locked at the account holder's request. To unlock it, ask in the national identification application (VNeID) or hand in form \
             TK03 at the commune-level police; it is unlocked at once."
        }
        "TERMS_BREACH" => {
            "Breach of the usage agreement of the national identification application. It is unlocked when the breach is remedied."
        }
        "CARD_REVOKED_OR_HELD" => "The ID card is revoked or held. The account is unlocked when the card is returned.",
        "DEATH" => {
            "According to our records the account holder has died. If this is not right, go to the commune-level police at once to have it corrected."
        }
        "AUTHORITY_REQUEST" => {
            "Locked at the request of a procedure-conducting body or another competent authority. It is unlocked when that authority asks for it."
        }
        _ => "There is another ground for the lock. Please ask the commune-level police to explain it.",
    }
}
