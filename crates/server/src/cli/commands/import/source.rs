//! Rows out of a file: CSV or NDJSON, line by line, never the whole file in memory.

use std::io::{BufRead, Read};

use super::row::{COLUMNS, Row};
use crate::cli::arguments::ImportFormat;

/// Longer lines are refused: a row has a few hundred bytes.
const LONGEST_LINE: usize = 256 * 1024;

/// One row with its line, or why it cannot be read.
pub(super) struct Line {
    pub number: u64,
    /// Bytes of the input up to and with this row.
    pub position: u64,
    pub row: Result<Row, String>,
}

/// The rows of the input. An `Err` of the iterator ends the import: nothing after it can be read.
pub(super) fn rows<'a>(
    format: ImportFormat,
    input: &'a mut dyn BufRead,
) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<Line>> + 'a>> {
    match format {
        ImportFormat::Csv => csv_rows(input),
        ImportFormat::Ndjson => Ok(Box::new(Ndjson { input, number: 0, position: 0 })),
    }
}

fn csv_rows<'a>(input: &'a mut dyn BufRead) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<Line>> + 'a>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(WithoutMark::new(input));
    let headings = reader.headers()?.clone();
    for heading in &headings {
        anyhow::ensure!(COLUMNS.contains(&heading), "line 1: unknown column `{heading}`; known columns: {}", COLUMNS.join(", "));
    }
    for needed in ["citizen_id", "name", "birthdate", "account_level"] {
        anyhow::ensure!(headings.iter().any(|heading| heading == needed), "line 1: the column `{needed}` is missing");
    }
    let mut record = csv::StringRecord::new();
    Ok(Box::new(std::iter::from_fn(move || {
        let start = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                let number = record.position().map_or(start, csv::Position::line);
                // The text of the error may quote the value.
                let row = record.deserialize(Some(&headings)).map_err(|_| "cannot be read".to_owned());
                Some(Ok(Line { number, position: reader.position().byte(), row }))
            }
            Err(error) => Some(refusal(&error, &reader).ok_or_else(|| error.into())),
        }
    })))
}

/// A row with the wrong number of columns or with bytes that are no UTF-8 is refused; the next one can be read.
fn refusal<R: Read>(error: &csv::Error, reader: &csv::Reader<R>) -> Option<Line> {
    let (number, problem) = match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            (pos.as_ref()?.line(), format!("has {len} columns, the first line has {expected_len}"))
        }
        csv::ErrorKind::Utf8 { pos, .. } => (pos.as_ref()?.line(), "is not valid UTF-8".to_owned()),
        _ => return None,
    };
    Some(Line { number, position: reader.position().byte(), row: Err(problem) })
}

struct Ndjson<'a> {
    input: &'a mut dyn BufRead,
    number: u64,
    position: u64,
}

impl Iterator for Ndjson<'_> {
    type Item = anyhow::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            match (&mut self.input).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(read) => self.position += read as u64,
                Err(error) => return Some(Err(error.into())),
            }
            self.number += 1;
            if line.len() > LONGEST_LINE {
                return Some(Err(anyhow::anyhow!("line {} is longer than {LONGEST_LINE} bytes; write one object a line", self.number)));
            }
            if !line.trim_ascii().is_empty() {
                return Some(Ok(Line { number: self.number, position: self.position, row: object(&line) }));
            }
        }
    }
}

/// Numbers are taken as text, so that `"account_level": 2` is as good as `"2"`.
fn object(line: &[u8]) -> Result<Row, String> {
    let text = std::str::from_utf8(line).map_err(|_| "is not valid UTF-8".to_owned())?;
    let mut value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("is not valid JSON (column {})", error.column()))?;
    let object = value.as_object_mut().ok_or("is no JSON object")?;
    object.retain(|_, value| !value.is_null());
    for (name, value) in object.iter_mut() {
        if name != "person" && !COLUMNS.contains(&name.as_str()) {
            return Err(format!("unknown key `{name}`"));
        }
        if value.is_number() {
            *value = value.to_string().into();
        }
    }
    serde_json::from_value(value).map_err(|_| "has a value of the wrong kind; every column is text".to_owned())
}

/// Skips the mark that spreadsheet programs write before UTF-8.
struct WithoutMark<'a> {
    input: &'a mut dyn BufRead,
    begun: bool,
}

impl<'a> WithoutMark<'a> {
    fn new(input: &'a mut dyn BufRead) -> Self {
        Self { input, begun: false }
    }
}

impl Read for WithoutMark<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !std::mem::replace(&mut self.begun, true) && self.input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.input.consume(3);
        }
        self.input.read(buffer)
    }
}
