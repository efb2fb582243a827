//! Expressions of which nothing comes but a value, when a module is loaded.

use oxc_ast::ast::{
    ArrayExpressionElement, Class, ClassElement, Expression, ObjectExpression, ObjectPropertyKind,
    PropertyKey,
};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};

use super::builder::Builder;
use super::expressions::{chain, is_literal};

impl<'text> Builder<'_, 'text> {
    pub(super) fn is_run_class(&self, class: &Class<'text>) -> bool {
        let is_computed = |expression: &Expression<'text>| {
            chain(expression).is_none_or(|(root, _)| matches!(root, Expression::CallExpression(_)))
        };
        let extends = class.heritage.as_ref().is_some_and(|it| is_computed(&it.expression));
        let runs = |element: &ClassElement<'text>| match element {
            ClassElement::StaticBlock(_) | ClassElement::AccessorProperty(_) => true,
            ClassElement::MethodDefinition(method) => {
                !method.decorators.is_empty() || !self.is_plain_key(method.computed, &method.key)
            }
            ClassElement::PropertyDefinition(property) => {
                !property.decorators.is_empty()
                    || !self.is_plain_key(property.computed, &property.key)
                    || (property.r#static
                        && property.value.as_ref().is_some_and(|it| !is_literal(it)))
            }
            ClassElement::TSIndexSignature(_) => false,
        };
        extends || !class.decorators.is_empty() || class.body.body.iter().any(runs)
    }

    /// Whether nothing but a value comes of an expression when it is computed.
    pub(super) fn is_inert(&self, expression: &Expression<'text>) -> bool {
        match expression.get_inner_expression() {
            Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::Identifier(_)
            | Expression::ThisExpression(_)
            | Expression::FunctionExpression(_)
            | Expression::ArrowFunctionExpression(_) => true,
            Expression::ClassExpression(class) => !self.is_run_class(class),
            Expression::StaticMemberExpression(member) => self.is_inert(&member.object),
            Expression::TemplateLiteral(template) => template.expressions.is_empty(),
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::Typeof | UnaryOperator::Void | UnaryOperator::LogicalNot => {
                    self.is_inert(&unary.argument)
                }
                _ => is_literal(&unary.argument),
            },
            // It compares what is there, and calls nothing.
            Expression::BinaryExpression(binary) => {
                let is_comparison = matches!(
                    binary.operator,
                    BinaryOperator::StrictEquality | BinaryOperator::StrictInequality
                );
                is_comparison && self.is_inert(&binary.left) && self.is_inert(&binary.right)
            }
            Expression::LogicalExpression(choice) => {
                self.is_inert(&choice.left) && self.is_inert(&choice.right)
            }
            Expression::ConditionalExpression(choice) => {
                let parts = [&choice.test, &choice.consequent, &choice.alternate];
                parts.into_iter().all(|part| self.is_inert(part))
            }
            Expression::SequenceExpression(all) => {
                all.expressions.iter().all(|it| self.is_inert(it))
            }
            Expression::ArrayExpression(array) => array.elements.iter().all(|element| {
                matches!(element, ArrayExpressionElement::Elision(_))
                    || element.as_expression().is_some_and(|element| self.is_inert(element))
            }),
            Expression::ObjectExpression(object) => self.is_inert_object(object),
            Expression::CallExpression(call) => self.text_of_require(call).is_some(),
            _ => false,
        }
    }

    /// Whether the name of a property is written out, or is a symbol of the language.
    fn is_plain_key(&self, computed: bool, key: &PropertyKey<'text>) -> bool {
        let symbol = key.as_expression().filter(|key| self.is_global(key, "Symbol"));
        let symbol = symbol.and_then(chain).is_some_and(|(_, path)| path.len() == 1);
        !computed || key.static_name().is_some() || symbol
    }

    pub(super) fn is_inert_object(&self, object: &ObjectExpression<'text>) -> bool {
        object.properties.iter().all(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                self.is_plain_key(property.computed, &property.key)
                    && self.is_inert(&property.value)
            }
            ObjectPropertyKind::SpreadProperty(spread) => self.is_inert(&spread.argument),
        })
    }
}
