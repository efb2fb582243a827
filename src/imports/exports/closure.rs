//! Everything in a package that may lead to one of its exports.

mod called;
mod kept;
mod lead;
mod run;

use std::collections::{BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use self::kept::Kept;
pub(super) use self::lead::Lead;
use super::super::graph::ModuleIndex;
use super::{Links, Outlines};
use crate::javascript::{
    Holder, How, Mention, Outline, Part, Quality, Source, Store, Trait, Value, plain_name,
};

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
    /// The names of those parts, and of everything in which they keep something.
    words: HashSet<SmolStr>,
    /// Modules whose exports as a whole are reached.
    whole: HashSet<ModuleIndex>,
    /// Objects that code may get hold of as a whole.
    exposed: HashSet<Node>,
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
            words: HashSet::new(),
            whole: HashSet::new(),
            exposed: HashSet::new(),
            foreign: None,
        };
        closure.join_names();
        closure.note_kept();
        closure.join_defaults();
        closure.note_kept();
        closure.note_exposed();
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

    /// Whether the module of an object has a trait.
    fn is(&self, node: Node, it: Trait) -> bool {
        self.outlines.get(&node.0).is_some_and(|outline| outline.has(it))
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
        let is_called: BTreeSet<ModuleIndex> = called
            .iter()
            .filter(|(_, names)| names.iter().any(|it| plain_name(it) == name))
            .map(|(module, _)| *module)
            .collect();
        let mut meant: HashSet<SmolStr> = HashSet::from([SmolStr::from(name)]);
        let mut seen: BTreeSet<PartIndex> = BTreeSet::new();
        loop {
            let is_meant = |(at, part): &(PartIndex, &Part)| {
                let is_whole = || is_called.contains(&at.0) && self.is_exported(*at, part);
                let mut names = part.names.iter().chain(&part.keys);
                !seen.contains(at) && (names.any(|name| meant.contains(name)) || is_whole())
            };
            let mut pending: Vec<PartIndex> =
                self.parts().filter(is_meant).map(|(at, _)| at).collect();
            if pending.is_empty() {
                break;
            }
            while let Some(at) = pending.pop() {
                if seen.insert(at) {
                    pending.extend(self.stand_for(at, &mut meant));
                }
            }
        }
        for at in seen {
            self.reach(at);
        }
        self.words.extend(meant);
    }

    fn is_exported(&self, at: PartIndex, part: &Part) -> bool {
        let mut nodes = part.stores.iter().map(|store| self.node((at.0, store.of)));
        nodes.any(|node| node == self.node((at.0, Holder::Exports)))
    }

    /// What stands behind a part that is kept under the name: the parts, and the words by which it is known.
    fn stand_for(&mut self, at: PartIndex, meant: &mut HashSet<SmolStr>) -> Vec<PartIndex> {
        let part = self.part(at);
        let followed: Vec<&Mention> = match &part.value {
            Value::Alias(mention) => vec![mention],
            Value::Other => part.mentions.iter().collect(),
            Value::Function | Value::Class if self.hands_on(at, part) => {
                part.mentions.iter().collect()
            }
            Value::Function | Value::Class | Value::Object | Value::Constant | Value::Import => {
                Vec::new()
            }
        };
        let is_alias = matches!(part.value, Value::Alias(_));
        if matches!(part.value, Value::Other | Value::Import) {
            // Whatever it is computed of.
            meant.extend(part.words.iter().filter(|word| is_telling(word)).cloned());
        }
        let mut parts = Vec::new();
        if part.value == Value::Object {
            // It is used by what it holds.
            let nodes = part.stores.iter().map(|store| self.node((at.0, store.of)));
            let kept = nodes.filter_map(|node| self.kept.get(&node)).flatten();
            parts.extend(kept.map(|kept| kept.part));
        }
        for mention in followed {
            let is_loaded = matches!(mention.of, Source::Loaded(_));
            if is_alias && is_loaded && self.nodes(at.0, &mention.of).is_empty() {
                self.foreign.get_or_insert(at);
            }
            let steps = mention.path.iter().map(|step| SmolStr::from(plain_name(step)));
            meant.extend(steps.filter(|step| is_telling(step)));
            parts.extend(self.meant(at.0, mention));
        }
        parts
    }

    /// Whether a function or a class is little more than another one: it is short, or uses nothing else of the package.
    fn hands_on(&self, at: PartIndex, part: &Part) -> bool {
        let of_package =
            part.mentions.iter().filter(|mention| !self.nodes(at.0, &mention.of).is_empty());
        let names: BTreeSet<(&Source, &[SmolStr])> =
            of_package.map(|mention| (&mention.of, mention.path.as_slice())).collect();
        part.has(Quality::PassesOn) || names.len() == 1
    }

    /// The parts that a mention stands for.
    fn meant(&self, module: ModuleIndex, mention: &Mention) -> Vec<PartIndex> {
        let property = mention.path.iter().find(|name| *name != "default");
        let nodes = self.nodes(module, &mention.of);
        let kept = nodes.iter().filter_map(|node| self.kept.get(&self.node(*node))).flatten();
        // An object is used by what it holds.
        let meant = kept.filter(|kept| match (&kept.property, property) {
            (Some(one), Some(other)) => one == other || one == "default",
            (None, _) | (Some(_), None) => true,
        });
        meant.map(|kept| kept.part).collect()
    }

    fn nodes(&self, module: ModuleIndex, source: &Source) -> Vec<Node> {
        match source {
            Source::Held(holder) => vec![(module, *holder)],
            Source::Loaded(specifier) => {
                let modules = self.links.named.get(&(module, specifier.clone()));
                modules.into_iter().flatten().map(|it| (*it, Holder::Exports)).collect()
            }
        }
    }

    fn reach(&mut self, at: PartIndex) {
        if self.reached.insert(at) {
            let part = self.part(at);
            // Names of the module itself are followed wherever they stand.
            let properties = part.stores.iter().filter_map(|store| store.property.as_deref());
            let properties = properties.map(|property| SmolStr::from(plain_name(property)));
            let words = properties.chain(part.keys.iter().cloned());
            self.words.extend(words.filter(|word| is_telling(word)));
            let mut stores = part.stores.iter();
            let is_whole = |store: &Store| {
                let property = store.property.as_deref();
                property.is_none_or(|property| matches!(property, "default" | "module.exports"))
            };
            if stores.any(|store| is_whole(store) && self.is_exported(at, part)) {
                self.whole.insert(at.0);
            }
            for holder in self.holders(at, part) {
                self.reach(holder);
            }
        }
    }

    /// Functions and classes in which a part is kept, and that can get hold of themselves.
    fn holders(&self, at: PartIndex, part: &Part) -> Vec<PartIndex> {
        let stores = part.stores.iter().filter(|store| store.property.is_some());
        let nodes = stores.map(|store| self.node((at.0, store.of)));
        let kept = nodes.filter_map(|node| self.kept.get(&node)).flatten();
        let itself = kept.filter(|kept| kept.property.is_none()).map(|kept| kept.part);
        let leading = itself.filter(|at| {
            let holder = self.part(*at);
            match &holder.value {
                Value::Class | Value::Other => true,
                // It is known by several names, which are not followed to each other.
                Value::Function if holder.stores.len() > 1 => true,
                Value::Function => {
                    holder.has(Quality::UsesThis) || holder.has(Quality::NamesItself)
                }
                Value::Object | Value::Alias(_) | Value::Constant | Value::Import => false,
            }
        });
        leading.collect()
    }

    fn complete(&mut self) {
        loop {
            let more: Vec<PartIndex> = self
                .parts()
                .filter(|(at, part)| !self.reached.contains(at) && self.leads_on(*at, part))
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

    fn leads_on(&self, (module, _): PartIndex, part: &Part) -> bool {
        let is_whole = |node: Node| self.lead(node, &[], How::Whole) == Lead::There;
        part.words.iter().any(|word| self.words.contains(word))
            || part.mentions.iter().any(|mention| {
                self.lead_of(module, mention) == Lead::There
                    || self
                        .nodes(module, &mention.of)
                        .into_iter()
                        .any(|node| self.is_whole(node, &mention.path))
            })
            || self.links.unfollowed.get(&module).is_some_and(|modules| {
                modules.iter().any(|loaded| is_whole((*loaded, Holder::Exports)))
            })
    }

    fn lead_of(&self, module: ModuleIndex, mention: &Mention) -> Lead {
        let nodes = self.nodes(module, &mention.of).into_iter();
        let leads = nodes.map(|node| self.lead(node, &mention.path, mention.how));
        leads.max().unwrap_or(Lead::Nowhere)
    }

    /// Whether any of it is code of which others learn how it is called.
    pub(super) fn has_sloppy_code(&self) -> bool {
        !self.outlines.values().all(|outline| outline.has(Trait::IsStrict))
    }

    /// Whether a function that is not reached is called on an object that holds what is.
    pub(super) fn calls_on_holder(&self) -> bool {
        let mut parts = self.parts().filter(|(at, _)| !self.reached.contains(at));
        parts.any(|((module, _), part)| {
            part.mentions.iter().any(|mention| self.lead_of(module, mention) == Lead::OnHolder)
        })
    }

    /// Whether all that a module exports may be reached, and a mention is about nothing else of it.
    pub(super) fn is_whole(&self, node: Node, path: &[SmolStr]) -> bool {
        if node.1 != Holder::Exports || !self.whole.contains(&node.0) {
            return false;
        }
        let name = path.iter().find(|step| *step != "default");
        let kept = self.kept.get(&self.node(node)).into_iter().flatten();
        let mut kept = kept.filter(|kept| !self.reached.contains(&kept.part));
        name.is_none_or(|name| !kept.any(|kept| kept.property.as_ref() == Some(name)))
    }
}

/// Whether a word says more than that something is exported, or belongs to a class.
fn is_telling(word: &str) -> bool {
    !matches!(word, "default" | "exports" | "module" | "prototype" | "require")
}
