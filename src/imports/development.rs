//! What is run for development alone: compilers, bundlers, linters.
//!
//! None of it is shipped, and what it loads for itself is not, either. But it may write into what is built that
//! a package is to be loaded, as compilers do with their helpers. It can do so for what it needs, and for
//! what its own code names.

use std::collections::BTreeSet;

use super::graph::{Stage, Via};
use super::search::Imports;
use super::words::names_word;
use crate::lockfile::PackageIndex;

/// Compilers and bundlers of which it is known what they add besides what their settings say (TypeScript
/// documentation, "importHelpers": one package; ncc and esbuild write what they need in place).
const ADDITIONS: &[(&str, &[&str])] =
    &[("typescript", &["tslib"]), ("@vercel/ncc", &[]), ("esbuild", &[])];

/// The packages that only development runs, each with what runs it. Those that are known to add nothing are
/// left out.
pub(super) fn started(imports: &Imports) -> impl Iterator<Item = (usize, &Via)> {
    let packages = &imports.graph.packages;
    let mut started: Vec<(usize, &Via)> = packages
        .iter()
        .filter(|(_, (_, stage))| *stage == Stage::Development)
        .map(|(package, (via, _))| (*package, via))
        .collect();
    started.sort_unstable_by_key(|(package, _)| *package);
    started.into_iter()
}

/// Whether a package that builds what is shipped may add one of these to it.
pub(super) fn may_bring(
    imports: &Imports,
    package: usize,
    targets: &BTreeSet<usize>,
    entries: &BTreeSet<PackageIndex>,
) -> bool {
    let copies = &imports.installed.packages()[package].copies;
    if copies.iter().all(|copy| imports.used.adds_nothing(*copy)) {
        return false;
    }
    let id = &imports.installed.packages()[package].id;
    if let Some((_, added)) = ADDITIONS.iter().find(|(name, _)| id.name == *name) {
        return imports.names(targets).iter().any(|name| added.contains(&name.as_str()));
    }
    let needed = imports.needs.closure(copies.iter().copied());
    !needed.is_disjoint(entries) || is_named(imports, &needed, targets)
}

/// Whether the code of these entries has one of the names in quotes.
fn is_named(imports: &Imports, needed: &BTreeSet<PackageIndex>, targets: &BTreeSet<usize>) -> bool {
    let names = imports.names(targets);
    let packages = imports.installed.packages().iter().enumerate();
    let of_needed = packages.filter(|(_, it)| it.copies.iter().any(|copy| needed.contains(copy)));
    let mut files = of_needed.flat_map(|(package, _)| imports.installed.files(package));
    files.any(|file| {
        let text = imports.installed.bytes(&file).unwrap_or_default();
        names.iter().any(|name| names_in_quotes(&text, name))
    })
}

/// Whether a text has a name directly behind a quote.
fn names_in_quotes(text: &[u8], name: &str) -> bool {
    let is_quote = |byte: &u8| b"\"'`".contains(byte);
    memchr::memmem::find_iter(text, name).any(|start| {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let end = text.len().min(start + name.len() + 1);
        before.is_some_and(is_quote) && names_word(&text[start..end], name)
    })
}
