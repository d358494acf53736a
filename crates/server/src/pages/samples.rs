//! Every page in its typical states, with made-up people. The tests render them all; the gallery example writes them as files to look at.

use super::*;

/// One page, named after its state, rendered.
pub struct Sample {
    /// A file name without extension.
    pub name: String,
    /// The page.
    pub html: askama::Result<String>,
}

/// All of them in one language.
pub fn samples(language: Language) -> Vec<Sample> {
    let frame = frame(language);
    let mut all = Vec::new();
    let mut add = |name: &str, html: askama::Result<String>| all.push(Sample { name: name.to_owned(), html });
    let sign_in = SignInPage {
        frame: frame.clone(),
        interaction: "0193a1b2".into(),
        csrf: "csrf".into(),
        portal: portal(),
        citizen_id: String::new(),
        problem: None,
        needs_level_two: false,
    };
    add("sign-in", sign_in.render());
    add(
        "sign-in-level-2",
        SignInPage { needs_level_two: true, frame: Frame { sandbox: false, ..frame.clone() }, ..sign_in.clone() }.render(),
    );
    for (name, problem) in [
        ("number", SignInProblem::NumberMalformed),
        ("wrong", SignInProblem::Wrong),
        ("throttled", SignInProblem::Throttled { seconds: 90 }),
        ("busy", SignInProblem::Busy),
    ] {
        let page = SignInPage { citizen_id: "098090000001".into(), problem: Some(problem), ..sign_in.clone() };
        add(&format!("sign-in-{name}"), page.render());
    }
    let code = CodePage {
        frame: frame.clone(),
        interaction: "0193a1b2".into(),
        csrf: "csrf".into(),
        portal: portal(),
        recipient: CodeRecipient::Holder { phone_masked: "09••••••01".into() },
        problem: None,
        resend_in: 60,
        minutes: 3,
        may_skip: true,
    };
    add("code", code.render());
    let guardian = CodeRecipient::Guardian {
        name_masked: "Nguyễn V• A•".into(),
        phone_masked: "09••••••01".into(),
        child_name: "Hoàng Minh Đức".into(),
    };
    add("code-guardian", CodePage { recipient: guardian, may_skip: false, resend_in: 0, ..code.clone() }.render());
    for (name, problem) in [
        ("wrong", CodeProblem::Wrong { tries_left: 3 }),
        ("expired", CodeProblem::Expired),
        ("exhausted", CodeProblem::Exhausted),
        ("too-soon", CodeProblem::TooSoon { seconds: 42 }),
        ("not-sent", CodeProblem::NotSent),
    ] {
        add(&format!("code-{name}"), CodePage { problem: Some(problem), resend_in: 0, ..code.clone() }.render());
    }
    let consent = ConsentPage {
        frame: frame.clone(),
        interaction: "0193a1b2".into(),
        csrf: "csrf".into(),
        portal: portal(),
        holder_name: "Nguyễn Văn An".into(),
        purpose: "Xác định người nộp hồ sơ".into(),
        agreement_number: Some("12/2026".into()),
        groups: groups(),
        new_only: false,
        offline: false,
        on_behalf_of: None,
    };
    add("consent", consent.render());
    let more = ConsentPage {
        new_only: true,
        offline: true,
        holder_name: "Hoàng Minh Đức".into(),
        on_behalf_of: Some("Hoàng Minh Đức".into()),
        agreement_number: None,
        ..consent
    };
    add("consent-more", more.render());
    let choose = ChooseAccountPage {
        frame: frame.clone(),
        interaction: "0193a1b2".into(),
        csrf: "csrf".into(),
        portal: portal(),
        holder_name: "Trần Thị Bình".into(),
    };
    add("choose-account", choose.render());
    for (name, notice) in notices() {
        let way_back = match notice.status() {
            403 => WayBack::Portal { interaction: "0193a1b2".into(), csrf: "csrf".into(), name: portal().name },
            404 => WayBack::Link { href: "/".into(), name: "Cổng Dịch vụ công quốc gia".into() },
            _ => WayBack::None,
        };
        add(&format!("notice-{name}"), NoticePage { frame: frame.clone(), notice, way_back }.render());
    }
    let fields = vec![("code".to_owned(), "secret".to_owned()), ("state".to_owned(), "\"><script>alert(1)</script>".to_owned())];
    let form_post =
        FormPostPage { action: "https://portal-a.example/cb".into(), fields: fields.clone(), nonce: "bm9uY2U".into(), language };
    add("form-post", form_post.render());
    add("sign-out", SignOutPage { frame: frame.clone(), csrf: "csrf".into(), portal: Some(portal()), fields }.render());
    add("sign-out-alone", SignOutPage { frame: frame.clone(), csrf: "csrf".into(), portal: None, fields: Vec::new() }.render());
    let back_to = Some((portal().name, "https://portal-a.example/".to_owned()));
    add("signed-out", SignedOutPage { frame: frame.clone(), portal: back_to }.render());
    add("signed-out-alone", SignedOutPage { frame: frame.clone(), portal: None }.render());
    let start = RecoverStartPage {
        frame: frame.clone(),
        csrf: "csrf".into(),
        citizen_id: String::new(),
        problem: None,
        back: Some("/interaction/0193a1b2".into()),
    };
    add("recover", start.render());
    for (name, problem) in [
        ("number", RecoverStartProblem::NumberMalformed),
        ("throttled", RecoverStartProblem::Throttled { seconds: 3600 }),
        ("busy", RecoverStartProblem::Busy),
    ] {
        let page = RecoverStartPage { citizen_id: "0980".into(), problem: Some(problem), back: None, ..start.clone() };
        add(&format!("recover-{name}"), page.render());
    }
    let recover = RecoverCodePage { frame: frame.clone(), csrf: "csrf".into(), recovery: "0193c0de".into(), problem: None, minutes: 3 };
    add("recover-code", recover.render());
    for (name, problem) in [
        ("wrong", RecoverProblem::CodeWrong),
        ("expired", RecoverProblem::Expired),
        ("weak", RecoverProblem::PasswordWeak),
        ("differ", RecoverProblem::PasswordsDiffer),
        ("throttled", RecoverProblem::Throttled { seconds: 61 }),
        ("busy", RecoverProblem::Busy),
    ] {
        add(&format!("recover-code-{name}"), RecoverCodePage { problem: Some(problem), ..recover.clone() }.render());
    }
    add("recover-done", RecoverDonePage { frame: frame.clone(), back: Some("/interaction/0193a1b2".into()) }.render());
    add("phone", PhonePage { frame: frame.clone(), messages: messages(), citizen_id: Some("098090000001".into()) }.render());
    add("phone-empty", PhonePage { frame: frame.clone(), messages: Vec::new(), citizen_id: None }.render());
    let portals = vec![
        ("Cổng Dịch vụ công quốc gia (mẫu)".to_owned(), "http://localhost:8081/".to_owned()),
        ("Bảo hiểm xã hội Việt Nam (mẫu)".to_owned(), "http://localhost:8082/".to_owned()),
    ];
    add("home", HomePage { frame: frame.clone(), portals }.render());
    add("home-alone", HomePage { frame: Frame { sandbox: false, ..frame }, portals: Vec::new() }.render());
    all
}

