//! Version 1: `dependencies`, nested as they are installed.
//!
//! It does not list what the project itself asks for. Without `package.json` beside it, whatever
//! nobody else requires is taken to be asked for, in a way that is not known.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use super::asked::Asking;
use super::entry::{Content, Entry, Places, check_folder, check_unique};
use super::folders::{FolderIndex, Folders};
use super::request::{check_name, check_resolved, check_version_1};
use super::wire::{WireDependency, WireLockfile};
use crate::lockfile::node::assembly::{check_package, folder_name};
use crate::lockfile::node::json::{Keyed, Str};
use crate::lockfile::node::name;
use crate::lockfile::node::origin;
use crate::lockfile::{LockedPackage, Lockfile, LockfileError};
use crate::package::{Ecosystem, PackageId};
use crate::problem::SourceText;
use crate::source::PackageSource;

/// The project and every nested entry.
pub(super) fn entries<'wire>(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    nested: &'wire Keyed<'_, WireDependency<'_>>,
) -> Result<Vec<Entry<'wire>>, LockfileError> {
    let mut entries = vec![root(source, wire, nested)];
    let mut collector = Collector::new(source, None);
    collector.collect(&mut String::new(), Some(0), nested)?;
    check_unique(source, &collector.entries)?;
    entries.append(&mut collector.entries);
    Ok(entries)
}

/// The nested entries that do not say the same as what a lockfile has in their folders, in the same
/// words: nearly all of them do.
pub(super) fn others<'wire>(
    source: &Arc<SourceText>,
    nested: &'wire Keyed<'_, WireDependency<'_>>,
    flat: &Lockfile,
    folders: &Folders,
) -> Result<Vec<Entry<'wire>>, LockfileError> {
    let mut collector = Collector::new(source, Some(Flat::of(flat, folders)));
    collector.collect(&mut String::new(), Some(0), nested)?;
    if collector.flat.is_some_and(|flat| flat.has_doubles) {
        // Which of them is refused is seen where all are looked at.
        collector = Collector::new(source, None);
        collector.collect(&mut String::new(), Some(0), nested)?;
    }
    check_unique(source, &collector.entries)?;
    Ok(collector.entries)
}

/// What a lockfile has in its folders by its `packages`.
struct Flat<'lockfile> {
    lockfile: &'lockfile Lockfile,
    folders: &'lockfile Folders,
    /// Which packages an entry was about.
    seen: Vec<bool>,
    /// Whether several entries were about one of them.
    has_doubles: bool,
}

impl<'lockfile> Flat<'lockfile> {
    fn of(lockfile: &'lockfile Lockfile, folders: &'lockfile Folders) -> Self {
        Self { lockfile, folders, seen: vec![false; lockfile.packages.len()], has_doubles: false }
    }

    /// Whether an entry says what `packages` says about its folder, so plainly that nothing else is to
    /// be asked about it.
    fn says(&mut self, place: Option<FolderIndex>, name: &str, entry: &WireDependency<'_>) -> bool {
        let Some(package) = place.and_then(|place| self.folders.package_at(place)) else {
            return false;
        };
        self.has_doubles |= std::mem::replace(&mut self.seen[package], true);
        let LockedPackage { id, source, development_flag, .. } = &self.lockfile.packages[package];
        let version = entry.version.as_deref().unwrap_or_default();
        let resolved = entry.resolved.0.as_deref();
        source.is_public()
            && id.name == name
            && id.version == version
            && *development_flag == Some(entry.dev)
            && name::is_valid(name)
            && !version.contains([':', '/'])
            && resolved.is_none_or(|address| origin::is_usual(name, version, address))
    }
}

struct Collector<'source, 'wire> {
    source: &'source Arc<SourceText>,
    places: Places<'source>,
    flat: Option<Flat<'source>>,
    entries: Vec<Entry<'wire>>,
}

