//! Whatever is done to a lockfile, it is read in full or refused, and nothing vanishes without a word.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::YarnClassic;
use crate::lockfile::sample::Files;
use crate::lockfile::{DependencyKind, Lockfile, LockfileFormat};
use crate::problem::SourceText;

/// A lockfile in which package `n` needs packages of higher numbers, and the manifest of a project that
/// needs some.
pub(super) fn any_lockfile() -> impl Strategy<Value = (String, String)> {
    let needs = proptest::collection::vec(proptest::collection::btree_set(0..8_usize, 0..3), 1..8);
    (needs, proptest::collection::btree_set(0..8_usize, 1..4)).prop_map(|(needs, asked)| {
        let count = needs.len();
        let entries = needs.iter().enumerate().map(|(number, needs)| {
            let higher: Vec<String> = needs
                .iter()
                .filter(|need| **need > number && **need < count)
                .map(|need| format!("    p{need} \"^1\"\n"))
                .collect();
            let table = if higher.is_empty() { "" } else { "  dependencies:\n" };
            format!(
                "p{number}@^1:\n  version \"1.0.{number}\"\n  resolved \"p.tgz\"\n  integrity sha1-{number:0>27}=\n{table}{}\n",
                higher.concat()
            )
        });
        let text = format!("# yarn lockfile v1\n\n\n{}", entries.collect::<String>());
        let asked: Vec<String> = asked
            .iter()
            .filter(|number| **number < count)
            .map(|number| format!("\"p{number}\": \"^1\""))
            .collect();
        (text, format!("{{\"dependencies\": {{{}}}}}", asked.join(", ")))
    })
}

fn read_or_refuse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let source = Arc::new(SourceText::new("yarn.lock", text));
    match YarnClassic.read(&source, &Files(&[])) {
        Ok((lockfile, _)) => {
            for package in &lockfile.packages {
                let shown = text.get(package.span.clone());
                assert!(shown.is_some_and(|shown| !shown.is_empty()), "{:?}", package.span);
            }
            for edge in &lockfile.edges {
                assert!(edge.from.max(edge.to) < lockfile.packages.len());
            }
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.help.is_some(), "{problem}");
            if let Some(span) = &problem.span {
                assert!(text.get(span.clone()).is_some(), "{span:?}");
            }
        }
    }
}

/// The packages that the projects are known to need, without what the package called `last` depends on.
fn needed(lockfile: &Lockfile, last: &str) -> BTreeSet<String> {
    let is_last = |package: usize| lockfile.packages[package].id.name == last;
    let mut found = BTreeSet::new();
    let mut left = lockfile.roots.clone();
    while let Some(package) = left.pop() {
        let needs = lockfile.edges.iter().filter(|edge| edge.from == package && !is_last(package));
        let needs = needs.filter(|edge| edge.kind != DependencyKind::Unknown);
        left.extend(needs.map(|edge| edge.to).filter(|to| found.insert(*to)));
    }
    found.into_iter().map(|package| lockfile.packages[package].id.to_string()).collect()
}

proptest! {
    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        (text, _) in any_lockfile(),
        cut in any::<prop::sample::Index>(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        line in any::<prop::sample::Index>(),
    ) {
        read_or_refuse(&text.as_bytes()[..cut.index(text.len())]);
        let mut bytes = text.clone().into_bytes();
        let place = flipped.index(bytes.len());
        bytes[place] ^= 1 << bit;
        read_or_refuse(&bytes);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let line = line.index(lines.len());
        read_or_refuse([&lines[..line], &lines[line + 1..]].concat().concat().as_bytes());
        read_or_refuse([&lines[..=line], &lines[line..]].concat().concat().as_bytes());
    }

    /// The dependencies of the entry that is cut apart may vanish: where it ends nothing says.
    #[test]
    fn what_is_cut_off_is_refused_or_missing(
        (text, manifest) in any_lockfile(),
        cut in any::<prop::sample::Index>(),
    ) {
        let files = [("package.json", manifest.as_str())];
        let read = |text: &str| {
            YarnClassic.read(&Arc::new(SourceText::new("yarn.lock", text)), &Files(&files))
        };
        let (whole, _) = read(&text).unwrap();
        let Ok((part, gaps)) = read(&text[..cut.index(text.len())]) else {
            return Ok(());
        };
        if gaps.is_empty() && part.missing.is_empty() {
            let names: BTreeSet<String> =
                part.packages.iter().map(|package| package.id.to_string()).collect();
            let last = part.packages.last().unwrap().id.name.as_str();
            prop_assert!(needed(&whole, last).is_subset(&names), "{names:?}");
        }
    }
}
