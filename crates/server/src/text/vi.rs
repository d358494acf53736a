//! Tiếng Việt.

use super::{
    ChooseAccount, Code, Common, Consent, FormPost, Home, NoticeWords, Phone, Phrases, Recover, SignIn, SignOut, Text, vi_notices,
};
use crate::pages::{CodeProblem, CodeRecipient, RecoverProblem, RecoverStartProblem, SignInProblem};

pub(super) static TEXT: Text = Text {
    common: Common {
        product: "Định danh điện tử",
        tagline: "Một tài khoản cho các dịch vụ công",
        skip: "Đến nội dung chính",
        sandbox_title: "Môi trường thử nghiệm.",
        sandbox_text: "Công dân và cổng dịch vụ ở đây đều là giả định. Không nhập thông tin thật.",
        sandbox_phone: "Điện thoại thử nghiệm",
        footer_secret: "Không chia sẻ mật khẩu và mã OTP cho bất kỳ ai, kể cả cán bộ.",
        footer_address: "Trước khi nhập mật khẩu, xin kiểm tra địa chỉ trang trên trình duyệt.",
        request_id: "Mã yêu cầu",
        problem: "Chưa thực hiện được",
        cancel: "Hủy và quay lại cổng",
        sign_in_to: "Đăng nhập vào",
        show: "Hiện",
        hide: "Ẩn",
        shown_password: "mật khẩu",
        fill_in: "Vui lòng điền vào ô này.",
        citizen_id: "Số định danh cá nhân",
        citizen_id_hint: "Gồm 12 chữ số, ghi trên thẻ căn cước.",
        code_hint: "Gồm 6 chữ số.",
        never_share: "Không chia sẻ mã OTP cho bất kỳ ai, kể cả cán bộ.",
    },
    sign_in: SignIn {
        title: "Đăng nhập",
        intro: "Dùng tài khoản định danh điện tử (VNeID) của Quý công dân.",
        level_two: "Cổng này yêu cầu tài khoản mức độ 2. Sau mật khẩu, Quý công dân sẽ nhập mã xác thực gửi đến điện thoại.",
        password: "Mật khẩu",
        submit: "Đăng nhập",
        forgot: "Quên mật khẩu?",
        demo_title: "Công dân để thử",
        demo_password: "Mật khẩu của mọi công dân:",
    },
    code: Code {
        title: "Nhập mã xác thực",
        label: "Mã xác thực (OTP)",
        confirm: "Xác nhận",
        not_received: "Chưa nhận được mã?",
        resend: "Gửi lại mã",
        resend_waiting: "Gửi lại mã (sau {} giây)",
        skip: "Tiếp tục, không dùng mã",
        skip_hint: "Cổng chỉ nhận được thông tin ở mức độ 1.",
    },
    consent: Consent {
        title: "Xác nhận chia sẻ thông tin",
        asks: "đề nghị được nhận các thông tin dưới đây.",
        more: "Trước đây Quý công dân đã đồng ý chia sẻ một phần thông tin với cổng này. Lần này cổng đề nghị nhận thêm thông tin.",
        recipient: "Bên nhận thông tin",
        holder: "Chủ thể dữ liệu",
        on_behalf_of: "Đồng ý thay cho",
        purpose: "Mục đích",
        agreement: "Thỏa thuận kết nối số",
        data: "Thông tin được chia sẻ",
        level_two: "Mức độ 2",
        no_value: "Chưa có thông tin",
        offline: "Cổng được tiếp tục nhận các thông tin này khi Quý công dân không trực tuyến, cho đến khi Quý công dân rút lại sự đồng ý.",
        rights_title: "Quyền của Quý công dân",
        rights: [
            "Chỉ những thông tin nêu trên được chia sẻ, và chỉ cho mục đích đã nêu.",
            "Quý công dân có quyền không đồng ý. Khi đó, cổng không nhận được thông tin nào.",
            "Quý công dân có quyền rút lại sự đồng ý bất cứ lúc nào. Việc rút lại không ảnh hưởng đến những gì đã thực hiện trước đó.",
        ],
        basis: "Căn cứ: Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15; Nghị định số 69/2024/NĐ-CP.",
        allow: "Đồng ý chia sẻ",
        deny: "Không đồng ý",
        print: "In trang này",
        printed_note: "Bản in để Quý công dân lưu giữ. Bản in không phải là bằng chứng Quý công dân đã đồng ý.",
    },
    choose_account: ChooseAccount {
        title: "Chọn tài khoản",
        signed_in_as: "Đang đăng nhập",
        current: "Tiếp tục với tài khoản này",
        other: "Dùng tài khoản khác",
    },
    notices: NoticeWords {
        reasons: "Lý do",
        steps: "Việc cần làm",
        notes: "Thông tin thêm",
        basis: "Căn cứ pháp lý",
        detail: "Chi tiết kỹ thuật",
        support: "Khi cần hỗ trợ, xin cung cấp mã yêu cầu này:",
    },
    form_post: FormPost {
        title: "Đang quay lại cổng dịch vụ",
        text: "Nếu trang không tự chuyển, vui lòng bấm “Tiếp tục”.",
        submit: "Tiếp tục",
    },
    sign_out: SignOut {
        title: "Đăng xuất",
        asked_by: "Yêu cầu đăng xuất đến từ",
        text: "Phiên đăng nhập bằng tài khoản định danh điện tử trên trình duyệt này sẽ kết thúc. Lần sau, Quý công dân cần nhập lại mật khẩu.",
        portals: "Các cổng dịch vụ đang mở có thể vẫn giữ phiên riêng. Khi dùng máy chung, xin đăng xuất ở từng cổng.",
        submit: "Đăng xuất",
        stay: "Không đăng xuất",
        done_title: "Đã đăng xuất",
        done_text: "Phiên đăng nhập bằng tài khoản định danh điện tử đã kết thúc.",
    },
    recover: Recover {
        title: "Quên mật khẩu",
        intro: "Xin nhập số định danh cá nhân. Nếu số này có tài khoản, mã xác thực sẽ được gửi đến số điện thoại đã đăng ký.",
        send: "Gửi mã xác thực",
        back: "Quay lại trang đăng nhập",
        code_title: "Đặt mật khẩu mới",
        code_intro: "Nếu số định danh cá nhân vừa nhập có tài khoản, mã xác thực đã được gửi đến số điện thoại đã đăng ký.",
        code: "Mã xác thực (OTP) gửi đến điện thoại",
        second_code: "Mã thứ hai (chỉ dành cho tài khoản mức độ 2)",
        second_code_hint: "Là mã gửi đến thư điện tử, hoặc mã do cán bộ Công an cấp xã cung cấp. Nếu tài khoản ở mức độ 1, xin để trống.",
        password: "Mật khẩu mới",
        password_rules: "Ít nhất 8 ký tự, gồm chữ hoa, chữ thường, chữ số và ký tự đặc biệt; không chứa số định danh cá nhân.",
        password_again: "Nhập lại mật khẩu mới",
        consequence: "Khi mật khẩu mới được đặt, mọi phiên đăng nhập sẽ kết thúc và Quý công dân sẽ nhận được thông báo.",
        submit: "Đặt mật khẩu mới",
        start_again: "Yêu cầu mã khác",
        done_title: "Đã đặt mật khẩu mới",
        done_text: "Mọi phiên đăng nhập trước đây đã kết thúc. Thông báo đã được gửi đến số điện thoại và thư điện tử đã đăng ký.",
        done_warning: "Nếu không phải Quý công dân thực hiện, xin báo ngay cho Công an cấp xã nơi thuận tiện nhất.",
        done_sign_in: "Đăng nhập",
    },
    phone: Phone {
        title: "Điện thoại thử nghiệm",
        intro: "Tin nhắn và thư điện tử của môi trường thử nghiệm hiện ở đây, không gửi ra ngoài.",
        choose: "Xem điện thoại của",
        everybody: "Tất cả",
        messages: "Tin nhắn",
        empty: "Chưa có tin nhắn nào.",
        reload: "Tải lại",
        sms: "Tin nhắn SMS",
        email: "Thư điện tử",
        to: "đến",
        code: "Mã",
    },
    home: Home {
        title: "Đăng nhập dịch vụ công bằng tài khoản định danh điện tử",
        intro: "Việc đăng nhập bắt đầu tại cổng dịch vụ công. Cổng chuyển Quý công dân đến đây để xác thực, rồi đưa Quý công dân trở lại.",
        portals: "Các cổng dịch vụ",
        no_portals: "Chưa có cổng nào để giới thiệu tại đây.",
        how_title: "Cách đăng nhập",
        how: [
            "Mở cổng dịch vụ và chọn “Đăng nhập”.",
            "Nhập số định danh cá nhân và mật khẩu; dịch vụ mức độ 2 cần thêm mã xác thực gửi đến điện thoại.",
            "Xem kỹ những thông tin cổng đề nghị được nhận, rồi đồng ý hoặc không đồng ý.",
        ],
        sandbox_title: "Dành cho người thử nghiệm",
        metadata: "Siêu dữ liệu OpenID Connect",
    },
    phrases: Phrases {
        duration,
        back_to: |name| format!("Quay lại {name}"),
        sign_in_problem,
        code_problem,
        code_sent_to,
        code_valid_for: |minutes| format!("Mã có hiệu lực trong {minutes} phút."),
        resend_in: |seconds| format!("Có thể yêu cầu mã mới sau {}.", duration(seconds)),
        recover_start_problem,
        recover_problem,
        notice: vi_notices::notice,
    },
};