fn frame(language: Language) -> Frame {
    Frame { language, switch_to: "?ui_locales=en&x=%22".into(), request_id: "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b".into(), sandbox: true }
}

fn portal() -> PortalBadge {
    PortalBadge { name: "Cổng Dịch vụ công quốc gia".into(), host: "dichvucong.vidu.example".into() }
}

fn groups() -> Vec<ConsentGroup> {
    let group = |title: &str, level_two: bool, items: &[(&str, &str)]| ConsentGroup {
        title: title.into(),
        level_two,
        items: items.iter().map(|(label, value)| ConsentItem { label: (*label).into(), value: (*value).into() }).collect(),
    };
    vec![
        group(
            "Thông tin cá nhân",
            false,
            &[("Họ, chữ đệm và tên khai sinh", "Nguyễn Văn An"), ("Ngày sinh", "15/05/1990"), ("Giới tính", "Nam")],
        ),
        group("Liên hệ", false, &[("Số điện thoại", "0900 000 001"), ("Thư điện tử", "")]),
        group(
            "Nơi cư trú",
            true,
            &[
                ("Nơi thường trú", "Số 1, ngõ 2, phố Giả Định, phường Ví Dụ, thành phố Thử Nghiệm"),
                ("Nơi tạm trú", "Chưa đăng ký"),
                ("Nơi ở hiện tại", "Khu tập thể Nguyễn Khuyến, đường Ngã Ba Đường Mới, xã Thượng Ưỡng, tỉnh Thử Nghiệm"),
            ],
        ),
    ]
}

