//! What becomes of a value that is assigned: to a name, to parts of a pattern, to what the module exports.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, Expression,
};
use oxc_semantic::NodeId;
use oxc_span::Span;

use super::globals::Origin;
use super::loads::Loads;

impl<'text> Loads<'_, 'text> {
    pub(super) fn assign(&mut self, target: &AssignmentTarget<'text>, origin: &Origin, span: Span) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                let reference = name.reference_id.get();
                let scoping = self.semantic.scoping();
                let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
                match symbol {
                    Some(symbol) => self.alias(symbol, origin),
                    None if name.name == "exports" => self.leaves_module(origin, span),
                    None => self.escaped(origin, span),
                }
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                if is_exports(&member.object)
                    || (member.property.name == "exports" && is_module(&member.object))
                {
                    self.leaves_module(origin, span);
                } else {
                    self.escaped(origin, span);
                }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    self.assign_property(property, origin);
                }
                if let Some(rest) = &object.rest {
                    self.any_member(origin, rest.span);
                }
            }
            _ => self.escaped(origin, span),
        }
    }

    fn assign_property(&mut self, property: &AssignmentTargetProperty<'text>, origin: &Origin) {
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                let name = property.binding.name.as_str();
                let Some(member) = self.member(origin, name, property.span) else { return };
                self.read_property(origin, &member, property.span);
                let reference = property.binding.reference_id.get();
                let scoping = self.semantic.scoping();
                let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
                match symbol {
                    Some(symbol) => self.alias(symbol, &member),
                    None => self.escaped(&member, property.span),
                }
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                let Some(member) = self.keyed(&property.name, origin, property.span) else {
                    return;
                };
                match &property.binding {
                    AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(with_default) => {
                        self.assign(&with_default.binding, &member, property.span);
                    }
                    other => match other.as_assignment_target() {
                        Some(target) => self.assign(target, &member, property.span),
                        None => self.escaped(&member, property.span),
                    },
                }
            }
        }
    }

    /// Whether a property belongs to an object that is all that the module exports.
    pub(super) fn is_exported_object(&self, property: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let object = nodes.parent_id(property);
        match nodes.parent_kind(object) {
            AstKind::ExportDefaultDeclaration(_) => true,
            AstKind::AssignmentExpression(assignment) => match &assignment.left {
                AssignmentTarget::StaticMemberExpression(member) => {
                    member.property.name == "exports" && is_module(&member.object)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_module(expression: &Expression<'_>) -> bool {
    expression.get_identifier_reference().is_some_and(|name| name.name == "module")
}

/// `exports`, or `module.exports`
fn is_exports(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::Identifier(name) => name.name == "exports",
        Expression::StaticMemberExpression(member) => {
            member.property.name == "exports" && is_module(&member.object)
        }
        _ => false,
    }
}
