//! The part of YAML 1.2 that pnpm and Yarn write, each scalar with its place in the text.
//!
//! Read are block and flow collections, plain and quoted scalars on one line, literal and folded text,
//! explicit keys (`? key`, which stands for `key:` where the key is long), comments and several documents.
//! Scalars stay text: `1.10` keeps its zero. Everything else that YAML knows is refused, because neither
//! tool writes it and a reader that guesses would lose packages: anchors, aliases, tags, directives, merge
//! keys, tabs as indentation, scalars of several lines, keys that are no scalars.

mod block_text;
mod flow;
mod reader;
mod scalar;
mod scan;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::RandomState;

pub(in crate::lockfile) use self::scalar::Scalar;
use self::scalar::Style;

/// So many keys are compared with each other.
const MOST_COMPARED: usize = 8;

/// The documents of a text.
///
/// All nodes lie in one list, in the order of the text, so that a large lockfile takes one allocation:
/// the children of a collection follow it, a mapping's as key, value, key, value.
#[derive(Debug)]
pub(in crate::lockfile) struct Documents<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    /// Where in `nodes` each document begins.
    roots: Vec<u32>,
}

/// A scalar or a collection: offsets in the text, and the position of the node behind all that is in it.
#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    next: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Scalar(Style),
    Mapping,
    Sequence,
}

/// Why a text was refused, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lockfile) struct YamlError {
    pub(in crate::lockfile) offset: usize,
    /// A clause such as "tags are not supported".
    pub(in crate::lockfile) reason: &'static str,
}

impl<'t> Documents<'t> {
    /// Reads a text to its end. A text without content has no documents.
    ///
    /// # Errors
    ///
    /// The text is not YAML, or not of the part that is read.
    pub(in crate::lockfile) fn read(text: &'t str) -> Result<Self, YamlError> {
        reader::documents(text)
    }

    /// What each document holds. An empty one holds an empty scalar.
    pub(in crate::lockfile) fn iter(&self) -> impl Iterator<Item = Yaml<'_>> {
        self.roots.iter().map(|root| Yaml { documents: self, node: *root })
    }

    /// A key that stands in one mapping for the second time. Readers differ on which entry counts.
    pub(in crate::lockfile) fn repeated_key(&self) -> Option<Scalar<'_>> {
        let nodes = (0_u32..).zip(&self.nodes);
        let mappings = nodes.filter(|(_, node)| matches!(node.kind, Kind::Mapping));
        let mut keys = Vec::new();
        mappings.map(|(node, _)| Yaml { documents: self, node }).find_map(|mapping| {
            keys.clear();
            keys.extend(mapping.mapping()?.map(|(key, _)| (key.text(), key)));
            repeated(&keys)
        })
    }
}

/// The first key that stands before it already. Most mappings are too short for hashing to be worth it.
fn repeated<'t>(keys: &[(Cow<'t, str>, Scalar<'t>)]) -> Option<Scalar<'t>> {
    let mut in_order = keys.iter().enumerate();
    let found = if keys.len() <= MOST_COMPARED {
        in_order.find(|(position, (key, _))| keys[..*position].iter().any(|(it, _)| it == key))
    } else {
        let mut seen = HashSet::with_capacity_and_hasher(keys.len(), RandomState::default());
        in_order.find(|(_, (key, _))| !seen.insert(&**key))
    };
    found.map(|(_, (_, key))| *key)
}

/// A value in a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::lockfile) struct Yaml<'t> {
    documents: &'t Documents<'t>,
    node: u32,
}

/// What kind of value it is, and what is in it.
#[derive(Debug)]
pub(in crate::lockfile) enum Content<'t> {
    Scalar(Scalar<'t>),
    Mapping(Entries<'t>),
    Sequence(Items<'t>),
}

impl<'t> Yaml<'t> {
    fn raw(self) -> Node {
        self.documents.nodes[self.node as usize]
    }

    pub(in crate::lockfile) fn content(self) -> Content<'t> {
        let Node { start, end, next, kind } = self.raw();
        let inside = Items { documents: self.documents, node: self.node + 1, end: next };
        match kind {
            Kind::Scalar(style) => {
                let raw = &self.documents.text[start as usize..end as usize];
                Content::Scalar(Scalar::new(raw, start as usize, style))
            }
            Kind::Mapping => Content::Mapping(Entries(inside)),
            Kind::Sequence => Content::Sequence(inside),
        }
    }

    pub(in crate::lockfile) fn scalar(self) -> Option<Scalar<'t>> {
        match self.content() {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub(in crate::lockfile) fn mapping(self) -> Option<Entries<'t>> {
        match self.content() {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    pub(in crate::lockfile) fn sequence(self) -> Option<Items<'t>> {
        match self.content() {
            Content::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// Whether nothing is there.
    pub(in crate::lockfile) fn is_nothing(self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.is_null())
    }

    /// Whether it is a collection without anything in it.
    pub(in crate::lockfile) fn is_empty(self) -> bool {
        self.scalar().is_none() && self.raw().next == self.node + 1
    }

    /// The value of the first entry with this key. Looks at every entry before it.
    pub(in crate::lockfile) fn get(self, key: &str) -> Option<Yaml<'t>> {
        let mut entries = self.mapping()?;
        entries.find(|(name, _)| name.text() == key).map(|(_, value)| value)
    }

    /// Where it stands: quotes and brackets included, and of a block collection what its lines hold.
    pub(in crate::lockfile) fn span(self) -> Range<usize> {
        let Node { start, end, .. } = self.raw();
        start as usize..end as usize
    }
}

/// The values of a sequence.
#[derive(Clone, Debug)]
pub(in crate::lockfile) struct Items<'t> {
    documents: &'t Documents<'t>,
    node: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Yaml<'t>;

    fn next(&mut self) -> Option<Yaml<'t>> {
        if self.node >= self.end {
            return None;
        }
        let item = Yaml { documents: self.documents, node: self.node };
        self.node = item.raw().next;
        Some(item)
    }
}

/// The entries of a mapping in the order of the text, repeated keys included.
#[derive(Clone, Debug)]
pub(in crate::lockfile) struct Entries<'t>(Items<'t>);

impl<'t> Iterator for Entries<'t> {
    type Item = (Scalar<'t>, Yaml<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?.scalar()?, self.0.next()?))
    }
}

#[cfg(test)]
mod tests;
