//! Entries of the lockfiles of a change, held against those that the base has of the same packages.

use std::collections::BTreeSet;

use super::lockfiles::LockfilesBefore;
use crate::evidence::{Doubt, Doubts};
use crate::graph::DependencyGraph;
use crate::lockfile::records::{self, Differences, Edited, Mismatch};
use crate::lockfile::{DependencyEdge, DependencyKind, Lockfile, PackageIndex};
use crate::package::{Ecosystem, PackageId};
use crate::pipeline::lockfiles::ReadLockfile;
use crate::problem::{Gap, GapCode, Location};

/// So many pairs of lockfiles are compared for the sake of those that are new.
const MOST_COMPARED: usize = 1024;

/// What is told apart at the head.
#[derive(Debug, Default)]
pub struct Entries {
    /// The doubts about each lockfile at the head, in their order.
    pub doubts: Vec<Doubts>,
    /// Checksums that do not fit.
    pub gaps: Vec<Gap>,
    /// What there is to know about them.
    pub remarks: Vec<String>,
}

impl LockfilesBefore {
    /// Compares every lockfile that changed with what it was, entry by entry.
    pub fn entries(&mut self, head: &[ReadLockfile]) -> Entries {
        let mut entries = Entries::default();
        entries.doubts.resize_with(head.len(), Doubts::default);
        for before in &mut self.lockfiles {
            let (Some(position), Some(lockfile)) = (before.now.same(), &before.lockfile) else {
                continue;
            };
            let now = &head[position].lockfile;
            if lockfile.source.text == now.source.text {
                continue;
            }
            let graph = DependencyGraph::new(now);
            let Some(Differences { edited, mismatches }) = records::differences(lockfile, now)
            else {
                entries.doubts[position] = Doubts::new(vec![not_compared(now)], &graph);
                continue;
            };
            let doubts = edited.iter().map(|edited| doubt(edited, now, &before.shown));
            entries.doubts[position] = Doubts::new(doubts.collect(), &graph);
            before.unproved = vanished(&edited, lockfile, now);
            for mismatch in mismatches {
                if let Mismatch::OneArchive { before: id, .. } = &mismatch {
                    before.unproved.insert(id.clone());
                }
                entries.note(&mismatch, &before.shown);
            }
        }
        self.compare_new(head, &mut entries);
        entries
    }

    /// Holds lockfiles that are new against all that there were: a copy of an entry is an entry of the
    /// same archive.
    fn compare_new(&self, head: &[ReadLockfile], entries: &mut Entries) {
        let paired: BTreeSet<usize> =
            self.lockfiles.iter().filter_map(|it| it.now.same()).collect();
        let new = (0..head.len()).filter(|position| !paired.contains(position));
        let new: Vec<usize> = new.collect();
        let are_too_many = new.len() * self.lockfiles.len() > MOST_COMPARED;
        for position in new {
            let now = &head[position].lockfile;
            let mut doubts = Vec::new();
            if are_too_many {
                let doubt = vec![not_compared(now)];
                entries.doubts[position] = Doubts::new(doubt, &DependencyGraph::new(now));
                continue;
            }
            for before in &self.lockfiles {
                let same_text = before.now.same().filter(|_| before.is_unchanged);
                let unchanged = same_text.map(|position| &head[position].lockfile);
                let Some(lockfile) = before.lockfile.as_ref().or(unchanged) else {
                    continue;
                };
                if lockfile.format.name() != now.format.name() {
                    continue;
                }
                match records::differences(lockfile, now) {
                    Some(Differences { edited, .. }) => {
                        let edited = edited.iter();
                        doubts.extend(edited.map(|edited| doubt(edited, now, &before.shown)));
                    }
                    None => doubts.push(not_compared(now)),
                }
            }
            if !doubts.is_empty() {
                entries.doubts[position] = Doubts::new(doubts, &DependencyGraph::new(now));
            }
        }
    }
}

