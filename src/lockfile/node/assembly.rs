//! From what a reader found to a [`Lockfile`]: the one place where those of npm's packages are made.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use smol_str::SmolStr;

use super::origin::Origin;
use crate::lockfile::{
    DependencyEdge, DependencyKind, LockedPackage, Lockfile, LockfileError, LockfileFormat,
    MissingDependency, MissingReason, PackageIndex, PlatformLimitsApply, hashes, text,
};
use crate::package::{Ecosystem, PackageId};
use crate::problem::{Problem, SourceText};
use crate::source::PackageSource;

/// A lockfile in the making. Texts that outlive it are borrowed from what was read.
pub(in crate::lockfile) struct Assembly<'text> {
    lockfile: Lockfile,
    /// Checksums as they are read, several behind each other where a package has several.
    checksums: Vec<(&'text str, PackageIndex)>,
    /// What entries call packages whose address is that of a package of another name.
    called: Vec<(PackageIndex, SmolStr)>,
}

impl<'text> Assembly<'text> {
    /// An empty one, with room for about so many packages.
    pub(in crate::lockfile) fn new(
        source: &Arc<SourceText>,
        format: &'static dyn LockfileFormat,
        about: usize,
    ) -> Self {
        Self {
            lockfile: Lockfile {
                source: Arc::clone(source),
                format,
                ecosystem: Ecosystem::Npm,
                packages: Vec::with_capacity(about),
                edges: Vec::with_capacity(about),
                roots: Vec::new(),
                missing: Vec::new(),
                shrinkwrapped: Vec::new(),
                contradictions: Vec::new(),
                remarks: Vec::new(),
                platform_limits: PlatformLimitsApply::AsRecorded,
                omits_peers: false,
                declarations: Vec::new(),
            },
            checksums: Vec::with_capacity(about),
            called: Vec::new(),
        }
    }

    pub(in crate::lockfile) fn packages(&self) -> &[LockedPackage] {
        &self.lockfile.packages
    }

    pub(in crate::lockfile) fn roots(&self) -> &[PackageIndex] {
        &self.lockfile.roots
    }

    /// Adds a project, which lies in a folder relative to the lockfile's. Without a name it is called
    /// like the folder.
    pub(in crate::lockfile) fn project(
        &mut self,
        name: Option<&str>,
        version: &str,
        folder: &str,
        span: Range<usize>,
    ) -> PackageIndex {
        let name = name.filter(|name| !name.is_empty()).map(SmolStr::new);
        let name = name.unwrap_or_else(|| folder_name(&self.lockfile.source.path, folder).into());
        self.root(LockedPackage {
            id: PackageId { ecosystem: Ecosystem::Npm, name, version: version.into() },
            source: PackageSource::Local,
            span,
            checksum: None,
            development_flag: None,
            limits: None,
            folder: Some(folder.to_owned()),
        })
    }

    /// Adds a package that stands at `span`.
    ///
    /// # Errors
    ///
    /// Its name or version could do harm on a terminal, or no registry gives them out.
    pub(in crate::lockfile) fn package(
        &mut self,
        origin: Origin,
        span: Range<usize>,
    ) -> Result<PackageIndex, LockfileError> {
        let Origin { name, version, source, called } = origin;
        let id = PackageId { ecosystem: Ecosystem::Npm, name, version };
        let package = LockedPackage {
            id,
            source,
            span,
            checksum: None,
            development_flag: None,
            limits: None,
            folder: None,
        };
        check_package(&self.lockfile.source, &package)?;
        Ok(self.locked(package, called))
    }

    pub(in crate::lockfile) fn root(&mut self, package: LockedPackage) -> PackageIndex {
        let index = self.locked(package, None);
        self.lockfile.roots.push(index);
        index
    }

