//! Places that leave open whether a package is loaded, and that a person can review: what is loaded there is
//! computed, or text is compiled there, or a program is started.
//!
//! A person answers for what their code does, and so for everything that is loaded from there. What code says in
//! so many words, what a text names and what is not there yet is nothing to review.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::answer::{Answer, Step};
use super::graph::{ModuleIndex, Site, Via};
use super::search::{Imports, STACK};
use super::sites::Places;
use crate::javascript;
use crate::lockfile::PackageIndex;
use crate::parallel::in_parallel_with_stack;
use crate::policy::{Code, CodeHash, OpenPlace, Reviewed};

/// How the places that a person has reviewed fit those that there are.
#[derive(Debug, Default)]
pub struct Review<'policy> {
    /// The first place that nobody has reviewed as it is now.
    pub unreviewed: Option<Unreviewed<'policy>>,
    /// How many places a person has reviewed as they are now.
    pub fitting: usize,
    /// What fits no place any more.
    pub unused: Vec<&'policy Reviewed>,
}

/// A place that may load a package, and that nobody has reviewed as it is now.
#[derive(Debug)]
pub struct Unreviewed<'policy> {
    /// Why it may.
    pub why: String,
    /// The way to it.
    pub steps: Vec<Step>,
    /// What was reviewed in the same file, and fits no place of it.
    pub before: Option<&'policy Reviewed>,
}

/// A place in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    module: ModuleIndex,
    line: u32,
    why: &'static str,
}

