//! What claims about builds have in common: who is asked, and what is said where nothing is known.

use super::seen::Seen;
use super::{Searched, Subject};
use crate::cargo_build::{
    AskKind, BuiltPackages, Chain, PackageKey, Presence, Purpose, ResolvedBuilds, ResolvedCell,
};
use crate::package::{Ecosystem, PackageId};
use crate::policy::{ClaimKind, Fact, any_of};
use crate::problem::{Location, Passage};

/// The builds of the lockfile, or what is to be said because they are not known.
pub(super) fn builds<'run>(subject: &Subject<'run>) -> Result<&'run ResolvedBuilds, Seen> {
    let ecosystem = subject.lockfile.ecosystem;
    if ecosystem != Ecosystem::Cargo {
        let kinds = ClaimKind::all()
            .filter(|kind| kind.applies_to(ecosystem) && !kind.needs_a_person())
            .map(ClaimKind::as_str);
        let detail = "it is a claim about what Cargo builds, and this package is one of npm";
        let help = format!("claim {}", any_of(&kinds.collect::<Vec<_>>()));
        return Err(Seen::unknown(detail).help(help));
    }
    let builds = subject.facts.builds().map_err(|why| why.seen(Fact::Builds))?;
    if builds.cells_for(Purpose::Shipping).next().is_none() {
        // Nothing is in none of no builds.
        return Err(Seen::unknown("there is no build of what is shipped"));
    }
    Ok(builds)
}

/// Lines that ask for what the policy does not declare leave open what they could build.
pub(super) fn outside(
    builds: &ResolvedBuilds,
    is_there: impl Fn(&BuiltPackages) -> bool,
) -> Option<Seen> {
    let asks = &builds.outside.asks;
    let first = asks.first()?;
    if let Some(unread) = asks.iter().find(|ask| ask.kind == AskKind::Anything) {
        let detail =
            format!("it is in no build that is known, and {} was not read", unread.location.file);
        let help = "bring the file back or make it readable; if nothing in it builds what ships, say in `[cargo]` \
                    which files do: `scripts = [\"…\"]`";
        return Some(Seen::unknown(detail).help(help).at([unread.location.clone()]));
    }
    let mut cells = builds.outside.cells.iter();
    let found =
        cells.find(|cell| is_there(&cell.cargo.packages) || is_there(&cell.simulated.packages))?;
    let mut locations: Vec<Location> = asks.iter().map(|ask| ask.location.clone()).collect();
    locations.dedup();
    let count = match locations.len() - 1 {
        0 => String::new(),
        1 => ", and one more line does so".to_owned(),
        more => format!(", and {more} more lines do so"),
    };
    let detail = format!(
        "it is in no build that the policy declares, but it would be in the build for {}: {}{count}",
        found.cell, first.reason
    );
    let help = "declare it in `[cargo]`, or answer for the line there: `ignore = [{ line = \"…\", \
                why = \"…\" }]`";
    Some(Seen::unknown(detail).help(help).at(locations))
}

/// What is built for development may be shipped, and contains it.
pub(super) fn shipped_development(
    builds: &ResolvedBuilds,
    is_there: impl Fn(&BuiltPackages) -> bool,
) -> Option<Seen> {
    let mut cells = builds.cells_for(Purpose::Development);
    let found =
        cells.find(|cell| is_there(&cell.cargo.packages) || is_there(&cell.simulated.packages))?;
    if builds.ships_development.is_empty() {
        return None;
    }
    let detail = format!(
        "only what development builds contains it, and a line may ship that ({})",
        found.cell
    );
    let help = "declare it with `development = true` in `[cargo]`, or answer for the line there: \
                `ignore = [{ line = \"…\", why = \"…\" }]`";
    Some(Seen::unknown(detail).help(help).at(builds.ships_development.clone()))
}

/// A declaration in the policy under which something is in no build.
pub(super) fn narrower_without(
    builds: &ResolvedBuilds,
    purposes: &[Purpose],
    is_there: impl Fn(&BuiltPackages) -> bool,
) -> Option<String> {
    let is_without = |cells: &[ResolvedCell]| {
        let counted = cells.iter().filter(|cell| purposes.contains(&cell.purpose));
        let mut views = counted.map(|cell| (&cell.cargo.packages, &cell.simulated.packages));
        views.all(|(cargo, simulated)| !is_there(cargo) && !is_there(simulated))
    };
    let found = builds.narrower.iter().find(|narrower| is_without(&narrower.cells))?;
    Some(format!(
        "if that is all that ships, write {} into `[cargo]` of the policy: then it is in no build",
        found.declaration
    ))
}

