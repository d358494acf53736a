//! Every word of the pages, Vietnamese first. A text that is missing in one language does not compile.

use crate::config::Bilingual;
use crate::verify::Check;

/// Language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Language {
    /// The first of ours in a list of language tags; Vietnamese when none is.
    #[must_use]
    pub fn preferred(tags: &str) -> Self {
        let ours = |tag: &str| match tag.trim().get(..2)?.to_ascii_lowercase().as_str() {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        };
        tags.split(',').find_map(ours).unwrap_or(Self::Vi)
    }

    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The other one, for the switch.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// The text in this language.
    #[must_use]
    pub fn of(self, text: Bilingual) -> &'static str {
        match self {
            Self::Vi => text.vi,
            Self::En => text.en,
        }
    }
}

/// The fixed words of the pages.
pub struct Text {
    /// Name of the other language, in that language.
    pub other_language: &'static str,
    /// Jumps over the page head.
    pub skip: &'static str,
    /// Notice at the foot of every page.
    pub demo_notice: &'static str,
    /// Button.
    pub sign_in: &'static str,
    /// Under the button.
    pub sign_in_hint: &'static str,
    /// Button.
    pub sign_out: &'static str,
    /// Button.
    pub refresh: &'static str,
    /// Under the button.
    pub refresh_hint: &'static str,
    /// Link home.
    pub home: &'static str,
    /// Link to the signed-in page.
    pub my_page: &'static str,
    /// Notice.
    pub signed_out: &'static str,
    /// Heading.
    pub asks_for: &'static str,
    /// Row head.
    pub level: &'static str,
    /// Level 1.
    pub level_one: &'static str,
    /// Level 2.
    pub level_two: &'static str,
    /// Row head.
    pub scopes: &'static str,
    /// Row head.
    pub provider: &'static str,
    /// Row head.
    pub client: &'static str,
    /// Before the name.
    pub welcome: &'static str,
    /// Heading.
    pub claims: &'static str,
    /// Under the heading.
    pub claims_hint: &'static str,
    /// Column head.
    pub claim: &'static str,
    /// Column head.
    pub value: &'static str,
    /// Heading.
    pub verified: &'static str,
    /// Under the heading.
    pub verified_hint: &'static str,
    /// Column head.
    pub check: &'static str,
    /// Column head.
    pub seen: &'static str,
    /// Result of a check.
    pub passed: &'static str,
    /// Before the error code.
    pub detail: &'static str,
    /// A boolean claim.
    pub yes: &'static str,
    /// A boolean claim.
    pub no: &'static str,
}

/// The words of that language.
#[must_use]
pub fn of(language: Language) -> &'static Text {
    match language {
        Language::Vi => &VI,
        Language::En => &EN,
    }
}

static VI: Text = Text {
    other_language: "English",
    skip: "Đến nội dung chính",
    demo_notice: "Cổng mẫu để thử tích hợp, không phải trang của cơ quan nhà nước. Mọi công dân trong bản mẫu đều là hư cấu.",
    sign_in: "Đăng nhập bằng tài khoản định danh điện tử",
    sign_in_hint: "Quý công dân được chuyển sang trang của hệ thống định danh; cổng không nhìn thấy mật khẩu.",
    sign_out: "Đăng xuất",
    refresh: "Cập nhật thông tin",
    refresh_hint: "Cổng được phép lấy lại thông tin mà không cần đăng nhập lại (offline_access).",
    home: "Trang chủ",
    my_page: "Trang của tôi",
    signed_out: "Quý công dân đã đăng xuất.",
    asks_for: "Cổng này yêu cầu",
    level: "Mức độ",
    level_one: "Tài khoản mức độ 1 trở lên",
    level_two: "Tài khoản mức độ 2, xác thực mức độ 2 (mật khẩu và mã OTP)",
    scopes: "Phạm vi dữ liệu",
    provider: "Hệ thống định danh",
    client: "Mã cổng",
    welcome: "Xin chào",
    claims: "Thông tin nhận được",
    claims_hint: "Đúng những thông tin quý công dân đã đồng ý chia sẻ, lấy từ userinfo của hệ thống định danh.",
    claim: "Thông tin",
    value: "Giá trị",
    verified: "Cổng đã kiểm tra những gì",
    verified_hint: "Thiếu một bước kiểm tra, kẻ gian có thể đăng nhập thay người khác. Thư viện openidconnect làm phần mật mã.",
    check: "Bước kiểm tra",
    seen: "Kết quả",
    passed: "Đạt",
    detail: "Chi tiết kỹ thuật",
    yes: "Có",
    no: "Không",
};

