//! Where values are kept: in names of the module, in its objects, and in what it exports.

use oxc_ast::ast::{AssignmentTarget, Expression};
use oxc_semantic::SymbolId;

use super::builder::{Builder, number};
use super::{Holder, Store};

impl<'text> Builder<'_, 'text> {
    /// The object that an expression is, where parts can be kept in it.
    pub(super) fn holder(&self, expression: &Expression<'text>) -> Option<Holder> {
        match expression.get_inner_expression() {
            Expression::Identifier(name) => {
                let symbol = name.reference_id.get();
                let symbol =
                    symbol.and_then(|id| self.semantic.scoping().get_reference(id).symbol_id());
                match symbol {
                    None => (name.name == "exports").then_some(Holder::Exports),
                    Some(symbol) => self.own_holder(symbol),
                }
            }
            Expression::StaticMemberExpression(member) => {
                let is_module = member.object.get_identifier_reference().is_some_and(|name| {
                    let id = name.reference_id.get();
                    let symbol =
                        id.and_then(|id| self.semantic.scoping().get_reference(id).symbol_id());
                    name.name == "module" && symbol.is_none()
                });
                (is_module && member.property.name == "exports").then_some(Holder::Exports)
            }
            _ => None,
        }
    }

    fn own_holder(&self, symbol: SymbolId) -> Option<Holder> {
        let scoping = self.semantic.scoping();
        let is_own = scoping.symbol_scope_id(symbol) == scoping.root_scope_id()
            && !self.imports.contains_key(&symbol);
        is_own.then(|| Holder::Own(number(symbol)))
    }

    /// Where an assignment keeps its value. `None`: anywhere.
    pub(super) fn kept_in(&self, target: &AssignmentTarget<'text>) -> Option<Store> {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                let id = name.reference_id.get();
                match id.and_then(|id| self.semantic.scoping().get_reference(id).symbol_id()) {
                    None => (name.name == "exports").then_some(Store::itself(Holder::Exports)),
                    Some(symbol) => {
                        let of = self.own_holder(symbol)?;
                        Some(Store::itself(of))
                    }
                }
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                self.kept_in_property(&member.object, member.property.name.as_str())
            }
            AssignmentTarget::ComputedMemberExpression(member) => match &member.expression {
                Expression::StringLiteral(name) => {
                    self.kept_in_property(&member.object, &name.value)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `object.name`, and `prototype` of `object.prototype.name`: what another property holds may have other names.
    fn kept_in_property(&self, object: &Expression<'text>, name: &str) -> Option<Store> {
        let is_module = object
            .get_identifier_reference()
            .is_some_and(|it| it.name == "module" && self.symbol_of(it).is_none());
        if name == "exports" && is_module {
            return Some(Store::itself(Holder::Exports));
        }
        // It changes what is inherited, and keeps nothing.
        if name == "__proto__" {
            return None;
        }
        if let Some(of) = self.holder(object) {
            return Some(Store::property(of, name));
        }
        match object.get_inner_expression() {
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let kept = self.kept_in_property(&member.object, name)?;
                let is_next = !kept.is_below && kept.property.as_deref() == Some("prototype");
                is_next.then_some(Store { is_below: true, ..kept })
            }
            _ => None,
        }
    }

    /// The names at the beginning of an expression say where something is kept, and no more.
    pub(super) fn consume(&mut self, expression: &Expression<'text>) {
        match expression.get_inner_expression() {
            Expression::Identifier(name) => _ = self.consumed.insert(name.span.start),
            Expression::StaticMemberExpression(member) => self.consume(&member.object),
            Expression::ComputedMemberExpression(member) => self.consume(&member.object),
            _ => {}
        }
    }

    pub(super) fn consume_target(&mut self, target: &AssignmentTarget<'text>) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                self.consumed.insert(name.span.start);
            }
            AssignmentTarget::StaticMemberExpression(member) => self.consume(&member.object),
            AssignmentTarget::ComputedMemberExpression(member) => self.consume(&member.object),
            _ => {}
        }
    }
}
