//! Reports: views of one [`Outcome`], for people and for programs.
//!
//! A report decides nothing: the answer and the exit code do not depend on the format. A
//! new one is a file under `report/` and a row in [`REPORTERS`].

mod attestation;
mod cyclonedx;
mod entry;
mod frame;
mod github;
mod group;
mod html;
mod json;
mod junit;
mod markdown;
mod openvex;
mod outputs;
mod sarif;
mod summary;
mod text;
mod vex;
mod words;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::io;

use crate::outcome::Outcome;

pub use crate::terminal::Style;
pub use attestation::NAME as ATTESTATION;
pub use markdown::{all_clear, comment};
pub use text::explanation::explain;

/// The default report.
pub const DEFAULT: &dyn Reporter = &text::Text;

/// Every report that lockgate writes.
pub const REPORTERS: &[&dyn Reporter] = &[
    DEFAULT,
    &json::Json,
    &openvex::OpenVex,
    &cyclonedx::CycloneDx,
    &sarif::Sarif,
    &github::GitHub,
    &markdown::Markdown,
    &junit::Junit,
    &html::Html,
    &outputs::Outputs,
    &attestation::Attestation,
];

pub trait Reporter: Debug + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the report. The same outcome gives the same bytes.
    fn write(&self, outcome: &Outcome, style: Style, out: &mut dyn io::Write) -> io::Result<()>;
}

/// The answer and its reason, in one line: `PASS  no findings`.
pub fn in_one_line(outcome: &Outcome) -> String {
    format!("{}  {}", summary::word(outcome.verdict.answer), summary::decision(outcome))
}

/// The reporter with a name from the command line.
pub fn by_name(name: &str) -> Option<&'static dyn Reporter> {
    REPORTERS.iter().copied().find(|reporter| reporter.name() == name)
}
