//! Packages that only the build needs, but that may leave something in the program.
//!
//! A dependency of a build script runs where the program is built. No resolver knows whether anything of it ends
//! up in the program: the script may compile sources that the package contains (`openssl-src`),
//! write generated code to a file that is included, or name a library to link (Cargo book, "Build
//! Scripts"). So nothing is trusted: a package counts as harmless only if it consists entirely of
//! Rust code, and neither that code nor the scripts that use it name a way to write a file, to start a program or
//! to pass on anything except conditions (`cargo::rustc-cfg`). An unreadable file counts as leaving something.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use guppy::PackageId;
use guppy::graph::{BuildTargetId, BuildTargetKind, DependencyDirection, PackageMetadata};
use ignore::WalkBuilder;

use super::workspace::{Workspace, key};
use super::{PackageKey, Purpose, ResolvedBuilds};

/// Why something of a package may be in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// The reason, in a few words.
    pub reason: String,
}

/// Extensions of files that no compiler of another language reads.
const HARMLESS: &[&str] = &["rs", "toml", "md", "txt", "lock", "orig", "yml", "yaml", "json"];

/// Names by which Rust code reaches anything outside of itself: files, programs, other languages,
/// output, and included text. Code without any of them leaves nothing behind.
const REACHING: &[&str] = &[
    "OUT_DIR",
    "fs",
    "io",
    "os",
    "net",
    "process",
    "File",
    "OpenOptions",
    "Command",
    "Write",
    "stdout",
    "unsafe",
    "extern",
    "asm",
    "global_asm",
    "include",
    "include_bytes",
    "include_str",
];

/// Instructions of build scripts to Cargo that put nothing into the program (Cargo book, "Build Scripts").
const SAYING: &[&str] = &["rerun-if-", "warning=", "rustc-cfg=", "rustc-check-cfg="];

/// The most files that are searched in a package.
const MOST_FILES: usize = 5000;

/// Checks every package that only the build needs. Packages without an entry in the result leave nothing.
pub(super) fn look(
    workspace: &Workspace,
    builds: &ResolvedBuilds,
) -> BTreeMap<PackageKey, Carrier> {
    let cells = || builds.cells_for(Purpose::Shipping);
    let to_run: BTreeSet<&PackageKey> = cells().flat_map(|cell| &cell.simulated.to_run).collect();
    let of_building = |key: &PackageKey| {
        !to_run.contains(key) && cells().any(|cell| cell.simulated.on_host.contains(key))
    };
    let looking = CarrierSearch { workspace, macros: macros(workspace) };
    let packages = workspace.graph.packages();
    let packages = packages.filter(|package| of_building(&key(package)));
    let mut carriers = BTreeMap::new();
    for package in packages {
        if let Some(reason) = looking.reason(&package) {
            carriers.insert(key(&package), Carrier { reason });
        }
    }
    carriers
}

struct CarrierSearch<'run> {
    workspace: &'run Workspace,
    /// The dependencies of procedural macros, and the macros themselves.
    macros: BTreeSet<&'run PackageId>,
}

/// All transitive dependencies of procedural macros.
fn macros(workspace: &Workspace) -> BTreeSet<&PackageId> {
    let is_macro = |package: &PackageMetadata<'_>| {
        let mut targets = package.build_targets();
        targets.any(|target| matches!(target.kind(), BuildTargetKind::ProcMacro))
    };
    let macros = workspace.graph.packages().filter(is_macro);
    macros.flat_map(|package| needed(workspace, package.id())).collect()
}

/// A package and its transitive dependencies.
fn needed<'graph>(workspace: &'graph Workspace, id: &PackageId) -> BTreeSet<&'graph PackageId> {
    let query = workspace.graph.query_forward([id]);
    let set = query.map(guppy::graph::PackageQuery::resolve);
    let ids = set.map(|set| set.package_ids(DependencyDirection::Forward).collect());
    ids.unwrap_or_default()
}

impl CarrierSearch<'_> {
    fn reason(&self, package: &PackageMetadata<'_>) -> Option<String> {
        if self.macros.contains(package.id()) {
            return Some(
                "a procedural macro needs it, and what that writes is code of the program"
                    .to_owned(),
            );
        }
        let of_it = needed(self.workspace, package.id());
        let of_it = of_it.into_iter().filter_map(|id| self.workspace.graph.metadata(id).ok());
        for needed in of_it {
            if let Some(reason) = of_package(&needed) {
                return Some(reason);
            }
        }
        self.users(package)
    }

    /// Checks the packages between it and the build scripts that use it, and the scripts themselves.
    fn users(&self, package: &PackageMetadata<'_>) -> Option<String> {
        let mut seen = BTreeSet::from([package.id().clone()]);
        let mut pending = vec![package.id().clone()];
        while let Some(next) = pending.pop() {
            let Ok(package) = self.workspace.graph.metadata(&next) else {
                return Some("it is not known what uses it".to_owned());
            };
            for link in package.reverse_direct_links() {
                let user = link.from();
                if link.build().is_present()
                    && let Some(reason) = of_script(&user)
                {
                    return Some(reason);
                }
                if link.normal().is_present() && seen.insert(user.id().clone()) {
                    if let Some(reason) = of_package(&user) {
                        return Some(reason);
                    }
                    pending.push(user.id().clone());
                }
            }
        }
        None
    }
}