static EN: Text = Text {
    other_language: "Tiếng Việt",
    skip: "Skip to content",
    demo_notice: "A sample portal for trying the integration, not a site of any authority. All its citizens are invented.",
    sign_in: "Sign in with your electronic identification account",
    sign_in_hint: "You are taken to the identification system's own page; this portal never sees your password.",
    sign_out: "Sign out",
    refresh: "Refresh my data",
    refresh_hint: "This portal may fetch your data again without a new sign-in (offline_access).",
    home: "Home",
    my_page: "My page",
    signed_out: "You are signed out.",
    asks_for: "What this portal asks for",
    level: "Level",
    level_one: "Account level 1 or higher",
    level_two: "Account level 2, authentication level 2 (password and one-time code)",
    scopes: "Data scopes",
    provider: "Identification system",
    client: "Client",
    welcome: "Welcome",
    claims: "What we received",
    claims_hint: "Exactly what you agreed to share, from the identification system's userinfo.",
    claim: "Claim",
    value: "Value",
    verified: "What this portal checked",
    verified_hint: "Leave out one check and somebody can sign in as another person. The openidconnect library does the cryptography.",
    check: "Check",
    seen: "Result",
    passed: "Passed",
    detail: "Technical detail",
    yes: "Yes",
    no: "No",
};

/// What a check makes sure of, and where that is written.
#[must_use]
pub fn check(language: Language, check: Check) -> (&'static str, &'static str) {
    let (vi, en, source) = match check {
        Check::State => (
            "Câu trả lời thuộc về lượt đăng nhập bắt đầu từ trình duyệt này (state)",
            "The answer belongs to the sign-in begun in this browser (state)",
            "RFC 6749 §10.12",
        ),
        Check::ResponseIssuer => {
            ("Câu trả lời đến từ đúng hệ thống đã hỏi (iss)", "The answer comes from the provider we asked (iss)", "RFC 9207 §2.4")
        }
        Check::Pkce => (
            "Mã được đổi bằng khóa bí mật của chính lượt này (PKCE)",
            "The code was redeemed with this sign-in's own secret (PKCE)",
            "RFC 7636 §4.5",
        ),
        Check::Signature => {
            ("Chữ ký của ID token, bằng khóa công bố", "Signature of the ID token, by a published key", "OIDC Core §3.1.3.7 (6)")
        }
        Check::Issuer => ("ID token do đúng hệ thống cấp (iss)", "The ID token's issuer (iss)", "OIDC Core §3.1.3.7 (2)"),
        Check::Audience => {
            ("ID token cấp cho đúng cổng này (aud)", "The ID token is meant for this portal (aud)", "OIDC Core §3.1.3.7 (3)")
        }
        Check::Expiry => ("ID token còn hạn (exp)", "The ID token has not expired (exp)", "OIDC Core §3.1.3.7 (9)"),
        Check::Nonce => {
            ("ID token cấp cho đúng lượt đăng nhập này (nonce)", "The ID token is for this very sign-in (nonce)", "OIDC Core §3.1.3.7 (11)")
        }
        Check::AccessTokenHash => {
            ("Access token đi cùng ID token này (at_hash)", "The access token belongs to the ID token (at_hash)", "OIDC Core §3.1.3.8")
        }
        Check::Level => (
            "Mức độ tài khoản và mức độ xác thực đủ cao",
            "Account level and authentication level are high enough",
            "OIDC Core §3.1.3.7 (12)",
        ),
        Check::UserInfoSubject => ("Userinfo nói về cùng một người (sub)", "Userinfo speaks of the same person (sub)", "OIDC Core §5.3.2"),
        Check::RefreshedSubject => {
            ("ID token mới vẫn của người đó (sub)", "The refreshed ID token is of the same person (sub)", "OIDC Core §12.2")
        }
    };
    (language.of(Bilingual { vi, en }), source)
}

