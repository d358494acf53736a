//! Which sentence of which instrument a decision rests on.

use std::fmt;

/// A legal instrument (văn bản quy phạm pháp luật).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// Luật Căn cước số 26/2023/QH15, in force since 1 July 2024.
    LawOnIdentification,
    /// Nghị định 69/2024/NĐ-CP on electronic identification and authentication, in force since 1 July 2024.
    Decree69,
    /// Nghị định 70/2024/NĐ-CP on the databases and the personal number.
    Decree70,
    /// Nghị định 320/2026/NĐ-CP, amends Decree 69 since 28 September 2026.
    Decree320,
    /// Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15, in force since 1 January 2026.
    LawOnPersonalData,
    /// Bộ luật Dân sự 2015 (số 91/2015/QH13).
    CivilCode,
}

/// Where a rule stands: instrument, article (Điều) and, where one is meant, clause (khoản).
///
/// `Display` is Vietnamese, as pages and logs cite it: `Nghị định 69/2024/NĐ-CP, Điều 14 khoản 2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegalBasis {
    /// The instrument.
    pub instrument: Instrument,
    /// Điều.
    pub article: u16,
    /// Khoản.
    pub clause: Option<u8>,
}

impl Instrument {
    /// The short Vietnamese name with its number.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::LawOnIdentification => "Luật Căn cước số 26/2023/QH15",
            Self::Decree69 => "Nghị định 69/2024/NĐ-CP",
            Self::Decree70 => "Nghị định 70/2024/NĐ-CP",
            Self::Decree320 => "Nghị định 320/2026/NĐ-CP",
            Self::LawOnPersonalData => "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
            Self::CivilCode => "Bộ luật Dân sự số 91/2015/QH13",
        }
    }

    /// The English name with its number.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::LawOnIdentification => "Law on Identification No. 26/2023/QH15",
            Self::Decree69 => "Decree 69/2024/NĐ-CP",
            Self::Decree70 => "Decree 70/2024/NĐ-CP",
            Self::Decree320 => "Decree 320/2026/NĐ-CP",
            Self::LawOnPersonalData => "Law on Personal Data Protection No. 91/2025/QH15",
            Self::CivilCode => "Civil Code No. 91/2015/QH13",
        }
    }

    /// This instrument's article.
    #[must_use]
    pub const fn article(self, article: u16) -> LegalBasis {
        LegalBasis { instrument: self, article, clause: None }
    }

    /// This instrument's clause.
    #[must_use]
    pub const fn clause(self, article: u16, clause: u8) -> LegalBasis {
        LegalBasis { instrument: self, article, clause: Some(clause) }
    }
}

impl LegalBasis {
    /// `Decree 69/2024/NĐ-CP, Article 14(2)`.
    #[must_use]
    pub fn english(&self) -> String {
        let Self { instrument, article, clause } = self;
        match clause {
            Some(clause) => format!("{}, Article {article}({clause})", instrument.english()),
            None => format!("{}, Article {article}", instrument.english()),
        }
    }
}

impl fmt::Display for LegalBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, Điều {}", self.instrument.vietnamese(), self.article)?;
        match self.clause {
            Some(clause) => write!(f, " khoản {clause}"),
            None => Ok(()),
        }
    }
}
