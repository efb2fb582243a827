//! Whether a part of a package is used: one of its modules, or something that it exports.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, perhaps};
use super::graph::{LoadedModule, ModuleIndex, Via};
use super::search::Imports;
use crate::javascript::{Definitions, Fate, Reach, Requested, Use, definitions};
use crate::lockfile::PackageIndex;

/// What asks for something that a package exports.
struct Asked<'run> {
    targets: &'run BTreeSet<usize>,
    /// Its own name: the last of the properties that lead to it.
    name: &'run str,
    reach: &'run Reach,
    /// The modules of the package that are loaded.
    modules: &'run [Definitions],
}

impl Imports {
    /// Whether the module of a path in a package is loaded, or what it is about is used through another one.
    pub fn module_of(&self, copies: &[PackageIndex], module: &str) -> Answer {
        let targets = self.installed_copies(copies);
        let mut files = BTreeSet::new();
        for target in &targets {
            let folder = &self.installed.packages()[*target].folder;
            let manifest = folder.join("package.json");
            files.extend(self.installed.resolve(&manifest, &format!("./{module}")).files);
            let name = &self.installed.packages()[*target].id.name;
            files.extend(self.installed.resolve(&manifest, &format!("{name}/{module}")).files);
        }
        if files.is_empty() {
            return perhaps("it has no module of this path", Vec::new());
        }
        let loaded = files.iter().filter_map(|file| self.graph.module(file));
        let loaded = loaded.min_by_key(|position| !self.graph.modules[*position].is_sure);
        if let Some(position) = loaded {
            let LoadedModule { via, is_sure, .. } = &self.graph.modules[position];
            return self.found(via, *is_sure);
        }
        match self.package(copies) {
            Answer::No(extent) => return Answer::No(extent),
            Answer::Yes { .. } | Answer::Perhaps { .. } => {}
        }
        if let Some(position) = self.copy_of(&targets, module) {
            let why = "another module of the package that is loaded may hold the same code";
            return perhaps(why, self.steps(&self.graph.modules[position].via));
        }
        self.in_doubt(&targets).unwrap_or_else(|| Answer::No(self.extent()))
    }

    /// A loaded module that may hold the code of another one of its package: it is called like it, has its
    /// name as a word, or is put together of several by a bundler.
    fn copy_of(&self, targets: &BTreeSet<usize>, module: &str) -> Option<ModuleIndex> {
        let stem = stem(module);
        self.graph.modules.iter().position(|loaded| {
            if loaded.owner.is_none_or(|owner| !targets.contains(&owner)) {
                return false;
            }
            let text = self.installed.bytes(&loaded.path).unwrap_or_default();
            let is_bundle = text.len() > LARGEST_MODULE
                || text.split(|byte| *byte == b'\n').any(|line| line.len() > LONGEST_LINE);
            is_bundle
                || self::stem(&loaded.path.to_string_lossy()) == stem
                || memchr::memmem::find(&text, stem.as_bytes()).is_some()
        })
    }

    /// Whether something that a package exports is used, by the properties that lead to it.
    ///
    /// Where the package is loaded, it is used if code says so by its name. Otherwise nothing is proved: how
    /// exports lead to each other inside of a package is found by their names, which is a help for
    /// whoever looks, and no proof.
    pub fn export(&self, copies: &[PackageIndex], properties: &[String]) -> Answer {
        let package = self.package(copies);
        let (Answer::Yes { .. } | Answer::Perhaps { .. }) = package else {
            return package;
        };
        let targets = self.installed_copies(copies);
        let Some(name) = properties.last() else { return package };
        if targets.is_empty() {
            return package;
        }
        let modules = match self.definitions(&targets) {
            Ok(modules) => modules,
            Err(answer) => return answer,
        };
        let reach = Reach::of(std::slice::from_ref(name), &modules);
        let asked = Asked { targets: &targets, name, reach: &reach, modules: &modules };
        let mut doubt = None;
        for (position, loaded) in self.graph.modules.iter().enumerate() {
            if loaded.owner.is_some_and(|owner| targets.contains(&owner)) {
                continue;
            }
            match self.used_by(&asked, position, loaded) {
                Some(Answer::Perhaps { why, steps }) => {
                    doubt.get_or_insert(Answer::Perhaps { why, steps });
                }
                Some(answer) => return answer,
                None => {}
            }
        }
        doubt
            .or_else(|| self.run_by_itself(&asked))
            .or_else(|| self.called_as_method(&asked))
            .or_else(|| self.in_doubt(&targets))
            .unwrap_or_else(|| {
                let why = "the package is loaded, and nothing was found that leads to it, which is no proof";
                perhaps(why, Vec::new())
            })
    }

