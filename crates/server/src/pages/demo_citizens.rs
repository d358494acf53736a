//! The demo citizens the sandbox's pages hint at. Province code 098 was never assigned.

use super::Frame;
use crate::text::Language;

/// The password of every demo citizen.
pub const DEMO_PASSWORD: &str = "Sandbox#2024";

/// A demo citizen as a hint names it.
#[derive(Clone, Copy, Debug)]
pub struct DemoCitizen {
    /// The 12 digits.
    pub number: &'static str,
    /// The full name.
    pub name: &'static str,
    vi: &'static str,
    en: &'static str,
}

impl DemoCitizen {
    /// What is special about them, in the language of the frame.
    #[must_use]
    pub fn state(&self, frame: &Frame) -> &'static str {
        match frame.language {
            Language::Vi => self.vi,
            Language::En => self.en,
        }
    }
}

const fn citizen(number: &'static str, name: &'static str, vi: &'static str, en: &'static str) -> DemoCitizen {
    DemoCitizen { number, name, vi, en }
}

/// The citizens with an account, in the order a newcomer tries them.
pub const DEMO_CITIZENS: [DemoCitizen; 7] = [
    citizen("098090000001", "Nguyễn Văn An", "mức độ 2, đủ mọi giấy tờ", "level 2, every document"),
    citizen("098199000002", "Trần Thị Bình", "mức độ 1", "level 1"),
    citizen("098085000003", "Lê Quang Cường", "căn cước điện tử bị khóa", "e-ID card locked"),
    citizen("098188000004", "Phạm Thu Dung", "thẻ căn cước đã hết hạn", "ID card expired"),
    citizen("098216000005", "Hoàng Minh Đức", "trẻ em, người giám hộ là Nguyễn Văn An", "a child, guardian Nguyễn Văn An"),
    citizen("098070000007", "Đặng Hữu Hải", "mức độ 2, tài khoản cũ bị trùng", "level 2, old accounts in conflict"),
    citizen("098188000011", "Anna Müller", "người nước ngoài, mức độ 2", "foreigner, level 2"),
];
