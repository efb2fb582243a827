//! From what a `bun.lock` says to a lockfile.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::BunLock;
use super::bundles::{self, Bundled};
use super::document::{Document, Entry, Info};
use super::peers::Copies;
use super::resolution::{Kind, Resolution};
use super::tree::{LONGEST_KEY, PlaceIndex, TOP, Tree};
use crate::lockfile::node::assembly::Assembly;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::Str;
use crate::lockfile::node::jsonc::Written;
use crate::lockfile::node::name;
use crate::lockfile::node::words::Words;
use crate::lockfile::{DependencyKind, Lockfile, LockfileError, MissingReason, PackageIndex, tool};
use crate::platform_limits::PlatformLimits;
use crate::problem::{Gap, GapCode, Problem};

/// Where everything is installed that a lockfile locks.
pub(super) struct Installed<'text> {
    pub(super) tree: Tree<'text>,
    /// The projects, by their folders.
    pub(super) projects: BTreeMap<String, Project<'text>>,
    /// What depends on something, with the place from which it looks for it.
    pub(super) dependents: Vec<Dependent<'text>>,
    /// What lies in archives of others.
    pub(super) bundled: Vec<Bundled>,
}

/// A project, and what the lockfile repeats of its manifest.
#[derive(Clone, Copy)]
pub(super) struct Project<'text> {
    pub(super) package: PackageIndex,
    /// The place from which it looks for what it depends on.
    pub(super) place: PlaceIndex,
    pub(super) info: &'text Info<'text>,
}

/// Something that depends on others.
#[derive(Clone, Copy)]
pub(super) struct Dependent<'text> {
    pub(super) package: PackageIndex,
    pub(super) place: PlaceIndex,
    pub(super) info: &'text Info<'text>,
    /// The path of names under which it is installed, or the folder of a project.
    pub(super) key: &'text Str<'text>,
    pub(super) is_project: bool,
}

impl<'text> Dependent<'text> {
    /// What it needs. An optional peer is none of it: it is used where others bring it.
    pub(super) fn asks(
        &self,
    ) -> impl Iterator<Item = (DependencyKind, &'text Str<'text>, &'text Str<'text>)> + use<'text>
    {
        let optional = self.info.optional_peers();
        let is_installed =
            move |kind, name: &str| kind != DependencyKind::Peer || !optional.contains(name);
        self.info.asks().filter(move |(kind, name, _)| is_installed(*kind, name))
    }

    /// Whether Bun refuses to go on without what it asks for in this way.
    fn must_have(&self, kind: DependencyKind) -> bool {
        match kind {
            DependencyKind::Normal => true,
            // What is only for the development of a folder is not always installed for it.
            DependencyKind::Development => self.is_project,
            _ => false,
        }
    }
}

/// Reads a document in full.
///
/// # Errors
///
/// An entry of an unknown kind, a key that nothing explains, a project that is not there.
pub(super) fn assemble<'text>(
    written: &Written<'text>,
    document: &'text Document<'text>,
) -> Result<(Lockfile, Installed<'text>), LockfileError> {
    let about = document.packages.0.len();
    let mut reader = Reader {
        written: *written,
        assembly: Assembly::new(written.source, &BunLock, about),
        installed: Installed {
            tree: Tree::for_about(about),
            projects: BTreeMap::new(),
            dependents: Vec::with_capacity(about),
            bundled: Vec::new(),
        },
        keys: Vec::with_capacity(about),
        in_archives: Vec::new(),
        doubles: Vec::new(),
    };
    for (folder, info) in &document.workspaces.0 {
        reader.project(folder, info)?;
    }
    if !reader.installed.projects.contains_key("") {
        let message = "the lockfile says nothing about the project in its own folder";
        let problem = Problem::in_file(&written.source.path, message);
        return Err(LockfileError::Inconsistent(problem.help(tool::BUN.write_again())));
    }
    for (key, entry) in &document.packages.0 {
        reader.entry(key, entry)?;
    }
    reader.check_keys()?;
    reader.put_members();
    reader.connect();
    reader.installed.bundled = reader.bundled();
    let Reader { assembly, installed, doubles, .. } = reader;
    let mut lockfile = assembly.finish();
    lockfile.contradictions.extend(doubles);
    bundles::note(&mut lockfile, &installed.bundled);
    Ok((lockfile, installed))
}

