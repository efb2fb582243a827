//! Whether what is called under a name is surely a function that is written out in the package.
//!
//! Code that gets hold of an object can put another function under a name of it, which then learns what it is
//! called on.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::super::FromOutside;
use super::kept::Kept;
use super::lead::Lead;
use super::{Closure, DEEPEST, ModuleIndex, Node, PartIndex};
use crate::javascript::{Holder, How, Mention, Quality, Source, Store, Trait, Value};

impl Closure<'_> {
    /// Notes the objects that code may get hold of as a whole.
    pub(super) fn note_exposed(&mut self) {
        // What is called on an object hands it on, if it may be something else: one leads to the next.
        loop {
            let exposed = self.find_exposed();
            if exposed == self.exposed {
                return;
            }
            self.exposed = exposed;
        }
    }

    fn find_exposed(&self) -> HashSet<Node> {
        let mut exposed = HashSet::new();
        // `module.exports = require("./a")`
        let mut same: Vec<(Node, Node)> = Vec::new();
        for ((module, _), part) in self.parts() {
            let is_copy = part.has(Quality::IsCopy);
            let is_name = matches!(part.value, Value::Alias(_))
                && part.stores.iter().all(|store| store.property.is_none());
            for mention in part.mentions.iter().filter(|_| !is_copy) {
                let nodes = self.nodes(module, &mention.of).into_iter();
                let nodes = nodes.map(|node| self.node(node));
                let is_module = self.is((module, Holder::Exports), Trait::IsModule);
                let nodes = nodes.filter(|node| self.hands_out(*node, mention, is_module));
                if is_name && mention.path.is_empty() {
                    let stores = part.stores.iter().map(|it| self.node((module, it.of)));
                    let pairs = stores.flat_map(|one| nodes.clone().map(move |node| (one, node)));
                    same.extend(pairs);
                } else {
                    exposed.extend(nodes);
                }
            }
        }
        let unfollowed = self.links.unfollowed.values().flatten();
        exposed.extend(unfollowed.map(|module| self.node((*module, Holder::Exports))));
        for FromOutside { module, mention, is_module } in &self.links.from_outside {
            let node = self.node((*module, Holder::Exports));
            if self.hands_out(node, mention, *is_module) {
                exposed.insert(node);
            }
        }
        loop {
            let more: Vec<Node> = same
                .iter()
                .filter(|(one, other)| exposed.contains(one) != exposed.contains(other))
                .flat_map(|(one, other)| [*one, *other])
                .collect();
            if more.is_empty() {
                return exposed;
            }
            exposed.extend(more);
        }
    }

    /// Whether an expression hands out an object: all of it, or by calling on it what may use it.
    /// `is_module`: whether a module of ECMAScript says so, for which `default` is all that another one exports.
    fn hands_out(&self, node: Node, mention: &Mention, is_module: bool) -> bool {
        let is_of_other = is_module && !self.is(node, Trait::IsModule);
        let has = |name: &str| {
            let mut kept = self.kept.get(&node).into_iter().flatten();
            kept.any(|kept| kept.property.as_deref() == Some(name))
        };
        let is_compiled = self.is(node, Trait::IsModule) || self.is(node, Trait::IsCompiled);
        let is_property = has("default") && (is_compiled || has("__esModule")) && !is_of_other;
        let path = match mention.path.as_slice() {
            // All of what a module exports, or its property of this name.
            [name, rest @ ..] if name == "default" && (self.has_value(node) || !is_property) => {
                rest
            }
            path => path,
        };
        match path {
            [] => mention.how == How::Whole,
            [name] if mention.how == How::Called => {
                self.lead_of_export(node, name, DEEPEST).is_none_or(|lead| lead == Lead::There)
            }
            // What is read may be computed, by what it is read of.
            [name, ..] => {
                let kept = self.kept.get(&node).into_iter().flatten();
                let mut named = kept.filter(|kept| kept.property.as_ref() == Some(name));
                named.any(|kept| {
                    let part = self.part(kept.part);
                    part.value == Value::Other
                        || (part.has(Quality::UsesThis) && part.value != Value::Function)
                })
            }
        }
    }

    /// Where a call leads of a function that does not lead there itself, on an object that does.
    pub(super) fn lead_of_function(&self, at: PartIndex) -> Lead {
        let part = self.part(at);
        match part.value {
            // `export default function name() {}` stands for whatever the name does.
            _ if part
                .stores
                .iter()
                .any(|it| it.property.is_none() && self.is_assigned(at.0, it)) =>
            {
                Lead::There
            }
            Value::Function if part.has(Quality::UsesThis) => Lead::There,
            Value::Function if part.has(Quality::IsStrict) => Lead::Nowhere,
            Value::Function => Lead::OnHolder,
            // None of them can be called, but classes by `new`.
            Value::Class | Value::Object | Value::Constant => Lead::Nowhere,
            Value::Alias(_) | Value::Other | Value::Import => Lead::There,
        }
    }

    /// Whether a name stands for several things.
    fn is_assigned(&self, module: ModuleIndex, store: &Store) -> bool {
        let kept = self.kept.get(&self.node((module, store.of))).into_iter().flatten();
        let itself = kept.filter(|it| it.property.is_none() && !self.joined.contains(&it.part));
        let is_name = |kept: &Kept| matches!(self.part(kept.part).value, Value::Alias(_));
        itself.clone().any(|kept| kept.is_assigned) || itself.filter(|it| !is_name(it)).count() > 1
    }

    /// Where a call leads of what another name stands for.
    pub(super) fn lead_of_other_name(&self, module: ModuleIndex, mention: &Mention) -> Lead {
        self.lead_of_name(module, mention, DEEPEST)
    }

    fn lead_of_name(&self, module: ModuleIndex, mention: &Mention, deepest: usize) -> Lead {
        let Some(deepest) = deepest.checked_sub(1) else { return Lead::There };
        let nodes = self.nodes(module, &mention.of);
        let leads = nodes.into_iter().map(|node| match (&mention.of, mention.path.as_slice()) {
            (_, []) => self.lead_of_holder(node, deepest),
            (Source::Loaded(_), [name]) if name == "default" => {
                let is_module = self.is(node, Trait::IsModule);
                match self.lead_of_export(node, name, deepest) {
                    Some(lead) if is_module => lead,
                    Some(lead) if !self.has_value(node) => lead,
                    lead => {
                        lead.max(Some(self.lead_of_holder(node, deepest))).unwrap_or(Lead::There)
                    }
                }
            }
            (Source::Loaded(_), [name]) => {
                self.lead_of_export(node, name, deepest).unwrap_or(Lead::There)
            }
            // A module of ECMAScript has one of its own, and another one may be it.
            (Source::Loaded(_), [default, name])
                if default == "default" && !self.may_have_default(node) =>
            {
                self.lead_of_export(node, name, deepest).unwrap_or(Lead::There)
            }
            _ => Lead::There,
        });
        leads.max().unwrap_or(Lead::There)
    }

    /// Whether a module may have a property `default`, which is then no other name of all that it exports.
    fn may_have_default(&self, node: Node) -> bool {
        let mut kept = self.kept.get(&self.node(node)).into_iter().flatten();
        let has_it = kept.any(|kept| match &kept.property {
            Some(property) => property == "default",
            None => matches!(self.part(kept.part).value, Value::Alias(_) | Value::Other),
        });
        has_it || self.is(node, Trait::IsModule) || self.is(node, Trait::IsCompiled)
    }

    /// Whether a module exports something else than properties.
    fn has_value(&self, node: Node) -> bool {
        let kept = self.kept.get(&self.node(node)).into_iter().flatten();
        kept.filter(|kept| !self.joined.contains(&kept.part)).any(|kept| kept.property.is_none())
    }

    /// What a name of the module stands for, which nothing else may change.
    fn lead_of_holder(&self, node: Node, deepest: usize) -> Lead {
        let kept = self.kept.get(&self.node(node)).into_iter().flatten();
        let itself: Vec<&Kept> =
            kept.filter(|it| it.property.is_none() && !self.joined.contains(&it.part)).collect();
        let leads = itself.into_iter().map(|kept| {
            let part = self.part(kept.part);
            match &part.value {
                _ if kept.is_assigned => Lead::There,
                // Names of the same object, which have been joined.
                Value::Alias(Mention { of: Source::Held(held), path, .. })
                    if path.is_empty() && self.node((kept.part.0, *held)) == self.node(node) =>
                {
                    Lead::Nowhere
                }
                Value::Alias(mention) => self.lead_of_name(kept.part.0, mention, deepest),
                _ => self.lead_of_function(kept.part),
            }
        });
        leads.max().unwrap_or(Lead::There)
    }

    /// `None`: the module has nothing of this name.
    fn lead_of_export(&self, node: Node, name: &SmolStr, deepest: usize) -> Option<Lead> {
        let Some(deepest) = deepest.checked_sub(1) else { return Some(Lead::There) };
        let is_module = self.is(node, Trait::IsModule);
        let may_change = !is_module && self.exposed.contains(&self.node(node));
        if may_change {
            return Some(Lead::There);
        }
        let kept = self.kept.get(&self.node(node))?;
        if kept.iter().any(|kept| kept.is_assigned) {
            return Some(Lead::There);
        }
        let mut found = None;
        for kept in kept.iter().filter(|kept| !self.joined.contains(&kept.part)) {
            let part = self.part(kept.part);
            let lead = match (&kept.property, &part.value) {
                (Some(property), _) if property != name => continue,
                (Some(_), _) if kept.is_below => Some(Lead::There),
                (Some(_), Value::Alias(mention)) => {
                    Some(self.lead_of_name(kept.part.0, mention, deepest))
                }
                (Some(_), _) => Some(self.lead_of_function(kept.part)),
                (None, Value::Alias(mention)) => {
                    self.lead_of_copy(kept.part.0, mention, name, deepest)
                }
                (None, Value::Object | Value::Function | Value::Constant) => continue,
                (None, Value::Class | Value::Other | Value::Import) => Some(Lead::There),
            };
            found = found.max(lead);
        }
        found
    }

    /// `export * from "./a"`, `module.exports = require("./a")`
    pub(super) fn lead_of_copy(
        &self,
        module: ModuleIndex,
        mention: &Mention,
        name: &SmolStr,
        deepest: usize,
    ) -> Option<Lead> {
        let nodes = self.nodes(module, &mention.of);
        let is_itself = matches!(mention.of, Source::Held(_)) && mention.path.is_empty();
        if is_itself {
            return None;
        }
        if nodes.is_empty() || !mention.path.is_empty() {
            return Some(Lead::There);
        }
        nodes.into_iter().filter_map(|node| self.lead_of_export(node, name, deepest)).max()
    }
}
