use std::io::{BufReader, Read, Write};

use proptest::prelude::*;

use super::*;
use crate::cli::commands::import::columns::Column;

const HEADINGS: &str = "citizen_id,name,birthdate,account_level";

/// What the tests look at: line, number and name, or the refusal.
type Seen = (u64, Result<(String, String), Refusal>);

fn see(line: u64, row: Result<Row<'_>, Refusal>) -> Seen {
    (line, row.map(|row| (row.text(Column::CitizenId).to_owned(), row.text(Column::Name).to_owned())))
}

fn read(format: ImportFormat, input: &[u8]) -> anyhow::Result<Vec<Seen>> {
    let mut input = input;
    let mut source = Source::open(format, &mut input)?;
    let mut rows = Vec::new();
    while let Some(row) = source.next(see)? {
        rows.push(row);
    }
    Ok(rows)
}

fn row(line: u64, number: &str, name: &str) -> Seen {
    (line, Ok((number.to_owned(), name.to_owned())))
}

#[test]
fn quotes_breaks_marks_and_empty_lines_are_read_as_rfc_4180_has_them() {
    let file = format!("\u{feff}{HEADINGS}\r\n\r\n1,\"Nguyễn \"\"An\"\"\",x,1\r\n\r\n2,\"hai\r\ndòng\",x,1\r\n3, ba ,x,1");
    let rows = read(ImportFormat::Csv, file.as_bytes()).unwrap();
    assert_eq!(rows, [row(3, "1", "Nguyễn \"An\""), row(5, "2", "hai\r\ndòng"), row(7, "3", "ba")]);
    let quoted = format!("\u{feff}\"{}\n1,An,x,1\n", HEADINGS.replacen(',', "\",", 1));
    assert_eq!(read(ImportFormat::Csv, quoted.as_bytes()).unwrap(), [row(2, "1", "An")]);
}

/// Old Macintosh files, and a stray one in the middle: the row ends there, and no row is said to stand behind the last line.
#[test]
fn a_carriage_return_by_itself_ends_a_row() {
    let file = format!("{HEADINGS}\r1,a,x,1\r\r2,b,x,1\r");
    let rows = read(ImportFormat::Csv, file.as_bytes()).unwrap();
    assert_eq!(rows.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>(), [row(0, "1", "a").1, row(0, "2", "b").1]);
    let stray = format!("{HEADINGS}\n1,a,x,1\r2,b\n3,c,x,1\n");
    let rows = read(ImportFormat::Csv, stray.as_bytes()).unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0].1, &rows[2].1), (&row(0, "1", "a").1, &row(0, "3", "c").1));
    assert_eq!(rows[1].1, Err(Refusal::row("has 2 columns, the first line has 4")));
    for (line, _) in &rows {
        assert!((1..=4).contains(line), "{line}");
    }
}