/// What the second resolver is called.
const SIMULATION: &str = "the simulation";

/// What keeps a presence from being certain. `None` if it is.
pub(super) fn doubtful(presence: &Presence<'_>, what: &str) -> Option<Seen> {
    match presence {
        Presence::Present(_) | Presence::Absent => None,
        Presence::Disputed { cell, seen_by } => Some(disputed(what, cell, seen_by)),
        Presence::OnOtherMachine(cell) => Some(on_other_machine(what, cell)),
    }
}

/// The two resolvers differ.
pub(super) fn disputed(what: &str, cell: &ResolvedCell, seen_by: &str) -> Seen {
    let detail =
        format!("resolver-disagreement: only {seen_by} sees {what} in the build for {}", cell.cell);
    let help = if cell.cell.target.triple().is_some() && seen_by == SIMULATION {
        "for the simulation every condition that no target decides is true (`--cfg` names, processor \
         features); claim something else about it, or upgrade"
    } else {
        "update the Rust toolchain; if they still differ, report it as a bug of lockgate"
    };
    Seen::unknown(detail).help(help)
}

/// Build scripts were not resolved for the machine that builds.
fn on_other_machine(what: &str, cell: &ResolvedCell) -> Seen {
    let target = &cell.cell.target;
    let detail = format!(
        "build scripts and procedural macros need {what} where {target} is also the machine that \
         builds, and they were resolved for this machine alone"
    );
    let help = format!("run the check on a machine of {target}, or leave the target out");
    Seen::unknown(detail).help(help)
}

/// It is proved over builds, and by a search of files. Lines that a person answers for and that ask for
/// nothing are told beside it.
pub(super) fn upheld_over(
    builds: &ResolvedBuilds,
    purposes: &[Purpose],
    mut detail: String,
) -> Seen {
    let idle: Vec<String> = builds.idle_ignores.iter().map(ToString::to_string).collect();
    if !idle.is_empty() {
        let places = idle.join(", ");
        detail += "; `ignore` answers for a line that asks for nothing: ";
        detail += &places;
    }
    let cells = purposes.iter().map(|purpose| builds.cells_for(*purpose).count());
    let searched =
        Searched { builds: cells.sum(), files: builds.outside.files, ..Searched::default() };
    Seen { searched, ..Seen::upheld(detail) }
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

/// Refutes a claim by a build that a chain leads into: by the causes of that, and behind them the lines of
/// the package's entries in the lockfile.
pub(super) fn refuted(
    subject: &Subject<'_>,
    builds: &ResolvedBuilds,
    detail: String,
    chain: &Chain,
    mut causes: Vec<Location>,
) -> Seen {
    let passage = causes.first().and_then(|cause| {
        let manifest = builds.manifests.iter().find(|named| named.file == cause.file)?;
        Passage::of_line(manifest.source(), cause.line)
    });
    for line in chain.last().into_iter().flat_map(|package| locked_lines(subject, package)) {
        if !causes.contains(&line) {
            causes.push(line);
        }
    }
    let ids = chain.iter().map(|package| PackageId {
        ecosystem: Ecosystem::Cargo,
        name: package.name.as_str().into(),
        version: package.version.as_str().into(),
    });
    let seen = Seen::refuted(detail, causes).by_way_of(ids.collect());
    Seen { passage, ..seen }
}

/// Which builds something is in none of: `in no build of any member with any feature for any target`, or
/// `in none of the 2 builds that the policy declares, for x86_64-unknown-linux-gnu, wasm32-wasip1`.
pub(super) fn in_none(builds: &ResolvedBuilds) -> String {
    if !builds.is_declared {
        return "in no build of any member with any feature for any target".to_owned();
    }
    let cells = || builds.cells_for(Purpose::Shipping);
    let mut targets: Vec<String> = Vec::new();
    for target in cells().map(|cell| cell.cell.target.to_string()) {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let count = match cells().count() {
        1 => "not in the one build".to_owned(),
        count => format!("in none of the {count} builds"),
    };
    format!("{count} that the policy declares, for {}", targets.join(", "))
}

#[cfg(test)]
mod tests;