    /// What the loaded modules of a package define.
    fn definitions(&self, targets: &BTreeSet<usize>) -> Result<Vec<Definitions>, Answer> {
        let mut modules: Vec<Definitions> = Vec::new();
        for (position, loaded) in self.graph.modules.iter().enumerate() {
            if loaded.owner.is_none_or(|owner| !targets.contains(&owner)) {
                continue;
            }
            let path = loaded.path.to_string_lossy();
            let text = self.installed.bytes(&loaded.path).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let Some(found) = super::search::with_deep_stack(|| definitions(&path, &text)) else {
                let why = "a module of the package cannot be parsed";
                return Err(perhaps(why, self.steps(&loaded.via)));
            };
            let numbers = |specifier: &str| {
                let files = self.installed.resolve(&loaded.path, specifier).files;
                files.iter().filter_map(|file| self.graph.module(file)).collect()
            };
            modules.push(found.linked(position, &numbers));
        }
        Ok(modules)
    }

    /// What one module does with the package.
    fn used_by(
        &self,
        asked: &Asked<'_>,
        position: ModuleIndex,
        loaded: &LoadedModule,
    ) -> Option<Answer> {
        let leads = |target: &super::graph::Target| {
            let mut packages = target.packages.iter();
            packages.any(|package| asked.targets.contains(package))
        };
        let loads = &loaded.module.loads;
        let of_package: BTreeSet<usize> =
            (0..loaded.targets.len()).filter(|load| leads(&loaded.targets[*load])).collect();
        if of_package.is_empty() {
            return None;
        }
        let mut doubt = None;
        for used in &loaded.module.uses {
            if !of_package.contains(&(used.load as usize)) {
                continue;
            }
            match self.judge(asked, loaded, used) {
                Judged::Used(inside) => {
                    let steps = self.steps(&Via::Module(position, used.line));
                    if inside.is_empty() && loaded.is_sure {
                        return Some(Answer::Yes { steps });
                    }
                    let why = match inside.is_empty() {
                        true => "a module that may be loaded uses it".to_owned(),
                        false => {
                            format!("what is used seems to lead to it: {}", inside.join(" › "))
                        }
                    };
                    doubt.get_or_insert_with(|| perhaps(&why, steps));
                }
                Judged::Doubtful(why) => {
                    let steps = || self.steps(&Via::Module(position, used.line));
                    doubt.get_or_insert_with(|| perhaps(why, steps()));
                }
                Judged::Unused => {}
            }
        }
        // What only the form of a text or its beginning leads to is not followed any further.
        let followed: BTreeSet<&str> = loads
            .iter()
            .filter_map(|load| match &load.what {
                Requested::Module(specifier) => Some(specifier.as_str()),
                _ => None,
            })
            .collect();
        let vague = of_package.iter().find_map(|load| match loads.get(*load) {
            Some(load) => (!matches!(load.what, Requested::Module(_))).then_some(load.line),
            None => {
                let name = loaded.module.names.get(*load - loads.len())?;
                (!followed.contains(name.as_str())).then_some(1)
            }
        });
        doubt.or_else(|| {
            let line = vague?;
            let why = "a text there names the package, and nothing says what is used of it";
            Some(perhaps(why, self.steps(&Via::Module(position, line))))
        })
    }

    fn judge(&self, asked: &Asked<'_>, loaded: &LoadedModule, used: &Use) -> Judged {
        let reach = asked.reach;
        if used.path.iter().any(|name| name == asked.name) {
            return Judged::Used(Vec::new());
        }
        if let Some(leading) = used.path.iter().find_map(|name| reach.export(name)) {
            return Judged::Used(reach.chain(leading));
        }
        if used.path.iter().any(|name| reach.holds_export(name)) {
            return Judged::Doubtful("something that holds it is taken out of the package there");
        }
        let files = || loaded.targets.get(used.load as usize).into_iter().flat_map(|it| &it.files);
        let whole = || files().filter_map(|file| self.graph.module(file));
        match (used.path.is_empty(), used.fate) {
            (true, Fate::Escapes) => Judged::Doubtful("the whole package is handed on there"),
            (true, Fate::Exported) => Judged::Doubtful("the whole package is exported again there"),
            (true, Fate::Called) if whole().any(|module| reach.leads_as_whole(module)) => {
                Judged::Used(Vec::new())
            }
            (true, Fate::Called) if whole().any(|module| reach.holds_as_whole(module)) => {
                Judged::Doubtful("the package itself is called there, and may give out all of it")
            }
            _ => Judged::Unused,
        }
    }

