//! Whether an expression leads to a part that is reached.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::kept::Kept;
use super::{Closure, DEEPEST, ModuleIndex, Node, PartIndex};
use crate::javascript::{Holder, How, Mention, Value, plain_name};

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

impl Closure<'_> {
    /// Whether something stands behind these properties of what a module exports, and leads to the export.
    pub(in crate::imports::exports) fn exports(
        &self,
        module: ModuleIndex,
        path: &[SmolStr],
    ) -> bool {
        self.reaches((module, Holder::Exports), path, How::Whole)
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

    /// Whether code outside of the package that uses an expression may get hold of a part that is reached.
    pub(in crate::imports::exports) fn is_used_by(
        &self,
        entry: ModuleIndex,
        path: &[SmolStr],
        how: How,
    ) -> bool {
        let node = (entry, Holder::Exports);
        let mut steps = path.iter().filter(|step| *step != "default");
        let Some(name) = steps.next() else {
            return how == How::Whole || self.is_whole(node, path) || self.reaches(node, path, how);
        };
        let is_word = |step: &SmolStr| self.words.contains(plain_name(step));
        OF_EVERYTHING.contains(&name.as_str())
            || path.iter().any(is_word)
            || self.is_unknown(entry, path, name)
            || self.reaches(node, path, how)
    }

    /// Whether an expression leads to a part that is reached.
    pub(in crate::imports::exports) fn reaches(
        &self,
        node: Node,
        path: &[SmolStr],
        how: How,
    ) -> bool {
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
        let is_exports = node.1 == Holder::Exports;
        let node = self.node(node);
        let is_exports = is_exports || node == self.node((node.0, Holder::Exports));
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
                let is_default = name == "default" && is_exports;
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
            (None, Value::Alias(mention)) => self.alias_reaches(kept.part, mention, &[], how, seen),
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
                        _ => self.alias_reaches(kept.part, mention, rest, how, seen),
                    }
                }
                (Some(property), _) if property == name || is_named => is_reached,
                (None, _) if kept.is_assigned => is_reached,
                (None, Value::Alias(mention)) => {
                    self.alias_reaches(kept.part, mention, path, how, seen)
                }
                (Some(_), _) | (None, Value::Function | Value::Object | Value::Constant) => false,
                (None, Value::Class | Value::Other) => is_reached,
            }
        })
    }

    /// Whether another name leads to a part that is reached. What it stands for is not always known.
    fn alias_reaches(
        &self,
        at: PartIndex,
        mention: &Mention,
        rest: &[SmolStr],
        how: How,
        seen: &mut Vec<(Node, Vec<SmolStr>)>,
    ) -> bool {
        let path: Vec<SmolStr> = mention.path.iter().chain(rest).cloned().collect();
        let nodes = self.nodes(at.0, &mention.of);
        (nodes.is_empty() && self.reached.contains(&at))
            || nodes.into_iter().any(|node| self.reaches_from(node, &path, how, seen))
    }

    /// Whether nobody knows what a module exports under a name, so that it may do anything with the object that
    /// holds it: it is computed, or of another package, or nothing says that there is anything.
    fn is_unknown(&self, module: ModuleIndex, path: &[SmolStr], name: &str) -> bool {
        let node = (module, Holder::Exports);
        let itself = self.is_unknown_in(node, name, DEEPEST);
        if path.first().is_none_or(|first| first != "default") {
            return itself != Some(false);
        }
        let default = self.kept.get(&self.node(node)).into_iter().flatten();
        let default = default.filter(|kept| kept.property.as_deref() == Some("default"));
        let of_default = default.filter_map(|kept| match &self.part(kept.part).value {
            Value::Alias(mention) if mention.path.is_empty() => {
                let nodes = self.nodes(kept.part.0, &mention.of).into_iter();
                nodes.filter_map(|node| self.is_unknown_in(node, name, DEEPEST)).max()
            }
            _ => None,
        });
        itself.max(of_default.max()) != Some(false)
    }

    /// `None`: there is nothing of this name.
    fn is_unknown_in(&self, node: Node, name: &str, deepest: usize) -> Option<bool> {
        let Some(deepest) = deepest.checked_sub(1) else { return Some(true) };
        let kept = self.kept.get(&self.node(node))?;
        let mut found = None;
        for kept in kept {
            let part = self.part(kept.part);
            let is_unknown = match (&kept.property, &part.value) {
                _ if self.joined.contains(&kept.part) => continue,
                (Some(property), _) if property != name => continue,
                (None, _) if kept.is_assigned => continue,
                (Some(_), Value::Other) => true,
                (Some(_), Value::Function | Value::Object | Value::Class | Value::Constant) => {
                    false
                }
                (Some(_), Value::Alias(mention)) => !self.is_plain(kept.part.0, mention, deepest),
                (None, Value::Alias(mention)) => {
                    let nodes = self.nodes(kept.part.0, &mention.of);
                    if !mention.path.is_empty() || nodes.is_empty() {
                        continue;
                    }
                    let known = nodes.into_iter().map(|it| self.is_unknown_in(it, name, deepest));
                    match known.flatten().max() {
                        Some(is_unknown) => is_unknown,
                        None => continue,
                    }
                }
                (None, _) => continue,
            };
            found = found.max(Some(is_unknown));
        }
        found
    }
}
