//! The smallest upgrade that clears a finding and that the requirements in the graph allow, and what
//! holds it back where they do not. Pure.
//!
//! Which versions a registry offers is not known here. What is known is where the patched versions
//! begin, and what every dependent admits: so an upgrade is a version *or a later one*, if there is
//! one. Where a requirement is not known, or does not read, nothing is said about it.

mod askers;
mod candidates;
mod range;
mod steps;

use self::candidates::Candidates;
use self::range::Range;
pub use self::steps::quoted;
use crate::advisory::Advisory;
use crate::cargo_build::ResolvedBuilds;
use crate::finding::Finding;
use crate::graph::paths::PathFinder;
use crate::lockfile::{Carrying, Dependents, Lockfile, PackageIndex};
use crate::matching;
use crate::package::{PackageId, PackageName};
use crate::problem::Location;
use crate::version::Version;

/// A version to upgrade to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The version, or the first that may be one.
    pub version: String,
    /// Whether the advisory names it, so that it exists. Otherwise it is only where they begin.
    pub is_named: bool,
}

/// The way to a version without the vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// The smallest patched version above the locked one that no other advisory is about, whatever
    /// anybody asks for. `None`: none is known.
    pub smallest: Option<Candidate>,
    /// Whether patched versions are known, and another advisory is about each of them.
    pub is_bad_otherwise: bool,
    pub copies: Vec<CopyUpgrade>,
}

/// The way for one installed copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyUpgrade {
    /// Its entry in the lockfile.
    pub location: Location,
    /// The smallest patched version that every dependent admits.
    pub admitted: Option<Candidate>,
    /// Who asks for it.
    pub askers: Vec<Asker>,
    pub way: Way,
}

/// What to do about a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// These steps, one after the other.
    Steps(Vec<Step>),
    /// So do these, over the heads of dependents that refuse it (npm `overrides`).
    Overrule(Vec<Step>),
    /// These steps may do: what some dependents admit stands in no file (pnpm).
    Try {
        steps: Vec<Step>,
        /// So does what overrules those dependents.
        otherwise: Vec<Step>,
    },
    /// Nothing but another version of the package that brings it along.
    Carried {
        by: PackageId,
        /// In what way it brings it.
        how: Carrying,
        /// The shortest way from a project to it, both included.
        way_in: Vec<String>,
        /// Where the project asks for the first step of that way.
        direct: Option<Location>,
    },
    /// Nothing that could be typed, whatever they admit: no command moves what only dependencies ask for
    /// (Deno).
    Unreached,
    /// Nothing that could be typed: somebody has to admit it first, or it is not known who does.
    #[default]
    Closed,
}

impl Way {
    /// The steps, if there are any.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let (steps, otherwise): (&[Step], &[Step]) = match self {
            Self::Steps(steps) | Self::Overrule(steps) => (steps, &[]),
            Self::Try { steps, otherwise } => (steps, otherwise),
            Self::Carried { .. } | Self::Unreached | Self::Closed => (&[], &[]),
        };
        steps.iter().chain(otherwise)
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where, from the folder that lockgate was started in: empty for that folder itself.
    pub folder: String,
    pub action: Action,
    /// The position of the asker whom it makes ask for another version, if it is about one.
    pub asker: Option<usize>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A command to type.
    Type(String),
    /// These versions, to be asked for in this line of a manifest.
    Ask { versions: String, at: Location },
    /// This line, to be added to a table of a file.
    Add {
        entry: String,
        table: &'static str,
        /// From the folder that lockgate was started in.
        file: String,
        /// Where it belongs with other versions of the package manager.
        otherwise: &'static str,
    },
}

/// A dependent, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Its name and version.
    pub name: String,
    /// What it asks for, as it is written, where that is known.
    pub versions: Option<String>,
    /// The line that says so.
    pub location: Location,
    /// Whether it is a project, whose manifest can be edited.
    pub is_project: bool,
    /// The table in which it speaks for everybody, if it does (npm `overrides`).
    pub order: Option<&'static str>,
    pub admits: Admission,
    /// The shortest way from a project to it, both included.
    pub way_in: Vec<String>,
    /// Where the project asks for the first step of that way.
    pub direct: Option<Location>,
}

/// Whether a requirement admits a patched version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It admits this one, the smallest that it does.
    Admits(Candidate),
    /// It admits none that is known.
    Refuses,
    /// It is not known, or does not read.
    Unknown,
}

/// What an upgrade is looked for in.
#[derive(Clone, Copy, Debug)]
pub struct Search<'run> {
    pub lockfile: &'run Lockfile,
    /// Finds the ways in.
    pub finder: &'run PathFinder<'run, 'run>,
    /// Every installed copy of the package.
    pub packages: &'run [PackageIndex],
    /// What every dependent asks for, as far as files say it, and what is brought along.
    pub dependents: &'run Dependents,
    /// Every record that names the package.
    pub known: &'run [Advisory],
    /// What Cargo knows that packages ask for, if it was asked.
    pub builds: Option<&'run ResolvedBuilds>,
}

/// Every record that names a package.
struct KnownRecords<'run> {
    name: PackageName,
    records: &'run [Advisory],
}

impl KnownRecords<'_> {
    /// Whether any is about a version, or may be.
    fn affect(&self, version: &str) -> bool {
        self.records
            .iter()
            .any(|record| matching::affects(record, &self.name, version).unwrap_or(true))
    }
}

/// Looks for the smallest upgrade.
pub fn look(finding: &Finding, search: &Search<'_>) -> Upgrade {
    let ecosystem = finding.package.ecosystem;
    let Ok(locked) = Version::parse(ecosystem, &finding.package.version) else {
        return Upgrade::default();
    };
    let ranges = |texts: &mut dyn Iterator<Item = &str>| -> Vec<Range> {
        texts.filter_map(|text| Range::parse(ecosystem, text)).collect()
    };
    let patched = ranges(&mut finding.fixed_in.iter().map(smol_str::SmolStr::as_str));
    let others = search.known.iter().flat_map(|record| &record.affected);
    let others = others.flat_map(|affected| &affected.patched);
    let patched_of_others = ranges(&mut others.map(smol_str::SmolStr::as_str));
    let known = KnownRecords { name: finding.package.package_name(), records: search.known };
    let candidates = Candidates {
        patched: &patched,
        patched_of_others: &patched_of_others,
        locked: &locked,
        known: &known,
    };
    let copies = search.packages.iter();
    let copies = copies.map(|copy| search.copy(*copy, &candidates)).collect();
    let (all, is_any_left_out) = candidates.with_those_of_others(&[]);
    Upgrade {
        is_bad_otherwise: all.is_empty() && is_any_left_out,
        smallest: all.into_iter().next(),
        copies,
    }
}

#[cfg(test)]
mod tests;
