//! Everything in a package that may lead to one of its exports.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use super::super::graph::ModuleIndex;
use super::{Links, Outlines};
use crate::javascript::{Holder, How, Mention, Outline, Part, Source, Value, plain_name};

/// An object or a name of a module.
pub(super) type Node = (ModuleIndex, Holder);

/// A part of a module.
type PartIndex = (ModuleIndex, usize);

/// Properties that every function and object has, and that lead to the object itself or to what made it.
const OF_EVERYTHING: &[&str] = &[
    "__defineGetter__",
    "__lookupGetter__",
    "__proto__",
    "apply",
    "bind",
    "call",
    "caller",
    "constructor",
    "prototype",
    "valueOf",
];

/// How many steps from name to name are followed.
const DEEPEST: usize = 40;

/// The parts of a package that may lead to an export.
pub(super) struct Closure<'run> {
    outlines: &'run Outlines,
    links: &'run Links,
    /// What is kept in each object.
    kept: HashMap<Node, Vec<Kept>>,
    /// Names that stand for the same object.
    same: HashMap<Node, Node>,
    /// Parts that only say so.
    joined: HashSet<PartIndex>,
    reached: BTreeSet<PartIndex>,
    /// The properties under which parts are kept that are reached.
    names: HashSet<SmolStr>,
}

#[derive(Clone, Debug)]
struct Kept {
    part: PartIndex,
    property: Option<SmolStr>,
    is_below: bool,
    /// Whether it is something else for a while: see [`Part::assigns`].
    is_assigned: bool,
}

impl<'run> Closure<'run> {
    /// `called`: what the files and folders of each module are called.
    pub(super) fn of(
        outlines: &'run Outlines,
        links: &'run Links,
        export: &str,
        called: &[(ModuleIndex, Vec<String>)],
    ) -> Self {
        let mut closure = Self {
            outlines,
            links,
            kept: HashMap::new(),
            same: HashMap::new(),
            joined: HashSet::new(),
            reached: BTreeSet::new(),
            names: HashSet::new(),
        };
        closure.join_names();
        closure.note_kept();
        closure.join_defaults();
        closure.note_kept();
        closure.begin(plain_name(export), called);
        closure.complete();
        closure
    }

    pub(super) fn holds(&self, module: ModuleIndex) -> bool {
        self.outlines.contains_key(&module)
    }

    fn parts(&self) -> impl Iterator<Item = (PartIndex, &'run Part)> + use<'run> {
        self.outlines.iter().flat_map(|(module, Outline { parts, .. })| {
            parts.iter().enumerate().map(move |(index, part)| ((*module, index), part))
        })
    }

    fn part(&self, (module, index): PartIndex) -> &'run Part {
        &self.outlines[&module].parts[index]
    }

    fn node(&self, node: Node) -> Node {
        let mut node = node;
        while let Some(same) = self.same.get(&node) {
            node = *same;
        }
        node
    }

    /// `module.exports = a`, `const b = a`: whatever is kept in one of them is kept in the other.
    fn join_names(&mut self) {
        for ((module, _), part) in self.parts() {
            let Value::Alias(Mention { of: Source::Held(holder), path, .. }) = &part.value else {
                continue;
            };
            if !path.is_empty() {
                continue;
            }
            for store in part.stores.iter().filter(|store| store.property.is_none()) {
                let (one, other) = (self.node((module, store.of)), self.node((module, *holder)));
                if one != other {
                    self.same.insert(one, other);
                }
            }
        }
    }

    /// `exports.default = a; module.exports = exports.default`, as compilers write it.
    fn join_defaults(&mut self) {
        for (at, part) in self.parts() {
            let module = at.0;
            let Value::Alias(Mention { of: Source::Held(holder), path, .. }) = &part.value else {
                continue;
            };
            let is_default = matches!(path.as_slice(), [only] if only == "default");
            let mut stores = part.stores.iter();
            if !is_default || !stores.any(|it| it.property.is_none() && it.of == *holder) {
                continue;
            }
            let node = self.node((module, *holder));
            let mut values = Vec::new();
            for kept in self.kept.get(&node).into_iter().flatten() {
                let value = self.part(kept.part);
                let is_nothing =
                    value.value == Value::Other && !value.is_run && value.mentions.is_empty();
                let says_the_same = matches!(
                    &value.value,
                    Value::Alias(mention) if mention.of == Source::Held(*holder) && mention.path == *path
                );
                if kept.property.as_deref() == Some("default") && !says_the_same && !is_nothing {
                    values.push(&value.value);
                }
            }
            if let [Value::Alias(Mention { of: Source::Held(own), path, .. })] = values.as_slice()
                && path.is_empty()
            {
                self.joined.insert(at);
                let same = self.kept.get(&node).into_iter().flatten();
                let same = same.filter(|kept| {
                    matches!(
                        &self.part(kept.part).value,
                        Value::Alias(mention) if mention.of == Source::Held(*holder) && mention.path == *path
                    )
                });
                let same: Vec<PartIndex> = same.map(|kept| kept.part).collect();
                self.joined.extend(same);
                let (one, other) = (self.node((module, *own)), node);
                if one != other {
                    self.same.insert(one, other);
                }
            }
        }
    }