const BUSY: &str = "Hệ thống đang xử lý nhiều yêu cầu. Vui lòng thử lại sau ít phút.";
const NUMBER_MALFORMED: &str = "Số định danh cá nhân gồm đúng 12 chữ số. Vui lòng kiểm tra và nhập lại.";

pub(super) fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} giây"),
        (0, minutes, 0) => format!("{minutes} phút"),
        (0, minutes, seconds) => format!("{minutes} phút {seconds} giây"),
        (hours, 0, _) => format!("{hours} giờ"),
        (hours, minutes, _) => format!("{hours} giờ {minutes} phút"),
    }
}

fn throttled(seconds: u64) -> String {
    format!("Đã có quá nhiều lần thử. Để bảo vệ tài khoản, vui lòng thử lại sau {}.", duration(seconds))
}

fn sign_in_problem(problem: &SignInProblem) -> String {
    match problem {
        SignInProblem::NumberMalformed => NUMBER_MALFORMED.to_owned(),
        SignInProblem::Wrong => "Số định danh cá nhân hoặc mật khẩu không đúng. Vui lòng nhập lại.".to_owned(),
        SignInProblem::Throttled { seconds } => throttled(*seconds),
        SignInProblem::Busy => BUSY.to_owned(),
    }
}

fn code_problem(problem: &CodeProblem) -> String {
    match problem {
        CodeProblem::Wrong { tries_left: 0 } | CodeProblem::Exhausted => {
            "Mã xác thực đã bị nhập sai quá số lần cho phép và không còn dùng được. Vui lòng yêu cầu mã mới.".to_owned()
        }
        CodeProblem::Wrong { tries_left } => format!("Mã xác thực không đúng. Quý công dân còn {tries_left} lần nhập."),
        CodeProblem::Expired => "Mã xác thực đã hết hiệu lực. Vui lòng yêu cầu mã mới.".to_owned(),
        CodeProblem::TooSoon { seconds } => format!("Mã vừa được gửi. Có thể yêu cầu mã mới sau {}.", duration(*seconds)),
        CodeProblem::NotSent => "Chưa gửi được tin nhắn. Vui lòng bấm “Gửi lại mã”.".to_owned(),
    }
}

