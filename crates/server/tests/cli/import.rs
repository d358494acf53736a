//! Accounts brought in from files.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, Stdio};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use dinhdanh::cli::arguments::{AccountsOperation, ImportFormat};
use dinhdanh::cli::{Audience, Opened, Operation, Pending, Progress, RefusedRow, Report};
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment};
use dinhdanh::randomness::Randomness;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

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
    assert_eq!(dry["accepted"], 4, "guardians are not looked for");
    let names = operator.path("refused.ndjson");
    let first = operator.json(&["accounts", "import", file, "--refused", names.to_str().unwrap()]);
    assert_eq!((&first["accepted"], &first["unchanged"], &first["refused"]), (&3.into(), &0.into(), &5.into()), "{first}");
    let lines = |rows: &[Value]| rows.iter().map(|row| row["line"].as_u64().unwrap()).collect::<BTreeSet<_>>();
    let refused = first["refused_rows"].as_array().unwrap();
    assert_eq!(lines(refused), [4, 5, 6, 8, 9].into());
    assert_eq!(refused[0]["field"], "citizen_id");
    let named = std::fs::read_to_string(&names).unwrap();
    assert_eq!(lines(&named.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()), lines(refused));
    assert_eq!(std::fs::metadata(&names).unwrap().permissions().mode() & 0o777, 0o600);
    let said = operator.run(&["accounts", "import", file]);
    assert_eq!(said.code(), Some(1));
    assert!(said.out().contains("0 accepted, 0 changed, 3 unchanged, 5 refused"), "{}", said.out());
    for personal in ["001090000103", "Sandbox#2024", "Giám Hộ", "098090009999"] {
        assert!(!said.err().contains(personal) && !first.to_string().contains(personal) && !named.contains(personal), "{personal}");
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
    assert_eq!((&report["accepted"], &report["refused"]), (&450.into(), &2.into()), "{report}");
    assert_eq!(report["refused_rows"][0]["line"], 451);
    assert_eq!(operator.json(&["accounts", "show", "098091000007"])["account_level"], 1);
    operator.run(&["accounts", "confirm-reset", "098091000007"]).refused(&["level 1"]);
    let level_two = operator.write("two.csv", "citizen_id,name,birthdate,account_level\n098090000777,Nguyễn Văn Hai,1990-01-01,2\n");
    operator.run(&["accounts", "import", level_two.to_str().unwrap()]).done();
    assert_eq!(operator.json(&["accounts", "confirm-reset", "098090000777"])["code"].as_str().unwrap().len(), 6);
    operator.run(&["accounts", "confirm-reset", "098090000777"]).refused(&["a moment ago"]);
    node.stop();
}

/// A file of `rows` accounts. Each line that `bad` names is refused.
fn citizens(rows: u64, bad: &[u64]) -> String {
    let row = |line: u64| {
        let birthdate = if bad.contains(&line) { "never" } else { "1990-05-01" };
        format!("0980{:08},Nguyễn Văn Thử,{birthdate},2,2022-01-01\n", line * 7919 % 99_999_989)
    };
    let rows: String = (2..rows + 2).map(row).collect();
    format!("citizen_id,name,birthdate,account_level,card_issued_on\n{rows}")
}

/// Starts an import of standard input, hands it the text, and waits until it has named the refused line.
fn feed(operator: &Operator, text: &str, line: u64) -> (Child, ChildStdin) {
    let mut command = operator.command(&["accounts", "import", "-", "--format", "csv"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    let mut said = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    let named = format!("line {line}:");
    assert!(said.any(|said| said.unwrap().starts_with(&named)), "line {line} is named");
    (child, input)
}

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = BigInt)]
    accounts: i64,
    #[diesel(sql_type = BigInt)]
    identities: i64,
    #[diesel(sql_type = BigInt)]
    imports: i64,
}

fn counts(operator: &Operator) -> Counts {
    let database = operator.path("data/dinhdanh.sqlite");
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    diesel::sql_query(
        "SELECT (SELECT count(*) FROM accounts) AS accounts, (SELECT count(*) FROM identities) AS identities, \
         (SELECT count(*) FROM imports) AS imports",
    )
    .get_result(&mut connection)
    .unwrap()
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_was_with_nothing_twice_and_nothing_lost() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    // Line 33,000 is read when three lots of 8,000 have been handed over, so one at least is committed.
    let text = citizens(34_000, &[100, 33_000]);
    let half = &text[..text.len() - 20];
    let (mut child, input) = feed(&operator, half, 33_000);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(input);
    let before = counts(&operator);
    assert!(before.accounts >= 8000 - 1 && before.accounts < 34_000, "{}", before.accounts);
    assert_eq!((before.identities, before.imports), (before.accounts, 1));

    let file = operator.write("citizens.csv", &text);
    let file = file.to_str().unwrap();
    let other: Vec<String> =
        text.lines().enumerate().map(|(n, line)| if n == 10 { line.replace("1990", "1991") } else { line.to_owned() }).collect();
    let other = operator.write("other.csv", &other.join("\n"));
    operator.run(&["accounts", "import", other.to_str().unwrap()]).refused(&["differs from it", "--restart"]);
    let report = operator.json(&["accounts", "import", file]);
    assert_eq!((&report["accepted"], &report["unchanged"], &report["refused"]), (&33_998.into(), &0.into(), &2.into()), "{report}");
    assert_eq!(i64::try_from(report["resumed_after_line"].as_u64().unwrap()).unwrap(), before.accounts + 2, "one heading, one refused");
    let after = counts(&operator);
    assert_eq!((after.accounts, after.identities, after.imports), (33_998, 33_998, 0));

    let again = operator.json(&["accounts", "import", file]);
    assert_eq!((&again["accepted"], &again["changed"], &again["unchanged"]), (&0.into(), &0.into(), &33_998.into()), "{again}");
    assert_eq!(again["resumed_after_line"], Value::Null);
}

