//! What is kept in each object, and which names stand for the same one.

use smol_str::SmolStr;

use super::{Closure, Node, PartIndex};
use crate::javascript::{Mention, Source, Value};

#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) part: PartIndex,
    pub(super) property: Option<SmolStr>,
    pub(super) is_below: bool,
    /// Whether it is something else for a while: see [`crate::javascript::Part::assigns`].
    pub(super) is_assigned: bool,
}

impl Closure<'_> {
    /// `module.exports = a`, `const b = a`: whatever is kept in one of them is kept in the other.
    pub(super) fn join_names(&mut self) {
        for ((module, _), part) in self.parts() {
            // `const a = module.exports = function () {}`
            let whole = part.stores.iter().filter(|store| store.property.is_none());
            let whole: Vec<Node> = whole.map(|store| (module, store.of)).collect();
            for pair in whole.windows(2) {
                self.join(pair[0], pair[1]);
            }
            let Value::Alias(Mention { of: Source::Held(holder), path, .. }) = &part.value else {
                continue;
            };
            if !path.is_empty() {
                continue;
            }
            for node in whole {
                self.join(node, (module, *holder));
            }
        }
    }

    fn join(&mut self, one: Node, other: Node) {
        let (one, other) = (self.node(one), self.node(other));
        if one != other {
            self.same.insert(one, other);
        }
    }

    /// `exports.default = a; module.exports = exports.default`, as compilers write it.
    pub(super) fn join_defaults(&mut self) {
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
                let says_the_same = matches!(
                    &value.value,
                    Value::Alias(mention) if mention.of == Source::Held(*holder) && mention.path == *path
                );
                if kept.property.as_deref() == Some("default") && !says_the_same {
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
                self.join((module, *own), node);
            }
        }
    }

    pub(super) fn note_kept(&mut self) {
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
}
