//! Rows out of a file: CSV or NDJSON, record by record, never the whole file in memory. Where a record ends is known to the byte, so that an
//! import can go on there.

use std::borrow::Cow;
use std::io::BufRead;

use anyhow::Context;
use csv_core::ReadRecordResult;

use super::columns::{COLUMNS, NEEDED, Refusal, Row, slot};
use super::ndjson;
use super::stream::Stream;
use crate::cli::arguments::ImportFormat;

/// Longer records end the import: a row has a few hundred bytes.
const LONGEST_RECORD: usize = 256 * 1024;
/// More columns than any file has.
const MOST_COLUMNS: usize = 256;

/// A place between two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Unpacked bytes before it.
    pub bytes: u64,
    /// Line breaks before it.
    pub line: u64,
    /// SHA-256 of the bytes before it.
    pub digest: [u8; 32],
}

/// The records of an input.
pub(super) struct Source<'a> {
    stream: Stream<'a>,
    form: Form,
}

enum Form {
    Csv(Box<Csv>),
    Ndjson { line: u64, record: Vec<u8> },
}

impl<'a> Source<'a> {
    /// Opens the input; of CSV it reads the headings.
    pub fn open(format: ImportFormat, input: &'a mut dyn BufRead) -> anyhow::Result<Self> {
        let mut stream = Stream::open(input).context("the input cannot be read")?;
        let form = match format {
            ImportFormat::Csv => Form::Csv(Box::new(Csv::open(&mut stream)?)),
            ImportFormat::Ndjson => Form::Ndjson { line: 0, record: Vec::new() },
        };
        Ok(Self { stream, form })
    }