fn code_sent_to(recipient: &CodeRecipient) -> String {
    match recipient {
        CodeRecipient::Holder { phone_masked } | CodeRecipient::Guardian { phone_masked, .. } if phone_masked.is_empty() => {
            "Chưa có số điện thoại nào được ghi nhận để gửi mã xác thực. Xin đến Công an cấp xã để cập nhật số thuê bao di động chính chủ."
                .to_owned()
        }
        CodeRecipient::Holder { phone_masked } => format!("Mã xác thực đã được gửi bằng tin nhắn đến số {phone_masked}."),
        CodeRecipient::Guardian { name_masked, phone_masked, child_name } => format!(
            "Tài khoản của {child_name} được sử dụng khi có sự đồng ý của người đại diện hoặc người giám hộ. Mã xác thực đã được gửi \
             bằng tin nhắn đến số {phone_masked} của {name_masked}. Nhập mã này là đồng ý để {child_name} đăng nhập."
        ),
    }
}

fn recover_start_problem(problem: &RecoverStartProblem) -> String {
    match problem {
        RecoverStartProblem::NumberMalformed => NUMBER_MALFORMED.to_owned(),
        RecoverStartProblem::Throttled { seconds } => throttled(*seconds),
        RecoverStartProblem::Busy => BUSY.to_owned(),
    }
}

fn recover_problem(problem: &RecoverProblem) -> String {
    match problem {
        RecoverProblem::CodeWrong => "Mã xác thực không đúng. Vui lòng kiểm tra cả hai mã và nhập lại.".to_owned(),
        RecoverProblem::Expired => "Mã xác thực đã hết hiệu lực. Vui lòng yêu cầu mã khác.".to_owned(),
        RecoverProblem::PasswordWeak => {
            "Mật khẩu mới chưa đạt yêu cầu: ít nhất 8 ký tự, gồm chữ hoa, chữ thường, chữ số và ký tự đặc biệt; không chứa số định danh cá nhân."
                .to_owned()
        }
        RecoverProblem::PasswordsDiffer => "Hai lần nhập mật khẩu mới không giống nhau. Vui lòng nhập lại.".to_owned(),
        RecoverProblem::Throttled { seconds } => throttled(*seconds),
        RecoverProblem::Busy => BUSY.to_owned(),
    }
}
