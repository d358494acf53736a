//! `accounts import`: the first line says `csv` or `ndjson`, the rest is the file. A dry run: every check, nothing written.

use std::io::Read;

use dinhdanh::cli::arguments::ImportFormat;
use dinhdanh::cli::commands::import::{Run, import};
use dinhdanh::cli::{Audience, Progress, RefusedRow};
use flate2::bufread::MultiGzDecoder;

use crate::provider::opened;

/// RFC 1952 §2.3.1: what begins so is unpacked by the import.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// A packed input may grow a thousandfold; longer ones would only be slow.
const MOST_UNPACKED: usize = 1024 * 1024;

/// Every row is taken or refused; what is said of a refused one quotes nothing of it.
pub fn run(data: &[u8]) {
    let (format, mut rows) = match data.split_first_chunk::<4>() {
        Some((b"csv\n", rows)) => (ImportFormat::Csv, rows),
        _ => match data.split_first_chunk::<7>() {
            Some((b"ndjson\n", rows)) => (ImportFormat::Ndjson, rows),
            _ => return,
        },
    };
    let Some(lines) = lines(rows) else { return };
    let mut said = Said::default();
    let outcome = import(opened(), format, Run::Dry, &mut rows, &mut said);
    for row in &said.refused {
        let text = row.to_string();
        assert!(!text.contains('\n') && (1..=lines as u64).contains(&row.line), "{text:?}");
        // Personal data of a fixture: the number, the name, the phone.
        assert!(!["0980900000", "Nguyễn", "91234567"].iter().any(|personal| text.contains(personal)), "{text}");
    }
    if let Ok(report) = outcome {
        let count = |name: &str| report.json[name].as_u64().unwrap_or_else(|| panic!("{name} in {}", report.json));
        let [accepted, changed, unchanged, refused] = ["accepted", "changed", "unchanged", "refused"].map(count);
        assert_eq!(report.refused, refused > 0);
        assert_eq!(said.refused.len() as u64, refused);
        assert!(accepted + changed + unchanged + refused <= lines as u64, "{accepted}, {changed}, {unchanged}, {refused} of {lines} lines");
    }
}

/// The most lines that the import can see, or `None` where it would see too much.
fn lines(rows: &[u8]) -> Option<usize> {
    if !rows.starts_with(&GZIP) {
        return Some(count_lines(rows));
    }
    let mut decoder = MultiGzDecoder::new(rows);
    let (mut unpacked, mut byte) = (Vec::new(), [0]);
    // Byte by byte: a longer read that ends in an error would lose what came before it, and the import may have seen that.
    while matches!(decoder.read(&mut byte), Ok(1)) {
        unpacked.push(byte[0]);
        if unpacked.len() > MOST_UNPACKED {
            return None;
        }
    }
    Some(count_lines(&unpacked))
}

/// A carriage return by itself ends a row of CSV as well.
fn count_lines(text: &[u8]) -> usize {
    text.split(|byte| matches!(byte, b'\n' | b'\r')).count()
}

#[derive(Default)]
struct Said {
    refused: Vec<RefusedRow>,
}

impl Audience for Said {
    fn progress(&mut self, _progress: Progress) {}

    fn note(&mut self, note: &str) {
        panic!("a dry run has nothing else to say: {note}");
    }

    fn refused(&mut self, row: &RefusedRow) {
        self.refused.push(row.clone());
    }
}