    /// Reads one record and hands it over with its line: a row, or why it is none. `None` at the end. An error ends the import: nothing after it
    /// can be read.
    pub fn next<T>(&mut self, take: impl FnOnce(u64, Result<Row<'_>, Refusal>) -> T) -> anyhow::Result<Option<T>> {
        match &mut self.form {
            Form::Csv(csv) => csv.next(&mut self.stream, take),
            Form::Ndjson { line, record } => {
                while read_line(&mut self.stream, record, *line + 1)? {
                    *line += 1;
                    if !record.trim_ascii().is_empty() {
                        return Ok(Some(take(*line, ndjson::row(record))));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Where the next record begins.
    pub fn mark(&self) -> Mark {
        Mark { bytes: self.stream.bytes(), line: self.line(), digest: self.stream.digest() }
    }

    /// Goes on to a place that lies ahead; false where the input before it is not what it was.
    pub fn skip_to(&mut self, bytes: u64, line: u64, is_digest: impl FnOnce(&[u8; 32]) -> bool) -> anyhow::Result<bool> {
        let reached = self.stream.skip_to(bytes).context("the input cannot be read on")?;
        match &mut self.form {
            Form::Csv(csv) => csv.reader.set_line(line + 1),
            Form::Ndjson { line: reading, .. } => *reading = line,
        }
        Ok(reached && self.stream.bytes() == bytes && is_digest(&self.stream.digest()))
    }

    /// Bytes of the input behind us, as the file has them.
    pub fn packed(&self) -> u64 {
        self.stream.packed()
    }

    fn line(&self) -> u64 {
        match &self.form {
            Form::Csv(csv) => csv.reader.line() - 1,
            Form::Ndjson { line, .. } => *line,
        }
    }
}

/// Reads up to and with the next line break; false at the end.
fn read_line(stream: &mut Stream<'_>, record: &mut Vec<u8>, line: u64) -> anyhow::Result<bool> {
    record.clear();
    loop {
        let ahead = stream.ahead().with_context(|| format!("line {line}: the input cannot be read on"))?;
        let end = ahead.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(ahead.len(), |at| at + 1);
        record.extend_from_slice(&ahead[..count]);
        stream.consume(count)?;
        anyhow::ensure!(record.len() <= LONGEST_RECORD, "line {line} is longer than {LONGEST_RECORD} bytes; write one object a line");
        if end.is_some() || count == 0 {
            return Ok(!record.is_empty());
        }
    }
}

/// A byte order mark may stand before the first heading; behind it csv-core takes the quotation marks of that heading for text.
fn without_mark(heading: &str) -> &str {
    heading.strip_prefix('\u{feff}').map_or(heading, |rest| rest.trim_matches('"'))
}

/// CSV as RFC 4180 has it.
struct Csv {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    slots: Vec<usize>,
}

impl Csv {
    fn open(stream: &mut Stream<'_>) -> anyhow::Result<Self> {
        let mut csv = Self { reader: csv_core::Reader::new(), text: vec![0; 4096], ends: vec![0; COLUMNS.len() + 1], slots: Vec::new() };
        anyhow::ensure!(csv.read(stream)?.is_some(), "the file is empty; its first line names the columns");
        let headings = csv.fields(csv.columns()).map_err(|_| anyhow::anyhow!("line 1 is not valid UTF-8"))?;
        let mut slots = Vec::new();
        for heading in headings.iter().map(|heading| without_mark(heading).trim()) {
            let slot = slot(heading)
                .with_context(|| format!("line 1: unknown column `{}`; known columns: {}", heading.escape_debug(), COLUMNS.join(", ")))?;
            anyhow::ensure!(!slots.contains(&slot), "line 1: the column `{heading}` is there twice");
            slots.push(slot);
        }
        for needed in NEEDED {
            anyhow::ensure!(slots.contains(&(needed as usize)), "line 1: the column `{}` is missing", needed.name());
        }
        csv.slots = slots;
        Ok(csv)
    }

    fn next<T>(&mut self, stream: &mut Stream<'_>, take: impl FnOnce(u64, Result<Row<'_>, Refusal>) -> T) -> anyhow::Result<Option<T>> {
        Ok(self.read(stream)?.map(|line| take(line, self.row())))
    }

    /// Reads one record into `text` and `ends`; answers its line.
    fn read(&mut self, stream: &mut Stream<'_>) -> anyhow::Result<Option<u64>> {
        self.pass_empty_lines(stream)?;
        let line = self.reader.line();
        let (mut written, mut fields) = (0, 0);
        self.ends.fill(usize::MAX);
        loop {
            let ahead = stream.ahead().with_context(|| format!("line {line}: the input cannot be read on"))?;
            let (result, used, wrote, ended) = self.reader.read_record(ahead, &mut self.text[written..], &mut self.ends[fields..]);
            stream.consume(used)?;
            (written, fields) = (written + wrote, fields + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    anyhow::ensure!(
                        self.text.len() < LONGEST_RECORD,
                        "the record of line {line} is longer than {LONGEST_RECORD} bytes; a quotation mark may be missing"
                    );
                    self.text.resize(self.text.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    anyhow::ensure!(self.ends.len() < MOST_COLUMNS, "line {line} has more than {MOST_COLUMNS} columns");
                    self.ends.resize(self.ends.len() * 2, usize::MAX);
                }
                ReadRecordResult::Record => return Ok(Some(line)),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// So that the line of a record is the line on which it begins.
    fn pass_empty_lines(&mut self, stream: &mut Stream<'_>) -> anyhow::Result<()> {
        loop {
            let breaks = stream.ahead()?.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if breaks == 0 {
                return Ok(());
            }
            let lines = stream.ahead()?[..breaks].iter().filter(|byte| **byte == b'\n').count();
            self.reader.set_line(self.reader.line() + lines as u64);
            stream.consume(breaks)?;
        }
    }

    fn columns(&self) -> usize {
        self.ends.iter().take_while(|end| **end != usize::MAX).count()
    }

    fn fields(&self, columns: usize) -> Result<Vec<&str>, std::str::Utf8Error> {
        let whole = std::str::from_utf8(&self.text[..columns.checked_sub(1).map_or(0, |last| self.ends[last])])?;
        let mut start = 0;
        let field = |end: &usize| whole.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default();
        Ok(self.ends[..columns].iter().map(field).collect())
    }

    /// A row with the wrong number of columns or with bytes that are no UTF-8 is refused; the next one can be read.
    fn row(&self) -> Result<Row<'_>, Refusal> {
        let columns = self.columns();
        if columns != self.slots.len() {
            return Err(Refusal::row(format!("has {columns} columns, the first line has {}", self.slots.len())));
        }
        let fields = self.fields(columns).map_err(|_| Refusal::row("is not valid UTF-8"))?;
        let mut row = Row::new();
        for (slot, field) in self.slots.iter().zip(fields) {
            row.put(*slot, Cow::Borrowed(field));
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests;