/// Claims in the order of the page, with their names for people. Fields inside a claim are listed once for all claims.
const CLAIMS: &[(&str, &str, &str)] = &[
    ("name", "Họ và tên", "Full name"),
    ("family_name", "Họ", "Family name"),
    ("middle_name", "Chữ đệm", "Middle name"),
    ("given_name", "Tên", "Given name"),
    ("birthdate", "Ngày sinh", "Date of birth"),
    ("gender", "Giới tính", "Gender"),
    ("citizen_id", "Số định danh cá nhân", "Citizen ID number"),
    ("old_id_number", "Số CMND cũ", "Old ID number"),
    ("phone_number", "Số điện thoại", "Phone number"),
    ("phone_number_verified", "Số điện thoại đã xác minh", "Phone number verified"),
    ("email", "Thư điện tử", "E-mail"),
    ("email_verified", "Thư điện tử đã xác minh", "E-mail verified"),
    ("address", "Địa chỉ", "Address"),
    ("permanent_residence", "Nơi thường trú", "Permanent residence"),
    ("temporary_residence", "Nơi tạm trú", "Temporary residence"),
    ("current_residence", "Nơi ở hiện tại", "Current residence"),
    ("household", "Hộ gia đình", "Household"),
    ("formatted", "đầy đủ", "in full"),
    ("street_address", "số nhà, đường", "street"),
    ("locality", "phường, xã", "commune"),
    ("region", "tỉnh, thành phố", "province"),
    ("country", "quốc gia", "country"),
    ("electronic_id", "Căn cước điện tử", "e-ID card"),
    ("social_insurance", "Bảo hiểm xã hội", "Social insurance"),
    ("health_insurance", "Bảo hiểm y tế", "Health insurance"),
    ("driving_licence", "Giấy phép lái xe", "Driving licence"),
    ("vehicle_registration", "Đăng ký xe", "Vehicle registration"),
    ("organization", "Tổ chức", "Organisation"),
    ("foreigner", "Người nước ngoài", "Foreigner"),
    ("number", "số", "number"),
    ("state", "trạng thái", "state"),
    ("issued_on", "ngày cấp", "issued on"),
    ("expires_on", "hết hạn ngày", "expires on"),
    ("nationality", "quốc tịch", "nationality"),
    ("place_of_birth", "nơi sinh", "place of birth"),
    ("place_of_birth_registration", "nơi đăng ký khai sinh", "birth registered at"),
    ("place_of_origin", "quê quán", "place of origin"),
    ("fields", "nội dung", "content"),
    ("source", "nguồn", "source"),
    ("as_of", "tại thời điểm", "as of"),
    ("account_level", "Mức độ tài khoản", "Account level"),
    ("authentication_level", "Mức độ xác thực", "Authentication level"),
    ("locale", "Ngôn ngữ", "Language"),
    ("updated_at", "Cập nhật lúc", "Updated at"),
    ("sub", "Mã người dùng tại cổng này", "Identifier at this portal"),
];

/// The name of a claim for people; `None` when we know none.
#[must_use]
pub fn claim(language: Language, name: &str) -> Option<&'static str> {
    let (_, vi, en) = CLAIMS.get(rank(name))?;
    Some(language.of(Bilingual { vi, en }))
}

/// Where a claim stands on the page; unknown ones come last.
#[must_use]
pub fn rank(name: &str) -> usize {
    CLAIMS.iter().position(|(known, ..)| *known == name).unwrap_or(CLAIMS.len())
}
