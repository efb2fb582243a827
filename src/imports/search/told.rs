//! What is loaded because something names it to a package that loads what it is told.

use std::collections::BTreeSet;
use std::path::PathBuf;

use smol_str::SmolStr;

use super::{Pending, Search};
use crate::imports::graph::{LoadedModule, Stage, Target, Via};
use crate::installed::{is_builtin, package_of};
use crate::javascript::{self, Load, Module, Requested};
use crate::parallel::in_parallel;

/// What something names to a package.
#[derive(Debug)]
pub(super) enum Told {
    Package(usize, Via),
    File(PathBuf, Via),
}

/// The packages and the files to which a name leads.
pub(super) fn told(target: Target, via: &Via) -> Vec<Told> {
    let packages = target.packages.into_iter().map(|package| Told::Package(package, via.clone()));
    let files = target.files.into_iter().map(|file| Told::File(file, via.clone()));
    packages.chain(files).collect()
}

impl Search<'_> {
    /// Adds what is told to packages. Whether any of it is new.
    pub(super) fn add_told(&mut self, told: Vec<Told>) -> bool {
        let mut is_new = false;
        for told in told {
            match told {
                Told::Package(package, via) => {
                    self.graph.lead_to(package, &via, Stage::Unsure);
                    self.graph.besides.insert(package);
                }
                Told::File(path, via) => {
                    self.graph.besides.extend(self.installed.owner(&path));
                    if !self.graph.holds(&path) {
                        is_new |= javascript::is_run_when_loaded(&path.to_string_lossy());
                        self.unsure.push(Pending { path, via });
                    }
                }
            }
        }
        is_new
    }

    /// What is named to a package that loads what it is told is loaded from there. Whether anything new was found.
    pub(super) fn follow_known_sites(&mut self) -> bool {
        let mut found = Vec::new();
        for (position, site) in self.graph.modules.iter().enumerate() {
            let Some(line) = site.known_sites.first() else { continue };
            let via = Via::Module(position, *line);
            for name in self.names_given(site.owner) {
                found.extend(told(self.resolved(&site.path, &name), &via));
            }
        }
        self.add_told(found)
    }

    /// What may be named to a package: by those who load it any path, and what their files end with (views of
    /// templates), and packages by anybody, who may be handed what it exports.
    fn names_given(&self, package: Option<usize>) -> BTreeSet<SmolStr> {
        let users = self.users(package);
        let mut names: BTreeSet<SmolStr> = self.used.endings().clone();
        let users_installed = users.iter().flatten();
        names.extend(
            users_installed.flat_map(|user| self.installed.endings(*user)).map(SmolStr::from),
        );
        for LoadedModule { owner, module, .. } in &self.graph.modules {
            if users.contains(owner) {
                let texts = module.names.iter().chain(&module.texts);
                names.extend(texts.flat_map(|name| [name.clone(), behind_dot(name).into()]));
            } else {
                let of_packages =
                    module.names.iter().filter(|name| self.called.contains_key(*name));
                names.extend(of_packages.cloned());
            }
        }
        names
    }

    /// Who loads a package: itself, the repository (`None`), and the packages whose modules do.
    fn users(&self, package: Option<usize>) -> BTreeSet<Option<usize>> {
        let loads_it = |module: &&LoadedModule| {
            let mut named = module.targets.iter().flat_map(|target| &target.packages);
            named.any(|named| Some(*named) == package)
        };
        let owners = self.graph.modules.iter().filter(loads_it).map(|module| module.owner);
        owners.chain([None, package]).collect()
    }

    /// The packages whose names are parts of specifiers in the repository that lead nowhere: a hook may lead them there
    /// (`app:glim`, `@/vendor/glim.js`). `targets` says where each load leads.
    pub(super) fn named_in_unknown(&self, module: &Module, targets: &[Target]) -> Target {
        let mut found = Target::default();
        for (load, target) in module.loads.iter().zip(targets) {
            let Requested::Module(specifier) = &load.what else { continue };
            let leads_nowhere = target.files.is_empty() && target.packages.is_empty();
            if !leads_nowhere || specifier.starts_with('.') || is_builtin(specifier) {
                continue;
            }
            let packages = names_in(specifier).filter_map(|name| self.called.get(name));
            for package in packages.flatten() {
                found.packages.push(*package);
                // Nobody knows which of its modules is meant.
                found.files.extend(self.installed.files(*package));
            }
        }
        found
    }

    /// A module that loads by paths of which it knows the beginning may be told the rest: each path that its package
    /// names, or that those name who load it. Whether anything new was found.
    pub(super) fn follow_told_paths(&mut self) -> bool {
        let begins = |load: &&Load| matches!(&load.what, Requested::Beginning(start) if start.starts_with('.'));
        let modules = self.graph.modules.iter().enumerate();
        let loading: Vec<(usize, &LoadedModule, u32)> = modules
            .filter_map(|(position, module)| {
                let load = module.module.loads.iter().find(begins)?;
                Some((position, module, load.line))
            })
            .collect();
        let found = in_parallel(&loading, |(position, module, line)| {
            let via = Via::Module(*position, *line);
            let paths = self.paths_given(module.owner).into_iter();
            let targets = paths.map(|path| self.resolved(&module.path, path));
            targets.flat_map(|target| told(target, &via)).collect::<Vec<_>>()
        });
        self.add_told(found.into_iter().flatten().collect())
    }

    /// The paths that a package, and those who load it, name.
    fn paths_given(&self, package: Option<usize>) -> BTreeSet<&SmolStr> {
        let users = self.users(package);
        let modules = self.graph.modules.iter().filter(|module| users.contains(&module.owner));
        modules.flat_map(|module| &module.module.paths).collect()
    }
}

/// Everything in a specifier that may be the name of a package.
fn names_in(specifier: &str) -> impl Iterator<Item = &str> {
    let is_mark = |next: char| "/:!?#~|@=&".contains(next);
    let begins = specifier.char_indices().filter(move |(_, next)| is_mark(*next));
    let rests = begins.flat_map(|(at, mark)| {
        // A scope begins with its mark.
        [&specifier[at + mark.len_utf8()..], &specifier[at..]]
    });
    rests.flat_map(|rest| {
        let name = package_of(rest);
        let mut ends = name.char_indices().skip(1).filter(|(_, next)| ":?!@#.".contains(*next));
        let end = ends.next().map_or(name.len(), |(end, _)| end);
        [name, &name[..end]]
    })
}

/// What stands behind the last dot: `ejs` of `page.ejs`.
fn behind_dot(text: &str) -> &str {
    text.rsplit('.').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn a_specifier_has_names_behind_its_marks() {
        for (specifier, name) in [
            ("app:glim", "glim"),
            ("@/vendor/glim.js", "glim"),
            ("x://host/@acme/glim@1.0.0/y", "@acme/glim"),
            ("ü:ä/glim", "glim"),
        ] {
            assert!(names_in(specifier).any(|it| it == name), "{specifier}");
        }
        assert_eq!(names_in("glim").next(), None);
    }
}
