//! What is kept: functions, objects whose properties are parts of their own, other names of something, and
//! everything else.

use oxc_ast::ast::{
    CallExpression, Class, Expression, Function, ObjectExpression, ObjectProperty,
    ObjectPropertyKind, PropertyKind,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{AssignmentOperator, UnaryOperator};

use super::builder::Builder;
use super::expressions::{
    called_name, chain, is_literal, returned, returned_by, returned_by_arrow, root,
};
use super::{Holder, How, Mention, Quality, Source, Store, Trait, Value};

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
            Expression::FunctionExpression(function) => self.function(function, stores, span),
            Expression::ArrowFunctionExpression(arrow) => {
                let part = self.part(span, stores, Value::Function, false);
                let is_short = self.is_short(returned_by_arrow(arrow));
                self.parts[part].note(Quality::PassesOn, is_short);
                let is_strict =
                    self.traits.contains(&Trait::IsStrict) || arrow.body.has_use_strict_directive();
                self.parts[part].note(Quality::IsStrict, is_strict);
            }
            Expression::ClassExpression(class) => self.class(class, stores, span),
            Expression::ObjectExpression(object) => self.object(object, stores, span),
            Expression::CallExpression(call)
                if call.arguments.len() == 1 && self.passes_on(call) =>
            {
                match call.arguments[0].as_expression() {
                    Some(frozen) => self.value(frozen, stores, span),
                    None => _ = self.part(span, stores, Value::Other, true),
                }
            }
            other => self.other_value(other, stores, span),
        }
    }

    /// A function that is kept somewhere.
    pub(super) fn function(
        &mut self,
        function: &'run Function<'text>,
        stores: Vec<Store>,
        span: Span,
    ) {
        let part = self.part(span, stores, Value::Function, false);
        let is_short = self.is_short(returned_by(function));
        self.parts[part].note(Quality::PassesOn, is_short);
        let is_strict =
            self.traits.contains(&Trait::IsStrict) || function.has_use_strict_directive();
        self.parts[part].note(Quality::IsStrict, is_strict);
        // What it returns inherits from its own `prototype` (ECMAScript, 27.5).
        if function.generator {
            self.parts[part].note(Quality::NamesItself, true);
        }
    }

    /// A class that is kept somewhere.
    pub(super) fn class(&mut self, class: &Class<'text>, stores: Vec<Store>, span: Span) {
        let is_run = self.is_run_class(class);
        let part = self.part(span, stores, Value::Class, is_run);
        self.parts[part].note(Quality::Extends, class.heritage.is_some());
    }

    /// Whether a function gives what it is given, or a copy of its properties.
    fn passes_on(&self, call: &CallExpression<'text>) -> bool {
        match called_name(call).as_str() {
            "Object.freeze" => self.is_global(&call.callee, "Object"),
            "__toCommonJS" => self.is_trusted(&call.callee),
            _ => false,
        }
    }

    /// Another name of something, or what is computed.
    fn other_value(&mut self, expression: &'run Expression<'text>, stores: Vec<Store>, span: Span) {
        if is_literal(expression) {
            self.part(span, stores, Value::Constant, false);
            return;
        }
        let Some(mention) = self.named(expression) else {
            let is_run = !self.is_inert(expression);
            self.part(span, stores, Value::Other, is_run);
            return;
        };
        self.note_required(expression);
        self.consume(root(expression));
        self.alias(mention, stores, span);
    }

    /// A part that is only another name of something.
    pub(super) fn alias(&mut self, mention: Mention, stores: Vec<Store>, span: Span) -> usize {
        let part = self.part(span, stores, Value::Alias(mention.clone()), false);
        self.parts[part].mentions.push(mention);
        part
    }

    /// An object, every property of which is a part of its own.
    fn object(&mut self, object: &'run ObjectExpression<'text>, stores: Vec<Store>, span: Span) {
        if !object.properties.iter().all(|property| self.is_plain(property)) {
            let is_run = !self.is_inert_object(object);
            self.part(span, stores, Value::Other, is_run);
            return;
        }
        let holder = if let [Store { of, property: None, .. }] = stores.as_slice() {
            *of
        } else {
            // It is kept under each of these, and has no other name.
            let holder = self.new_object();
            let of = Source::Held(holder);
            let line = self.line(span);
            self.alias(Mention { of, path: Vec::new(), how: How::Whole, line }, stores, span);
            holder
        };
        self.part(span, vec![Store::itself(holder)], Value::Object, false);
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => self.property(property, holder),
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let Some(named) = self.named(&spread.argument) else { continue };
                    self.note_required(&spread.argument);
                    self.consume(root(&spread.argument));
                    let part = self.alias(named, vec![Store::itself(holder)], spread.span);
                    self.parts[part].note(Quality::IsCopy, true);
                }
            }
        }
    }

    /// Whether a property has a name that is written out, or is all of what another module exports.
    fn is_plain(&self, property: &ObjectPropertyKind<'text>) -> bool {
        match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                property.key.static_name().is_some_and(|name| name != "__proto__")
            }
            ObjectPropertyKind::SpreadProperty(spread) => {
                let named = self.named(&spread.argument);
                named.is_some_and(|named| matches!(named.of, Source::Loaded(_)))
            }
        }
    }

    fn property(&mut self, property: &'run ObjectProperty<'text>, holder: Holder) {
        let Some(name) = property.key.static_name() else { return };
        let kept = vec![Store::property(holder, &name)];
        match (property.kind, returned(&property.value)) {
            (PropertyKind::Init, _) => self.value(&property.value, kept, property.span),
            (PropertyKind::Get, Some(value)) => self.value(value, kept, property.span),
            _ => _ = self.part(property.span, kept, Value::Other, false),
        }
    }

    /// What an expression is only another name of.
    pub(super) fn named(&self, expression: &Expression<'text>) -> Option<Mention> {
        let line = self.line(expression.span());
        if let Some((specifier, path)) = self.imported(expression) {
            return Some(Mention { of: Source::Loaded(specifier), path, how: How::Whole, line });
        }
        let (root, path) = chain(expression)?;
        let holder = self.holder(root)?;
        Some(Mention { of: Source::Held(holder), path, how: How::Whole, line })
    }

    /// Whether all that a function does is one expression without functions of its own.
    pub(super) fn is_short(&self, returned: Option<&Expression<'text>>) -> bool {
        returned.is_some_and(|returned| {
            let text = returned.span().source_text(self.semantic.source_text());
            !text.contains("=>") && !text.contains("function")
        })
    }
}