    /// Adds a package that is called otherwise where its address is that of a package of another name.
    pub(in crate::lockfile) fn locked(
        &mut self,
        package: LockedPackage,
        called: Option<SmolStr>,
    ) -> PackageIndex {
        let index = self.lockfile.packages.len();
        self.lockfile.packages.push(package);
        self.called.extend(called.map(|name| (index, name)));
        index
    }

    /// The package, to say more about it.
    pub(in crate::lockfile) fn package_mut(&mut self, package: PackageIndex) -> &mut LockedPackage {
        &mut self.lockfile.packages[package]
    }

    /// The checksums of a package's archive (W3C, "Subresource Integrity", "The integrity attribute"),
    /// where they stand in the text or are unescaped from it.
    pub(in crate::lockfile) fn integrity(&mut self, package: PackageIndex, integrity: &'text str) {
        let span = text::span_in(&self.lockfile.source.text, integrity);
        self.lockfile.packages[package].checksum = span;
        self.checksums.push((integrity, package));
    }

    pub(in crate::lockfile) fn edge(
        &mut self,
        from: PackageIndex,
        to: PackageIndex,
        kind: DependencyKind,
    ) {
        self.lockfile.edges.push(DependencyEdge { from, to, kind });
    }

    pub(in crate::lockfile) fn missing(
        &mut self,
        from: PackageIndex,
        name: impl Into<String>,
        reason: MissingReason,
    ) {
        self.lockfile.missing.push(MissingDependency { from, name: name.into(), reason });
    }

    pub(in crate::lockfile) fn shrinkwrapped(&mut self, package: PackageIndex) {
        self.lockfile.shrinkwrapped.push(package);
    }

    /// The lockfile. What its manifests say is learned afterwards, see [`super::projects`].
    pub(in crate::lockfile) fn finish(self) -> Lockfile {
        let Self { mut lockfile, checksums, called } = self;
        let listed = checksums.iter().flat_map(|(integrity, package)| {
            hashes::listed(integrity).map(|hash| (hash, hashes::key(hash), *package))
        });
        lockfile.contradictions =
            hashes::contradictions(&lockfile.source, &lockfile.packages, listed);
        match_both_names(&mut lockfile, called);
        lockfile
    }
}

/// An entry that has one name and the address of another: what is installed is what the address serves,
/// and whoever has the archive of the checksum already installs that. Both are matched.
fn match_both_names(lockfile: &mut Lockfile, called: Vec<(PackageIndex, SmolStr)>) {
    let Lockfile { source, packages, edges, remarks, .. } = lockfile;
    for (package, name) in called {
        let mut other = packages[package].clone();
        let line = source.line_at(other.span.start);
        remarks.push(format!(
            "{}:{line}: `{name}` has the address of {}, so both were matched",
            source.path, other.id
        ));
        other.id.name = name;
        let to = packages.len();
        packages.push(other);
        let to_it = edges.iter().filter(|edge| edge.to == package);
        let both: Vec<DependencyEdge> = to_it.map(|edge| DependencyEdge { to, ..*edge }).collect();
        edges.extend(both);
    }
}

/// Refuses names and versions that could do harm on a terminal.
pub(in crate::lockfile) fn check_package(
    source: &Arc<SourceText>,
    package: &LockedPackage,
) -> Result<(), LockfileError> {
    text::check_name(source, &package.id.name, package.span.clone())?;
    if package.id.version.chars().any(char::is_control) {
        return Err(LockfileError::Inconsistent(
            Problem::at(source, package.span.clone(), "a version holds control characters")
                .help("no registry gives out such a version: find out who wrote this lockfile"),
        ));
    }
    Ok(())
}

/// The name of a project that has none: its folder's.
pub(in crate::lockfile) fn folder_name(lockfile_path: &str, folder: &str) -> String {
    let named = folder.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
    named
        .or_else(|| {
            let parent = Path::new(lockfile_path).parent()?.file_name()?;
            Some(parent.to_string_lossy().into_owned())
        })
        .unwrap_or_else(|| "project".to_owned())
}