/// Whoever looks at the progress bar.
#[derive(Default)]
struct Watching(Vec<Progress>);

impl Audience for Watching {
    fn progress(&mut self, progress: Progress) {
        self.0.push(progress);
    }

    fn note(&mut self, _note: &str) {}

    fn refused(&mut self, _row: &RefusedRow) {}

    /// For small lots, so that there is much to see.
    fn beside_a_node(&self) -> bool {
        true
    }
}

/// Imports rows in this process; answers what was seen meanwhile, and the end.
fn watched(opened: &Opened, input: impl Read, dry_run: bool) -> (Vec<Progress>, anyhow::Result<Report>) {
    let mut watching = Watching::default();
    let import = AccountsOperation::Import { file: "-".into(), format: Some(ImportFormat::Csv), dry_run, restart: false, refused: None };
    let report = Operation::Accounts(import).run(opened, &mut BufReader::new(input), &mut watching);
    (watching.0, report)
}

/// A pipe that breaks.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn the_progress_of_an_import_never_falls_and_ends_at_the_whole_file() {
    let operator = Operator::new();
    operator.sandbox("");
    let config = Config::load(Some(&operator.path("dinhdanh.toml")), &Environment::default()).unwrap();
    std::fs::create_dir_all(&config.data_dir).unwrap();
    let opened = Opened::open(config, Clock::default(), Randomness::system(), Pending::Run).unwrap();
    // Several times what is read ahead.
    let text = citizens(8_000, &[100, 7_000]);
    let half = &text.as_bytes()[..text.len() / 2];
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();

    let (rehearsed, _) = watched(&opened, text.as_bytes(), true);
    let (broken_off, outcome) = watched(&opened, half.chain(Broken), false);
    assert!(outcome.is_err());
    let (resumed, _) = watched(&opened, text.as_bytes(), false);
    let (repeated, report) = watched(&opened, packed.as_slice(), false);
    assert_eq!(report.unwrap().json["unchanged"], 7_998);

    for (seen, whole) in [(&rehearsed, text.len()), (&resumed, text.len()), (&repeated, packed.len())] {
        assert!(seen.is_sorted_by(|a, b| a.bytes <= b.bytes && a.rows <= b.rows), "{seen:?}");
        assert!(seen[0].bytes < whole as u64 && seen[0].rows < 8_000, "{seen:?}");
        assert_eq!(*seen.last().unwrap(), Progress { bytes: whole as u64, rows: 8_000 });
    }
    assert!(broken_off.is_sorted_by(|a, b| a.bytes <= b.bytes && a.rows <= b.rows), "{broken_off:?}");
    assert!(resumed[0].rows > broken_off.last().unwrap().rows, "it goes on where it was: {:?}", resumed[0]);
}

#[test]
fn a_command_that_is_killed_beside_a_node_leaves_no_half_row() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    // The last row is cut inside its last column: what is left of it would be another row, and a right one.
    let text = citizens(700, &[690]).replace("2022-01-01\n", "2022-01-01 \n");
    let half = &text[..text.len() - 2];
    let (mut child, input) = feed(&operator, half, 690);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(input);
    let file = operator.write("citizens.csv", &text);
    let report = operator.json(&["accounts", "import", file.to_str().unwrap()]);
    assert_eq!((&report["accepted"], &report["unchanged"], &report["refused"]), (&699.into(), &0.into(), &1.into()), "{report}");
    assert!(report["resumed_after_line"].as_u64().unwrap() >= 200, "{report}");
    node.stop();
}

#[test]
fn a_row_changes_what_it_says_and_never_takes_back_a_password_a_level_or_an_activation() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    let import = |rows: &str| {
        let file = operator.write("citizens.csv", rows);
        operator.json(&["accounts", "import", file.to_str().unwrap()])
    };
    let shown = || operator.json(&["accounts", "show", "098090000101"]);
    let first = import(
        "citizen_id,name,birthdate,account_level,state,phone,card_issued_on\n098090000101,Nguyễn Thị Thử,1990-05-01,1,issued_not_activated,0912345678,2022-01-01\n",
    );
    assert_eq!(first["accepted"], 1);
    assert_eq!((&shown()["has_password"], &shown()["state"]), (&false.into(), &"issued_not_activated".into()));

    let raised = import(&format!(
        "citizen_id,name,birthdate,account_level,state,password_hash\n098090000101,Nguyễn Thị Thử,1990-05-01,2,active,\"{HASH}\"\n"
    ));
    assert_eq!((&raised["changed"], &raised["kept"]["level"]), (&1.into(), &0.into()), "{raised}");
    let after = shown();
    assert_eq!((&after["account_level"], &after["state"], &after["has_password"]), (&2.into(), &"active".into(), &true.into()), "{after}");
    assert_ne!(after["phone"], "none", "a column that is not there takes nothing away");

    let older = HASH.replace("4v5t", "5v5t");
    let back = import(&format!(
        "citizen_id,name,birthdate,account_level,state,password_hash\n098090000101,Nguyễn Thị Thử,1990-05-01,1,issued_not_activated,\"{older}\"\n"
    ));
    assert_eq!((&back["changed"], &back["unchanged"]), (&0.into(), &1.into()), "{back}");
    assert_eq!(back["kept"], serde_json::json!({ "password": 1, "level": 1, "state": 1 }));
    for field in ["account_level", "state", "has_password", "phone"] {
        assert_eq!(shown()[field], after[field], "{field}");
    }
}
