//! What may lead to something that a package exports, where the package is loaded.
//!
//! Code gets hold of a function only by a name that stands for it, by a property of an object that holds it, or
//! by `this`. So nothing runs the function if nobody gets hold of it, or of anything that leads to it:
//!
//! - every part of the package that has its name anywhere, and every part that mentions one of those, in turn
//!   ([`Closure`]): what runs when the package is loaded is none of them;
//! - outside of the package every expression that leads to it names a property that is none of them either.
//!
//! That nothing is found proves nothing: the language has more ways to hand a function on than are followed here,
//! such as a function of another package that is called on an object. It tells a person what to look at.

mod closure;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use self::closure::Closure;
use super::answer::{Answer, perhaps};
use super::bundles::is_put_together;
use super::graph::{ModuleIndex, Via};
use super::search::{Imports, STACK};
use super::sites::Places;
use crate::javascript::{self, Outline, Requested};
use crate::parallel::in_parallel_with_stack;

/// The module that loads another one first (Node.js documentation, "module.parent").
const CALLER: &[u8] = b"module.parent";

/// Modules, cut into parts.
type Outlines = BTreeMap<ModuleIndex, Outline>;

/// What leads from module to module of the package.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By the module and the specifier.
    pub(super) named: BTreeMap<(ModuleIndex, SmolStr), Vec<ModuleIndex>>,
    /// Where the value of what is loaded may go anywhere in the module.
    pub(super) unfollowed: BTreeMap<ModuleIndex, Vec<ModuleIndex>>,
}

impl Imports {
    /// What may lead to an export of some loaded packages, by the properties under which they have it. `None`:
    /// nothing was found.
    pub(super) fn leading_to(
        &self,
        targets: &BTreeSet<usize>,
        properties: &[String],
        places: Places,
    ) -> Option<Answer> {
        let name = properties.last()?;
        if let Some(doubt) = self.in_doubt(targets, places).or_else(|| self.started(targets)) {
            return Some(doubt);
        }
        let own: Vec<ModuleIndex> = (0..self.graph.modules.len())
            .filter(|module| {
                self.graph.modules[*module].owner.is_some_and(|it| targets.contains(&it))
            })
            .collect();
        let outlines = match self.outlines(&own) {
            Ok(outlines) => outlines,
            Err(module) => {
                let why = "its modules are put together, or cannot be taken apart";
                return Some(perhaps(why, self.steps(&Via::Module(module, 1))));
            }
        };
        let links = self.links(&outlines);
        let called: Vec<(ModuleIndex, Vec<String>)> =
            own.iter().map(|module| (*module, self.names_of_file(*module))).collect();
        let closure = Closure::of(&outlines, &links, name, &called);
        if let Some(doubt) = self.not_found(targets, &closure, properties) {
            return Some(doubt);
        }
        if let Some((module, line)) = closure.foreign() {
            let why =
                "what stands behind the name is of another package, which others may use as well";
            return Some(perhaps(why, self.steps(&Via::Module(module, line))));
        }
        if let Some((module, line)) = closure.run_when_loaded() {
            let why = "what runs when it is loaded may lead to it";
            return Some(perhaps(why, self.steps(&Via::Module(module, line))));
        }
        self.asking_for_caller(&outlines).or_else(|| self.used_from_outside(targets, &closure))
    }

    /// A module that is loaded by the package, and asks for the one that loads it.
    fn asking_for_caller(&self, outlines: &Outlines) -> Option<Answer> {
        let loads = outlines.keys().flat_map(|module| &self.graph.modules[*module].targets);
        let files = loads.flat_map(|target| &target.files);
        let outside: BTreeSet<ModuleIndex> = files
            .filter_map(|file| self.graph.module(file))
            .filter(|module| !outlines.contains_key(module))
            .collect();
        let asking = outside.into_iter().find(|module| {
            let text = self.installed.bytes(&self.graph.modules[*module].path).unwrap_or_default();
            let mut places = memchr::memmem::find_iter(&text, CALLER);
            places.any(|place| matches!(text.get(place + CALLER.len()), Some(b'.' | b'[')))
        })?;
        let why = "it uses what the module exports that loads it";
        Some(perhaps(why, self.steps(&Via::Module(asking, 1))))
    }