impl<'source, 'wire> Collector<'source, 'wire> {
    fn new(source: &'source Arc<SourceText>, flat: Option<Flat<'source>>) -> Self {
        Self { source, places: Places::new(source), flat, entries: Vec::new() }
    }

    /// Collects what is installed in a folder, of which `place` is the place in the flat lockfile.
    fn collect(
        &mut self,
        folder: &mut String,
        place: Option<FolderIndex>,
        nested: &'wire Keyed<'_, WireDependency<'_>>,
    ) -> Result<(), LockfileError> {
        let above = folder.len();
        for (name, dependency) in &nested.0 {
            if above == 0 && is_folder(name, dependency) {
                check_folder(self.source, name, &self.places.span(name, None))?;
                folder.push_str(name);
                let place = self.flat.as_ref().and_then(|flat| flat.folders.find(0, name));
                self.collect(folder, place, &dependency.dependencies)?;
            } else {
                folder.push_str(if above == 0 { "node_modules/" } else { "/node_modules/" });
                folder.push_str(name);
                let place = place
                    .zip(self.flat.as_ref())
                    .and_then(|(place, flat)| flat.folders.installed(place, name));
                self.add(folder, place, name, dependency)?;
                self.collect(folder, place, &dependency.dependencies)?;
            }
            folder.truncate(above);
        }
        Ok(())
    }

    fn add(
        &mut self,
        folder: &str,
        place: Option<FolderIndex>,
        name: &Str<'_>,
        dependency: &'wire WireDependency<'_>,
    ) -> Result<(), LockfileError> {
        let span = self.places.span(name, dependency.version.as_ref());
        if self.flat.as_mut().is_some_and(|flat| flat.says(place, name, dependency)) {
            return Ok(());
        }
        let (package, called) = locked_package(span, name, dependency);
        check_folder(self.source, folder, &package.span)?;
        check_package(self.source, &package)?;
        check_name(self.source, Some(name), &package.span)?;
        check_version_1(self.source, dependency.version.as_ref(), &package.span)?;
        check_resolved(self.source, dependency.resolved.0.as_ref(), &package.span)?;
        self.entries.push(Entry {
            folder: Cow::Owned(folder.to_owned()),
            content: Content::Package(package),
            asking: Asking::Nested(dependency),
            integrity: dependency.integrity.0.as_deref(),
            has_shrinkwrap: false,
            called,
        });
        Ok(())
    }
}

/// The package, and what the entry calls it where its address is that of another one.
fn locked_package(
    span: Range<usize>,
    name: &str,
    dependency: &WireDependency<'_>,
) -> (LockedPackage, Option<SmolStr>) {
    let version = dependency.version.as_deref().unwrap_or_default();
    let origin = origin::of_dependency(name, version, dependency.resolved.0.as_deref());
    let package = LockedPackage {
        id: PackageId { ecosystem: Ecosystem::Npm, name: origin.name, version: origin.version },
        source: origin.source,
        span,
        checksum: None,
        development_flag: Some(dependency.dev),
        limits: None,
        folder: None,
    };
    (package, origin.called)
}

/// Whether an entry stands for the folder of a workspace: the first versions of npm 7 wrote some by
/// their folder, and nothing but what is installed in it.
fn is_folder(name: &str, dependency: &WireDependency<'_>) -> bool {
    let locks_nothing = dependency.version.is_none() && dependency.resolved.0.is_none();
    let mut parts = name.split('/');
    locks_nothing && name.contains('/') && !name.starts_with('@') && parts.all(name::is_valid)
}

fn root<'wire>(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    nested: &'wire Keyed<'_, WireDependency<'_>>,
) -> Entry<'wire> {
    let name = wire.name.as_deref().filter(|name| !name.is_empty());
    let package = LockedPackage {
        id: PackageId {
            ecosystem: Ecosystem::Npm,
            name: name.map_or_else(|| folder_name(&source.path, "").into(), SmolStr::new),
            version: wire.version.as_deref().unwrap_or_default().into(),
        },
        source: PackageSource::Local,
        span: 0..source.text.len().min(1),
        checksum: None,
        development_flag: None,
        limits: None,
        folder: Some(String::new()),
    };
    Entry {
        folder: Cow::Borrowed(""),
        content: Content::Root(package),
        asking: Asking::Rest(nested),
        integrity: None,
        has_shrinkwrap: false,
        called: None,
    }
}