    fn note_kept(&mut self) {
        self.kept.clear();
        for ((module, index), part) in self.parts() {
            let stored = part.stores.iter().map(|store| {
                let kept = Kept {
                    part: (module, index),
                    property: store.property.clone(),
                    is_below: store.is_below,
                    is_assigned: false,
                };
                (store.of, kept)
            });
            let assigned = part.assigns.iter().map(|holder| {
                let kept = Kept {
                    part: (module, index),
                    property: None,
                    is_below: false,
                    is_assigned: true,
                };
                (*holder, kept)
            });
            for (holder, kept) in stored.chain(assigned) {
                let node = self.node((module, holder));
                self.kept.entry(node).or_default().push(kept);
            }
        }
    }

    /// Every part that has the name in it, and what only another name of such a part stands for.
    fn begin(&mut self, name: &str, called: &[(ModuleIndex, Vec<String>)]) {
        let is_called: BTreeMap<ModuleIndex, bool> = called
            .iter()
            .map(|(module, names)| (*module, names.iter().any(|it| plain_name(it) == name)))
            .collect();
        let mut pending: Vec<PartIndex> = Vec::new();
        for (at, part) in self.parts() {
            let is_exported = || {
                let mut nodes = part.stores.iter().map(|store| self.node((at.0, store.of)));
                nodes.any(|node| node == self.node((at.0, Holder::Exports)))
            };
            let is_called = is_called.get(&at.0).is_some_and(|it| *it) && is_exported();
            if part.words.contains(name) || is_called {
                self.reach(at);
                if part.names.contains(name) || is_called {
                    pending.push(at);
                }
            }
        }
        let mut seen: BTreeSet<PartIndex> = pending.iter().copied().collect();
        while let Some(at) = pending.pop() {
            let part = self.part(at);
            let followed: Vec<&Mention> = match &part.value {
                Value::Alias(mention) => vec![mention],
                Value::Other => part.mentions.iter().collect(),
                Value::Function => part.calls_only.iter().collect(),
                Value::Object | Value::Class => Vec::new(),
            };
            for mention in followed {
                for stands_for in self.meant(at.0, mention) {
                    if seen.insert(stands_for) {
                        self.reach(stands_for);
                        pending.push(stands_for);
                    }
                }
            }
        }
    }

    /// The parts that a mention stands for.
    fn meant(&self, module: ModuleIndex, mention: &Mention) -> Vec<PartIndex> {
        let property = mention.path.iter().find(|name| *name != "default");
        let nodes = self.nodes(module, &mention.of);
        let kept = nodes.iter().filter_map(|node| self.kept.get(&self.node(*node))).flatten();
        let meant = kept.filter(|kept| match (&kept.property, property) {
            (None, _) => true,
            (Some(one), Some(other)) => one == other || one == "default",
            (Some(one), None) => one == "default",
        });
        meant.map(|kept| kept.part).collect()
    }

    fn nodes(&self, module: ModuleIndex, source: &Source) -> Vec<Node> {
        match source {
            Source::Held(holder) => vec![(module, *holder)],
            Source::Loaded(specifier) => {
                let modules = self.links.named.get(&(module, specifier.to_string()));
                modules.into_iter().flatten().map(|it| (*it, Holder::Exports)).collect()
            }
        }
    }

    fn reach(&mut self, at: PartIndex) {
        if self.reached.insert(at) {
            let part = self.part(at);
            self.names.extend(part.stores.iter().filter_map(|store| store.property.clone()));
        }
    }

    fn complete(&mut self) {
        let is_odd = self.may_hold_methods();
        loop {
            let more: Vec<PartIndex> = self
                .parts()
                .filter(|(at, part)| !self.reached.contains(at) && self.leads_on(*at, part, is_odd))
                .map(|(at, _)| at)
                .collect();
            if more.is_empty() {
                return;
            }
            for at in more {
                self.reach(at);
            }
        }
    }

    fn leads_on(&self, (module, _): PartIndex, part: &Part, is_odd: bool) -> bool {
        let is_method = !part.stores.is_empty()
            && part.stores.iter().all(|store| store.property.as_deref() == Some("prototype"));
        let asks = |this: &crate::javascript::This| {
            this.is_whole || this.names.iter().any(|name| self.names.contains(name))
        };
        (asks(&part.this) && (is_odd || !is_method))
            || (is_odd && asks(&part.inner_this))
            || part.mentions.iter().any(|mention| {
                self.nodes(module, &mention.of)
                    .into_iter()
                    .any(|node| self.reaches(node, &mention.path, mention.how))
            })
            || self.links.unfollowed.get(&module).is_some_and(|modules| {
                modules.iter().any(|it| self.reaches((*it, Holder::Exports), &[], How::Whole))
            })
    }

