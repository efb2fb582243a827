//! What may load a package without saying so: as long as there is any of it, nothing is proved.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::answer::{Answer, Step, perhaps};
use super::development;
use super::graph::{LoadedModule, ModuleIndex, Site, Via};
use super::search::Imports;
use super::sites::Places;
use super::words::{self, By};
use crate::javascript::{Reason, Requested};
use crate::scope::Scope;

impl Imports {
    /// The first thing that may load any of these packages without saying so.
    pub(super) fn in_doubt(&self, targets: &BTreeSet<usize>, places: Places) -> Option<Answer> {
        self.unread()
            .or_else(|| self.open_site(places))
            .or_else(|| self.naming_the_folder())
            .or_else(|| self.compiling(targets, places))
            .or_else(|| self.worded(targets))
            .or_else(|| self.copied(targets))
            .or_else(|| self.loaded_unnamed(targets))
            .or_else(|| self.written_into_code(targets))
            .or_else(|| self.put_together())
            .or_else(|| self.brought_by_absent(targets))
            .or_else(|| self.brought_by_development(targets))
    }

    fn unread(&self) -> Option<Answer> {
        if let Some(unread) = self.used.unread() {
            let why =
                "a file of the repository cannot be read, or there are too many to search them all";
            return Some(perhaps(why, vec![Step { location: unread.clone(), package: None }]));
        }
        if let Some(computed) = self.used.computed() {
            let why = "a command has code in it that computes what it loads";
            return Some(perhaps(why, vec![Step { location: computed.clone(), package: None }]));
        }
        let settings = self.unread_settings.as_ref()?;
        let why = "settings that say where modules are cannot be read";
        Some(perhaps(why, vec![self.step(settings, 1, None)]))
    }

    /// A place that may load anything.
    fn open_site(&self, places: Places) -> Option<Answer> {
        let mut sites = self.sites().iter();
        let is_open = |reason: Reason| places == Places::Open || !reason.is_reviewable();
        let Site { module, line, reason } = sites.find(|site| is_open(site.reason))?;
        Some(perhaps(&reason.to_string(), self.steps(&Via::Module(*module, *line))))
    }

    /// A text of the repository, or of a package that starts programs, which names the folder of all packages, and none
    /// in it.
    fn naming_the_folder(&self) -> Option<Answer> {
        let (module, line) = self.modules_where(|position| {
            let LoadedModule { owner, module, .. } = &self.graph.modules[position];
            let counts = owner.is_none() || module.starts_programs;
            let mut texts = module.texts.iter().filter(|_| counts);
            texts.any(|text| words::names_folder_of_packages(text)).then_some(1)
        })?;
        let why = "a text in it names the folder of all packages";
        Some(perhaps(why, self.steps(&Via::Module(module, line))))
    }

    fn compiling(&self, targets: &BTreeSet<usize>, places: Places) -> Option<Answer> {
        if places == Places::Reviewed {
            return None;
        }
        let (module, line, why) = self.compiling_places(targets).next()?;
        Some(perhaps(why, self.steps(&Via::Module(module, line))))
    }

    /// Where text is compiled while a module runs, and why that is a doubt: in the repository it may load
    /// anything, in a package what the module's own texts name, and what is named to it by the package and by
    /// those who need it.
    pub(super) fn compiling_places(
        &self,
        targets: &BTreeSet<usize>,
    ) -> impl Iterator<Item = (ModuleIndex, u32, &'static str)> {
        let names = self.names(targets);
        let naming = OnceCell::new();
        let modules = self.graph.modules.iter().enumerate();
        let compiling = modules.filter_map(move |(position, loaded)| {
            let loads = loaded.module.loads.iter();
            let mut lines = loads
                .filter(|load| load.what == Requested::Generated)
                .map(|load| load.line)
                .peekable();
            lines.peek()?;
            let why = match loaded.owner {
                None => "text is compiled there while it runs",
                Some(_) if words::any_names(&loaded.module.texts, By::Package, &names) => {
                    "text that names it is compiled there while it runs"
                }
                Some(owner)
                    if self.is_needed_by(owner, naming.get_or_init(|| self.naming(&names))) =>
                {
                    "text is compiled there while it runs, and what needs it names the package"
                }
                Some(_) => return None,
            };
            Some(lines.map(move |line| (position, line, why)))
        });
        compiling.flatten()
    }

    /// The packages with a module that names one of these, and does not load it by that name itself.
    fn naming(&self, names: &BTreeSet<String>) -> BTreeSet<usize> {
        let naming = self.graph.modules.iter().filter(|loaded| {
            let mut texts = loaded.module.names.iter();
            loaded.owner.is_some()
                && texts.any(|text| is_one_of(text, names) && !loaded.loads(text))
        });
        naming.filter_map(|loaded| loaded.owner).collect()
    }

    /// Whether one of these packages is another one, or needs it.
    fn is_needed_by(&self, package: usize, packages: &BTreeSet<usize>) -> bool {
        let installed = self.installed.packages();
        packages.iter().any(|other| {
            let needed = self.needs.closure(installed[*other].copies.iter().copied());
            installed[package].copies.iter().any(|copy| needed.contains(copy))
        })
    }

    /// A text of the repository, or of a module that starts programs, which has the name of one of the packages
    /// in it.
    fn worded(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let names = self.names(targets);
        let found = self.modules_where(|position| {
            let LoadedModule { owner, module, .. } = &self.graph.modules[position];
            words::any_names(&module.texts, By::owner(*owner), &names).then_some(1)
        });
        let (module, line) = found?;
        let why = "a text in it names the package";
        Some(perhaps(why, self.steps(&Via::Module(module, line))))
    }

