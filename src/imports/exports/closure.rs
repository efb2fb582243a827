//! Everything in a package that may lead to one of its exports.

mod kept;
mod reached;
mod run;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use self::kept::Kept;
use super::super::graph::ModuleIndex;
use super::{Links, Outlines};
use crate::javascript::{Holder, How, Mention, Outline, Part, Source, Value, plain_name};

/// An object or a name of a module.
pub(super) type Node = (ModuleIndex, Holder);

/// A part of a module.
type PartIndex = (ModuleIndex, usize);

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
    /// A part that is only another name of something in another package.
    foreign: Option<PartIndex>,
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
            foreign: None,
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
            let is_name = part.value != Value::Other;
            for mention in followed {
                let is_loaded = matches!(mention.of, Source::Loaded(_));
                if is_name && is_loaded && self.nodes(at.0, &mention.of).is_empty() {
                    self.foreign.get_or_insert(at);
                }
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
}