    /// Whether a property of some object may be a method of a class, so that the object can be its `this`.
    fn may_hold_methods(&self) -> bool {
        self.parts().any(|((module, _), part)| {
            let is_kept = part.stores.iter().any(|store| {
                let property = store.property.as_deref();
                property.is_some_and(|property| property != "prototype")
            });
            let is_own = |mention: &Mention| !self.nodes(module, &mention.of).is_empty();
            is_kept
                && match &part.value {
                    Value::Other => part.mentions.iter().any(is_own),
                    Value::Alias(mention) => {
                        is_own(mention) && !self.is_plain(module, mention, DEEPEST)
                    }
                    Value::Function | Value::Object | Value::Class => false,
                }
        })
    }

    /// Whether a mention stands for functions, classes and objects that are written out, and nothing else.
    fn is_plain(&self, module: ModuleIndex, mention: &Mention, deepest: usize) -> bool {
        let Some(deepest) = deepest.checked_sub(1) else { return false };
        let nodes = self.nodes(module, &mention.of);
        let path: Vec<&SmolStr> = mention.path.iter().filter(|name| *name != "default").collect();
        nodes.into_iter().all(|node| {
            let Some(kept) = self.kept.get(&self.node(node)) else { return false };
            let named: Vec<&Kept> = match path.as_slice() {
                [] => kept
                    .iter()
                    .filter(|kept| kept.property.as_deref().is_none_or(|it| it == "default"))
                    .collect(),
                [name] => {
                    kept.iter().filter(|kept| kept.property.as_ref() == Some(*name)).collect()
                }
                _ => return false,
            };
            let stars = kept.iter().filter(|kept| kept.property.is_none());
            let candidates: Vec<&Kept> = if named.is_empty() { stars.collect() } else { named };
            !candidates.is_empty()
                && candidates.into_iter().all(|kept| match &self.part(kept.part).value {
                    Value::Function | Value::Class | Value::Object => true,
                    Value::Alias(further) => {
                        let mut further = further.clone();
                        if kept.property.is_none() {
                            further.path.extend(path.iter().map(|name| (*name).clone()));
                        }
                        self.nodes(kept.part.0, &further.of).is_empty()
                            || (further.of != mention.of || further.path != mention.path)
                                && self.is_plain(kept.part.0, &further, deepest)
                    }
                    Value::Other => self.part(kept.part).mentions.is_empty(),
                })
        })
    }

    /// A place that runs when the package is loaded, and leads to the export.
    pub(super) fn run_when_loaded(&self) -> Option<(ModuleIndex, u32)> {
        let found = self.reached.iter().find(|at| {
            let part = self.part(**at);
            part.is_run || part.stores.iter().any(|store| self.is_kept_elsewhere(at.0, store))
        });
        found.map(|at| (at.0, self.part(*at).line))
    }

    /// Whether what is kept in a property may be kept in an object that others know as well.
    fn is_kept_elsewhere(&self, module: ModuleIndex, store: &crate::javascript::Store) -> bool {
        let Some(property) = &store.property else { return false };
        let Some(kept) = self.kept.get(&self.node((module, store.of))) else { return true };
        let is_own = |kept: &Kept| {
            !kept.is_assigned
                && match &self.part(kept.part).value {
                    Value::Function | Value::Class | Value::Object => true,
                    // Names of the same object have been joined.
                    Value::Alias(Mention { of: Source::Held(held), path, .. }) => {
                        let is_joined =
                            || self.node((kept.part.0, *held)) == self.node((module, store.of));
                        (path.is_empty() || matches!(path.as_slice(), [only] if only == "default"))
                            && is_joined()
                    }
                    Value::Alias(Mention { of: Source::Loaded(_), .. }) => {
                        self.is_of_package(kept.part)
                    }
                    Value::Other => false,
                }
        };
        let holder_is_own = kept.iter().filter(|it| it.property.is_none()).all(is_own);
        let below_is_own = !store.is_below
            || kept
                .iter()
                .filter(|it| it.property.as_ref() == Some(property) && !it.is_below)
                .all(|it| matches!(self.part(it.part).value, Value::Function | Value::Class));
        !holder_is_own || !below_is_own
    }

    /// `export * from "./a"`: it keeps what a module of the package exports, and not the object itself.
    fn is_of_package(&self, at: PartIndex) -> bool {
        let part = self.part(at);
        let Value::Alias(mention) = &part.value else { return false };
        mention.path.is_empty() && part.is_copy
    }

