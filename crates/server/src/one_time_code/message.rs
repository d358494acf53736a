//! What the messages say, in the language of the page that caused them.
//!
//! Every code comes with what it is for, how long it lives, and the customary warning: nobody, an officer least of all, needs it.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::clock::VIETNAM;
use crate::text::Language;

/// A portal's name in a message is cut there: a long name must not hide the warning.
const LONGEST_NAME: usize = 60;

/// The texts of all messages in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Language);

impl Words {
    /// To the holder, who signs in to that portal.
    #[must_use]
    pub fn sign_in(self, code: &str, portal: &str, minutes: u64) -> String {
        let portal = short(portal);
        match self.0 {
            Language::Vi => format!(
                "{code} là mã xác thực để Quý công dân đăng nhập {portal} bằng tài khoản định danh điện tử. {}",
                self.valid_and_secret(minutes)
            ),
            Language::En => {
                format!(
                    "{code} is your code to sign in to {portal} with your electronic identification account. {}",
                    self.valid_and_secret(minutes)
                )
            }
        }
    }

    /// To the representative or guardian, who uses the account on the child's behalf (Decree 69/2024/NĐ-CP Art. 14.2).
    #[must_use]
    pub fn guardian(self, code: &str, portal: &str, child: &str, minutes: u64) -> String {
        let (portal, child) = (short(portal), short(child));
        match self.0 {
            Language::Vi => format!(
                "{code} là mã xác thực để Quý công dân, với tư cách người đại diện hoặc người giám hộ, đồng ý đăng nhập {portal} bằng tài khoản định danh điện tử của {child}. {}",
                self.valid_and_secret(minutes)
            ),
            Language::En => format!(
                "{code} is your code to agree, as representative or guardian, to a sign-in to {portal} with the electronic identification account of {child}. {}",
                self.valid_and_secret(minutes)
            ),
        }
    }

    /// To the holder, or the guardian, who asked for a new password.
    #[must_use]
    pub fn recovery(self, code: &str, minutes: u64) -> String {
        match self.0 {
            Language::Vi => format!(
                "{code} là mã xác thực để đặt lại mật khẩu tài khoản định danh điện tử. {} Nếu Quý công dân không yêu cầu, hãy bỏ qua tin nhắn này.",
                self.valid_and_secret(minutes)
            ),
            Language::En => format!(
                "{code} is your code to set a new password for your electronic identification account. {} If you did not ask for it, ignore this message.",
                self.valid_and_secret(minutes)
            ),
        }
    }

    /// To the mailbox of a level-2 holder who asked for a new password: the second code.
    #[must_use]
    pub fn recovery_by_mail(self, code: &str, minutes: u64) -> String {
        match self.0 {
            Language::Vi => format!(
                "{code} là mã xác thực thứ hai (gửi qua thư điện tử) để đặt lại mật khẩu tài khoản định danh điện tử. {} Nếu Quý công dân không yêu cầu, hãy bỏ qua thư này.",
                self.valid_and_secret(minutes)
            ),
            Language::En => format!(
                "{code} is the second code (sent by e-mail) to set a new password for your electronic identification account. {} If you did not ask for it, ignore this message.",
                self.valid_and_secret(minutes)
            ),
        }
    }

    /// After a sign-in with the password in a browser that was not signed in.
    #[must_use]
    pub fn signed_in(self, portal: &str, at: OffsetDateTime) -> String {
        let portal = short(portal);
        let at = at.to_offset(VIETNAM).format(format_description!("[hour]:[minute] [day]/[month]/[year]")).unwrap_or_default();
        match self.0 {
            Language::Vi => format!(
                "Tài khoản định danh điện tử của Quý công dân vừa được dùng để đăng nhập {portal} lúc {at}. Nếu không phải Quý công dân thực hiện, hãy đặt lại mật khẩu và báo ngay Công an cấp xã gần nhất."
            ),
            Language::En => format!(
                "Your electronic identification account was used to sign in to {portal} at {at} (Vietnam time). If this was not you, set a new password and tell the nearest commune-level police at once."
            ),
        }
    }

    /// On every channel, after the password was set anew.
    #[must_use]
    pub fn password_reset(self, at: OffsetDateTime) -> String {
        let at = at.to_offset(VIETNAM).format(format_description!("[hour]:[minute] [day]/[month]/[year]")).unwrap_or_default();
        match self.0 {
            Language::Vi => format!(
                "Mật khẩu tài khoản định danh điện tử của Quý công dân vừa được đặt lại lúc {at}. Mọi phiên đăng nhập đã kết thúc. Nếu không phải Quý công dân thực hiện, hãy báo ngay Công an cấp xã gần nhất."
            ),
            Language::En => format!(
                "The password of your electronic identification account was set anew at {at} (Vietnam time). All sessions have ended. If this was not you, tell the nearest commune-level police at once."
            ),
        }
    }

    fn valid_and_secret(self, minutes: u64) -> String {
        match self.0 {
            Language::Vi => format!("Mã có hiệu lực {minutes} phút. Không chia sẻ mã OTP cho bất kỳ ai, kể cả cán bộ."),
            Language::En => {
                let minutes = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
                format!("It is valid for {minutes}. Do not share the code with anybody, not even an officer.")
            }
        }
    }
}

fn short(name: &str) -> String {
    let one_line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= LONGEST_NAME {
        return one_line;
    }
    one_line.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn every_code_says_what_it_is_for_and_that_nobody_may_have_it() {
        for (language, warning) in
            [(Language::Vi, "Không chia sẻ mã OTP cho bất kỳ ai, kể cả cán bộ."), (Language::En, "not even an officer")]
        {
            let words = Words(language);
            for text in [
                words.sign_in("123456", "Cổng A", 3),
                words.guardian("123456", "Cổng A", "Hoàng Minh Đức", 3),
                words.recovery("123456", 3),
                words.recovery_by_mail("123456", 3),
            ] {
                assert!(text.starts_with("123456 ") && text.contains(warning) && text.contains('3'), "{text}");
            }
            assert!(words.sign_in("123456", "Cổng A", 3).contains("Cổng A"));
            let guardian = words.guardian("123456", "Cổng A", "Hoàng Minh Đức", 3);
            assert!(guardian.contains("Cổng A") && guardian.contains("Hoàng Minh Đức"), "{guardian}");
        }
    }

    #[test]
    fn a_long_portal_name_does_not_hide_the_warning() {
        let text = Words(Language::Vi).sign_in("123456", &"Cổng ".repeat(200), 3);
        assert!(text.chars().count() < 330 && text.contains("Không chia sẻ"), "{text}");
    }

    #[test]
    fn the_notice_tells_the_time_in_viet_nam() {
        let text = Words(Language::Vi).password_reset(datetime!(2026-03-01 18:05 UTC));
        assert!(text.contains("01:05 02/03/2026"), "{text}");
    }
}
