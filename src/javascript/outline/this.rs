//! What functions do with `this`, which may be any object that holds them.

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, FunctionType};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::LogicalOperator;

use super::builder::Builder;
use super::mentions::End;
use super::{Holder, Quality, Source, Trait};

/// Properties that tell which functions are being called, on what and with what (V8, "Stack trace API").
const ASKING: &[&str] = &["caller", "prepareStackTrace"];

/// Properties by which a function leads to itself or to what calls it (ECMAScript, 10.2.4, 10.4.4).
const OF_CALLS: &[&str] = &["callee", "caller"];

impl Builder<'_, '_> {
    /// The innermost function around an expression that has a `this` of its own, or the part of a class.
    pub(super) fn function_around(&self, node: NodeId) -> Option<NodeId> {
        let nodes = self.semantic.nodes();
        let span = nodes.kind(node).span();
        let mut around = nodes.ancestors(node);
        // The key of a property is computed outside of its class.
        let holds = |value: &Option<Expression<'_>>| {
            value.as_ref().is_some_and(|value| value.span().contains_inclusive(span))
        };
        let found = around.find(|node| match node.kind() {
            AstKind::Function(_) | AstKind::StaticBlock(_) => true,
            AstKind::PropertyDefinition(property) => holds(&property.value),
            AstKind::AccessorProperty(property) => holds(&property.value),
            _ => false,
        });
        found.map(oxc_semantic::AstNode::id)
    }

    pub(super) fn this(&mut self, node: NodeId, span: Span) {
        let climbed = self.climb(node);
        if self.function_around(node).is_none() {
            // Outside of functions it is what a script exports.
            if !self.is_asked_for_helper(node) {
                for path in climbed.paths {
                    self.mention(Source::Held(Holder::Exports), path, climbed.end, span);
                }
            }
            return;
        }
        let is_itself = climbed.paths.iter().all(Vec::is_empty);
        if !(climbed.end == End::Tested && is_itself) {
            self.note(Quality::UsesThis, span);
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
                self.note(Quality::NamesItself, span);
            }
        }
    }

    /// The name of a property, wherever it stands.
    pub(super) fn property_named(&mut self, name: &str, span: Span) {
        if OF_CALLS.contains(&name) {
            self.note(Quality::NamesItself, span);
        }
        if ASKING.contains(&name) {
            self.traits.insert(Trait::AsksForCalls);
        }
    }

    /// `arguments`, which leads to the function itself, but for `arguments.length` and `arguments[0]`.
    pub(super) fn arguments(&mut self, node: NodeId, span: Span) {
        let nodes = self.semantic.nodes();
        let is_plain = match nodes.parent_kind(node) {
            AstKind::StaticMemberExpression(member) => member.property.name == "length",
            // `arguments[0]()` calls it on `arguments`.
            AstKind::ComputedMemberExpression(member) => {
                matches!(member.expression, Expression::NumericLiteral(_))
                    && self.climb(nodes.parent_id(node)).end == End::Whole
            }
            _ => false,
        };
        if !is_plain {
            self.note(Quality::NamesItself, span);
        }
    }

    pub(super) fn note(&mut self, quality: Quality, span: Span) {
        let part = self.part_at(span.start);
        self.parts[part].note(quality, true);
    }

    /// `(this && this.__helper) || …`, where nothing can have been kept under that name yet.
    fn is_asked_for_helper(&self, node: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let parent = nodes.parent_node(node);
        let is_asked = match parent.kind() {
            AstKind::StaticMemberExpression(member) => {
                is_name_of_helper(&member.property.name)
                    && matches!(nodes.parent_kind(parent.id()), AstKind::LogicalExpression(_))
            }
            AstKind::LogicalExpression(choice) => {
                let is_left = choice.left.span() == nodes.kind(node).span();
                let is_right = match choice.right.get_inner_expression() {
                    Expression::StaticMemberExpression(member) => {
                        matches!(member.object, Expression::ThisExpression(_))
                            && is_name_of_helper(&member.property.name)
                    }
                    _ => false,
                };
                choice.operator == LogicalOperator::And && is_left && is_right
            }
            _ => false,
        };
        is_asked && self.is_in_front(nodes.kind(node).span())
    }
}

/// `__name`; `__proto__` and the like are of every object.
fn is_name_of_helper(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}
