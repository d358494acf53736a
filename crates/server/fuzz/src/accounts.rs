//! `accounts import`: the first line says `csv` or `ndjson`, the rest is the file. A dry run: every check, nothing written.

use dinhdanh::cli::arguments::ImportFormat;
use dinhdanh::cli::commands::import::{Run, import};
use dinhdanh::cli::{Audience, Progress, RefusedRow};

use crate::provider::opened;

/// Every row is taken or refused; what is said of a refused one quotes nothing of it.
pub fn run(data: &[u8]) {
    let (format, mut rows) = match data.split_first_chunk::<4>() {
        Some((b"csv\n", rows)) => (ImportFormat::Csv, rows),
        _ => match data.split_first_chunk::<7>() {
            Some((b"ndjson\n", rows)) => (ImportFormat::Ndjson, rows),
            _ => return,
        },
    };
    // A carriage return by itself ends a row of CSV as well.
    let lines = rows.split(|byte| matches!(byte, b'\n' | b'\r')).count();
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
