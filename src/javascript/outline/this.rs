//! What functions do with `this`, which may be any object that holds them.

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, FunctionType};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::Span;

use super::builder::Builder;
use super::mentions::End;
use super::{Holder, Quality, Source};

/// Properties by which an object, or a function, leads to what made it or runs it.
const OF_MAKERS: &[&str] = &["__proto__", "callee", "caller", "constructor"];

impl Builder<'_, '_> {
    /// The innermost function around an expression that has a `this` of its own, or the part of a class.
    pub(super) fn function_around(&self, node: NodeId) -> Option<NodeId> {
        let nodes = self.semantic.nodes();
        let mut around = nodes.ancestors(node);
        let found = around.find(|node| {
            matches!(
                node.kind(),
                AstKind::Function(_)
                    | AstKind::PropertyDefinition(_)
                    | AstKind::StaticBlock(_)
                    | AstKind::AccessorProperty(_)
            )
        });
        found.map(oxc_semantic::AstNode::id)
    }

    pub(super) fn this(&mut self, node: NodeId, span: Span) {
        let climbed = self.climb(node);
        let Some(around) = self.function_around(node) else {
            // Outside of functions it is what a script exports.
            if !self.is_asked_for_helper(node) {
                for path in climbed.paths {
                    self.mention(Source::Held(Holder::Exports), path, climbed.end, span);
                }
            }
            return;
        };
        let nodes = self.semantic.nodes();
        let is_of_class = !matches!(nodes.kind(around), AstKind::Function(_))
            || matches!(nodes.parent_kind(around), AstKind::MethodDefinition(_));
        let is_named = climbed.paths.iter().all(|path| !path.is_empty());
        let is_tested = climbed.end == End::Tested && !is_named;
        // Objects of a class are made by whoever has the class, and their properties are known by name.
        if !(is_tested || is_of_class && is_named) {
            self.hand_on(span);
        }
    }

    /// A function that is named in its own code: what it is kept in may be its holder.
    pub(super) fn own_name(&mut self, node: NodeId, symbol: SymbolId, span: Span) {
        let scoping = self.semantic.scoping();
        let declaration = self.semantic.nodes().kind(scoping.symbol_declaration(symbol));
        let is_expression = match declaration {
            AstKind::Function(function) => function.r#type == FunctionType::FunctionExpression,
            AstKind::Class(class) => class.is_expression(),
            _ => false,
        };
        if is_expression {
            let climbed = self.climb(node);
            let is_called = climbed.end == End::Called && climbed.paths.iter().all(Vec::is_empty);
            if !is_called {
                self.hand_on(span);
            }
        }
    }

    /// A property that is read of anything.
    pub(super) fn property_read(&mut self, name: &str, span: Span) {
        if OF_MAKERS.contains(&name) {
            self.hand_on(span);
        }
    }

    fn hand_on(&mut self, span: Span) {
        let part = self.part_at(span.start);
        self.parts[part].note(Quality::HandsOnHolder, true);
    }

    /// `(this && this.__helper) || …`
    fn is_asked_for_helper(&self, node: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let parent = nodes.parent_node(node);
        match parent.kind() {
            AstKind::StaticMemberExpression(member) => {
                is_name_of_helper(&member.property.name)
                    && matches!(nodes.parent_kind(parent.id()), AstKind::LogicalExpression(_))
            }
            AstKind::LogicalExpression(choice) => match choice.right.get_inner_expression() {
                Expression::StaticMemberExpression(member) => {
                    matches!(member.object, Expression::ThisExpression(_))
                        && is_name_of_helper(&member.property.name)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_name_of_helper(name: &str) -> bool {
    name.starts_with("__")
}
