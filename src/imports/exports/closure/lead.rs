//! Whether an expression leads to a part that is reached.
//!
//! As long as nothing that is reached runs, only names of the modules and properties of their objects hold it.
//! An expression that begins at such an object leads nowhere only where it names a property that is written out
//! as something else. Any other expression leads there.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::kept::Kept;
use super::{Closure, DEEPEST, ModuleIndex, Node, PartIndex};
use crate::javascript::{Holder, How, Mention, Part, Quality, Trait, Value, plain_name};

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

/// Where an expression leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::imports::exports) enum Lead {
    /// To nothing that is reached.
    Nowhere,
    /// To a function that is called on an object that holds it, and does not use that.
    OnHolder,
    There,
}

/// Steps that are being followed.
type Seen = Vec<(Node, Vec<SmolStr>)>;

impl Closure<'_> {
    /// Whether something stands behind these properties of what a module exports, and leads to the export.
    pub(in crate::imports::exports) fn exports(
        &self,
        module: ModuleIndex,
        path: &[SmolStr],
    ) -> bool {
        let node = self.node((module, Holder::Exports));
        let is_kept = |name: &SmolStr| {
            let kept = self.kept.get(&node).into_iter().flatten();
            kept.filter(|kept| self.reached.contains(&kept.part))
                .any(|kept| kept.property.as_ref().is_none_or(|it| it == name))
        };
        let mut names = path.iter().filter(|name| *name != "default");
        names.next().is_none_or(is_kept)
            && self.lead((module, Holder::Exports), path, How::Whole) == Lead::There
    }

    /// A module to which nothing leads from these.
    pub(in crate::imports::exports) fn apart_from(
        &self,
        entries: &[ModuleIndex],
    ) -> Option<ModuleIndex> {
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

    /// Where code outside of the package gets by an expression that begins at one of its modules.
    pub(in crate::imports::exports) fn lead_from_outside(
        &self,
        entry: ModuleIndex,
        path: &[SmolStr],
        how: How,
    ) -> Lead {
        let node = (entry, Holder::Exports);
        let is_word = |step: &SmolStr| self.words.contains(plain_name(step));
        let names = path.iter().filter(|step| *step != "default");
        if names.clone().any(is_word) || (names.count() == 0 && self.is_whole(node, path)) {
            return Lead::There;
        }
        self.lead(node, path, how)
    }

    /// Where an expression leads that begins at an object, or at a name.
    pub(super) fn lead(&self, node: Node, path: &[SmolStr], how: How) -> Lead {
        self.lead_on(node, path, how, &mut Vec::new())
    }

    fn lead_on(&self, node: Node, path: &[SmolStr], how: How, seen: &mut Seen) -> Lead {
        let is_exports = node.1 == Holder::Exports;
        let node = self.node(node);
        let is_exports = is_exports || node == self.node((node.0, Holder::Exports));
        let Some(kept) = self.kept.get(&node) else { return Lead::Nowhere };
        let step = (node, path.to_vec());
        if !kept.iter().any(|kept| self.reached.contains(&kept.part)) || seen.contains(&step) {
            return Lead::Nowhere;
        }
        let itself = || kept.iter().filter(|it| it.property.is_none() && !self.is_joined(it));
        if seen.len() > DEEPEST || !itself().all(|it| self.is_written_out(it)) {
            return Lead::There;
        }
        seen.push(step);
        let mut lead = match path {
            [] if how == How::Whole => Lead::There,
            [] => itself().map(|it| self.lead_of_call(it)).max().unwrap_or(Lead::There),
            [name, ..] if OF_EVERYTHING.contains(&name.as_str()) => Lead::There,
            [name, ..] if name == "default" && is_exports => {
                self.lead_by_default(node, kept, path, how, seen)
            }
            [..] => self.lead_by_property(kept, path, how, seen),
        };
        // `const a = b.c`
        for (at, mention) in itself().filter_map(|it| self.other_name(it)) {
            lead = lead.max(self.lead_by_alias(at, mention, path, how, seen));
        }
        seen.pop();
        lead
    }

    fn is_joined(&self, kept: &Kept) -> bool {
        self.joined.contains(&kept.part)
    }

    /// Whether the properties of an object are those that are kept in it.
    fn is_written_out(&self, kept: &Kept) -> bool {
        !kept.is_assigned
            && match &self.part(kept.part).value {
                Value::Function | Value::Object | Value::Constant | Value::Alias(_) => true,
                Value::Class | Value::Other | Value::Import => false,
            }
    }

    /// What a name stands for that only stands for something else.
    fn other_name(&self, kept: &Kept) -> Option<(PartIndex, &Mention)> {
        let part = self.part(kept.part);
        match &part.value {
            Value::Alias(mention) if !part.has(Quality::IsCopy) => Some((kept.part, mention)),
            _ => None,
        }
    }

    /// What is called, and goes nowhere else.
    fn lead_of_call(&self, itself: &Kept) -> Lead {
        let part = self.part(itself.part);
        match &part.value {
            // Of other code, what it calls learns who called it.
            Value::Function
                if part.has(Quality::IsStrict) && !self.reached.contains(&itself.part) =>
            {
                Lead::Nowhere
            }
            Value::Alias(_) if !part.has(Quality::IsCopy) => Lead::Nowhere,
            Value::Constant => Lead::Nowhere,
            _ => Lead::There,
        }
    }

    /// `default` is a property of a module of ECMAScript, and may be all of another one.
    fn lead_by_default(
        &self,
        node: Node,
        kept: &[Kept],
        path: &[SmolStr],
        how: How,
        seen: &mut Seen,
    ) -> Lead {
        // A copy may bring one.
        let has_default = kept.iter().any(|kept| match kept.property.as_deref() {
            Some(property) => property == "default",
            None => self.part(kept.part).has(Quality::IsCopy),
        });
        let is_module = self.is(node, Trait::IsModule);
        let whole = if has_default && is_module {
            Lead::Nowhere
        } else {
            self.lead_on(node, &path[1..], how, seen)
        };
        if !has_default {
            return whole;
        }
        whole.max(self.lead_by_property(kept, path, how, seen))
    }

    fn lead_by_property(&self, kept: &[Kept], path: &[SmolStr], how: How, seen: &mut Seen) -> Lead {
        let [name, rest @ ..] = path else { return Lead::There };
        let is_it = |kept: &&Kept| kept.property.as_ref() == Some(name) && !self.is_joined(kept);
        let mut below = kept.iter().filter(is_it).filter(|kept| kept.is_below);
        // Nobody knows which of its properties they are.
        if below.any(|kept| !rest.is_empty() || self.reached.contains(&kept.part)) {
            return Lead::There;
        }
        let named = kept.iter().filter(is_it).filter(|kept| !kept.is_below);
        let lead = named.map(|kept| self.lead_by_value(kept, rest, how, seen)).max();
        // A copy may hide it, or be hidden by it.
        match (lead, self.lead_by_copies(kept, path, how, seen)) {
            (Some(lead), None) => lead,
            (Some(lead), Some(of_copies)) => lead.max(of_copies),
            (None, of_copies) => of_copies.unwrap_or(Lead::There),
        }
    }

    /// `export * from "./a"`, `module.exports = require("./a")`. `None`: none of those has anything of the name.
    fn lead_by_copies(
        &self,
        kept: &[Kept],
        path: &[SmolStr],
        how: How,
        seen: &mut Seen,
    ) -> Option<Lead> {
        let (name, rest) = path.split_first()?;
        let copies = kept.iter().filter(|it| it.property.is_none() && !self.is_joined(it));
        let mut lead = None;
        for kept in copies {
            let Value::Alias(mention) = &self.part(kept.part).value else { continue };
            let nodes = self.nodes(kept.part.0, &mention.of);
            if nodes.iter().any(|node| seen.iter().any(|(at, _)| *at == self.node(*node))) {
                continue;
            }
            // Nobody knows what another package has.
            if nodes.is_empty() {
                return Some(Lead::There);
            }
            if let Some(of_name) = self.lead_of_copy(kept.part.0, mention, name, DEEPEST) {
                let is_called = how == How::Called && rest.is_empty();
                lead = lead.max(Some(if is_called { of_name } else { Lead::Nowhere }));
                lead = lead.max(Some(self.lead_by_alias(kept.part, mention, path, how, seen)));
            }
        }
        lead
    }

    /// What is kept under a name.
    fn lead_by_value(&self, kept: &Kept, rest: &[SmolStr], how: How, seen: &mut Seen) -> Lead {
        let part = self.part(kept.part);
        let called = self.lead_of_method(kept, part, rest, how);
        if !self.reached.contains(&kept.part) {
            return called;
        }
        match &part.value {
            Value::Alias(mention) if !rest.is_empty() || how == How::Called => {
                called.max(self.lead_by_alias(kept.part, mention, rest, how, seen))
            }
            _ => Lead::There,
        }
    }

    /// What is read, or called on the object that holds it.
    fn lead_of_method(&self, kept: &Kept, part: &Part, rest: &[SmolStr], how: How) -> Lead {
        let is_written_out = matches!(part.value, Value::Function | Value::Class | Value::Object);
        if part.has(Quality::UsesThis) && !is_written_out {
            return Lead::There;
        }
        if !rest.is_empty() || how == How::Whole {
            // It may be a property that is computed when it is read.
            return if part.value == Value::Other { Lead::OnHolder } else { Lead::Nowhere };
        }
        match &part.value {
            Value::Alias(mention) => self.lead_of_other_name(kept.part.0, mention),
            _ => self.lead_of_function(kept.part),
        }
    }

    fn lead_by_alias(
        &self,
        at: PartIndex,
        mention: &Mention,
        rest: &[SmolStr],
        how: How,
        seen: &mut Seen,
    ) -> Lead {
        let nodes = self.nodes(at.0, &mention.of);
        if nodes.is_empty() && self.reached.contains(&at) {
            return Lead::There;
        }
        let mention = named(mention, rest);
        let leads = nodes.into_iter().map(|node| self.lead_on(node, &mention.path, how, seen));
        leads.max().unwrap_or(Lead::Nowhere)
    }
}

/// A property of what a mention stands for.
fn named(mention: &Mention, rest: &[SmolStr]) -> Mention {
    let mut named = mention.clone();
    named.path.extend(rest.iter().cloned());
    named
}
