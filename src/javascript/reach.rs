//! Which names of a package lead to some of its functions.

use std::collections::{BTreeMap, BTreeSet};

use super::definitions::{Definitions, Unit, WHOLE, property, whole_of};

/// What leads to the functions that somebody asked for, over all modules of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Names that lead there, each with the one that it mentions. What was asked for mentions itself.
    pub leading: BTreeMap<String, String>,
    /// Objects that hold such a name.
    pub holding: BTreeSet<String>,
    /// Names of methods that lead there, each with the class or function whose objects have it, if that has
    /// a name: whoever has such an object can call them.
    pub methods: BTreeSet<(String, Option<String>)>,
    /// A name that is called while the package is loaded, and runs what was asked for.
    pub on_load: Option<String>,
}

impl Reach {
    /// Follows the mentions backwards from exports of these names until nothing new leads there.
    pub fn of(exports: &[String], modules: &[Definitions]) -> Self {
        Self::of_names(&same(exports, modules), modules)
    }

    /// The same for a class or function by its own name.
    pub fn of_maker(name: &str, modules: &[Definitions]) -> Self {
        Self::of_names(&BTreeSet::from([name.to_owned()]), modules)
    }

    fn of_names(asked: &BTreeSet<String>, modules: &[Definitions]) -> Self {
        let mut reach = Self::default();
        for name in asked {
            reach.leading.insert(name.clone(), name.clone());
        }
        let units = || modules.iter().flat_map(|module| &module.units);
        let globals: BTreeSet<&String> =
            units().filter(|unit| unit.is_global).flat_map(|unit| &unit.names).collect();
        loop {
            let before = (reach.leading.len(), reach.holding.len());
            for (object, held) in modules.iter().flat_map(|module| &module.holders) {
                let holds = reach.leading.contains_key(held) || reach.holding.contains(held);
                if holds && !globals.contains(object) {
                    reach.holding.insert(object.clone());
                }
            }
            // Whoever makes an object of a function that holds such a name mentions that function.
            let is_made_by_holder = |unit: &&Unit, reach: &Self| {
                unit.owner.as_ref().is_some_and(|owner| reach.holds(owner))
            };
            for unit in units().filter(|unit| !unit.is_function && !unit.is_global) {
                let holds = unit.made_of.iter().any(|name| reach.holds(name));
                if holds && !is_made_by_holder(&unit, &reach) {
                    reach.holding.extend(unit.names.iter().cloned());
                }
            }
            for unit in units().filter(|unit| !unit.is_global) {
                if is_made_by_holder(&unit, &reach) {
                    continue;
                }
                let Some(mentioned) = reach.mentioned(unit) else { continue };
                for name in &unit.names {
                    reach.leading.entry(name.clone()).or_insert_with(|| mentioned.clone());
                }
            }
            if before == (reach.leading.len(), reach.holding.len()) {
                break;
            }
        }
        for unit in units().filter(|unit| unit.is_method) {
            let leading = unit.names.iter().filter(|name| reach.leading.contains_key(*name));
            let methods = leading.filter_map(|name| last(name));
            reach.methods.extend(methods.map(|method| (method, unit.owner.clone())));
        }
        reach.on_load = on_load(asked, modules);
        reach
    }

    /// Whether something that is exported under a name leads there.
    pub fn export(&self, name: &str) -> Option<&str> {
        let end = property(name);
        self.leading.keys().find(|leading| leading.ends_with(&end)).map(String::as_str)
    }

    /// Whether something that is exported under a name holds what leads there.
    pub fn holds_export(&self, name: &str) -> bool {
        let end = property(name);
        self.holding.iter().any(|holding| holding.ends_with(&end))
    }

    /// Whether calling what a module exports as a whole leads there.
    pub fn leads_as_whole(&self, module: usize) -> bool {
        self.leading.contains_key(&whole_of(module))
    }

    /// Whether all that a module exports holds what leads there.
    pub fn holds_as_whole(&self, module: usize) -> bool {
        self.holding.contains(&whole_of(module))
    }

    fn holds(&self, mention: &str) -> bool {
        self.holding.contains(mention)
    }

    /// What leads there of what a mention may stand for. An object that holds such a name may have others.
    fn leading_by(&self, mention: &str) -> Option<&str> {
        let by_end = |end: &str| self.leading.keys().find(|leading| leading.ends_with(end));
        let exact = || self.leading.get_key_value(mention).map(|(name, _)| name);
        let found = match mention.rsplit_once('.') {
            Some((object, last)) if object == "*" || self.holds(object) => {
                by_end(&property(last)).or_else(exact)
            }
            _ => exact(),
        };
        found.map(String::as_str)
    }

