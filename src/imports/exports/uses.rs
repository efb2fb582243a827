//! What code outside of a package uses of it.

use std::collections::BTreeSet;

use super::super::answer::{Answer, perhaps};
use super::super::graph::{ModuleIndex, Stage, Target, Via};
use super::super::search::Imports;
use super::closure::Closure;
use crate::javascript::{Outline, Requested, Source};

impl Imports {
    /// The first thing outside of some packages that may get hold of something in the closure.
    pub(super) fn used_from_outside(
        &self,
        targets: &BTreeSet<usize>,
        closure: &Closure<'_>,
    ) -> Option<Answer> {
        let modules = 0..self.graph.modules.len();
        let outside = modules.filter(|module| {
            let loaded = &self.graph.modules[*module];
            loaded.owner.is_none_or(|owner| !targets.contains(&owner))
        });
        let mut using = outside.filter(|module| {
            let loaded = &self.graph.modules[*module];
            loaded.targets.iter().any(|target| self.leads_to(target, targets))
        });
        using.find_map(|module| self.used_by(module, targets, closure))
    }

    fn leads_to(&self, target: &Target, packages: &BTreeSet<usize>) -> bool {
        let mut owners = target.files.iter().filter_map(|file| self.installed.owner(file));
        target.packages.iter().any(|package| packages.contains(package))
            || owners.any(|owner| packages.contains(&owner))
    }

    fn used_by(
        &self,
        module: ModuleIndex,
        targets: &BTreeSet<usize>,
        closure: &Closure<'_>,
    ) -> Option<Answer> {
        let unfollowed = "the package is named there, and nothing follows where it goes";
        let outlines = self.outlines(&[module]);
        let Some(outline) = outlines.ok().and_then(|mut read| read.remove(&module)) else {
            return Some(self.at(module, 1, unfollowed));
        };
        let loaded = &self.graph.modules[module];
        let loads = loaded.targets.iter().enumerate();
        for (index, target) in loads.filter(|(_, target)| self.leads_to(target, targets)) {
            let load = loaded.module.loads.get(index).map(|load| (&load.what, load.line));
            let specifier = match load {
                Some((Requested::Module(specifier), line)) if outline.follows(specifier, line) => {
                    specifier
                }
                Some((_, line)) => return Some(self.at(module, line, unfollowed)),
                // A text that is the specifier of a load, and nothing else.
                None if self.is_only_loaded(module, index, &outline) => continue,
                None => return Some(self.at(module, 1, unfollowed)),
            };
            let files = target.files.iter().filter_map(|file| self.graph.module(file));
            let entries: Vec<ModuleIndex> = files.filter(|it| closure.holds(*it)).collect();
            for mention in outline.parts.iter().flat_map(|part| &part.mentions) {
                let is_of_load = matches!(&mention.of, Source::Loaded(it) if it == specifier);
                if is_of_load
                    && entries.iter().any(|it| closure.is_used_by(*it, &mention.path, mention.how))
                {
                    let why = "what is used of the package there may lead to it";
                    return Some(self.at(module, mention.line, why));
                }
            }
        }
        None
    }

    /// Whether a target of a module stands for a text that is followed wherever it stands.
    fn is_only_loaded(&self, module: ModuleIndex, index: usize, outline: &Outline) -> bool {
        let loaded = &self.graph.modules[module];
        let counted =
            if loaded.owner.is_none() { &loaded.module.names } else { &loaded.module.listed };
        let name = index.checked_sub(loaded.module.loads.len()).and_then(|at| counted.get(at));
        name.is_some_and(|name| {
            outline.followed.contains_key(name) && !outline.unfollowed.contains(name)
        })
    }

    fn at(&self, module: ModuleIndex, line: u32, why: &str) -> Answer {
        let via = Via::Module(module, line);
        match self.found(&via, Stage::Unsure) {
            // A test: the way out is to say so.
            Answer::Perhaps { why, help: Some(help), steps } => {
                Answer::Perhaps { why, help: Some(help), steps }
            }
            _ => perhaps(why, self.steps(&via)),
        }
    }
}