    fn copied(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let location = self.entries(targets).into_iter().find_map(|it| self.used.copied(it))?;
        let why = "a file of the repository is called like it, and may be a copy of it";
        Some(perhaps(why, vec![Step { location: location.clone(), package: None }]))
    }

    /// A tool that loads packages by the form of their names, or because they are asked for.
    fn loaded_unnamed(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let tools = targets.iter().filter_map(|target| {
            let name = &self.installed.packages()[*target].id.name;
            Some((target, self.adapters.loads_unnamed(name)?))
        });
        let (target, tool) = tools.min()?;
        let location = self.installed.packages()[*target]
            .copies
            .first()
            .and_then(|copy| self.places.get(*copy))?
            .clone();
        let why = format!("{tool} loads packages of such a name although nothing names them");
        Some(perhaps(&why, vec![Step { location, package: None }]))
    }

    /// A text of a package that asks for one of these and does not load it there: what generates code writes such
    /// names into it.
    fn written_into_code(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let names = self.names(targets);
        let asking = self.needs.asking_for(&self.entries(targets));
        let packages = self.installed.packages();
        let (module, line) = self.modules_where(|position| {
            let loaded = &self.graph.modules[position];
            let owner = loaded.owner?;
            let asks = packages[owner].copies.iter().any(|copy| asking.contains(copy));
            let mut texts = loaded.module.names.iter();
            let is_named = asks && texts.any(|name| is_one_of(name, &names) && !loaded.loads(name));
            is_named.then_some(1)
        })?;
        let why = "a text of a package that asks for it names it, and may be written into code";
        Some(perhaps(why, self.steps(&Via::Module(module, line))))
    }

    /// A module of the repository that something has put together of others.
    fn put_together(&self) -> Option<Answer> {
        let (module, line) =
            self.modules_where(|position| self.graph.modules[position].is_built.then_some(1))?;
        let path = &self.graph.modules[module].path;
        let steps = self.steps(&Via::Module(module, line));
        let why =
            "it looks as if a bundler or minifier had written it, and may hold code of any package";
        let shown = self.below_root(path);
        let help = format!(
            "if it is built from the sources here, say so in the policy: [npm] built = [\"{shown}\"]"
        );
        Some(Answer::Perhaps { why: why.to_owned(), help: Some(help), steps })
    }

    /// A package that is not installed here, and elsewhere may load what it needs.
    fn brought_by_absent(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let entries = self.entries(targets);
        let absent = self.installed.absent().iter().find(|(absent, _)| {
            let is_developed = self.scopes.of(&[*absent]).proven() == Scope::Development;
            let needed = self.needs.closure(std::iter::once(*absent));
            !is_developed && !needed.is_disjoint(&entries)
        });
        let location = self.places.get(absent?.0)?.clone();
        let why = "a package that is not installed on this machine needs it";
        Some(perhaps(why, vec![Step { location, package: None }]))
    }

    /// What is run for development may put a package into what is shipped, where it needs the package or
    /// names it; and it may load what is for development itself.
    fn brought_by_development(&self, targets: &BTreeSet<usize>) -> Option<Answer> {
        let entries = self.entries(targets);
        let all: Vec<usize> = entries.iter().copied().collect();
        let is_developed = self.scopes.of(&all).proven() == Scope::Development;
        let (package, via) = development::started(self).find(|(package, _)| {
            is_developed || development::may_bring(self, *package, targets, &entries)
        })?;
        let id = &self.installed.packages()[package].id;
        let why = if is_developed {
            format!("{id} is run for development, as this is, and may load it")
        } else {
            format!("{id} is run for development, and may add it to what is shipped")
        };
        Some(Answer::Perhaps { why, help: None, steps: self.steps(via) })
    }

    /// The first module for which something gives a line.
    fn modules_where(
        &self,
        line: impl Fn(ModuleIndex) -> Option<u32>,
    ) -> Option<(ModuleIndex, u32)> {
        (0..self.graph.modules.len()).find_map(|position| Some((position, line(position)?)))
    }

    /// What packages are called: by their manifests, by their folders, and by the lockfile.
    pub(super) fn names(&self, packages: &BTreeSet<usize>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for package in packages {
            let installed = &self.installed.packages()[*package];
            names.extend(self.installed.called(*package).map(str::to_owned));
            names.extend(self.adapters.names_of(&installed.id.name));
            let copies = installed.copies.iter();
            names.extend(copies.flat_map(|copy| self.used.names(*copy)).map(str::to_owned));
        }
        names
    }

    /// The entries of the lockfile that these installed packages may be copies of.
    fn entries(&self, packages: &BTreeSet<usize>) -> BTreeSet<usize> {
        let packages = packages.iter().map(|package| &self.installed.packages()[*package]);
        packages.flat_map(|package| package.copies.iter().copied()).collect()
    }

    fn below_root(&self, path: &std::path::Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        below.to_string_lossy().replace('\\', "/")
    }
}

/// Whether a text is one of some names of packages, or a path in one.
fn is_one_of(text: &str, names: &BTreeSet<String>) -> bool {
    let mut rest = names.iter().filter_map(|name| text.strip_prefix(name.as_str()));
    rest.any(|rest| rest.is_empty() || rest.starts_with('/'))
}
