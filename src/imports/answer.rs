//! Whether a package is loaded.

use std::collections::BTreeSet;
use std::path::Path;

use super::graph::{Stage, Via};
use super::search::Imports;
use super::sites::Places;
use crate::lockfile::PackageIndex;
use crate::problem::Location;

/// Whether something is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing leads to it.
    No(Extent),
    /// It is used: the way in, from the repository on.
    Yes { steps: Vec<Step> },
    /// There is nothing of that name, so that nothing could ever be found: what, without a full stop.
    NamesNothing(String),
    /// It may be: why, and the way to the place that leaves it open.
    Perhaps { why: String, help: Option<String>, steps: Vec<Step> },
}

/// How much was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub entry_points: usize,
    pub modules: usize,
    pub packages: usize,
}

/// One step of a way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line that leads on.
    pub location: Location,
    /// The package that the line is of. `None`: the repository's own.
    pub package: Option<String>,
}

impl Imports {
    /// Whether any of these copies of a package is loaded.
    pub fn package(&self, copies: &[PackageIndex], places: Places) -> Answer {
        let targets = self.installed_copies(copies);
        if targets.is_empty() {
            return perhaps(
                "it is not installed here, so that nothing says whether it is loaded",
                Vec::new(),
            );
        }
        let found = targets.iter().filter_map(|target| self.graph.packages.get(target));
        if let Some((via, stage)) = found.min_by_key(|(_, stage)| *stage) {
            return self.found(via, *stage);
        }
        if let Some(absent) = self.absent_copy(copies) {
            return absent;
        }
        self.in_doubt(&targets, places).unwrap_or_else(|| Answer::No(self.extent()))
    }

    /// One of these copies of a package that is not installed here, so that nothing says what is loaded of it.
    pub(super) fn absent_copy(&self, copies: &[PackageIndex]) -> Option<Answer> {
        let mut absent = self.installed.absent().iter();
        let (absent, _) = absent.find(|(absent, _)| copies.contains(absent))?;
        let why = "a copy of it that is locked is not installed on this machine";
        let location = self.places[*absent].clone();
        Some(perhaps(why, vec![Step { location, package: None }]))
    }

    /// The installed packages that are these entries of the lockfile.
    pub(super) fn installed_copies(&self, copies: &[PackageIndex]) -> BTreeSet<usize> {
        let packages = self.installed.packages().iter().enumerate();
        let is_copy = |package: &crate::installed::InstalledPackage| {
            package.copies.iter().any(|copy| copies.contains(copy))
        };
        packages.filter(|(_, package)| is_copy(package)).map(|(index, _)| index).collect()
    }

    pub(super) fn found(&self, via: &Via, stage: Stage) -> Answer {
        let steps = self.steps(via);
        if stage == Stage::Sure {
            return Answer::Yes { steps };
        }
        if let Via::Test = self.start(via)
            && let Some(first) = steps.first()
        {
            let help = format!(
                "if only tests or tools use that file, say so in the policy: [npm] tests = [\"{}\"]",
                first.location.file
            );
            let why = "a test, or the settings of a tool, leads to it, and the policy does not say that it is one";
            return Answer::Perhaps { why: why.to_owned(), help: Some(help), steps };
        }
        let why = match via {
            Via::Named(_) => "a text of the repository names it",
            Via::Installing(_) => "it is run when it is installed",
            Via::Own | Via::Test | Via::Module(..) => {
                "a text leads to it that may stand for something else"
            }
        };
        perhaps(why, steps)
    }

    /// What leads to the first module of a way.
    fn start<'via>(&'via self, via: &'via Via) -> &'via Via {
        let mut via = via;
        while let Via::Module(module, _) = via {
            via = &self.graph.modules[*module].via;
        }
        via
    }

    pub(super) fn extent(&self) -> Extent {
        let modules = &self.graph.modules;
        Extent {
            entry_points: modules.iter().filter(|module| module.via == Via::Own).count(),
            modules: modules.len(),
            packages: self.graph.packages.len(),
        }
    }

    /// The way to something, from the repository on.
    pub(super) fn steps(&self, via: &Via) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut via = via;
        loop {
            match via {
                Via::Own | Via::Test => break,
                Via::Named(location) => {
                    steps.push(Step { location: location.clone(), package: None });
                    break;
                }
                Via::Installing(package) => {
                    let manifest = self.installed.packages()[*package].folder.join("package.json");
                    steps.push(self.step(&manifest, 1, Some(*package)));
                    break;
                }
                Via::Module(module, line) => {
                    let loaded = &self.graph.modules[*module];
                    steps.push(self.step(&loaded.path, *line, loaded.owner));
                    via = &loaded.via;
                }
            }
        }
        steps.reverse();
        steps
    }

    pub(super) fn step(&self, path: &Path, line: u32, owner: Option<usize>) -> Step {
        let path = self.installed.shown(path);
        let file = match path.strip_prefix(&self.root) {
            Ok(below) => format!("{}{}", self.shown, below.to_string_lossy().replace('\\', "/")),
            Err(_) => path.to_string_lossy().replace('\\', "/"),
        };
        let package = owner.map(|owner| self.installed.packages()[owner].id.to_string());
        Step { location: Location { file, line }, package }
    }
}

pub(super) fn perhaps(why: &str, steps: Vec<Step>) -> Answer {
    Answer::Perhaps { why: why.to_owned(), help: None, steps }
}
