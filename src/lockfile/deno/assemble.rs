//! From what a `deno.lock` says to a lockfile.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use foldhash::fast::RandomState;

use super::DenoLock;
use super::document::{Document, JsrPackage, NpmPackage};
use super::modules::part_of;
use super::request::{Registry, Request, split, version};
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::Str;
use crate::lockfile::node::jsonc::Written;
use crate::lockfile::node::name;
use crate::lockfile::node::origin::{self, Origin};
use crate::lockfile::node::words::Words;
use crate::lockfile::{DependencyKind, Lockfile, LockfileError, MissingReason, PackageIndex, tool};
use crate::platform_limits::PlatformLimits;
use crate::problem::Problem;
use crate::source::PackageSource;

/// Reads a document in full. Whatever a project asks for counts as needed at run time: the file does not say
/// what is only for development.
///
/// # Errors
///
/// A package whose key is not a name and a version.
pub(super) fn assemble<'text>(
    written: &Written<'text>,
    document: &'text Document<'text>,
) -> Result<Lockfile, LockfileError> {
    let about = document.npm.packages.0.len() + document.packages.npm.0.len();
    let mut reader = Reader {
        written: *written,
        document,
        assembly: Assembly::new(written.source, &DenoLock, about),
        ids: HashMap::default(),
        copies: HashMap::default(),
        requests: HashMap::default(),
        any_version: HashMap::default(),
    };
    let root = reader.assembly.project(None, "", "", 0..1);
    let npm = reader.add_npm()?;
    let jsr = reader.add_jsr()?;
    reader.add_requests(root);
    let mut asked = reader.connect_projects(root);
    for (package, entry) in npm {
        reader.connect_npm(package, entry);
    }
    for (package, entry) in jsr {
        reader.connect(package, entry.dependencies.iter(), &mut asked);
    }
    reader.connect_rest(root, &asked);
    reader.add_modules(root)?;
    Ok(reader.assembly.finish())
}

type Map<Key, Value> = HashMap<Key, Value, RandomState>;

struct Reader<'text> {
    written: Written<'text>,
    document: &'text Document<'text>,
    assembly: Assembly<'text>,
    /// Packages by their names and what stands behind these.
    ids: Map<(Registry, &'text str, &'text str), PackageIndex>,
    /// The copy of npm's that a bare name stands for: the last one, as Deno reads it.
    copies: Map<&'text str, (&'text str, PackageIndex)>,
    /// What stands for each request.
    requests: Map<Request<'text>, PackageIndex>,
    /// What stands for a name whose versions a package of JSR leaves out: it is asked for in one way only.
    any_version: Map<(Registry, &'text str), Request<'text>>,
}

impl<'text> Reader<'text> {
    fn add_npm(&mut self) -> Result<Vec<(PackageIndex, &'text NpmPackage<'text>)>, LockfileError> {
        let Document { npm, packages, .. } = self.document;
        let entries = npm.packages.0.iter().chain(&packages.npm.0);
        let mut added = Vec::with_capacity(entries.size_hint().0);
        for (key, entry) in entries {
            let (name, behind) = self.id(key)?;
            let mut origin = origin::of_package(name, version(behind), entry.tarball.as_deref());
            // Its archive is of a registry, whatever the layout of that.
            if let PackageSource::Archive(address) = origin.source {
                origin.source = PackageSource::OtherRegistry(address);
            }
            let package = self.assembly.package(origin, self.written.span(key, key))?;
            self.assembly.package_mut(package).limits = limits(entry);
            if let Some(integrity) = &entry.integrity {
                self.assembly.integrity(package, self.written.original(integrity));
            }
            self.ids.insert((Registry::Npm, name, behind), package);
            let copy = self.copies.entry(name).or_insert((behind, package));
            *copy = (*copy).max((behind, package));
            added.push((package, entry));
        }
        Ok(added)
    }

    fn add_jsr(&mut self) -> Result<Vec<(PackageIndex, &'text JsrPackage<'text>)>, LockfileError> {
        let Document { jsr, packages, .. } = self.document;
        let entries = jsr.0.iter().chain(&packages.jsr.0);
        let mut added = Vec::with_capacity(entries.size_hint().0);
        for (key, entry) in entries {
            let (name, behind) = self.id(key)?;
            let origin = elsewhere(Registry::Jsr.prefix(), name, behind);
            let package = self.assembly.package(origin, self.written.span(key, key))?;
            self.ids.insert((Registry::Jsr, name, behind), package);
            added.push((package, entry));
        }
        Ok(added)
    }

    fn id(&self, key: &'text Str<'text>) -> Result<(&'text str, &'text str), LockfileError> {
        let id = split(key).filter(|(name, _)| name::is_valid(name));
        id.ok_or_else(|| {
            let message = format!("`{}` is not a name and a version", key.escape_debug());
            let help = format!(
                "Deno writes no such lockfile: find out who wrote it, remove it, and {}",
                tool::DENO.write_anew()
            );
            let span: Range<usize> = self.written.span(key, key);
            let problem = Problem::at(self.written.source, span, message);
            LockfileError::Inconsistent(problem.help(help))
        })
    }