#[cfg(test)]
mod tests {
    use npmrc_config_rs::registry::DEFAULT_REGISTRY;
    use proptest::prelude::*;

    use super::super::{NpmLock, packages, resolution, sections};
    use super::*;

    /// What both sections of a lockfile say together, read with and without a look at the first one.
    fn read_both(text: &str) -> [String; 2] {
        let source = Arc::new(SourceText::new("package-lock.json", text));
        let wire: WireLockfile<'_> = serde_json::from_str(text).unwrap();
        let nested = wire.dependencies.as_ref().unwrap();
        let entries = packages::entries(&source, &wire, wire.packages.as_ref().unwrap());
        let (flat, folders) = resolution::lockfile(&source, &NpmLock, entries).unwrap();
        let mut collector = Collector::new(&source, None);
        let all = collector.collect(&mut String::new(), Some(0), nested);
        let all = all.and_then(|()| check_unique(&source, &collector.entries));
        let all = all.map(|()| collector.entries);
        [others(&source, nested, &flat, &folders), all].map(|others| {
            let compared = others.map(|others| {
                let mut flat = flat.clone();
                sections::compare(&mut flat, &folders, others);
                (flat.packages, flat.edges, flat.remarks)
            });
            format!("{compared:?}")
        })
    }

    fn version() -> impl Strategy<Value = String> {
        let resolved =
            |address: String| Just(format!(r#""version": "1.0.0", "resolved": "{address}""#));
        prop_oneof![
            6 => Just(r#""version": "1.0.0""#.to_owned()),
            1 => Just(r#""version": "2.0.0""#.to_owned()),
            1 => Just(r#""version": "1.0.0", "dev": true"#.to_owned()),
            1 => Just(r#""version": "npm:b@1.0.0""#.to_owned()),
            1 => Just(r#""version": "file:b""#.to_owned()),
            1 => Just(r#""version": "a b:c""#.to_owned()),
            1 => Just(String::new()),
            1 => resolved(format!("{DEFAULT_REGISTRY}a/-/a-1.0.0.tgz")),
            1 => resolved("https://packages.example.com/a/-/a-1.0.0.tgz".to_owned()),
        ]
    }

    fn names() -> impl Strategy<Value = String> {
        "a|b|@s/a|x y|w/p"
    }

    fn nested(depth: u32) -> BoxedStrategy<String> {
        if depth == 0 {
            return Just("{}".to_owned()).boxed();
        }
        let entry = (names(), version(), nested(depth - 1));
        let entry = entry.prop_map(|(name, version, inside)| {
            let comma = if version.is_empty() { "" } else { ", " };
            format!(r#""{name}": {{{version}{comma}"dependencies": {inside}}}"#)
        });
        let entries = proptest::collection::vec(entry, 0..4);
        entries.prop_map(|entries| format!("{{{}}}", entries.join(", "))).boxed()
    }

    proptest! {
        #[test]
        fn what_is_passed_over_says_nothing_else(
            flat in proptest::collection::btree_map(
                "(w/p/)?node_modules/(a|b|@s/a)(/node_modules/(a|b))?", version(), 0..6),
            nested in nested(3),
        ) {
            let flat: Vec<String> =
                flat.iter().map(|(key, version)| format!(r#""{key}": {{{version}}}"#)).collect();
            let text = format!(
                r#"{{"packages": {{"w/p": {{}}{}{}}}, "dependencies": {nested}}}"#,
                if flat.is_empty() { "" } else { ", " },
                flat.join(", ")
            );
            let [quick, thorough] = read_both(&text);
            prop_assert_eq!(quick, thorough);
        }
    }
}