impl Imports {
    /// How the places that a person has reviewed fit those from which these copies of a package may be loaded.
    pub fn review<'policy>(
        &self,
        copies: &[PackageIndex],
        reviewed: &'policy [Reviewed],
    ) -> Review<'policy> {
        let targets = self.installed_copies(copies);
        let places = self.places_to_review(&targets);
        let hashes = self.hashes(&places);
        let sites: Vec<Step> = places.iter().map(|place| self.step_to(*place)).collect();
        let fits = |reviewed: &Reviewed, at: usize| {
            let hash = hashes[at].as_ref();
            hash.is_some_and(|hash| reviewed.is_about(&sites[at].location.file, hash))
        };
        let all = 0..places.len();
        let unused: Vec<&Reviewed> =
            reviewed.iter().filter(|it| !all.clone().any(|at| fits(it, at))).collect();
        let is_reviewed = |at: &usize| reviewed.iter().any(|it| fits(it, *at));
        let fitting = all.clone().filter(is_reviewed).count();
        let unreviewed = all.clone().find(|at| !is_reviewed(at));
        let unreviewed = unreviewed.map(|at| Unreviewed {
            why: places[at].why.to_owned(),
            steps: self.steps(&Via::Module(places[at].module, places[at].line)),
            before: unused.iter().find(|it| it.site.file == sites[at].location.file).copied(),
        });
        Review { unreviewed, fitting, unused }
    }

    /// How many places a person would have to review, so that no code loads these copies of a package. `None`
    /// where that would not be enough.
    pub fn count_of_open_places(&self, copies: &[PackageIndex]) -> Option<usize> {
        matches!(self.package(copies, Places::Reviewed), Answer::No(_))
            .then(|| self.places_to_review(&self.installed_copies(copies)).len())
    }

    /// Every place from which these copies of a package may be loaded, and that a person can review. `None` where the
    /// file of one cannot be read, so that nobody can.
    pub fn open_places(&self, copies: &[PackageIndex]) -> Option<Vec<OpenPlace>> {
        let places = self.places_to_review(&self.installed_copies(copies));
        let hashes = self.hashes(&places);
        let open = places.iter().zip(hashes).map(|(place, hash)| {
            let Step { location: site, package } = self.step_to(*place);
            Some(OpenPlace { site, package, reason: place.why.to_owned(), hash: hash? })
        });
        open.collect()
    }

    /// Every place from which one of some packages may be loaded, and that a person can review, in the order
    /// in which the modules were found.
    fn places_to_review(&self, targets: &BTreeSet<usize>) -> Vec<Place> {
        let sites = self.sites().iter().filter(|site| site.reason.is_reviewable());
        let sites = sites.map(|Site { module, line, reason }| Place {
            module: *module,
            line: *line,
            why: reason.in_words(),
        });
        let compiling = self.compiling_places(targets);
        let compiling = compiling.map(|(module, line, why)| Place { module, line, why });
        let mut places: Vec<Place> = sites.chain(compiling).collect();
        places.sort_unstable();
        places.dedup_by_key(|place| (place.module, place.line));
        places
    }

    fn step_to(&self, place: Place) -> Step {
        let loaded = &self.graph.modules[place.module];
        self.step(&loaded.path, place.line, loaded.owner)
    }

    /// The hash of each place. `None` where its file cannot be read.
    fn hashes(&self, places: &[Place]) -> Vec<Option<CodeHash>> {
        let mut by_module: BTreeMap<ModuleIndex, Vec<u32>> = BTreeMap::new();
        for place in places {
            by_module.entry(place.module).or_default();
        }
        for (module, lines) in &mut by_module {
            // Other places of a file count as well, whatever they may load.
            lines.extend(self.lines_to_review(*module));
        }
        let modules: Vec<(ModuleIndex, Vec<u32>)> = by_module.into_iter().collect();
        let read = in_parallel_with_stack(STACK, &modules, |(module, lines)| {
            self.hashes_in(*module, lines)
        });
        let hashes: BTreeMap<(ModuleIndex, u32), CodeHash> = modules
            .iter()
            .zip(read)
            .flat_map(|((module, lines), hashes)| {
                let lines = lines.iter().map(|line| (*module, *line));
                lines.zip(hashes).collect::<Vec<_>>()
            })
            .collect();
        places.iter().map(|place| hashes.get(&(place.module, place.line)).cloned()).collect()
    }

    /// The lines of a module's places that may load anything, once for each place.
    fn lines_to_review(&self, module: ModuleIndex) -> Vec<u32> {
        let loads = self.graph.modules[module].module.loads.iter();
        loads.filter(|load| load.what.is_open()).map(|load| load.line).collect()
    }

    /// The hash of the code around each of these lines. None at all where the file cannot be read.
    fn hashes_in(&self, module: ModuleIndex, lines: &[u32]) -> Vec<CodeHash> {
        let loaded = &self.graph.modules[module];
        let Ok(bytes) = self.installed.bytes(&loaded.path) else { return Vec::new() };
        let codes = codes(&loaded.path, &bytes, lines);
        let package = loaded.owner.map(|owner| self.installed.packages()[owner].id.to_string());
        let checksums = loaded.owner.map_or_else(Vec::new, |owner| self.checksums_of(owner));
        let hash = |text: &String| {
            CodeHash::of(&Code {
                package: package.as_deref().unwrap_or_default(),
                checksums: &checksums,
                text,
                places: codes.iter().filter(|other| *other == text).count(),
            })
        };
        codes.iter().map(hash).collect()
    }

    /// The checksums that the lockfile has of an installed package, once each.
    fn checksums_of(&self, package: usize) -> Vec<&str> {
        let copies = self.installed.packages()[package].copies.iter();
        let known = copies.filter_map(|copy| self.checksums[*copy].as_deref());
        known.collect::<BTreeSet<&str>>().into_iter().collect()
    }
}

/// The code around each line of a file. A file that is no text is its bytes.
fn codes(path: &Path, bytes: &[u8], lines: &[u32]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        return vec![digits; lines.len()];
    };
    let path = path.to_string_lossy();
    let around: BTreeMap<u32, String> =
        lines.iter().map(|line| (*line, javascript::code_around(&path, text, *line))).collect();
    lines.iter().map(|line| around[line].clone()).collect()
}