    /// The package runs by itself: as a command, when it is installed, or as soon as it is loaded.
    fn run_by_itself(&self, asked: &Asked<'_>) -> Option<Answer> {
        if let Some(name) = &asked.reach.on_load {
            let why = format!("loading the package calls `{name}`, which may run it");
            return Some(perhaps(&why, Vec::new()));
        }
        let started = self.graph.modules.iter().find(|loaded| {
            let is_of_package = loaded.owner.is_some_and(|owner| asked.targets.contains(&owner));
            let is_followed = match loaded.via {
                Via::Module(module, _) => self.follows(module, loaded),
                Via::Own | Via::Named(_) | Via::Installing(_) => false,
            };
            is_of_package && !is_followed
        })?;
        let why = "a part of the package is run, and nothing says what that uses";
        Some(perhaps(why, self.steps(&started.via)))
    }

    /// Whether what a module uses of another one is known.
    fn follows(&self, from: ModuleIndex, to: &LoadedModule) -> bool {
        let from = &self.graph.modules[from];
        let loads = from.module.loads.iter().zip(&from.targets);
        loads.into_iter().any(|(load, target)| {
            matches!(load.what, Requested::Module(_)) && target.files.contains(&to.path)
        })
    }

    /// Whether something that is used of the package may make objects of a class or function of it.
    fn gives_out(&self, asked: &Asked<'_>, owner: &str) -> bool {
        let makers = Reach::of_maker(owner, asked.modules);
        self.graph.modules.iter().any(|loaded| {
            let is_inside = loaded.owner.is_some_and(|owner| asked.targets.contains(&owner));
            let is_of_package = |used: &&Use| {
                let target = loaded.targets.get(used.load as usize);
                let mut packages = target.into_iter().flat_map(|target| &target.packages);
                packages.any(|package| asked.targets.contains(package))
            };
            !is_inside
                && loaded.module.uses.iter().filter(is_of_package).any(|used| {
                    used.path.is_empty()
                        || used
                            .path
                            .iter()
                            .any(|name| makers.export(name).is_some() || makers.holds_export(name))
                })
        })
    }

    /// Whoever has an object of the package may call its methods: a module outside of it names one.
    fn called_as_method(&self, asked: &Asked<'_>) -> Option<Answer> {
        let mut by_owner: BTreeMap<&Option<String>, Vec<&str>> = BTreeMap::new();
        for (method, owner) in &asked.reach.methods {
            by_owner.entry(owner).or_default().push(method);
        }
        let is_given_out = |owner: &Option<String>| match owner {
            Some(owner) => self.gives_out(asked, owner),
            None => true,
        };
        let given_out = by_owner.into_iter().filter(|(owner, _)| is_given_out(owner));
        let methods: Vec<&str> = given_out.flat_map(|(_, methods)| methods).collect();
        if methods.is_empty() {
            return None;
        }
        self.graph.modules.iter().enumerate().find_map(|(position, loaded)| {
            if loaded.owner.is_some_and(|owner| asked.targets.contains(&owner)) {
                return None;
            }
            let text = self.installed.bytes(&loaded.path).unwrap_or_default();
            let found = methods.iter().find_map(|method| {
                let place = memchr::memmem::find(&text, method.as_bytes())?;
                Some((method, place))
            });
            let (method, place) = found?;
            let line = memchr::memchr_iter(b'\n', &text[..place]).count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            let why = format!("an object of the package may have `{method}`, which leads to it");
            Some(perhaps(&why, self.steps(&Via::Module(position, line))))
        })
    }
}

/// A larger module may be put together of several, in bytes.
const LARGEST_MODULE: usize = 300_000;
/// No person writes longer lines.
const LONGEST_LINE: usize = 5_000;

/// The name of a file without its folders and endings.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// What a use says.
enum Judged {
    /// With the names that lead there inside of the package.
    Used(Vec<String>),
    Doubtful(&'static str),
    Unused,
}