    /// What runs code of a package, and is no module that loads it.
    fn started(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        targets.iter().find_map(|target| {
            let copies = self.installed.packages()[*target].copies.iter();
            if let Some(location) =
                copies.filter_map(|copy| self.used.named_outside_modules(*copy)).min()
            {
                let via = Via::Named(location.clone());
                return Some(perhaps("a text of the repository names it", self.steps(&via)));
            }
            let mut copies = self.installed.packages()[*target].copies.iter();
            let is_prepared = copies.any(|copy| self.prepared[*copy]);
            let scripts = self.installed.install_scripts(*target, is_prepared);
            let why = "it runs scripts of its own when it is installed";
            (!scripts.is_empty()).then(|| perhaps(why, self.steps(&Via::Installing(*target))))
        })
    }

    /// Modules by which some packages are loaded, of which nothing says what they export under a name, and modules
    /// that have nothing to do with those: they may have the same code under other names.
    fn not_found(
        &self,
        targets: &BTreeSet<usize>,
        closure: &Closure<'_>,
        properties: &[String],
    ) -> Option<Answer> {
        let path: Vec<SmolStr> = properties.iter().map(SmolStr::from).collect();
        let mut entries = Vec::new();
        for target in targets {
            let files = self.installed.entries(*target);
            for file in files.iter().filter(|file| javascript::is_module(&file.to_string_lossy())) {
                let module = self.graph.module(file).filter(|module| closure.holds(*module));
                let exports = module.filter(|module| closure.exports(*module, &path));
                let Some(module) = exports else {
                    let why =
                        "nothing says what stands behind the name where the package is loaded";
                    return Some(perhaps(why, vec![self.step(file, 1, Some(*target))]));
                };
                entries.push(module);
            }
        }
        let apart = closure.apart_from(&entries)?;
        let why = "a module of it that is loaded by itself may have the same code";
        Some(perhaps(why, self.steps(&Via::Module(apart, 1))))
    }

    /// The module that cannot be cut into parts, if there is one.
    fn outlines(&self, modules: &[ModuleIndex]) -> Result<Outlines, ModuleIndex> {
        let read = in_parallel_with_stack(STACK, modules, |module| {
            let path = &self.graph.modules[*module].path;
            let bytes = self.installed.bytes(path).ok().filter(|bytes| !is_put_together(bytes))?;
            let text = String::from_utf8_lossy(&bytes);
            javascript::outline(&path.to_string_lossy(), &text)
        });
        let read = modules.iter().zip(read);
        read.map(|(module, outline)| Ok((*module, outline.ok_or(*module)?))).collect()
    }

    /// How modules of a package are called by their files and folders.
    fn names_of_file(&self, module: ModuleIndex) -> Vec<String> {
        let loaded = &self.graph.modules[module];
        let folder = loaded.owner.map(|owner| &self.installed.packages()[owner].folder);
        let below = folder.and_then(|folder| loaded.path.strip_prefix(folder).ok());
        let parts = below.unwrap_or(&loaded.path).iter();
        let stems = parts.map(|part| {
            let part = part.to_string_lossy();
            part.split('.').next().unwrap_or_default().to_owned()
        });
        stems.collect()
    }

    fn links(&self, outlines: &Outlines) -> Links {
        let mut links = Links::default();
        for (position, outline) in outlines {
            let loaded = &self.graph.modules[*position];
            // What follows the loads: names in lists of modules.
            let named = loaded.module.loads.len() + loaded.module.listed.len();
            for (index, target) in loaded.targets.iter().enumerate().take(named) {
                let files = target.files.iter().filter_map(|file| self.graph.module(file));
                let modules: Vec<ModuleIndex> =
                    files.filter(|module| outlines.contains_key(module)).collect();
                if modules.is_empty() {
                    continue;
                }
                let load = loaded.module.loads.get(index);
                match load.map(|load| (&load.what, load.line)) {
                    Some((Requested::Module(specifier), line))
                        if outline.follows(specifier, line) =>
                    {
                        let key = (*position, specifier.clone());
                        links.named.entry(key).or_default().extend(modules);
                    }
                    _ => links.unfollowed.entry(*position).or_default().extend(modules),
                }
            }
        }
        links
    }
}
