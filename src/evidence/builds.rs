//! What claims about builds have in common: who is asked, and what is said where nothing is known.

use super::{Evidence, EvidenceResult, Subject};
use crate::cargo_build::{Chain, PackageKey, Purpose, ResolvedBuilds, ResolvedCell};
use crate::package::Ecosystem;
use crate::policy::Claim;
use crate::problem::Location;

/// The builds of the lockfile, or what is to be said because they are not known.
pub(super) fn builds<'run>(
    claim: Claim,
    subject: &Subject<'run>,
) -> Result<&'run ResolvedBuilds, Box<Evidence>> {
    if subject.lockfile.ecosystem != Ecosystem::Cargo {
        let detail = "it is a claim about what Cargo builds, and this package is one of npm";
        let help = "claim `development-only` or `platform`".to_owned();
        return Err(Box::new(unknown(claim, detail, Some(help), Vec::new())));
    }
    match subject.builds {
        Some(Ok(builds)) if builds.cells_for(Purpose::Shipping).next().is_some() => Ok(builds),
        // Nothing is in none of no builds.
        Some(Ok(_)) => Err(Box::new(unknown(
            claim,
            "there is no build of what is shipped",
            None,
            Vec::new(),
        ))),
        Some(Err(problem)) => {
            let locations = problem.location().cloned().into_iter().collect();
            let help = Some(problem.help());
            Err(Box::new(unknown(claim, &problem.to_string(), help, locations)))
        }
        None => Err(Box::new(unknown(claim, "nobody asked what is built", None, Vec::new()))),
    }
}

/// A command or a setting whose effect is not known leaves everything open.
pub(super) fn unclear(claim: Claim, builds: &ResolvedBuilds) -> Option<Evidence> {
    let first = builds.unclear.first()?;
    let help = "say in `[cargo]` what is shipped, and write the flags without variables".to_owned();
    let locations = builds
        .unclear
        .iter()
        .filter_map(|flags| flags.location.clone())
        .collect();
    Some(unknown(claim, &first.reason, Some(help), locations))
}

/// The two resolvers differ.
pub(super) fn disputed(claim: Claim, what: &str, cell: &ResolvedCell, seen_by: &str) -> Evidence {
    let detail = format!(
        "resolver-disagreement: only {seen_by} sees {what} in the build for {}",
        cell.cell
    );
    let help = "update the Rust toolchain; if they still differ, report it as a bug of lockgate";
    unknown(claim, &detail, Some(help.to_owned()), Vec::new())
}

/// Build scripts were not resolved for the machine that builds.
pub(super) fn on_other_machine(claim: Claim, what: &str, cell: &ResolvedCell) -> Evidence {
    let target = &cell.cell.target;
    let detail = format!(
        "build scripts and procedural macros need {what} where {target} is also the machine that \
         builds, and they were resolved for this machine alone"
    );
    let help = format!("run the check on a machine of {target}, or leave the target out");
    unknown(claim, &detail, Some(help), Vec::new())
}

/// Nothing is proved.
pub(super) fn unknown(
    claim: Claim,
    detail: &str,
    help: Option<String>,
    locations: Vec<Location>,
) -> Evidence {
    Evidence {
        claim,
        result: EvidenceResult::Unknown,
        detail: detail.to_owned(),
        help,
        locations,
    }
}

/// It is proved.
pub(super) fn upheld(claim: Claim, detail: String) -> Evidence {
    Evidence {
        claim,
        result: EvidenceResult::Upheld,
        detail,
        help: None,
        locations: Vec::new(),
    }
}

/// The package that a finding is about, as resolvers name it.
pub(super) fn key(subject: &Subject<'_>) -> Option<PackageKey> {
    let package = &subject.lockfile.packages[*subject.packages.first()?];
    let (name, version) = (package.id.name.clone(), package.id.version.clone());
    Some(PackageKey { name: name.into(), version: version.into() })
}

/// The lines of a package's entries in the lockfile, for when nothing nearer is known.
pub(super) fn locked_lines(subject: &Subject<'_>, wanted: &PackageKey) -> Vec<Location> {
    let entries =
        subject.lockfile.packages.iter().filter(|package| {
            package.id.name == wanted.name && package.id.version == wanted.version
        });
    let source = &subject.lockfile.source;
    let line = |offset: usize| Location { file: source.path.clone(), line: source.line_at(offset) };
    entries.map(|package| line(package.span.start)).collect()
}

/// `app 0.1.0 › time 0.3.1`.
pub(super) fn describe(chain: &Chain) -> String {
    chain
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" › ")
}

/// How many builds were looked at: `2 builds for x86_64-unknown-linux-gnu and wasm32-wasip1`.
pub(super) fn extent(builds: &ResolvedBuilds) -> String {
    let cells = || builds.cells_for(Purpose::Shipping);
    let mut targets: Vec<&str> = Vec::new();
    for cell in cells() {
        if !targets.contains(&cell.cell.target.as_str()) {
            targets.push(&cell.cell.target);
        }
    }
    let count = match cells().count() {
        1 => "1 build".to_owned(),
        count => format!("{count} builds"),
    };
    format!("{count} for {}", targets.join(", "))
}

#[cfg(test)]
mod tests;
