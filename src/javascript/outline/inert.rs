//! Expressions of which nothing comes but a value, when a module is loaded.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, AssignmentTarget, BindingPattern, CallExpression, Class,
    ClassElement, Expression, ObjectExpression, ObjectPropertyKind, PropertyKey, Statement,
};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};

use super::builder::Builder;
use super::statements::called_name;
use super::values::chain;
use crate::javascript::helpers::is_helper;

/// Functions that only make a value of what they are given, or copy it.
const MAKERS: &[&str] = &[
    "Object.assign",
    "Object.create",
    "Object.freeze",
    "Symbol",
    "Symbol.for",
    "_extends",
    "_objectSpread",
    "__spreadArray",
];

/// Classes whose objects only hold what they are given.
const COLLECTIONS: &[&str] = &["Error", "Map", "RegExp", "Set", "TypeError", "WeakMap", "WeakSet"];

/// Functions by which compilers write classes for older runtimes: they define what they are given.
const CLASS_HELPERS: &[&str] = &[
    "__extends",
    "__publicField",
    "_classCallCheck",
    "_createClass",
    "_defineProperty",
    "_inherits",
    "_inheritsLoose",
];

impl<'text> Builder<'_, 'text> {
    pub(super) fn is_run_class(class: &Class<'text>) -> bool {
        let is_computed = |expression: &Expression<'text>| {
            chain(expression).is_none_or(|(root, _)| matches!(root, Expression::CallExpression(_)))
        };
        let extends = class.heritage.as_ref().is_some_and(|it| is_computed(&it.expression));
        let runs = |element: &ClassElement<'text>| match element {
            ClassElement::StaticBlock(_) | ClassElement::AccessorProperty(_) => true,
            ClassElement::MethodDefinition(method) => {
                !method.decorators.is_empty() || !is_plain_key(method.computed, &method.key)
            }
            ClassElement::PropertyDefinition(property) => {
                !property.decorators.is_empty()
                    || !is_plain_key(property.computed, &property.key)
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
            Expression::ClassExpression(class) => !Self::is_run_class(class),
            Expression::StaticMemberExpression(member) => self.is_inert(&member.object),
            Expression::TemplateLiteral(template) => template.expressions.is_empty(),
            Expression::UnaryExpression(unary) => {
                unary.operator != UnaryOperator::Delete && self.is_inert(&unary.argument)
            }
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
            Expression::NewExpression(new) => {
                let name = new.callee.get_identifier_reference();
                name.is_some_and(|name| COLLECTIONS.contains(&name.name.as_str()))
                    && self.are_inert(&new.arguments)
            }
            Expression::CallExpression(call) => {
                let is_maker = MAKERS.contains(&called_name(call).as_str()) || is_helper(call);
                let is_load = self.text_of_require(call).is_some();
                (is_load || is_maker || self.is_inert_body(call)) && self.are_inert(&call.arguments)
            }
            _ => false,
        }
    }

    fn are_inert(&self, arguments: &[Argument<'text>]) -> bool {
        let mut all = arguments.iter();
        all.all(|argument| argument.as_expression().is_some_and(|it| self.is_inert(it)))
    }

    pub(super) fn is_inert_object(&self, object: &ObjectExpression<'text>) -> bool {
        object.properties.iter().all(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                is_plain_key(property.computed, &property.key) && self.is_inert(&property.value)
            }
            ObjectPropertyKind::SpreadProperty(spread) => self.is_inert(&spread.argument),
        })
    }

    /// `(function () { function A() {} A.prototype.b = …; return A; })()`: a class, as compilers write it for older
    /// runtimes.
    fn is_inert_body(&self, call: &CallExpression<'text>) -> bool {
        let Expression::FunctionExpression(function) = call.callee.get_inner_expression() else {
            return false;
        };
        let Some(body) = &function.body else { return false };
        body.statements.iter().all(|statement| self.is_inert_statement(statement))
    }

    fn is_inert_statement(&self, statement: &Statement<'text>) -> bool {
        match statement {
            Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_) => true,
            Statement::VariableDeclaration(variables) => variables.declarations.iter().all(|it| {
                matches!(it.id, BindingPattern::BindingIdentifier(_))
                    && it.init.as_ref().is_none_or(|init| self.is_inert(init))
            }),
            Statement::ReturnStatement(returned) => {
                returned.argument.as_ref().is_none_or(|it| self.is_inert(it))
            }
            Statement::ExpressionStatement(statement) => {
                match statement.expression.get_inner_expression() {
                    Expression::AssignmentExpression(assignment) => {
                        let is_plain = match &assignment.left {
                            AssignmentTarget::AssignmentTargetIdentifier(_) => true,
                            AssignmentTarget::StaticMemberExpression(member) => {
                                self.is_inert(&member.object)
                            }
                            _ => false,
                        };
                        is_plain && self.is_inert(&assignment.right)
                    }
                    Expression::CallExpression(call) => {
                        let name = called_name(call);
                        let is_known = CLASS_HELPERS.contains(&name.as_str())
                            || name == "Object.defineProperty";
                        is_known && self.are_inert(&call.arguments)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// Whether the name of a property is written out, or is a symbol of the language.
fn is_plain_key(computed: bool, key: &PropertyKey<'_>) -> bool {
    let symbol = key.as_expression().and_then(chain).is_some_and(|(root, _)| {
        root.get_identifier_reference().is_some_and(|root| root.name == "Symbol")
    });
    !computed || key.static_name().is_some() || symbol
}

pub(super) fn is_literal(expression: &Expression<'_>) -> bool {
    matches!(
        expression.get_inner_expression(),
        Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)
    )
}