    /// Whether something stands behind these properties of what a module exports, and leads to the export.
    pub(super) fn exports(&self, module: ModuleIndex, path: &[SmolStr]) -> bool {
        self.reaches((module, Holder::Exports), path, How::Whole)
    }

    /// A module to which nothing leads from these.
    pub(super) fn apart_from(&self, entries: &[ModuleIndex]) -> Option<ModuleIndex> {
        let mut found: BTreeSet<ModuleIndex> = entries.iter().copied().collect();
        let mut pending = entries.to_vec();
        while let Some(module) = pending.pop() {
            let named = self.links.named.iter().filter(|((from, _), _)| *from == module);
            let named = named.flat_map(|(_, modules)| modules);
            let unfollowed = self.links.unfollowed.get(&module).into_iter().flatten();
            for next in named.chain(unfollowed) {
                if found.insert(*next) {
                    pending.push(*next);
                }
            }
        }
        self.outlines.keys().find(|module| !found.contains(module)).copied()
    }

    /// Whether an expression leads to a part that is reached.
    pub(super) fn reaches(&self, node: Node, path: &[SmolStr], how: How) -> bool {
        let mut seen = Vec::new();
        self.reaches_from(node, path, how, &mut seen)
    }

    fn reaches_from(
        &self,
        node: Node,
        path: &[SmolStr],
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        let node = self.node(node);
        let step = (node, path.to_vec());
        if seen.contains(&step) {
            return false;
        }
        if seen.len() > DEEPEST {
            return true;
        }
        let Some(kept) = self.kept.get(&node) else { return false };
        seen.push(step);
        let found = match path {
            [] => kept.iter().any(|kept| self.is_reached_whole(kept, how, seen)),
            [name, ..] if OF_EVERYTHING.contains(&name.as_str()) => {
                kept.iter().any(|kept| self.is_reached_whole(kept, How::Whole, seen))
            }
            [name, rest @ ..] => {
                let is_default = name == "default" && node.1 == Holder::Exports;
                (is_default && self.reaches_default(node, kept, rest, how, seen))
                    || self.reaches_property(kept, name, path, how, seen)
            }
        };
        seen.pop();
        found
    }

    /// `default` is a property of a module of ECMAScript, and all of another one.
    fn reaches_default(
        &self,
        node: Node,
        kept: &[Kept],
        rest: &[SmolStr],
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        let has_default = kept.iter().any(|kept| kept.property.as_deref() == Some("default"));
        let is_module = self.outlines.get(&node.0).is_some_and(|outline| outline.is_module);
        !(has_default && is_module) && self.reaches_from(node, rest, how, seen)
    }

    fn is_reached_whole(
        &self,
        kept: &Kept,
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        let is_reached = self.reached.contains(&kept.part);
        if how == How::Whole || kept.is_assigned {
            return is_reached;
        }
        // Only what is called: its own code, and nothing that is kept in its properties.
        match (&kept.property, &self.part(kept.part).value) {
            (Some(property), _) => is_reached && property == "prototype",
            (None, _) if self.joined.contains(&kept.part) => false,
            (None, Value::Alias(mention)) => {
                self.alias_reaches(kept.part.0, mention, &[], how, seen)
            }
            (None, _) => is_reached,
        }
    }

    fn reaches_property(
        &self,
        kept: &[Kept],
        name: &SmolStr,
        path: &[SmolStr],
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        kept.iter().any(|kept| {
            let part = self.part(kept.part);
            let is_reached = self.reached.contains(&kept.part);
            let is_named = kept.property.as_deref() == Some("module.exports");
            match (&kept.property, &part.value) {
                _ if self.joined.contains(&kept.part) => false,
                (Some(property), Value::Alias(mention)) if property == name && !kept.is_below => {
                    let rest = &path[1..];
                    match (rest.is_empty(), how) {
                        (true, How::Whole) => is_reached,
                        _ => self.alias_reaches(kept.part.0, mention, rest, how, seen),
                    }
                }
                (Some(property), _) if property == name || is_named => is_reached,
                (Some(_), _) => false,
                (None, _) if kept.is_assigned => is_reached,
                (None, Value::Alias(mention)) => {
                    self.alias_reaches(kept.part.0, mention, path, how, seen)
                }
                (None, Value::Function | Value::Object) => false,
                (None, Value::Class | Value::Other) => is_reached,
            }
        })
    }

    fn alias_reaches(
        &self,
        module: ModuleIndex,
        mention: &Mention,
        rest: &[SmolStr],
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        let path: Vec<SmolStr> = mention.path.iter().chain(rest).cloned().collect();
        let nodes = self.nodes(module, &mention.of);
        nodes.into_iter().any(|node| self.reaches_from(node, &path, how, seen))
    }
}
