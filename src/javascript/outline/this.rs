//! What functions do with `this`, which may be any object that holds them.

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::builder::Builder;
use super::mentions::End;
use super::{Holder, Source};

impl<'text> Builder<'_, 'text> {
    pub(super) fn this(&mut self, node: NodeId, span: Span) {
        let climbed = self.climb(node);
        let around = self.function_around(node);
        let Some(around) = around else {
            // Outside of functions it is what a script exports.
            if self.is_asked_for_helper(node) {
                return;
            }
            for path in climbed.paths {
                self.mention(Source::Held(Holder::Exports), path, climbed.end, span);
            }
            return;
        };
        if climbed.end == End::Tested && climbed.paths.iter().all(Vec::is_empty) {
            return;
        }
        let part = if let Some(part) = self.functions.get(&around.span().start) {
            &mut self.parts[*part].this
        } else {
            let part = self.part_at(span.start);
            &mut self.parts[part].inner_this
        };
        for path in climbed.paths {
            match path.into_iter().next() {
                // What is kept in it is no function of this module that anybody else has to know.
                Some(_) if climbed.end == End::Written => {}
                Some(name) => _ = part.names.insert(name),
                None => part.is_whole = true,
            }
        }
    }

    /// The innermost function around an expression that has a `this` of its own, or the class.
    pub(super) fn function_around(&self, node: NodeId) -> Option<AstKind<'text>> {
        let nodes = self.semantic.nodes();
        let mut around = nodes.ancestor_kinds(node);
        around.find(|kind| {
            matches!(
                kind,
                AstKind::Function(_)
                    | AstKind::PropertyDefinition(_)
                    | AstKind::StaticBlock(_)
                    | AstKind::AccessorProperty(_)
            )
        })
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