/// One notice of each kind; the match makes the compiler ask for a new one here.
pub(super) fn notices() -> Vec<(&'static str, Notice)> {
    let grounds = ["HOLDER_REQUEST", "TERMS_BREACH", "CARD_REVOKED_OR_HELD", "DEATH", "AUTHORITY_REQUEST", "NEW_GROUND"];
    let all = [
        Notice::EidLocked { grounds: vec![grounds[0].into()] },
        Notice::CardExpired,
        Notice::NotActivated,
        Notice::GuardianMissing,
        Notice::GuardianNotAdmitted,
        Notice::ResidenceExpired,
        Notice::TravelDocumentExpired,
        Notice::TooYoung,
        Notice::LevelTwoNeeded { portal: "Bảo hiểm xã hội Việt Nam".into() },
        Notice::LevelThreeNeeded,
        Notice::UnknownClient,
        Notice::ClientDisabled,
        Notice::AgreementExpired,
        Notice::RedirectUriWrong,
        Notice::RequestWrong { detail: "response_type".into() },
        Notice::Expired,
        Notice::AlreadyDone,
        Notice::OtherBrowser,
        Notice::CookiesOff,
        Notice::Throttled { seconds: 3725 },
        Notice::Busy,
        Notice::Forbidden,
        Notice::NotFound,
        Notice::MethodNotAllowed,
        Notice::TooLarge,
        Notice::Internal,
        Notice::SignOutWrong,
        Notice::EidLocked { grounds: grounds.iter().map(ToString::to_string).collect() },
    ];
    all.into_iter().map(|notice| (file_name(&notice), notice)).collect()
}

fn file_name(notice: &Notice) -> &'static str {
    match notice {
        Notice::EidLocked { grounds } if grounds.len() > 1 => "eid-locked-every-ground",
        Notice::EidLocked { .. } => "eid-locked",
        Notice::CardExpired => "card-expired",
        Notice::NotActivated => "not-activated",
        Notice::GuardianMissing => "guardian-missing",
        Notice::GuardianNotAdmitted => "guardian-not-admitted",
        Notice::ResidenceExpired => "residence-expired",
        Notice::TravelDocumentExpired => "travel-document-expired",
        Notice::TooYoung => "too-young",
        Notice::LevelTwoNeeded { .. } => "level-two-needed",
        Notice::LevelThreeNeeded => "level-three-needed",
        Notice::UnknownClient => "unknown-client",
        Notice::ClientDisabled => "client-disabled",
        Notice::AgreementExpired => "agreement-expired",
        Notice::RedirectUriWrong => "redirect-uri-wrong",
        Notice::RequestWrong { .. } => "request-wrong",
        Notice::Expired => "expired",
        Notice::AlreadyDone => "already-done",
        Notice::OtherBrowser => "other-browser",
        Notice::CookiesOff => "cookies-off",
        Notice::Throttled { .. } => "throttled",
        Notice::Busy => "busy",
        Notice::Forbidden => "forbidden",
        Notice::NotFound => "not-found",
        Notice::MethodNotAllowed => "method-not-allowed",
        Notice::TooLarge => "too-large",
        Notice::Internal => "internal",
        Notice::SignOutWrong => "sign-out-wrong",
    }
}

fn messages() -> Vec<PhoneMessage> {
    let message = |channel: &str, to: &str, text: &str, code: Option<&str>, sent_at: &str| PhoneMessage {
        to: to.into(),
        channel: channel.into(),
        text: text.into(),
        code: code.map(str::to_owned),
        sent_at: sent_at.into(),
    };
    vec![
        message(
            "sms",
            "+84900000001",
            "Mã xác thực để đăng nhập vào Bảo hiểm xã hội Việt Nam: 123456. Mã có hiệu lực trong 3 phút. Không chia sẻ mã OTP cho bất kỳ ai, kể cả cán bộ.",
            Some("123456"),
            "22/11/2026 16:40",
        ),
        message("email", "an.nguyen@vidu.example", "Mật khẩu tài khoản định danh điện tử vừa được đặt lại.", None, "22/11/2026 16:31"),
    ]
}
