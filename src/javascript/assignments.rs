//! What becomes of a value that is assigned: to a name, and to parts of a pattern.

use oxc_ast::ast::{AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty};
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
                    None => self.escaped(origin, span),
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
}
