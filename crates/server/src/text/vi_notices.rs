//! Thông báo: điều gì đã xảy ra, cần làm gì, căn cứ vào đâu.

use super::NoticeText;
use super::vi::duration;
use crate::pages::Notice;

const NOTHING_SHARED: &str = "Không có thông tin nào được chia sẻ với cổng dịch vụ.";

pub(super) fn notice(notice: &Notice) -> NoticeText {
    match notice {
        Notice::EidLocked { grounds } => eid_locked(grounds),
        Notice::CardExpired => NoticeText::new(
            "Thẻ căn cước đã hết hạn",
            format!("Theo dữ liệu hiện có, thẻ căn cước của Quý công dân đã hết hạn sử dụng hoặc thẻ mới chưa được cập nhật, vì vậy tài khoản định danh điện tử đang bị khóa. {NOTHING_SHARED}"),
        )
        .steps(&[
            "Đến Công an xã, phường, đặc khu nơi thuận tiện nhất để làm thủ tục cấp đổi thẻ căn cước.",
            "Khi thẻ mới đã được cập nhật, hệ thống tự động kiểm tra và mở khóa tài khoản; Quý công dân không phải đề nghị mở khóa.",
            "Sau đó, xin đăng nhập lại.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 15"),
        Notice::NotActivated => NoticeText::new(
            "Tài khoản chưa được kích hoạt",
            format!("Tài khoản định danh điện tử này chưa được kích hoạt nên chưa sử dụng được. {NOTHING_SHARED}"),
        )
        .steps(&[
            "Mở Ứng dụng định danh quốc gia (VNeID) và kích hoạt tài khoản theo hướng dẫn.",
            "Nếu đã quá 07 ngày kể từ khi nhận thông báo kết quả, xin liên hệ tổng đài hỗ trợ định danh điện tử hoặc Công an cấp xã để được kích hoạt.",
            "Sau khi kích hoạt, xin đăng nhập lại.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 14"),
        Notice::GuardianMissing => NoticeText::new(
            "Cần sự đồng ý của người đại diện hoặc người giám hộ",
            format!(
                "Tài khoản của người dưới 14 tuổi, người được giám hộ hoặc người được đại diện chỉ được sử dụng khi người đại diện hoặc \
                 người giám hộ đồng ý. Hệ thống chưa ghi nhận người đại diện hoặc người giám hộ của tài khoản này. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Người đại diện hoặc người giám hộ đến Công an xã, phường, đặc khu nơi thuận tiện nhất để cập nhật thông tin.",
            "Xin mang theo thẻ căn cước và giấy tờ chứng minh quan hệ đại diện hoặc giám hộ.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 14"),
        Notice::GuardianNotAdmitted => NoticeText::new(
            "Người đại diện hoặc người giám hộ chưa thể đồng ý",
            format!(
                "Tài khoản này được sử dụng khi người đại diện hoặc người giám hộ đồng ý bằng tài khoản định danh điện tử của mình. Hiện nay, \
                 tài khoản của người đó không sử dụng được. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Người đại diện hoặc người giám hộ đăng nhập bằng tài khoản của mình để biết lý do và cách xử lý.",
            "Khi tài khoản đó dùng được trở lại, xin đăng nhập lại.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 14"),
        Notice::ResidenceExpired => NoticeText::new(
            "Thời hạn cư trú đã hết",
            format!(
                "Theo dữ liệu hiện có, thời hạn cư trú tại Việt Nam của chủ tài khoản đã hết hoặc chưa được cập nhật, vì vậy tài khoản định danh điện tử đang bị \
                 khóa. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Liên hệ cơ quan quản lý xuất nhập cảnh để làm thủ tục về cư trú hoặc cập nhật thông tin.",
            "Khi không còn căn cứ khóa, hệ thống tự động mở khóa tài khoản.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 15"),
        Notice::TravelDocumentExpired => NoticeText::new(
            "Hộ chiếu hoặc giấy tờ đi lại quốc tế đã hết hạn",
            format!(
                "Theo dữ liệu hiện có, hộ chiếu hoặc giấy tờ có giá trị đi lại quốc tế của chủ tài khoản đã hết hạn hoặc chưa được cập nhật, vì vậy tài khoản định \
                 danh điện tử đang bị khóa. {NOTHING_SHARED}"
            ),
        )
        .steps(&[
            "Xin cấp hộ chiếu hoặc giấy tờ mới, rồi cập nhật tại cơ quan quản lý xuất nhập cảnh.",
            "Khi không còn căn cứ khóa, hệ thống tự động mở khóa tài khoản.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 15"),
        Notice::TooYoung => NoticeText::new(
            "Chưa đủ tuổi để sử dụng dịch vụ này",
            format!("Người dưới 06 tuổi chỉ được cấp tài khoản mức độ 1, nên chưa thể dùng tài khoản này cho dịch vụ. {NOTHING_SHARED}"),
        )
        .steps(&["Cha, mẹ, người đại diện hoặc người giám hộ dùng tài khoản của mình, hoặc làm thủ tục trực tiếp tại bộ phận một cửa."])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 7"),
        Notice::LevelTwoNeeded { portal } => NoticeText::new(
            "Dịch vụ này cần tài khoản mức độ 2",
            format!(
                "{} chỉ nhận đăng nhập bằng tài khoản định danh điện tử mức độ 2. Tài khoản của Quý công dân đang ở mức độ 1. \
                 {NOTHING_SHARED}",
                if portal.is_empty() { "Dịch vụ này" } else { portal }
            ),
        )
        .steps(&[
            "Đến Công an xã, phường, đặc khu hoặc nơi làm thủ tục cấp thẻ căn cước thuận tiện nhất, không phụ thuộc nơi cư trú.",
            "Xuất trình thẻ căn cước hoặc thẻ căn cước công dân còn hiệu lực.",
            "Điền phiếu đề nghị (mẫu TK01), trong đó ghi số thuê bao di động chính chủ và địa chỉ thư điện tử, nếu có. Cán bộ tiếp nhận sẽ \
             thu nhận ảnh khuôn mặt và vân tay.",
            "Kết quả có trong không quá 03 ngày làm việc kể từ khi hồ sơ đầy đủ và hợp lệ, được báo qua ứng dụng, điện thoại hoặc thư điện tử.",
            "Kích hoạt tài khoản mức độ 2, rồi đăng nhập lại.",
        ])
        .notes(&[
            "Nếu thẻ đã hết hạn hoặc chưa có thẻ: làm cùng thủ tục cấp thẻ, không quá 07 ngày làm việc.",
            "Người dưới 14 tuổi, người được giám hộ hoặc người được đại diện đi cùng người đại diện hoặc người giám hộ.",
            "Người nước ngoài làm thủ tục tại cơ quan quản lý xuất nhập cảnh, với hộ chiếu hoặc giấy tờ đi lại quốc tế còn giá trị.",
        ])
        .basis("Nghị định số 69/2024/NĐ-CP, các Điều 7, 10, 11 và 13"),
        Notice::LevelThreeNeeded => NoticeText::new(
            "Dịch vụ này cần mức độ xác thực cao hơn",
            format!(
                "Cổng dịch vụ yêu cầu xác thực bằng đặc điểm sinh trắc học, như khuôn mặt hoặc vân tay. Trang này chưa thực hiện được việc đó. \
                 {NOTHING_SHARED}"
            ),
        )
        .steps(&["Quay lại cổng và chọn cách thực hiện khác, hoặc làm thủ tục trực tiếp tại bộ phận một cửa."])
        .basis("Nghị định số 69/2024/NĐ-CP, Điều 20"),
        Notice::UnknownClient => NoticeText::new(
            "Không nhận ra cổng dịch vụ",
            "Yêu cầu đăng nhập đến từ một cổng chưa được đăng ký với hệ thống. Để bảo vệ Quý công dân, việc đăng nhập dừng tại đây.",
        )
        .steps(&[
            "Xin không nhập mật khẩu hay mã OTP ở trang đã đưa Quý công dân đến đây.",
            "Tự nhập địa chỉ chính thức của cổng vào trình duyệt, rồi đăng nhập lại.",
        ])
        .detail("client_id"),
        Notice::ClientDisabled => NoticeText::new(
            "Cổng dịch vụ đang tạm ngừng kết nối",
            "Cổng này hiện không được phép dùng tài khoản định danh điện tử để đăng nhập.",
        )
        .steps(&["Xin thử lại sau, hoặc liên hệ đơn vị quản lý cổng để biết thời gian hoạt động trở lại."]),
        Notice::AgreementExpired => NoticeText::new(
            "Thỏa thuận kết nối của cổng đã hết hạn",
            format!("Thỏa thuận kết nối giữa đơn vị quản lý cổng và hệ thống định danh điện tử đã hết hạn. {NOTHING_SHARED}"),
        )
        .steps(&["Xin liên hệ đơn vị quản lý cổng, hoặc làm thủ tục trực tiếp tại bộ phận một cửa."]),
        Notice::RedirectUriWrong => NoticeText::new(
            "Địa chỉ quay lại không đúng",
            "Địa chỉ mà cổng muốn đưa Quý công dân trở lại không phải là địa chỉ đã đăng ký. Để bảo vệ Quý công dân, hệ thống không chuyển \
             đến địa chỉ đó.",
        )
        .steps(&[
            "Tự nhập địa chỉ chính thức của cổng vào trình duyệt, rồi đăng nhập lại.",
            "Nếu vẫn gặp thông báo này, xin báo cho đơn vị quản lý cổng.",
        ])
        .detail("redirect_uri"),
        Notice::RequestWrong { detail } => NoticeText::new(
            "Yêu cầu của cổng không đúng",
            "Cổng dịch vụ đã gửi một yêu cầu mà hệ thống không xử lý được. Quý công dân không làm gì sai.",
        )
        .steps(&[
            "Quay lại cổng và đăng nhập lại.",
            "Nếu vẫn gặp thông báo này, xin báo cho đơn vị quản lý cổng, kèm chi tiết kỹ thuật dưới đây.",
        ])
        .detail(detail),
        Notice::Expired => NoticeText::new(
            "Trang đã hết hạn",
            "Trang này để quá lâu nên không còn dùng được. Chưa có thông tin nào được chia sẻ từ trang này.",
        )
        .steps(&["Quay lại cổng dịch vụ và đăng nhập lại."]),
        Notice::AlreadyDone => NoticeText::new(
            "Bước này đã hoàn thành",
            "Lần đăng nhập này đã được xử lý, có thể ở một thẻ khác của trình duyệt hoặc trước khi Quý công dân bấm nút quay lại.",
        )
        .steps(&["Tiếp tục ở thẻ đang mở cổng dịch vụ. Nếu cổng chưa ghi nhận đăng nhập, xin đăng nhập lại từ cổng."]),
        Notice::OtherBrowser => NoticeText::new(
            "Trang này thuộc về một trình duyệt khác",
            "Việc đăng nhập phải hoàn thành trên chính trình duyệt đã bắt đầu. Nếu Quý công dân nhận được đường dẫn này từ người khác, \
             xin không tiếp tục.",
        )
        .steps(&["Mở cổng dịch vụ trên trình duyệt này và đăng nhập lại từ đầu."]),
        Notice::CookiesOff => NoticeText::new(
            "Trình duyệt đang chặn cookie",
            "Trang đăng nhập cần cookie để nhận ra trình duyệt của Quý công dân trong lúc đăng nhập. Cookie này không dùng để theo dõi.",
        )
        .steps(&[
            "Mở phần cài đặt của trình duyệt và cho phép cookie đối với trang này.",
            "Quay lại cổng dịch vụ và đăng nhập lại.",
        ]),
        Notice::Throttled { seconds } => NoticeText::new(
            "Đã có quá nhiều lần thử",
            format!("Để bảo vệ tài khoản, hệ thống tạm dừng nhận yêu cầu. Có thể thử lại sau {}.", duration(*seconds)),
        )
        .steps(&["Xin chờ hết thời gian trên rồi thử lại.", "Nếu đã quên mật khẩu, xin chọn “Quên mật khẩu?” ở trang đăng nhập."]),
        Notice::Busy => NoticeText::new("Hệ thống đang bận", "Hệ thống đang xử lý nhiều yêu cầu và chưa thể nhận thêm.")
            .steps(&["Xin thử lại sau ít phút."]),
        Notice::Forbidden => NoticeText::new(
            "Không thể nhận yêu cầu này",
            "Không xác minh được rằng yêu cầu do Quý công dân gửi từ trang này. Nguyên nhân có thể là trang đã mở quá lâu hoặc cookie đã bị xóa.",
        )
        .steps(&["Quay lại cổng dịch vụ và đăng nhập lại."]),
        Notice::NotFound => NoticeText::new("Không tìm thấy trang", "Địa chỉ này không có trang nào.")
            .steps(&["Xin kiểm tra lại địa chỉ, hoặc bắt đầu lại từ cổng dịch vụ."]),
        Notice::MethodNotAllowed => NoticeText::new("Không thể mở trang theo cách này", "Địa chỉ này không nhận kiểu yêu cầu vừa gửi.")
            .steps(&["Xin bắt đầu lại từ cổng dịch vụ."]),
        Notice::TooLarge => NoticeText::new("Yêu cầu quá lớn", "Yêu cầu vừa gửi vượt quá giới hạn của hệ thống nên không được xử lý.")
            .steps(&["Quay lại cổng dịch vụ và đăng nhập lại. Nếu vẫn gặp thông báo này, xin báo cho đơn vị quản lý cổng."]),
        Notice::Internal => NoticeText::new(
            "Hệ thống gặp sự cố",
            "Đã có lỗi từ phía hệ thống. Quý công dân không làm gì sai. Sự cố đã được ghi lại.",
        )
        .steps(&["Xin thử lại sau ít phút.", "Nếu vẫn gặp sự cố, xin báo mã yêu cầu dưới đây cho bộ phận hỗ trợ."]),
        Notice::SignOutWrong => NoticeText::new(
            "Yêu cầu đăng xuất không đúng",
            "Cổng dịch vụ đã gửi một yêu cầu đăng xuất không hợp lệ. Phiên đăng nhập của Quý công dân chưa kết thúc.",
        )
        .steps(&["Đăng xuất tại từng cổng dịch vụ đang mở.", "Khi dùng máy chung, xin đóng mọi cửa sổ của trình duyệt."]),
    }
}

fn eid_locked(grounds: &[String]) -> NoticeText {
    NoticeText::new(
        "Tài khoản đang bị khóa",
        format!("Căn cước điện tử (nếu có) và tài khoản định danh điện tử này đang bị khóa, nên không dùng để đăng nhập được. {NOTHING_SHARED}"),
    )
    .reasons(grounds.iter().map(|code| ground(code).to_owned()).collect())
    .steps(&[
        "Nếu chưa rõ lý do hoặc thấy thông tin không đúng, xin đến Công an xã, phường, đặc khu nơi thuận tiện nhất; mang theo thẻ căn cước hoặc hộ chiếu.",
        "Khi không còn căn cứ khóa nào, hệ thống tự động kiểm tra và mở khóa.",
    ])
    .basis("Luật Căn cước số 26/2023/QH15, Điều 34; Nghị định số 69/2024/NĐ-CP, các Điều 15, 29 và 30")
}

/// The grounds of the Law on Identification, Art. 34, each with what lifts it.
fn ground(code: &str) -> &'static str {
    match code {
        "HOLDER_REQUEST" => {
            "Khóa theo đề nghị của chủ tài khoản. Để mở khóa, xin đề nghị trong Ứng dụng định danh quốc gia (VNeID) hoặc nộp phiếu TK03 tại \
             Công an cấp xã; việc mở khóa được thực hiện ngay."
        }
        "TERMS_BREACH" => "Vi phạm thỏa thuận sử dụng Ứng dụng định danh quốc gia. Tài khoản được mở khóa khi vi phạm đã được khắc phục.",
        "CARD_REVOKED_OR_HELD" => "Thẻ căn cước đang bị thu hồi hoặc bị giữ. Tài khoản được mở khóa khi thẻ được trả lại.",
        "DEATH" => {
            "Hệ thống ghi nhận chủ tài khoản đã qua đời. Nếu thông tin này không đúng, xin đến ngay Công an cấp xã để được đính chính."
        }
        "AUTHORITY_REQUEST" => {
            "Khóa theo yêu cầu của cơ quan tiến hành tố tụng hoặc cơ quan có thẩm quyền khác. Tài khoản được mở khóa khi cơ quan đó yêu cầu."
        }
        _ => "Có căn cứ khóa khác. Xin liên hệ Công an cấp xã để được giải thích.",
    }
}
