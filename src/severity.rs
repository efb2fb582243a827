//! How grave an advisory is: a level, and the CVSS vector and score behind it where one exists.

mod vector;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The qualitative scale that gates are written in, from least to most grave.
///
/// `Unknown` sorts below `Low` only for display; gates treat it by its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeverityLevel {
    /// No source gives a severity.
    Unknown,
    /// CVSS 0.0 to 3.9. A score of 0.0 ("none") counts as low, so that a gate has a word for it.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

impl SeverityLevel {
    /// Every level, most grave first.
    pub const ALL: &'static [Self] =
        &[Self::Critical, Self::High, Self::Medium, Self::Low, Self::Unknown];

    /// The word used in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level of a severity word. GHSA says `MODERATE` where CVSS says `MEDIUM`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "critical" => Some(Self::Critical),
            "high" => Some(Self::High),
            "medium" | "moderate" => Some(Self::Medium),
            "low" | "none" | "info" | "informational" => Some(Self::Low),
            _ => None,
        }
    }
}

impl fmt::Display for SeverityLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A level with the numbers behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Severity {
    pub level: SeverityLevel,
    /// The CVSS base score, 0.0 to 10.0, where a vector was given.
    pub score: Option<f64>,
    /// The CVSS vector string, where one was given.
    pub vector: Option<String>,
}

impl Severity {
    /// No source gives a severity.
    pub const UNKNOWN: Self = Self { level: SeverityLevel::Unknown, score: None, vector: None };

    /// A level from a severity word, with no score behind it.
    pub fn from_level(level: SeverityLevel) -> Self {
        Self { level, score: None, vector: None }
    }

    /// Scores a CVSS 2, 3.0, 3.1 or 4.0 vector. `None` if the specification of its version refuses
    /// it: then it says nothing about how grave the vulnerability is, least of all that it is mild.
    pub fn from_vector(vector: &str) -> Option<Self> {
        let score = parse_vector(vector)?.score();
        Some(Self {
            level: level_of_score(score),
            score: Some(score),
            vector: Some(vector.trim().to_owned()),
        })
    }

    /// The graver of two statements about the same vulnerability: a known level beats an unknown
    /// one, then level, then score decide.
    #[must_use]
    pub fn graver(self, other: Self) -> Self {
        let rank = |severity: &Self| (severity.level, severity.score.unwrap_or(-1.0));
        if rank(&other) > rank(&self) { other } else { self }
    }
}

/// Reads a CVSS vector as [`Severity::from_vector`] does.
pub fn parse_vector(vector: &str) -> Option<cvss::Cvss> {
    cvss::Cvss::from_str(&vector::scored_part(vector.trim())?).ok()
}

/// The qualitative rating of a base score (CVSS 3.1 specification, section 5).
fn level_of_score(score: f64) -> SeverityLevel {
    match score {
        score if score >= 9.0 => SeverityLevel::Critical,
        score if score >= 7.0 => SeverityLevel::High,
        score if score >= 4.0 => SeverityLevel::Medium,
        _ => SeverityLevel::Low,
    }
}