struct Reader<'text> {
    written: Written<'text>,
    assembly: Assembly<'text>,
    installed: Installed<'text>,
    /// Every key with its place.
    keys: Vec<(&'text Str<'text>, PlaceIndex)>,
    /// The places of what lies in the archives of the packages above.
    in_archives: Vec<(PlaceIndex, PackageIndex)>,
    /// What two entries of one key say differently.
    doubles: Vec<Gap>,
}

impl<'text> Reader<'text> {
    fn project(
        &mut self,
        folder: &'text Str<'text>,
        info: &'text Info<'text>,
    ) -> Result<(), LockfileError> {
        let span = self.written.span(folder, folder);
        let plain = plain_folder(folder);
        let name = info.name.as_deref().filter(|name| !name.is_empty());
        // The root looks from the top, whatever it is called.
        let place = match name {
            _ if plain.is_empty() => TOP,
            Some(name) if name::is_valid(name) => {
                self.installed.tree.place(name).ok_or_else(|| self.unexplained(folder))?
            }
            _ => {
                let message = format!("the project in {} has no name", plain.escape_debug());
                return Err(self.refuse(span, message));
            }
        };
        let version = info.version.as_deref().unwrap_or_default();
        let package = self.assembly.project(name, version, &plain, span.clone());
        let project = Project { package, place, info };
        if self.installed.projects.insert(plain.clone().into_owned(), project).is_some() {
            let message = format!("the project in `{}` is locked twice", plain.escape_debug());
            return Err(self.refuse(span, message));
        }
        let dependent = Dependent { package, place, info, key: folder, is_project: true };
        self.installed.dependents.push(dependent);
        Ok(())
    }

    fn entry(
        &mut self,
        key: &'text Str<'text>,
        entry: &'text Entry<'text>,
    ) -> Result<(), LockfileError> {
        let Some(resolution) = Resolution::read(&entry.resolution) else {
            let shown = entry.resolution.escape_debug();
            let message = format!("`{shown}` is of no kind that is known");
            return Err(self.refuse(self.written.span(key, &entry.resolution), message));
        };
        let place = (key.len() <= LONGEST_KEY).then(|| self.installed.tree.place(key)).flatten();
        let place = place.ok_or_else(|| self.unexplained(key))?;
        let is_project = matches!(resolution.kind, Kind::Workspace | Kind::Root);
        let package = if is_project {
            self.member(key, entry, &resolution)?
        } else {
            self.package(key, entry, &resolution)?
        };
        if let Some(first) = self.installed.tree.put(place, package) {
            self.note_double(key, first, package);
        }
        if entry.info.bundled {
            self.in_archives.push((place, package));
        }
        let dependent = Dependent { package, place, info: &entry.info, key, is_project };
        self.installed.dependents.push(dependent);
        self.keys.push((key, place));
        Ok(())
    }

    /// The project that an entry stands for.
    fn member(
        &self,
        key: &Str<'_>,
        entry: &Entry<'_>,
        resolution: &Resolution<'_>,
    ) -> Result<PackageIndex, LockfileError> {
        let folder = plain_folder(resolution.path());
        let project = self.installed.projects.get(&*folder);
        project.map(|project| project.package).ok_or_else(|| {
            let message = format!("`workspaces` has no project in {}", folder.escape_debug());
            self.refuse(self.written.span(key, &entry.resolution), message)
        })
    }

    fn package(
        &mut self,
        key: &'text Str<'text>,
        entry: &'text Entry<'text>,
        resolution: &Resolution<'_>,
    ) -> Result<PackageIndex, LockfileError> {
        let span = self.written.span(key, &entry.resolution);
        if resolution.kind == Kind::Registry && !name::is_valid(resolution.name) {
            let message = format!("`{}` is no name of a package", resolution.name.escape_debug());
            return Err(self.refuse(span, message));
        }
        let origin = resolution.origin(entry.registry.as_deref());
        let package = self.assembly.package(origin, span)?;
        self.assembly.package_mut(package).limits = limits(&entry.info);
        if let Some(integrity) = entry.integrity() {
            self.assembly.integrity(package, self.written.original(integrity));
        }
        if resolution.kind == Kind::Link {
            // Bun installs nothing for it: that is done in the folder itself.
            let folder = format!("node_modules/{}", &**key);
            self.assembly.missing(package, &**key, MissingReason::Outside(folder));
        }
        Ok(package)
    }