#[test]
fn a_row_that_cannot_be_read_is_refused_and_the_next_one_is_read() {
    let mut file = format!("{HEADINGS}\n1,a,x\n2,b,x,1,more\n").into_bytes();
    file.extend_from_slice(b"3,\xff,x,1\n4,d,x,1\n");
    let rows = read(ImportFormat::Csv, &file).unwrap();
    let refused = |line, problem: &str| (line, Err(Refusal::row(problem.to_owned())));
    let expected = [
        refused(2, "has 3 columns, the first line has 4"),
        refused(3, "has 5 columns, the first line has 4"),
        refused(4, "is not valid UTF-8"),
        row(5, "4", "d"),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn headings_are_known_needed_and_there_once() {
    let complaint = |file: &str| read(ImportFormat::Csv, file.as_bytes()).unwrap_err().to_string();
    assert!(complaint("citizen_id,nam\n").contains("unknown column `nam`"));
    assert!(complaint("citizen_id,name,birthdate\n").contains("`account_level` is missing"));
    assert!(complaint("citizen_id,name,name\n").contains("twice"));
    assert!(complaint("").contains("empty"));
    assert!(complaint("\u{1}\u{1b}[31m\n").contains("\\u{1b}"), "control characters do not reach the terminal");
}

#[test]
fn records_are_bounded() {
    let endless = std::io::repeat(b'a').take(64 * 1024 * 1024);
    for format in [ImportFormat::Csv, ImportFormat::Ndjson] {
        let mut input = BufReader::new(HEADINGS.as_bytes().chain(b"\n\"".as_slice()).chain(std::io::repeat(b'a').take(endless.limit())));
        let ended = Source::open(format, &mut input).and_then(|mut source| {
            while source.next(see)?.is_some() {}
            Ok(())
        });
        assert!(ended.unwrap_err().to_string().contains("longer than"));
    }
    let wide = format!("{HEADINGS}\n{}\n", ",".repeat(1000));
    assert!(read(ImportFormat::Csv, wide.as_bytes()).unwrap_err().to_string().contains("columns"));
}

#[test]
fn an_object_is_read_with_numbers_as_text_and_null_as_nothing() {
    let file = "{\"citizen_id\":123,\"name\":\"\\u0041n\",\"phone\":null}\n\n{\"nam\":1}\n[1]\n{\"name\":{}}\n{\"name\":\"a\",\"name\":\"b\"}\n{\"person\":1}\n{";
    let rows = read(ImportFormat::Ndjson, file.as_bytes()).unwrap();
    assert_eq!(rows[0], row(1, "123", "An"));
    let said: Vec<_> = rows[1..].iter().map(|(line, row)| (*line, row.clone().unwrap_err())).collect();
    assert_eq!(said[0], (3, Refusal::row("has an unknown key `nam`")));
    assert_eq!(said[1], (4, Refusal::row("is no JSON object")));
    assert_eq!(said[2].1.field.as_deref(), Some("name"));
    assert_eq!(said[3], (6, Refusal::row("has the key `name` twice")));
    assert_eq!(said[4].1.field.as_deref(), Some("person"));
    assert!(said[5].1.problem.contains("is not valid JSON"));

    let torn = read(ImportFormat::Ndjson, b"{\"account_level098090000002\":1}\n").unwrap();
    assert_eq!(torn[0].1, Err(Refusal::row("has an unknown key")), "a value in the place of a key is not repeated");
}

#[test]
fn a_gzip_file_reads_as_the_file_in_it() {
    let file = format!("{HEADINGS}\n1,a,x,1\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(file.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(read(ImportFormat::Csv, &packed).unwrap(), [row(2, "1", "a")]);
    assert!(read(ImportFormat::Csv, &packed[..packed.len() - 9]).is_err(), "half a file is no file");
    let twice = [&packed[..], &packed[..]].concat();
    assert_eq!(read(ImportFormat::Csv, &twice).unwrap().len(), 3, "two members are one file (RFC 1952 §2.2)");
}

proptest! {
    /// Whatever the file: going on at the mark of any record reads what reading on would have read, with the same lines.
    #[test]
    fn reading_goes_on_at_any_mark(
        cells in proptest::collection::vec(("[a-z\"\r\n, ]{0,12}", proptest::bool::ANY), 1..30),
        stop in 0_usize..30,
        crlf in proptest::bool::ANY,
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut file = format!("{HEADINGS}{end}");
        for (number, (cell, quoted)) in cells.iter().enumerate() {
            let cell = if *quoted { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.replace(['"', '\r', '\n', ','], "") };
            file += &format!("{number},{cell},x,1{end}");
        }
        let all = read(ImportFormat::Csv, file.as_bytes()).unwrap();
        prop_assert_eq!(all.len(), cells.len());
        let stop = stop.min(all.len() - 1) + 1;

        let mut input = file.as_bytes();
        let mut first = Source::open(ImportFormat::Csv, &mut input).unwrap();
        for _ in 0..stop {
            first.next(see).unwrap();
        }
        let mark = first.mark();
        let mut input = file.as_bytes();
        let mut second = Source::open(ImportFormat::Csv, &mut input).unwrap();
        second.next(see).unwrap();
        prop_assert!(second.skip_to(mark.bytes, mark.line, |digest| *digest == mark.digest).unwrap());
        let mut rest = Vec::new();
        while let Some(row) = second.next(see).unwrap() {
            rest.push(row);
        }
        prop_assert_eq!(&rest, &all[stop..]);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), csv in proptest::bool::ANY) {
        let format = if csv { ImportFormat::Csv } else { ImportFormat::Ndjson };
        let _ = read(format, &[HEADINGS.as_bytes(), b"\n", &bytes].concat());
        let _ = read(format, &bytes);
    }
}
