//! Why somebody is not signed in. Kind words on the page, the technical cause below it for the portal's developer.

use std::error::Error;

use actix_web::http::StatusCode;

use crate::config::Bilingual;

/// A sign-in that did not succeed.
#[derive(Debug, Clone)]
pub enum Problem {
    /// The provider answered with an error code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
    Refused {
        /// The registered code.
        error: String,
        /// The provider's words for developers.
        description: Option<String>,
    },
    /// The sign-in is weaker than this portal needs.
    LevelTooLow,
    /// A check failed: whatever this is, it is not a sign-in.
    Untrusted(String),
    /// No sign-in of this browser is waiting for such an answer: expired, used, or begun elsewhere.
    Unknown,
    /// The provider does not answer.
    Unreachable(String),
    /// No such page.
    NotFound,
}

/// What the page says.
pub struct Words {
    /// Heading.
    pub title: Bilingual,
    /// What happened and what to do.
    pub advice: Bilingual,
}

impl Problem {
    /// What the provider answered, cut to a length that fits a page.
    pub fn refused(error: String, description: Option<String>) -> Self {
        let short = |text: String| text.chars().filter(|c| !c.is_control()).take(300).collect::<String>();
        Self::Refused { error: short(error), description: description.map(short) }
    }

    /// A check or a call of the library failed; keeps the whole chain of causes.
    pub fn untrusted(error: impl Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self::Untrusted(text)
    }

    /// Short name in the page's address when its language is switched.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { error, .. } => error,
            Self::LevelTooLow => "level_too_low",
            Self::Untrusted(_) => "untrusted",
            Self::Unknown => "unknown",
            Self::Unreachable(_) => "unreachable",
            Self::NotFound => "not_found",
        }
    }

    /// The problem of that short name, without its detail.
    pub fn from_code(code: &str) -> Self {
        match code {
            "level_too_low" => Self::LevelTooLow,
            "untrusted" => Self::Untrusted(String::new()),
            "unknown" => Self::Unknown,
            "unreachable" => Self::Unreachable(String::new()),
            "not_found" => Self::NotFound,
            error => Self::refused(error.to_owned(), None),
        }
    }

    /// For developers: what exactly was wrong.
    pub fn detail(&self) -> String {
        match self {
            Self::Refused { error, description: Some(description) } => format!("{error}: {description}"),
            Self::Untrusted(cause) | Self::Unreachable(cause) if !cause.is_empty() => cause.clone(),
            other => other.code().to_owned(),
        }
    }

    /// HTTP status of the page.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused { error, .. } if matches!(error.as_str(), "server_error" | "temporarily_unavailable") => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Refused { .. } | Self::LevelTooLow => StatusCode::FORBIDDEN,
            Self::Untrusted(_) => StatusCode::BAD_GATEWAY,
            Self::Unknown => StatusCode::BAD_REQUEST,
            Self::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    /// Kind words.
    pub fn words(&self) -> Words {
        match self {
            Self::Refused { error, .. } => refusal(error),
            Self::LevelTooLow => refusal("unmet_authentication_requirements"),
            Self::Untrusted(_) => words(
                "Không thể xác nhận kết quả đăng nhập",
                "Câu trả lời nhận được không qua được các bước kiểm tra an toàn, nên cổng không cho đăng nhập. Thông tin của quý công dân không được sử dụng. Vui lòng đăng nhập lại; nếu lỗi lặp lại, hãy báo cho bộ phận hỗ trợ của cổng.",
                "We could not confirm the sign-in",
                "The answer we received did not pass our safety checks, so nobody was signed in and nothing was used. Please sign in again; if it happens again, tell this portal's support.",
            ),
            Self::Unknown => words(
                "Lượt đăng nhập này không còn hiệu lực",
                "Trang đã quá hạn, đã được dùng, hoặc được mở từ một trình duyệt khác. Vui lòng bắt đầu lại từ đầu và cho phép trình duyệt lưu cookie của trang này.",
                "This sign-in is no longer valid",
                "The page is too old, was used already, or was opened from another browser. Please start again, and allow cookies for this site.",
            ),
            Self::Unreachable(_) => words(
                "Chưa kết nối được hệ thống định danh",
                "Hệ thống định danh và xác thực điện tử chưa trả lời. Vui lòng thử lại sau ít phút.",
                "The identification system does not answer",
                "The electronic identification system cannot be reached at the moment. Please try again in a few minutes.",
            ),
            Self::NotFound => {
                words("Không tìm thấy trang", "Địa chỉ này không có ở cổng.", "Page not found", "There is no such page at this portal.")
            }
        }
    }
}

fn refusal(error: &str) -> Words {
    match error {
        "access_denied" => words(
            "Quý công dân chưa đăng nhập",
            "Việc đăng nhập đã dừng: quý công dân đã hủy hoặc không đồng ý chia sẻ thông tin, hoặc tài khoản định danh hiện chưa sử dụng được. Cổng không được cho biết lý do; trang của hệ thống định danh đã nêu lý do và việc cần làm. Không có thông tin nào được chia sẻ.",
            "You are not signed in",
            "The sign-in stopped: you cancelled it or did not agree to share your data, or your account cannot be used at present. We are not told which; the identification system's own page said why and what to do. Nothing was shared.",
        ),
        "unmet_authentication_requirements" => words(
            "Dịch vụ này cần tài khoản định danh mức độ 2",
            "Tài khoản của quý công dân chưa đạt mức độ mà dịch vụ yêu cầu. Để được cấp mức độ 2, hãy đến Công an cấp xã bất kỳ, mang theo thẻ căn cước còn hạn và số điện thoại chính chủ; thời hạn cấp không quá 3 ngày làm việc (Điều 13 Nghị định 69/2024/NĐ-CP).",
            "This service needs a level-2 account",
            "Your account does not reach the level that this service requires. To get level 2, go to any commune-level police with your valid ID card and a phone number in your own name; it takes at most 3 working days (Decree 69/2024, Article 13).",
        ),
        "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => words(
            "Cần quý công dân xác nhận",
            "Hệ thống định danh cần quý công dân đăng nhập hoặc xác nhận lại, nên không thể đăng nhập tự động. Vui lòng bấm Đăng nhập.",
            "Your confirmation is needed",
            "The identification system needs you to sign in or confirm again, so we could not sign you in silently. Please choose Sign in.",
        ),
        "server_error" | "temporarily_unavailable" => words(
            "Hệ thống định danh đang bận",
            "Hệ thống định danh chưa xử lý được yêu cầu. Vui lòng thử lại sau ít phút.",
            "The identification system is busy",
            "The identification system could not handle the request. Please try again in a few minutes.",
        ),
        _ => words(
            "Hệ thống định danh từ chối yêu cầu của cổng",
            "Đây không phải lỗi của quý công dân: cổng đã gửi một yêu cầu không hợp lệ. Vui lòng báo cho bộ phận hỗ trợ của cổng kèm mã lỗi bên dưới.",
            "The identification system refused this portal's request",
            "This is not your fault: the portal sent a request that is not valid. Please tell the portal's support, with the code below.",
        ),
    }
}

const fn words(title_vi: &'static str, advice_vi: &'static str, title_en: &'static str, advice_en: &'static str) -> Words {
    Words { title: Bilingual { vi: title_vi, en: title_en }, advice: Bilingual { vi: advice_vi, en: advice_en } }
}
