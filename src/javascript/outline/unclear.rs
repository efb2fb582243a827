//! What makes a module one of which the parts do not tell what runs.

use std::collections::BTreeSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{MethodDefinitionKind, PropertyKind};
use oxc_semantic::NodeId;

use super::builder::Builder;
use super::expressions::returned;
use super::{Holder, Mention, Part, Quality, Source, Store, Trait, Value};

/// What the code of a script is given as the parameters of a function (Node.js, "The module wrapper"), and
/// `arguments`, which are those.
const OF_WRAPPER: &[&str] =
    &["__dirname", "__filename", "arguments", "exports", "module", "require"];

impl<'text> Builder<'_, 'text> {
    /// Whether code of the module runs where a property is only read, written or copied, or its names and
    /// exports may stand for something else than they say.
    pub(super) fn is_unclear(&self) -> bool {
        let mut nodes = self.semantic.nodes().iter();
        let has_accessors =
            nodes.any(|node| self.is_accessor(node.kind()) && !self.is_in_function(node.id()));
        has_accessors
            || self.has_names_of_blocks()
            || self.has_names_of_wrapper()
            || self.has_unclear_exports()
            || self.has_unclear_prototypes()
            || self.keeps_elsewhere()
    }

    /// A getter or a setter, but for one that only gives what another name stands for.
    fn is_accessor(&self, kind: AstKind<'text>) -> bool {
        match kind {
            AstKind::ObjectProperty(property) => match property.kind {
                PropertyKind::Init => false,
                PropertyKind::Set => true,
                PropertyKind::Get => {
                    returned(&property.value).is_none_or(|value| self.named(value).is_none())
                }
            },
            AstKind::MethodDefinition(method) => {
                matches!(method.kind, MethodDefinitionKind::Get | MethodDefinitionKind::Set)
            }
            AstKind::AccessorProperty(_) => true,
            _ => false,
        }
    }

    pub(super) fn is_in_function(&self, node: NodeId) -> bool {
        let mut around = self.semantic.nodes().ancestors(node);
        around.any(|node| {
            matches!(node.kind(), AstKind::Function(_) | AstKind::ArrowFunctionExpression(_))
        })
    }

    /// A function in a block may take the place of one of the same name around it, in code that is not strict
    /// (ECMAScript, B.3.2).
    fn has_names_of_blocks(&self) -> bool {
        let scoping = self.semantic.scoping();
        let root = scoping.root_scope_id();
        let mut names = scoping.symbol_ids().filter(|it| scoping.symbol_scope_id(*it) == root);
        !self.traits.contains(&Trait::IsStrict)
            && names.any(|symbol| self.is_of_block(scoping.symbol_name(symbol)))
    }

    /// `var exports` is the parameter of that name as well, with its value.
    fn has_names_of_wrapper(&self) -> bool {
        let scoping = self.semantic.scoping();
        let mut names = OF_WRAPPER.iter();
        !self.traits.contains(&Trait::IsModule)
            && names.any(|name| scoping.get_root_binding((*name).into()).is_some())
    }

    /// Something else may be inherited than what is written out: `a.prototype = b`, `a.__proto__ = b`.
    fn has_unclear_prototypes(&self) -> bool {
        self.parts.iter().any(|part| {
            part.stores.iter().any(|store| match store.property.as_deref() {
                Some("__proto__") => true,
                Some("prototype") => !store.is_below && !self.is_unnamed_object(part),
                _ => false,
            })
        })
    }

    /// `a.prototype = {}`, and no other name for it.
    fn is_unnamed_object(&self, part: &Part) -> bool {
        match &part.value {
            Value::Alias(Mention { of: Source::Held(Holder::Own(number)), path, .. }) => {
                path.is_empty() && self.name_of(*number).is_none() && part.stores.len() == 1
            }
            _ => false,
        }
    }

    /// Whether something is kept in an object that may be anything, or a part of something else.
    fn keeps_elsewhere(&self) -> bool {
        let kept = self.parts.iter().flat_map(|part| {
            let is_copy = part.has(Quality::IsCopy);
            part.stores.iter().filter(move |store| is_copy || store.property.is_some())
        });
        let holders: BTreeSet<Holder> = kept.map(|store| store.of).collect();
        holders.into_iter().any(|holder| !self.is_of_module(holder))
    }

    /// Whether an object is written out in the module, whatever other names it has there.
    fn is_of_module(&self, holder: Holder) -> bool {
        let names = self.names_of_same(holder);
        let is_it = |part: &&Part| part.stores.iter().any(|it| is_itself(it, &names));
        let mut itself = self.parts.iter().filter(is_it).peekable();
        let is_there = names.contains(&Holder::Exports) || itself.peek().is_some();
        is_there
            && itself.all(|part| match &part.value {
                Value::Function | Value::Class | Value::Object | Value::Constant => true,
                Value::Alias(Mention { of, path, .. }) => {
                    let is_held = matches!(of, Source::Held(_)) && path.is_empty();
                    // `export *`, and what compilers write: `module.exports = exports.default`.
                    let is_default =
                        *of == Source::Held(Holder::Exports) && path.iter().eq(["default"]);
                    let is_default = is_default && names.contains(&Holder::Exports);
                    is_held || is_default || part.has(Quality::IsCopy)
                }
                Value::Other | Value::Import => false,
            })
    }

    /// The names and objects that stand for the same one: `module.exports = a`, `const a = b = {}`.
    fn names_of_same(&self, holder: Holder) -> BTreeSet<Holder> {
        let mut same = BTreeSet::from([holder]);
        loop {
            let before = same.len();
            for part in self.parts.iter().filter(|part| !part.has(Quality::IsCopy)) {
                let itself = part.stores.iter().filter(|store| store.property.is_none());
                let mut names: BTreeSet<Holder> = itself.map(|store| store.of).collect();
                if let Value::Alias(Mention { of: Source::Held(of), path, .. }) = &part.value
                    && path.is_empty()
                {
                    names.insert(*of);
                }
                if !names.is_disjoint(&same) {
                    same.extend(names);
                }
            }
            if same.len() == before {
                return same;
            }
        }
    }

    /// `then` is called where a module is awaited, `__esModule` is read by the helpers of compilers, and
    /// `module.exports` is all of a module for those who `require` it.
    fn has_unclear_exports(&self) -> bool {
        self.parts.iter().any(|part| {
            part.stores.iter().any(|store| match (store.of, store.property.as_deref()) {
                (Holder::Exports, Some("then" | "module.exports")) => true,
                (_, Some("__esModule")) => part.value != Value::Constant,
                _ => false,
            })
        })
    }
}

fn is_itself(store: &Store, names: &BTreeSet<Holder>) -> bool {
    store.property.is_none() && names.contains(&store.of)
}