impl Entries {
    fn note(&mut self, mismatch: &Mismatch, shown: &str) {
        let help = "find out who edited the lockfile: take the entry out, and let the package manager \
                    write it anew";
        let message = match mismatch {
            Mismatch::OneArchive { before, after, location } => format!(
                "{location}: {after} has the checksum that {before} has at the base, and one archive is \
                 one package"
            ),
            Mismatch::TwoArchives { package, is_same_origin, location } => {
                let message = format!(
                    "{location}: {package} has another checksum than in {shown} at the base, and one \
                     version is one archive"
                );
                if !is_same_origin {
                    self.remarks.push(format!("{message}; it comes from elsewhere now"));
                    return;
                }
                message
            }
        };
        self.gaps.push(Gap::new(GapCode::LockfileIncomplete, message, help));
    }
}

/// Which packages an edited entry was about: what it does not ask for any more, and itself where it can
/// be installed elsewhere.
fn doubt(edited: &Edited, now: &Lockfile, shown: &str) -> Doubt {
    let about = now.packages.iter().enumerate().filter(|(_, package)| {
        edited.lost.contains(package.id.name.as_str())
            || (edited.has_other_limits && package.id == edited.package)
    });
    let lost: Vec<&str> = edited.lost.iter().map(String::as_str).collect();
    let said = match (lost.is_empty(), edited.has_other_limits) {
        (true, _) => "where it can be installed".to_owned(),
        (false, false) => format!("that it needs {}", lost.join(", ")),
        (false, true) => {
            format!("that it needs {}, and where it can be installed", lost.join(", "))
        }
    };
    Doubt {
        detail: format!(
            "in {shown} at the base the entry of {} says otherwise {said}, and it is the same archive",
            edited.package
        ),
        location: edited.location.clone(),
        restored: restored(edited, now),
        about: about.map(|(index, _)| index).collect(),
    }
}

/// The edges that the entry had, to whatever has those names now.
fn restored(edited: &Edited, now: &Lockfile) -> Vec<DependencyEdge> {
    let packages = || now.packages.iter().enumerate();
    let to: Vec<PackageIndex> = packages()
        .filter(|(_, package)| edited.lost.contains(package.id.name.as_str()))
        .map(|(index, _)| index)
        .collect();
    let from = packages().filter(|(_, package)| package.id == edited.package);
    let edges = from.flat_map(|(from, _)| {
        to.iter().map(move |to| DependencyEdge { from, to: *to, kind: DependencyKind::Normal })
    });
    edges.collect()
}

/// What is not held against the base is doubtful as a whole: its entries cannot be told apart, or there are
/// too many lockfiles.
fn not_compared(now: &Lockfile) -> Doubt {
    Doubt {
        detail: "its entries were not held against those at the base".to_owned(),
        location: Location { file: now.source.path.clone(), line: 1 },
        about: (0..now.packages.len()).collect(),
        restored: Vec::new(),
    }
}

/// The packages at the base that nothing locks any more because an entry was edited: npm brings them
/// back when it reads the archive. Cargo writes down what the features that are on need, and these may
/// have changed.
fn vanished(edited: &[Edited], before: &Lockfile, now: &Lockfile) -> BTreeSet<PackageId> {
    let mut vanished = BTreeSet::new();
    if now.ecosystem == Ecosystem::Cargo || edited.is_empty() {
        return vanished;
    }
    let still: BTreeSet<&str> =
        now.packages.iter().map(|package| package.id.name.as_str()).collect();
    let lost: BTreeSet<&str> = edited
        .iter()
        .flat_map(|edited| &edited.lost)
        .map(String::as_str)
        .filter(|name| !still.contains(name))
        .collect();
    let graph = DependencyGraph::new(before);
    let mut pending: Vec<PackageIndex> = (0..before.packages.len())
        .filter(|index| lost.contains(before.packages[*index].id.name.as_str()))
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(package) = pending.pop() {
        if seen.insert(package) {
            vanished.insert(before.packages[package].id.clone());
            pending.extend(graph.successors(package).iter().map(|edge| edge.package));
        }
    }
    vanished
}
