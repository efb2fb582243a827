//! What is kept: functions, objects whose properties are parts of their own, other names of something, and
//! everything else.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, ArrowFunctionBody, ArrowFunctionExpression, AssignmentTarget,
    BindingPattern, CallExpression, Class, ClassElement, Expression, Function, ObjectExpression,
    ObjectPropertyKind, PropertyKind, Statement,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{AssignmentOperator, BinaryOperator, UnaryOperator};
use smol_str::SmolStr;

use super::statements::{Builder, Imported, called_name};
use super::{Holder, How, Mention, Source, Store, Value};
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

/// Functions whose value is what they are given, or a copy of its properties.
const PASSES_ON: &[&str] = &["Object.freeze", "__toCommonJS"];

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

impl<'run, 'text> Builder<'run, 'text> {
    /// Cuts a value that is kept somewhere.
    pub(super) fn value(
        &mut self,
        expression: &'run Expression<'text>,
        mut stores: Vec<Store>,
        span: Span,
    ) {
        match expression.get_inner_expression() {
            Expression::AssignmentExpression(assignment)
                if assignment.operator == AssignmentOperator::Assign =>
            {
                match self.kept_in(&assignment.left) {
                    Some(store) => {
                        self.consume_target(&assignment.left);
                        stores.push(store);
                        self.value(&assignment.right, stores, span);
                    }
                    None => _ = self.part(span, stores, Value::Other, true),
                }
            }
            // `exports.a = void 0`: compilers say the names before there are values.
            Expression::UnaryExpression(unary)
                if unary.operator == UnaryOperator::Void && is_literal(&unary.argument) =>
            {
                self.skipped.push(span);
            }
            Expression::FunctionExpression(function) => {
                let part = self.part(span, stores, Value::Function, false);
                self.functions.insert(function.span.start, part);
                self.parts[part].calls_only = self.called_only(returned_by(function));
            }
            Expression::ArrowFunctionExpression(arrow) => {
                let part = self.part(span, stores, Value::Function, false);
                self.parts[part].calls_only = self.called_only(returned_by_arrow(arrow));
            }
            Expression::ClassExpression(class) => {
                let is_run = Self::is_run_class(class);
                self.part(span, stores, Value::Class, is_run);
            }
            Expression::ObjectExpression(object) => self.object(object, stores, span),
            Expression::CallExpression(call)
                if PASSES_ON.contains(&called_name(call).as_str()) && call.arguments.len() == 1 =>
            {
                match call.arguments[0].as_expression() {
                    Some(frozen) => self.value(frozen, stores, span),
                    None => _ = self.part(span, stores, Value::Other, true),
                }
            }
            other => match self.named(other) {
                Some(mention) => {
                    self.note_required(other);
                    self.consume(root(other));
                    let value = Value::Alias(mention.clone());
                    let part = self.part(span, stores, value, false);
                    self.parts[part].mentions.push(mention);
                }
                None => {
                    let is_run = !self.is_inert(other);
                    self.part(span, stores, Value::Other, is_run);
                }
            },
        }
    }