    /// Readers differ on which of two equal keys counts, so both do.
    fn note_double(&mut self, key: &Str<'_>, first: PackageIndex, second: PackageIndex) {
        let packages = self.assembly.packages();
        let (first, second) = (&packages[first], &packages[second]);
        if first.id == second.id && first.source == second.source {
            return;
        }
        let source = self.written.source;
        let message = format!(
            "{}:{}: `{}` is locked as {} and, on line {}, as {}",
            source.path,
            source.line_at(first.span.start),
            key.escape_debug(),
            first.id,
            source.line_at(second.span.start),
            second.id
        );
        let help = tool::BUN.write_anew();
        self.doubles.push(Gap::new(GapCode::LockfileInconsistent, message, help));
    }

    /// Every key is that of a package in the folder of another one, or of a project.
    fn check_keys(&self) -> Result<(), LockfileError> {
        let Installed { tree, projects, .. } = &self.installed;
        let projects: BTreeSet<PlaceIndex> =
            projects.values().map(|project| project.place).collect();
        let is_explained = |place: PlaceIndex| {
            let above = tree.above(place);
            projects.contains(&above) || tree.package_at(above).is_some()
        };
        match self.keys.iter().find(|(_, place)| !is_explained(*place)) {
            Some((key, _)) => Err(self.unexplained(key)),
            None => Ok(()),
        }
    }

    /// Bun finds projects by their names even where nothing says that it should.
    fn put_members(&mut self) {
        let Installed { tree, projects, .. } = &mut self.installed;
        for Project { package, place, .. } in projects.values() {
            if *place != TOP && tree.package_at(*place).is_none() {
                tree.put(*place, *package);
            }
        }
    }

    fn connect(&mut self) {
        let Self { assembly, installed: Installed { tree, dependents, .. }, .. } = self;
        let copies = Copies::of(assembly.packages());
        for dependent in dependents {
            let from = dependent.package;
            // Where others bring an optional peer for development, Bun installs it for this one as well, for
            // production too (seen with Bun 1.2 and 1.4).
            for (kind, name, wish) in dependent.info.asks() {
                let mut found = tree.resolve(dependent.place, name).peekable();
                let nearest = found.peek().copied();
                if dependent.must_have(kind) && nearest.is_none() {
                    assembly.missing(from, &**name, MissingReason::NotLocked);
                }
                found.for_each(|to| assembly.edge(from, to, kind));
                if kind == DependencyKind::Peer {
                    let beside = copies.beside(assembly.packages(), name, wish);
                    let other = beside.filter(|beside| nearest != Some(*beside));
                    if let Some(to) = other {
                        assembly.edge(from, to, kind);
                    }
                }
            }
        }
    }

    /// What lies in archives, with the packages whose archives they are.
    fn bundled(&self) -> Vec<Bundled> {
        let tree = &self.installed.tree;
        let root = self.installed.projects.get("").map(|root| root.package);
        let in_archives = self.in_archives.iter();
        in_archives
            .filter_map(|(place, package)| {
                let by = tree.package_at(tree.above(*place)).or(root)?;
                Some(Bundled { by, package: *package })
            })
            .collect()
    }

    fn unexplained(&self, key: &Str<'_>) -> LockfileError {
        let message = format!("nothing is installed in `{}`", key.escape_debug());
        self.refuse(self.written.span(key, key), message)
    }

    fn refuse(&self, span: Range<usize>, message: String) -> LockfileError {
        let help = format!(
            "Bun writes no such lockfile: find out who wrote it, remove it, and {}",
            tool::BUN.write_anew()
        );
        LockfileError::Inconsistent(Problem::at(self.written.source, span, message).help(help))
    }
}

/// Where a package can be installed. Bun writes `none` for what it has no word for, so that nobody knows
/// what stands in the package.
fn limits(info: &Info<'_>) -> Option<Box<PlatformLimits>> {
    let words = |words: &Words<'_>| {
        let is_known = words.0.iter().all(|word| &**word != "none");
        let known = words.0.iter().filter(|_| is_known);
        known.map(ToString::to_string).collect::<Vec<_>>()
    };
    let limits = PlatformLimits {
        systems: words(&info.os),
        processors: words(&info.cpu),
        libraries: Vec::new(),
    };
    (limits != PlatformLimits::default()).then(|| Box::new(limits))
}
