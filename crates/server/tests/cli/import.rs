//! Accounts brought in from files.

use crate::operator::Operator;

/// The hash of "Sandbox#2024" with little memory, so that the test is quick.
const HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$4v5tNJ1D8Y0FAn0CT6bYFH6Q2FLcX0rV5sJmMbQjJ3s";

#[test]
fn an_import_is_safe_to_repeat_and_names_refused_rows_by_line() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    let rows = format!(
        "citizen_id,name,birthdate,account_level,phone,password_hash,card_issued_on,card_expires_on,guardian_citizen_id\n\
         098090000101,Nguyễn Thị Thử,1990-05-01,2,0912345678,\"{HASH}\",2022-01-01,2032-01-01,\n\
         098090000102,Trần Văn Mẫu,1985,1,,,,,\n\
         001090000103,Lê Người Thật,1990-01-01,1,,,,,\n\
         098090000104,Phạm Sai Ngày,1990-13-01,1,,,,,\n\
         098090000105,Hoàng Mật Khẩu,1990-01-01,1,,Sandbox#2024,,,\n\
         098216000106,Nguyễn Bé Con,2016-03-03,2,,,,,098090000101\n\
         098216000107,Nguyễn Không Giám Hộ,2016-03-03,2,,,,,098090009999\n\
         098090000108,Thiếu Cột\n"
    );
    let file = operator.write("citizens.csv", &rows);
    let file = file.to_str().unwrap();

    let dry = operator.json(&["accounts", "import", file, "--dry-run"]);
    assert_eq!(dry["imported"], 4);
    let first = operator.json(&["accounts", "import", file]);
    assert_eq!((&first["imported"], &first["present"], &first["refused"]), (&3.into(), &0.into(), &5.into()), "{first}");
    let refused: Vec<_> = first["refused_rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(refused.iter().collect::<std::collections::BTreeSet<_>>().into_iter().copied().collect::<Vec<_>>(), [4, 5, 6, 8, 9]);
    let said = operator.run(&["accounts", "import", file]);
    assert_eq!(said.code(), Some(1));
    assert!(said.out().contains("0 imported, 3 already there, 5 refused"), "{}", said.out());
    for personal in ["001090000103", "Sandbox#2024", "Giám Hộ", "098090009999"] {
        assert!(!said.err().contains(personal) && !first.to_string().contains(personal), "{personal}");
    }

    let shown = operator.run(&["accounts", "show", "098090000101"]).done();
    assert!(shown.contains("N• T• T•") && !shown.contains("098090000101") && !shown.contains("912345"), "{shown}");
    operator.run(&["accounts", "show", "098090000199"]).refused(&["has no account"]);
    operator.run(&["accounts", "show", "12"]).refused(&["12 digits"]);
}

#[test]
fn an_import_beside_a_running_node_reads_ndjson() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let rows: String = (0..450)
        .map(|n| format!("{{\"citizen_id\":\"0980910{n:05}\",\"name\":\"Nguyễn Văn Thử\",\"birthdate\":\"1990-05-01\",\"account_level\":1,\"person\":{{\"household\":\"Hộ {n}\"}}}}\n"))
        .collect();
    let file = operator.write("citizens.ndjson", &format!("{rows}{{\"citizen_id\":\"098090099999\",\"nam\":\"x\"}}\nnonsense\n"));
    let report = operator.json(&["accounts", "import", file.to_str().unwrap()]);
    assert_eq!((&report["imported"], &report["refused"]), (&450.into(), &2.into()), "{report}");
    assert_eq!(report["refused_rows"][0]["line"], 451);
    assert_eq!(operator.json(&["accounts", "show", "098091000007"])["account_level"], 1);
    operator.run(&["accounts", "confirm-reset", "098091000007"]).refused(&["level 1"]);
    let level_two = operator.write("two.csv", "citizen_id,name,birthdate,account_level\n098090000777,Nguyễn Văn Hai,1990-01-01,2\n");
    operator.run(&["accounts", "import", level_two.to_str().unwrap()]).done();
    assert_eq!(operator.json(&["accounts", "confirm-reset", "098090000777"])["code"].as_str().unwrap().len(), 6);
    operator.run(&["accounts", "confirm-reset", "098090000777"]).refused(&["a moment ago"]);
    node.stop();
}
