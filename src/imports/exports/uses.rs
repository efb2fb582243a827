//! What code outside of a package uses of it.

use std::collections::BTreeSet;

use super::super::answer::{Answer, perhaps};
use super::super::graph::{ModuleIndex, Stage, Target, Via};
use super::super::search::Imports;
use super::super::words::names_word;
use super::closure::{Closure, Lead};
use super::{FromOutside, Outlines};
use crate::javascript::{Outline, Requested, Source, Trait};

/// Words without which nothing tells which functions are being called.
const OF_CALLS: &[&str] = &["caller", "prepareStackTrace"];

impl Imports {
    /// Modules outside of some packages that load them. `None`: nothing follows what they do with it.
    pub(super) fn users(&self, targets: &BTreeSet<usize>) -> Vec<(ModuleIndex, Option<Outline>)> {
        let modules = 0..self.graph.modules.len();
        let outside = modules.filter(|module| {
            let loaded = &self.graph.modules[*module];
            loaded.owner.is_none_or(|owner| !targets.contains(&owner))
        });
        let using = outside.filter(|module| {
            let loaded = &self.graph.modules[*module];
            loaded.targets.iter().any(|target| self.leads_to(target, targets))
        });
        let using: Vec<ModuleIndex> = using.collect();
        let outlines = using
            .iter()
            .map(|module| self.outlines(&[*module]).ok().and_then(|mut read| read.remove(module)));
        let outlines: Vec<Option<Outline>> = outlines.collect();
        using.into_iter().zip(outlines).collect()
    }

    /// What those modules do with the modules of the packages.
    pub(super) fn mentioned(
        &self,
        users: &[(ModuleIndex, Option<Outline>)],
        outlines: &Outlines,
    ) -> Vec<FromOutside> {
        let mut found = Vec::new();
        for (module, outline) in users {
            let parts = outline.iter().flat_map(|outline| &outline.parts);
            let loaded = &self.graph.modules[*module];
            for mention in parts.flat_map(|part| &part.mentions) {
                let Source::Loaded(specifier) = &mention.of else { continue };
                let what = Requested::Module(specifier.clone());
                let targets = loaded.module.loads.iter().zip(&loaded.targets);
                let targets = targets.filter(|(load, _)| load.what == what);
                let files = targets.flat_map(|(_, target)| &target.files);
                let modules = files.filter_map(|file| self.graph.module(file));
                let own = modules.filter(|module| outlines.contains_key(module));
                let is_module = outline.as_ref().is_some_and(|it| it.has(Trait::IsModule));
                let mention = |module| FromOutside { module, mention: mention.clone(), is_module };
                found.extend(own.map(mention));
            }
        }
        found
    }

    /// The first thing outside of some packages that may get hold of something in the closure.
    pub(super) fn used_from_outside(
        &self,
        users: &[(ModuleIndex, Option<Outline>)],
        targets: &BTreeSet<usize>,
        closure: &Closure<'_>,
    ) -> Option<Answer> {
        let mut calls_on_holder = closure.calls_on_holder() || closure.has_sloppy_code();
        let found = users.iter().find_map(|(module, outline)| {
            self.used_by(*module, outline.as_ref(), targets, closure, &mut calls_on_holder)
        });
        found.or_else(|| self.asking_for_calls().filter(|_| calls_on_holder))
    }

    /// A module that asks which functions are being called, on what and with what.
    pub(super) fn asking_for_calls(&self) -> Option<Answer> {
        let modules = (0..self.graph.modules.len()).filter(|module| {
            self.may_say(&self.graph.modules[*module].path, |text| {
                OF_CALLS.iter().any(|word| names_word(text, word))
            })
        });
        let outlines = modules.map(|module| (module, self.outlines(&[module])));
        let mut asking = outlines.filter(|(_, read)| {
            read.as_ref().map_or(true, |read| read.values().any(|it| it.has(Trait::AsksForCalls)))
        });
        let (asking, _) = asking.next()?;
        let why = "it may get hold of objects on which functions are called";
        Some(perhaps(why, self.steps(&Via::Module(asking, 1))))
    }

    fn leads_to(&self, target: &Target, packages: &BTreeSet<usize>) -> bool {
        let mut owners = target.files.iter().filter_map(|file| self.installed.owner(file));
        target.packages.iter().any(|package| packages.contains(package))
            || owners.any(|owner| packages.contains(&owner))
    }

    fn used_by(
        &self,
        module: ModuleIndex,
        outline: Option<&Outline>,
        targets: &BTreeSet<usize>,
        closure: &Closure<'_>,
        calls_on_holder: &mut bool,
    ) -> Option<Answer> {
        let unfollowed = "the package is named there, and nothing follows where it goes";
        let Some(outline) = outline else {
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
                None if self.is_only_loaded(module, index, outline) => continue,
                None => return Some(self.at(module, 1, unfollowed)),
            };
            let files = target.files.iter().filter_map(|file| self.graph.module(file));
            let entries: Vec<ModuleIndex> = files.filter(|it| closure.holds(*it)).collect();
            for mention in outline.parts.iter().flat_map(|part| &part.mentions) {
                if !matches!(&mention.of, Source::Loaded(it) if it == specifier) {
                    continue;
                }
                let found = entries
                    .iter()
                    .map(|entry| closure.lead_from_outside(*entry, &mention.path, mention.how));
                match found.max() {
                    None | Some(Lead::There) => {
                        let why = "what is used of the package there may lead to it";
                        return Some(self.at(module, mention.line, why));
                    }
                    Some(Lead::OnHolder) => *calls_on_holder = true,
                    Some(Lead::Nowhere) => {}
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
