//! What makes a module one of which the parts do not tell what runs.

use oxc_ast::AstKind;
use oxc_ast::ast::{MethodDefinitionKind, PropertyKind};
use oxc_semantic::NodeId;

use super::builder::Builder;
use super::expressions::returned;
use super::{Holder, Trait, Value};

impl<'text> Builder<'_, 'text> {
    /// Whether code of the module runs where a property is only read, written or copied, or its names and
    /// exports may stand for something else than they say.
    pub(super) fn is_unclear(&self) -> bool {
        let mut nodes = self.semantic.nodes().iter();
        let has_accessors =
            nodes.any(|node| self.is_accessor(node.kind()) && !self.is_in_function(node.id()));
        has_accessors || self.has_names_of_blocks() || self.has_unclear_exports()
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