    /// What a unit mentions that leads there. A function that mentions an object which holds such a name
    /// can take it out.
    fn mentioned(&self, unit: &Unit) -> Option<String> {
        let is_own = |name: &str| unit.names.contains(name);
        let direct = unit.mentions.iter().chain(&unit.made_of).find_map(|name| {
            let leading = self.leading_by(name)?;
            (!is_own(leading)).then(|| leading.to_owned())
        });
        let held = || {
            let mut mentions = unit.mentions.iter();
            mentions.find(|name| unit.is_function && self.holds(name) && !is_own(name)).cloned()
        };
        let computed = || {
            let is_wild = unit.calls_computed && !self.holding.is_empty();
            unit.names.iter().find(|_| is_wild).cloned()
        };
        direct.or_else(held).or_else(computed)
    }

    /// From a name to what was asked for, by what mentions what.
    pub fn chain(&self, name: &str) -> Vec<String> {
        let mut chain = vec![name.to_owned()];
        while let Some(next) = chain.last().and_then(|last| self.leading.get(last)) {
            if chain.contains(next) {
                break;
            }
            chain.push(next.clone());
        }
        chain
    }
}

/// All names of what is exported under these names: of the properties of what the package exports, or, if
/// it exports nothing of such a name by itself, of any object.
fn same(exports: &[String], modules: &[Definitions]) -> BTreeSet<String> {
    let ends: Vec<String> = exports.iter().map(|name| property(name)).collect();
    let is_asked = |name: &String| ends.iter().any(|end| name.ends_with(end));
    let units = || modules.iter().flat_map(|module| &module.units);
    let objects = exported_objects(modules);
    let aliases = || modules.iter().flat_map(|module| &module.aliases);
    let names = || units().flat_map(|unit| &unit.names).chain(aliases().map(|(name, _)| name));
    let asked = || names().filter(|name| is_asked(name)).cloned();
    let is_exported =
        |name: &String| name.rsplit_once('.').is_some_and(|(object, _)| objects.contains(object));
    let mut all: BTreeSet<String> = asked().filter(is_exported).collect();
    if all.is_empty() {
        all = asked().chain(ends.iter().cloned()).collect();
    }
    loop {
        let before = all.len();
        let named = units().filter(|unit| unit.names.iter().any(|name| all.contains(name)));
        let named: Vec<&Unit> = named.collect();
        for unit in named {
            if let Some(name) = &unit.same_as {
                all.insert(name.clone());
                // A property of an object that something else makes.
                let is_given = units().any(|unit| unit.names.contains(name));
                all.extend(last(name).filter(|_| !is_given).map(|last| property(&last)));
            }
            if unit.is_function {
                all.extend(unit.names.iter().cloned());
            }
        }
        let others = aliases().filter(|(name, _)| all.contains(name)).map(|(_, of)| of.clone());
        let others: Vec<String> = others.collect();
        all.extend(others);
        if all.len() == before {
            return all;
        }
    }
}

/// The names of what modules export as a whole, and of the objects that it is made of.
fn exported_objects(modules: &[Definitions]) -> BTreeSet<String> {
    let units = || modules.iter().flat_map(|module| &module.units);
    let whole = units().flat_map(|unit| &unit.names).filter(|name| is_whole(name)).cloned();
    let mut objects: BTreeSet<String> =
        whole.chain([WHOLE, "exports"].map(str::to_owned)).collect();
    loop {
        let before = objects.len();
        let values = units().filter(|unit| !unit.is_function);
        let named = values.filter(|unit| unit.names.iter().any(|name| objects.contains(name)));
        let made_of: Vec<String> = named.flat_map(|unit| &unit.made_of).cloned().collect();
        objects.extend(made_of);
        if objects.len() == before {
            return objects;
        }
    }
}

/// Whether a name is that of all that a module exports.
fn is_whole(name: &str) -> bool {
    name.starts_with(WHOLE) || name.ends_with(".exports")
}

/// The last part of the name of a property.
fn last(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, last)| last.to_owned())
}

/// A name that the modules call while they are loaded, and that runs one of the functions asked for.
fn on_load(asked: &BTreeSet<String>, modules: &[Definitions]) -> Option<String> {
    let mut by_name: BTreeMap<&String, Vec<&Unit>> = BTreeMap::new();
    for unit in modules.iter().flat_map(|module| &module.units) {
        for name in &unit.names {
            by_name.entry(name).or_default().push(unit);
        }
    }
    modules.iter().flat_map(|module| &module.called_on_load).find_map(|called| {
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        let mut pending = vec![called];
        while let Some(name) = pending.pop() {
            if asked.contains(name) {
                return Some(called.clone());
            }
            if seen.insert(name) {
                let units = by_name.get(name).into_iter().flatten();
                pending.extend(units.flat_map(|unit| &unit.runs));
            }
        }
        None
    })
}
