//! What the terminal shows once the sandbox is ready.

use std::fmt::Write;

use super::Seeded;
use crate::pages::DEMO_PASSWORD;

/// The people of the sandbox and what is special about them (design section 6).
const PEOPLE: [(&str, &str, &str); 11] = [
    ("098090000001", "Nguyễn Văn An", "level 2, every document, old accounts that match, acts for Công ty TNHH Ví Dụ"),
    ("098199000002", "Trần Thị Bình", "level 1"),
    ("098085000003", "Lê Quang Cường", "level 2, e-ID card locked at the holder's request"),
    ("098188000004", "Phạm Thu Dung", "level 2, ID card expired"),
    ("098216000005", "Hoàng Minh Đức", "a child: the guardian Nguyễn Văn An gets the code and approves"),
    ("098195000006", "Vũ Ngọc Giang", "known to the population database, no account yet"),
    ("098070000007", "Đặng Hữu Hải", "level 2, old accounts in conflict"),
    ("098188000011", "Anna Müller", "foreigner, level 2, no e-ID card"),
    ("098175000008", "Bùi Thanh Hương", "officer at commune police"),
    ("098068000009", "Đỗ Đức Khoa", "approver at the ministry's ID authority"),
    ("098180000010", "Ngô Thị Lan", "administrator"),
];

/// Addresses, people, and what to try first.
pub fn text(issuer: &str, national: u16, social: u16, seeded: Seeded) -> String {
    let mut text = String::new();
    let data = if seeded.new == 0 { "kept from last time" } else { "new" };
    let _ = write!(
        text,
        "
dinhdanh sandbox – data in ./data ({data})

  Identification system          {issuer}
  Phone with SMS and e-mail      {issuer}/sandbox/phone
  National Public Service Portal http://localhost:{national}   asks level 1
  Viet Nam Social Security       http://localhost:{social}   asks level 2

  Password of everybody: {DEMO_PASSWORD}

"
    );
    for (number, name, state) in PEOPLE {
        // Padded by characters: the marks of Vietnamese are more than one byte.
        let _ = writeln!(text, "  {number}  {name:<16}  {state}");
    }
    let _ = write!(
        text,
        "
Try
  1. http://localhost:{national} – sign in as 098090000001, read what is shared, agree.
  2. http://localhost:{social} – no password again; the code is on the phone.
  3. The same as 098199000002 (level 1), 098085000003 (locked), 098188000004 (expired), 098216000005 (child).
  4. Your own portal: client sandbox-portal, any port on localhost – see docs/integrate.md.

Ctrl-C stops everything. Delete ./data for a fresh start.
"
    );
    text
}