/// Checks a package itself.
fn of_package(package: &PackageMetadata<'_>) -> Option<String> {
    let name = package.name();
    if let Some(links) = package.links() {
        return Some(format!("{name} links the library `{links}`"));
    }
    if name.ends_with("-src") || name.ends_with("-sys") {
        return Some(format!("{name} brings sources or a library of another language"));
    }
    let folder = package.manifest_path().parent()?.as_std_path();
    for path in files(folder) {
        let Some(path) = path else {
            return Some(format!("{name} cannot be looked through"));
        };
        let shown = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        if !is_harmless(&path) {
            return Some(format!("{name} brings `{shown}`, which may be compiled or copied"));
        }
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        if let Some(word) = is_code.then(|| reaching_word(&path)).flatten() {
            return Some(format!("{name} may leave something behind (`{word}` in {shown})"));
        }
    }
    None
}

/// Checks the build script of a package.
fn of_script(package: &PackageMetadata<'_>) -> Option<String> {
    let name = package.name();
    let scripts =
        package.build_targets().filter(|target| target.id() == BuildTargetId::BuildScript);
    for script in scripts {
        let path = script.path().as_std_path();
        if let Some(word) = reaching_word(path) {
            return Some(format!("the build script of {name} may hand it on (`{word}`)"));
        }
        // A script may have modules in other files.
        if fs::read_to_string(path).map_or(true, |text| words(&text).any(|word| word == "mod")) {
            return Some(format!("the build script of {name} has further files"));
        }
    }
    None
}

fn is_harmless(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension {
        Some(extension) => HARMLESS.contains(&extension.as_str()) || name.starts_with('.'),
        // `LICENSE`, `Makefile` and the like are not code for a compiler.
        None => true,
    }
}

/// A word in Rust code that reaches outside. An unreadable file may contain one.
fn reaching_word(path: &Path) -> Option<&'static str> {
    match fs::read_to_string(path) {
        Ok(text) => reaching_in(&text),
        Err(_) => Some("unreadable"),
    }
}

fn reaching_in(text: &str) -> Option<&'static str> {
    if let Some(word) = words(text).find_map(|word| REACHING.iter().find(|known| **known == word)) {
        return Some(word);
    }
    if text.contains("#[path") {
        return Some("#[path");
    }
    let mut lines = text.lines();
    let prints = |line: &str| words(line).any(|word| word == "print" || word == "println");
    let says = |line: &str| SAYING.iter().any(|known| line.contains(known));
    lines.any(|line| prints(line) && !says(line)).then_some("println")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
}

/// The files of a package; `None` marks an entry that cannot be listed.
fn files(folder: &Path) -> Vec<Option<std::path::PathBuf>> {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .filter_entry(|entry| {
            let is_test = entry.depth() == 1
                && ["tests", "benches", "examples", "target", ".git"]
                    .iter()
                    .any(|name| entry.file_name() == *name);
            !is_test
        })
        .build();
    let mut files = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.path().is_dir() => {}
            Ok(entry) => files.push(Some(entry.into_path())),
            Err(_) => files.push(None),
        }
        if files.len() > MOST_FILES {
            files.push(None);
            break;
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_reaches_nothing_leaves_nothing() {
        for (text, word) in [
            ("pub fn x(a: u8) -> u8 { a.pow(2) } // offset, iota", None),
            ("println!(\"cargo::rustc-cfg=fast\");", None),
            ("println!(\"cargo:rerun-if-changed=build.rs\");", None),
            ("println!(\"cargo:{key}={value}\");", Some("println")),
            ("use std::{fs as files};", Some("fs")),
            ("use std::io::prelude::*;", Some("io")),
            ("let f = File::create_new(path);", Some("File")),
            ("unsafe { system(command) }", Some("unsafe")),
            ("include!(\"code.txt\");", Some("include")),
            ("#[path = \"code.txt\"] mod code;", Some("#[path")),
        ] {
            assert_eq!(reaching_in(text), word, "{text}");
        }
    }
}