    fn object(
        &mut self,
        object: &'run ObjectExpression<'text>,
        mut stores: Vec<Store>,
        span: Span,
    ) {
        let holder = self.new_object();
        let itself = |of| Mention {
            of: Source::Held(of),
            path: Vec::new(),
            how: How::Whole,
            line: self.line(span),
        };
        // The object is kept under each of these, and has no other name.
        let alias = itself(holder);
        let whole: Vec<Holder> =
            stores.iter().filter(|it| it.property.is_none()).map(|it| it.of).collect();
        let is_plain = object.properties.iter().all(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                property.key.static_name().is_some_and(|name| name != "__proto__")
            }
            ObjectPropertyKind::SpreadProperty(spread) => self
                .named(&spread.argument)
                .is_some_and(|named| matches!(named.of, Source::Loaded(_))),
        });
        if !is_plain {
            let is_run = !self.is_inert_object(object);
            self.part(span, stores, Value::Other, is_run);
            return;
        }
        let holder = match (whole.as_slice(), stores.len()) {
            ([only], 1) => *only,
            _ => {
                let part = self.part(span, stores, Value::Alias(alias.clone()), false);
                self.parts[part].mentions.push(alias);
                stores = Vec::new();
                holder
            }
        };
        if stores.is_empty() {
            stores.push(Store::itself(holder));
        }
        self.part(span, stores, Value::Object, false);
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    let Some(name) = property.key.static_name() else { continue };
                    let kept = vec![Store::property(holder, &name)];
                    if property.kind == PropertyKind::Init {
                        self.value(&property.value, kept, property.span);
                    } else {
                        match returned(&property.value) {
                            Some(value) if property.kind == PropertyKind::Get => {
                                self.value(value, kept, property.span);
                            }
                            _ => {
                                let part = self.part(property.span, kept, Value::Other, false);
                                self.functions.insert(property.value.span().start, part);
                            }
                        }
                    }
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    if let Some(named) = self.named(&spread.argument) {
                        self.note_required(&spread.argument);
                        self.consume(root(&spread.argument));
                        let kept = vec![Store::itself(holder)];
                        let part = self.part(spread.span, kept, Value::Alias(named.clone()), false);
                        self.parts[part].mentions.push(named);
                        self.parts[part].is_copy = true;
                    }
                }
            }
        }
    }

    /// What an expression is only another name of.
    fn named(&self, expression: &Expression<'text>) -> Option<Mention> {
        let line = self.line(expression.span());
        if let Some((specifier, path)) = self.imported(expression) {
            return Some(Mention { of: Source::Loaded(specifier), path, how: How::Whole, line });
        }
        let (root, path) = chain(expression)?;
        let holder = self.holder(root)?;
        Some(Mention { of: Source::Held(holder), path, how: How::Whole, line })
    }

    /// The function that is called by what another one returns.
    pub(super) fn called_only(&self, returned: Option<&Expression<'text>>) -> Option<Mention> {
        let mut returned = returned?.get_inner_expression();
        if let Expression::AwaitExpression(awaited) = returned {
            returned = awaited.argument.get_inner_expression();
        }
        let Expression::CallExpression(call) = returned else { return None };
        self.named(&call.callee)
    }

    /// What another module exports, under a name or where it is loaded.
    pub(super) fn imported(&self, expression: &Expression<'text>) -> Option<Imported> {
        if let Some(found) = self.required(expression) {
            return Some(found);
        }
        let (root, path) = chain(expression)?;
        let name = root.get_identifier_reference()?;
        let symbol = self.semantic.scoping().get_reference(name.reference_id.get()?).symbol_id()?;
        let (specifier, before) = self.imports.get(&symbol)?;
        Some((specifier.clone(), before.iter().cloned().chain(path).collect()))
    }

    /// `require("x").a`, with or without what compilers put around it.
    pub(super) fn required(&self, expression: &Expression<'text>) -> Option<Imported> {
        let (root, path) = chain(expression)?;
        let Expression::CallExpression(call) = root else { return None };
        let first = call.arguments.first().and_then(Argument::as_expression)?;
        if is_helper(call) {
            let (specifier, before) = self.required(first)?;
            return Some((specifier, before.into_iter().chain(path).collect()));
        }
        let text = self.text_of_require(call)?;
        Some((text.into(), path))
    }

    /// The specifier of `require("x")`.
    pub(super) fn text_of_require<'call>(
        &self,
        call: &'call CallExpression<'text>,
    ) -> Option<&'call str> {
        let name = call.callee.get_identifier_reference()?;
        let symbol = self.semantic.scoping().get_reference(name.reference_id.get()?).symbol_id();
        if name.name != "require" || symbol.is_some() || call.arguments.len() != 1 {
            return None;
        }
        match call.arguments[0].as_expression()? {
            Expression::StringLiteral(text) => Some(text.value.as_str()),
            _ => None,
        }
    }

    /// Notes that the value of a `require` is followed.
    pub(super) fn note_required(&mut self, expression: &Expression<'text>) {
        let Some((Expression::CallExpression(call), _)) = chain(expression) else { return };
        if is_helper(call) {
            if let Some(first) = call.arguments.first().and_then(Argument::as_expression) {
                self.note_required(first);
            }
        } else if let Some(text) = self.text_of_require(call) {
            let text = SmolStr::from(text);
            self.follow(&text, call.span);
            self.consumed.insert(call.span.start);
        }
    }

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

    fn is_inert_object(&self, object: &ObjectExpression<'text>) -> bool {
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
fn is_plain_key(computed: bool, key: &oxc_ast::ast::PropertyKey<'_>) -> bool {
    let symbol = key.as_expression().and_then(chain).is_some_and(|(root, _)| {
        root.get_identifier_reference().is_some_and(|root| root.name == "Symbol")
    });
    !computed || key.static_name().is_some() || symbol
}

fn is_literal(expression: &Expression<'_>) -> bool {
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

/// Where an expression begins that only reads properties by their names, and those.
pub(super) fn chain<'run, 'text>(
    expression: &'run Expression<'text>,
) -> Option<(&'run Expression<'text>, Vec<SmolStr>)> {
    let expression = expression.get_inner_expression();
    let (object, name) = match expression {
        Expression::Identifier(_) | Expression::CallExpression(_) => {
            return Some((expression, Vec::new()));
        }
        Expression::StaticMemberExpression(member) => {
            let is_module =
                member.object.get_identifier_reference().is_some_and(|it| it.name == "module");
            if is_module && member.property.name == "exports" {
                return Some((expression, Vec::new()));
            }
            (&member.object, member.property.name.as_str())
        }
        Expression::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(name) => (&member.object, name.value.as_str()),
            _ => return None,
        },
        _ => return None,
    };
    let (root, mut path) = chain(object)?;
    path.push(name.into());
    Some((root, path))
}

/// The expression in which a chain begins.
fn root<'run, 'text>(expression: &'run Expression<'text>) -> &'run Expression<'text> {
    chain(expression).map_or(expression, |(root, _)| root)
}

/// What a function returns that does nothing else.
pub(super) fn returned<'run, 'text>(
    function: &'run Expression<'text>,
) -> Option<&'run Expression<'text>> {
    match function.get_inner_expression() {
        Expression::FunctionExpression(function) => returned_by(function),
        Expression::ArrowFunctionExpression(arrow) => returned_by_arrow(arrow),
        _ => None,
    }
}

pub(super) fn returned_by<'run, 'text>(
    function: &'run Function<'text>,
) -> Option<&'run Expression<'text>> {
    only_returned(&function.body.as_ref()?.statements)
}

fn returned_by_arrow<'run, 'text>(
    arrow: &'run ArrowFunctionExpression<'text>,
) -> Option<&'run Expression<'text>> {
    match &arrow.body {
        ArrowFunctionBody::FunctionBody(body) => only_returned(&body.statements),
        body => body.as_expression(),
    }
}

fn only_returned<'run, 'text>(
    statements: &'run [Statement<'text>],
) -> Option<&'run Expression<'text>> {
    match statements {
        [Statement::ReturnStatement(returned)] => returned.argument.as_ref(),
        [Statement::ExpressionStatement(only)] => Some(&only.expression),
        _ => None,
    }
}

/// The properties of an object whose values are all made by functions: `{ a: () => a }`.
pub(super) fn getters<'run, 'text>(
    object: &'run ObjectExpression<'text>,
) -> Option<Vec<(SmolStr, &'run Expression<'text>)>> {
    let properties = object.properties.iter().map(|property| {
        let property = property.as_property()?;
        Some((property.key.static_name()?.as_ref().into(), returned(&property.value)?))
    });
    properties.collect()
}

/// What a property stands for that is described: `{ get: () => a }`, `{ value: a }`.
pub(super) fn described<'run, 'text>(
    descriptor: &'run Expression<'text>,
) -> Option<&'run Expression<'text>> {
    let Expression::ObjectExpression(object) = descriptor.get_inner_expression() else {
        return None;
    };
    let mut found = None;
    for property in &object.properties {
        let property = property.as_property()?;
        match property.key.static_name()?.as_ref() {
            "enumerable" | "configurable" | "writable" => {}
            "get" => found = Some(returned(&property.value)?),
            "value" => found = Some(&property.value),
            _ => return None,
        }
    }
    found
}