    /// Notes what stands for each request, in the words of every version of the format.
    fn add_requests(&mut self, root: PackageIndex) {
        let document = self.document;
        let newest = document.specifiers.0.iter();
        let third = document.packages.specifiers.0.iter();
        let newest = newest.filter_map(|(key, value)| {
            let request = Request::read(key)?;
            Some((request, request.name, &**value))
        });
        let third = third.filter_map(|(key, value)| {
            let request = Request::read(key)?;
            let (name, behind) = split(value.strip_prefix(request.registry.prefix())?)?;
            Some((request, name, behind))
        });
        let second = document.npm.specifiers.0.iter().filter_map(|(key, value)| {
            let (name, behind) = split(value)?;
            Some((Request::of(Registry::Npm, key), name, behind))
        });
        for (request, name, behind) in newest.chain(third).chain(second) {
            match self.ids.get(&(request.registry, name, behind)) {
                Some(package) => {
                    self.requests.insert(request, *package);
                    self.any_version.insert((request.registry, request.name), request);
                }
                None if request.registry == Registry::Jsr => {}
                None => {
                    let name = format!("{name}@{}", version(behind));
                    self.assembly.missing(root, name, MissingReason::NotLocked);
                }
            }
        }
    }

    /// Connects the projects with what they ask for, and gives all that.
    fn connect_projects(&mut self, root: PackageIndex) -> HashSet<Request<'text>> {
        let workspace = &self.document.workspace;
        let mut asked = HashSet::new();
        self.connect(root, workspace.requests(), &mut asked);
        let mut members: BTreeMap<String, PackageIndex> = BTreeMap::from([(String::new(), root)]);
        for (folder, member) in &workspace.members.0 {
            let plain = plain_folder(folder).into_owned();
            let known = members.get(&plain).copied();
            let package = known.unwrap_or_else(|| {
                let span = self.written.span(folder, folder);
                self.assembly.project(None, "", &plain, span)
            });
            members.insert(plain, package);
            self.connect(package, member.requests(), &mut asked);
        }
        asked
    }

    fn connect(
        &mut self,
        from: PackageIndex,
        requests: impl Iterator<Item = &'text Str<'text>>,
        asked: &mut HashSet<Request<'text>>,
    ) {
        for request in requests.filter_map(|text| Request::read(text)) {
            let any_version = || self.any_version.get(&(request.registry, request.name)).copied();
            let request = if request.versions.is_none() && !self.requests.contains_key(&request) {
                any_version().unwrap_or(request)
            } else {
                request
            };
            asked.insert(request);
            match self.requests.get(&request) {
                Some(to) => self.assembly.edge(from, *to, DependencyKind::Unknown),
                // Modules of JSR are not matched, locked or not.
                None if request.registry == Registry::Jsr => {}
                None => self.assembly.missing(from, request.name, MissingReason::NotLocked),
            }
        }
    }

    fn connect_npm(&mut self, from: PackageIndex, entry: &'text NpmPackage<'text>) {
        for (kind, dependencies) in [
            (DependencyKind::Normal, &entry.dependencies),
            (DependencyKind::Optional, &entry.optional_dependencies),
            (DependencyKind::Peer, &entry.optional_peers),
        ] {
            for dependency in &dependencies.0 {
                match self.dependency(dependency) {
                    Some(to) => self.assembly.edge(from, to, kind),
                    // A peer that nobody brings is only asked for.
                    None if kind == DependencyKind::Peer => {}
                    None => {
                        self.assembly.missing(
                            from,
                            dependency.to_string(),
                            MissingReason::NotLocked,
                        );
                    }
                }
            }
        }
    }

    /// What `a`, `a@1.2.3` or `alias@npm:a@1.2.3` stands for.
    fn dependency(&self, text: &'text str) -> Option<PackageIndex> {
        let Some((name, behind)) = split(text) else {
            return self.copies.get(text).map(|(_, package)| *package);
        };
        let aliased = behind.strip_prefix(Registry::Npm.prefix()).and_then(split);
        let (name, behind) = aliased.unwrap_or((name, behind));
        self.ids.get(&(Registry::Npm, name, behind)).copied()
    }

    /// What no project and no package lists is asked for in the code of the root.
    fn connect_rest(&mut self, root: PackageIndex, asked: &HashSet<Request<'text>>) {
        let rest = self.requests.iter().filter(|(request, _)| !asked.contains(*request));
        let packages: BTreeSet<PackageIndex> = rest.map(|(_, package)| *package).collect();
        for package in packages {
            self.assembly.edge(root, package, DependencyKind::Unknown);
        }
    }

    /// Modules that are fetched by their addresses, those that belong together as one package.
    fn add_modules(&mut self, root: PackageIndex) -> Result<(), LockfileError> {
        let mut seen = HashSet::new();
        for (address, _) in &self.document.remote.0 {
            let (name, version) = part_of(address);
            if !seen.insert((name, version)) {
                continue;
            }
            let span = self.written.span(address, address);
            let module = self.assembly.package(elsewhere("", name, version), span)?;
            self.assembly.edge(root, module, DependencyKind::Unknown);
        }
        Ok(())
    }
}

/// What no advisory of npm is about.
fn elsewhere(prefix: &str, name: &str, version: &str) -> Origin {
    let address = format!("{prefix}{name}@{version}");
    Origin {
        name: format!("{prefix}{name}").into(),
        version: version.into(),
        source: PackageSource::Elsewhere(address),
        called: None,
    }
}

fn limits(entry: &NpmPackage<'_>) -> Option<Box<PlatformLimits>> {
    let words = |words: &Words<'_>| words.0.iter().map(ToString::to_string).collect();
    let limits = PlatformLimits {
        systems: words(&entry.os),
        processors: words(&entry.cpu),
        libraries: Vec::new(),
    };
    (limits != PlatformLimits::default()).then(|| Box::new(limits))
}
