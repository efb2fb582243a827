//! What may lead to something that a package exports, where the package is loaded.
//!
//! Code gets hold of a function only by a name that stands for it, by a property of an object that holds it, or by
//! `this`. So nothing runs the function if nobody gets hold of it, or of anything that leads to it:
//!
//! - every part of the package that has its name anywhere, and every part that mentions one of those, in turn, is
//!   reached ([`Closure`]). As long as none of them runs, only names and objects that are written out hold them;
//! - what runs when the package is loaded is none of them, and uses nothing of the package;
//! - every expression, in the package and outside of it, that begins at an object which holds such a part names a
//!   property that is written out as something else. All others count as leading there.
//!
//! What this rests on besides what all of the search does: that nothing but what is written in the modules replaces
//! the functions and prototypes of the language or fishes for objects by the runtime's own hooks (`docs/policy.md`).

mod closure;
mod patched;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use smol_str::SmolStr;

use self::closure::Closure;
use super::answer::{Answer, perhaps};
use super::bundles::is_put_together;
use super::graph::{LoadedModule, ModuleIndex, Via};
use super::search::{Imports, STACK};
use super::sites::Places;
use super::words::names_word;
use crate::javascript::{self, Mention, Outline, Requested, Trait};
use crate::parallel::in_parallel_with_stack;

/// `module.parent` is the module that loads another one first (Node.js documentation, "Modules: `CommonJS` modules").
/// Only an outline tells what is done with `module`.
const LOADER: &str = "module";

/// `process.mainModule` leads to all others.
const FIRST: &str = "mainModule";

/// Modules, cut into parts.
type Outlines = BTreeMap<ModuleIndex, Outline>;

/// What leads from module to module of the package.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By the module and the specifier.
    pub(super) named: BTreeMap<(ModuleIndex, SmolStr), Vec<ModuleIndex>>,
    /// Where the value of what is loaded may go anywhere in the module.
    pub(super) unfollowed: BTreeMap<ModuleIndex, Vec<ModuleIndex>>,
    /// What code outside of the package does with its modules.
    pub(super) from_outside: Vec<FromOutside>,
}

/// What code outside of the package does with a module of it.
#[derive(Debug)]
pub(super) struct FromOutside {
    pub(super) module: ModuleIndex,
    pub(super) mention: Mention,
    /// Whether the code is a module of ECMAScript.
    pub(super) is_module: bool,
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
        let mut unclear = outlines.iter().filter(|(_, outline)| outline.has(Trait::IsUnclear));
        if let Some((module, _)) = unclear.next() {
            let why = "a property or a name in it may run code, or stand for more than it says";
            return Some(perhaps(why, self.steps(&Via::Module(*module, 1))));
        }
        let users = self.users(targets);
        let mut links = self.links(&outlines);
        links.from_outside = self.mentioned(&users, &outlines);
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
        self.asking_for_loader(&outlines)
            .or_else(|| self.used_from_outside(&users, targets, &closure))
            .or_else(|| self.patching_language())
            .or_else(|| self.running_asset())
    }

    /// Whether a file says something. What cannot be read may say anything.
    fn may_say(&self, file: &Path, says: impl Fn(&[u8]) -> bool) -> bool {
        self.installed.bytes(file).map_or(true, |text| says(&text))
    }

    /// A module that is loaded by the package, or by what that loads, and asks for the one that loads it.
    fn asking_for_loader(&self, outlines: &Outlines) -> Option<Answer> {
        let mut found: BTreeSet<ModuleIndex> = outlines.keys().copied().collect();
        let mut pending: Vec<ModuleIndex> = outlines.keys().copied().collect();
        while let Some(module) = pending.pop() {
            let targets = self.graph.modules[module].targets.iter();
            for file in targets.flat_map(|target| &target.files) {
                if let Some(next) = self.graph.module(file).filter(|next| found.insert(*next)) {
                    pending.push(next);
                }
            }
        }
        let names = |module: &ModuleIndex, word: &str| {
            self.may_say(&self.graph.modules[*module].path, |text| names_word(text, word))
        };
        let outside: Vec<ModuleIndex> = found
            .into_iter()
            .filter(|module| !outlines.contains_key(module) && names(module, LOADER))
            .collect();
        // Text that is compiled may ask as well.
        let first = || (0..self.graph.modules.len()).find(|module| names(module, FIRST));
        let asking = self.outlines(&outside).err().or_else(first)?;
        let why = "it may use what the module exports that loads it";
        Some(perhaps(why, self.steps(&Via::Module(asking, 1))))
    }

    /// A file that is loaded and has not the ending of a module: Node.js takes any ending that it does not know
    /// for that of a script (Node.js documentation, "Modules: `CommonJS` modules", "All together").
    fn running_asset(&self) -> Option<Answer> {
        const DATA: &[&str] = &["json", "node", "wasm"];
        const WORDS: &[&str] = &["exports", "import", "module", "process", "require"];
        let mut modules = self.graph.modules.iter().enumerate();
        let position = modules.find_map(|(position, loaded)| {
            let files = loaded.targets.iter().flat_map(|target| &target.files);
            let mut assets = files.filter(|file| {
                let ending = file.extension().and_then(|ending| ending.to_str());
                !ending.is_some_and(|ending| DATA.contains(&ending))
                    && self.graph.module(file).is_none()
            });
            let runs = assets.any(|file| {
                self.may_say(file, |text| WORDS.iter().any(|word| names_word(text, word)))
            });
            runs.then_some(position)
        })?;
        let why = "a file that is loaded there may be run as a script";
        Some(perhaps(why, self.steps(&Via::Module(position, 1))))
    }

    /// What runs code of a package, and is no module that loads it.
    fn started(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let named = targets.iter().find_map(|target| {
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
        });
        let led = || {
            let target = targets.intersection(&self.graph.besides).next()?;
            let (via, _) = self.graph.packages.get(target)?;
            let why = "something else than a module that loads it by its name leads to it";
            Some(perhaps(why, self.steps(via)))
        };
        named.or_else(led)
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
        let is_page = |module: &LoadedModule| {
            let ending = module.path.extension().and_then(|ending| ending.to_str());
            module.owner.is_none() && matches!(ending, Some("html" | "htm" | "xhtml"))
        };
        let has_pages = self.graph.modules.iter().any(is_page);
        let read = in_parallel_with_stack(STACK, modules, |module| {
            let LoadedModule { path, owner, .. } = &self.graph.modules[*module];
            let shares_names = has_pages && owner.is_none();
            let bytes = self.installed.bytes(path).ok().filter(|bytes| !is_put_together(bytes))?;
            let text = String::from_utf8_lossy(&bytes);
            javascript::outline(&path.to_string_lossy(), &text, shares_names)
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
