//! Other people's statements about vulnerabilities, in OpenVEX 0.2.0 or CycloneDX 1.4 to 1.7.
//!
//! A statement is a claim and not evidence. "Not affected" and "fixed" are kept, with the checks that
//! can confirm them; only a successful check clears a finding, no matter who made the statement.
//! "Affected" or "under investigation" overrules older statements about the same package.

mod attestation;
mod cyclonedx;
mod json;
mod openvex;
mod remarks;
mod succession;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

pub use self::succession::Age;
use self::succession::Succession;
use crate::advisory_id::AdvisoryId;
use crate::package::PackageId;
pub use crate::package::purl::NamedPackage;
use crate::policy::{ClaimKind, Justification};
use crate::problem::{Location, Problem, SourceText};

/// The largest document that is read, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;

/// One statement about a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The line of its beginning.
    pub location: Location,
    /// `OpenVEX` or `CycloneDX`.
    pub format: &'static str,
    /// Its status, in the words of its format.
    pub status: String,
    /// Whether its status means that nothing has to be done: "not affected", "fixed", and the like.
    pub clears: bool,
    /// Its time, and its position in its document.
    pub age: Age,
    /// The VEX justification, if it has one.
    pub justification: Option<Justification>,
    /// The vulnerability, under all of its names.
    pub vulnerabilities: BTreeSet<AdvisoryId>,
    /// Its packages. A statement that names none applies to none.
    pub packages: Vec<NamedPackage>,
    /// The products that its packages are parts of. Empty if it is about the packages
    /// everywhere.
    pub products: BTreeSet<String>,
    /// Everything that it names, in its own spelling.
    pub named: Vec<String>,
    pub words: Option<String>,
}

impl Statement {
    /// Whether it is about this package.
    fn names(&self, package: &PackageId) -> bool {
        self.packages.iter().any(|named| named.is(package))
    }

    /// The checks that can confirm it, strongest first. A person's word cannot be checked, nor can
    /// calls in code; and a statement does not say which feature is off.
    pub fn checks(&self) -> Vec<ClaimKind> {
        let bears_out = |kind: &ClaimKind| match &self.justification {
            // Without a justification any proof will do.
            None => !kind.row().bears_out.is_empty(),
            Some(reason) => kind.row().bears_out.contains(reason),
        };
        ClaimKind::strongest_first().into_iter().filter(bears_out).collect()
    }
}

/// The statements of a run, indexed by vulnerability: there may be many findings and many
/// statements.
#[derive(Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
    by_name: BTreeMap<AdvisoryId, Vec<usize>>,
}

impl Statements {
    /// Indexes statements, keeping their order.
    pub fn new(all: Vec<Statement>) -> Self {
        let mut by_name: BTreeMap<AdvisoryId, Vec<usize>> = BTreeMap::new();
        for (position, statement) in all.iter().enumerate() {
            for name in &statement.vulnerabilities {
                by_name.entry(name.clone()).or_default().push(position);
            }
        }
        Self { all, by_name }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The checks that can confirm any of them.
    pub fn checks(&self) -> impl Iterator<Item = ClaimKind> {
        self.all.iter().flat_map(Statement::checks)
    }

    /// The statement at a position.
    pub fn get(&self, position: usize) -> Option<&Statement> {
        self.all.get(position)
    }

    /// The positions of those that say that this package is not affected by this advisory, known under
    /// any of `ids`, and that no newer one overrules.
    pub fn about(&self, ids: &BTreeSet<AdvisoryId>, package: &PackageId) -> Vec<usize> {
        let naming = self.naming(ids, package);
        let succession = Succession::of(&naming, &self.all);
        let clearing = naming.iter().copied().filter(|position| {
            self.all[*position].clears && succession.overruling(*position).is_none()
        });
        clearing.collect()
    }

    /// The positions of those about the advisory.
    fn about_advisory(&self, ids: &BTreeSet<AdvisoryId>) -> BTreeSet<usize> {
        let named = ids.iter().filter_map(|id| self.by_name.get(id)).flatten();
        named.copied().collect()
    }

    /// The positions of those about the advisory in the package, with any status.
    fn naming(&self, ids: &BTreeSet<AdvisoryId>, package: &PackageId) -> Vec<usize> {
        let positions = self.about_advisory(ids).into_iter();
        positions.filter(|position| self.all[*position].names(package)).collect()
    }
}

/// The part of a document that identifies its format.
#[derive(Deserialize)]
struct Format {
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde_json::Value>,
}

/// Reads the statements of a document.
pub fn read(source: &Arc<SourceText>) -> Result<Vec<Statement>, Problem> {
    let format: Format = json::read(source, &source.text)?;
    match (format.context, format.bom_format) {
        (Some(context), None) if context == openvex::CONTEXT => openvex::read(source),
        (None, Some(format)) if format == cyclonedx::FORMAT => cyclonedx::read(source),
        _ => Err(Problem::in_file(&source.path, "this is no VEX document that lockgate knows")
            .help("it reads OpenVEX 0.2.0, and CycloneDX 1.4 to 1.7 as JSON")),
    }
}

#[cfg(test)]
mod tests;
