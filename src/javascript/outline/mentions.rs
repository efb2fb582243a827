//! What the parts of a module mention.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, BinaryExpression, BindingPattern, Expression, IdentifierReference,
    PropertyKey,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};
use smol_str::SmolStr;

use super::builder::{Builder, number};
use super::{Holder, How, Mention, Quality, Source, plain_name};
use crate::javascript::helpers::is_its_operand;

/// Properties of the object `module` that lead to nothing of what modules export.
const OF_MODULE: &[&str] = &["filename", "hot", "id", "loaded", "nodeType", "path", "paths"];

/// Longer words in texts name nothing.
const LONGEST_WORD: usize = 64;

/// Where an expression leads.
pub(super) struct Climbed {
    /// The properties that are read. Several where a pattern takes several.
    pub(super) paths: Vec<Vec<SmolStr>>,
    pub(super) end: End,
}

/// What is done with a value in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Called,
    /// It is only looked at.
    Tested,
    /// Something is kept in it.
    Written,
    Whole,
}

impl<'text> Builder<'_, 'text> {
    /// `None`: names may stand for anything.
    pub(super) fn read_mentions(&mut self) -> Option<()> {
        let semantic = self.semantic;
        for node in semantic.nodes().iter() {
            let span = node.kind().span();
            if self.skipped.iter().any(|skipped| skipped.contains_inclusive(span)) {
                continue;
            }
            match node.kind() {
                AstKind::WithStatement(_) => return None,
                // In a script `await` is a name, and what follows is divided (ECMAScript, 13.1).
                AstKind::AwaitExpression(_)
                    if self.is_script && !self.is_in_function(node.id()) =>
                {
                    return None;
                }
                AstKind::IdentifierReference(name) => {
                    self.word(&name.name, span);
                    self.reference(node.id(), name)?;
                }
                AstKind::ThisExpression(_) => self.this(node.id(), span),
                AstKind::ImportExpression(import) => {
                    if let Expression::StringLiteral(text) = &import.source {
                        let specifier = self.follow(&text.value, span);
                        self.mention_from(node.id(), &Source::Loaded(specifier), &[], span);
                    }
                }
                AstKind::CallExpression(call) if !self.consumed.contains(&span.start) => {
                    if let Some(text) = self.text_of_require(call) {
                        let specifier = self.follow(text, span);
                        self.mention_from(node.id(), &Source::Loaded(specifier), &[], span);
                    }
                }
                // A decorator is a call, and may be given types as values.
                AstKind::Decorator(_) => {
                    let part = self.part_at(span.start);
                    self.parts[part].note(Quality::IsRun, true);
                }
                AstKind::JSXElement(_) | AstKind::JSXFragment(_) => self.has_markup = true,
                AstKind::IdentifierName(name) => {
                    self.word(&name.name, span);
                    self.property_named(&name.name, span);
                }
                AstKind::BindingProperty(property) if property.shorthand => {
                    self.property_named(&property.key.static_name().unwrap_or_default(), span);
                }
                // `super.name` is a property of what the function is called on, if nothing hides it.
                AstKind::Super(_) => self.note(Quality::UsesThis, span),
                AstKind::NewTarget(_) => self.note(Quality::NamesItself, span),
                AstKind::AssignmentExpression(assignment) => {
                    let name = match &assignment.left {
                        AssignmentTarget::StaticMemberExpression(member) => {
                            member.property.name.as_str()
                        }
                        AssignmentTarget::ComputedMemberExpression(member) => {
                            match &member.expression {
                                Expression::StringLiteral(name) => name.value.as_str(),
                                _ => "",
                            }
                        }
                        _ => "",
                    };
                    self.key(name, span);
                }
                AstKind::ObjectProperty(property) => self.given(&property.key, span),
                AstKind::MethodDefinition(method) => self.given(&method.key, span),
                AstKind::PropertyDefinition(property) => self.given(&property.key, span),
                AstKind::AccessorProperty(property) => self.given(&property.key, span),
                AstKind::BindingIdentifier(name) => self.word(&name.name, span),
                AstKind::PrivateIdentifier(name) => self.word(&name.name, span),
                AstKind::StringLiteral(text) => {
                    self.words(&text.value, span);
                    self.property_named(&text.value, span);
                }
                AstKind::TemplateElement(piece) => {
                    self.words(&piece.value.raw, span);
                    self.property_named(&piece.value.raw, span);
                }
                _ => {}
            }
        }
        Some(())
    }

    fn words(&mut self, text: &str, span: Span) {
        let is_of_word = |next: char| next.is_alphanumeric() || next == '_' || next == '$';
        for word in text.split(|next: char| !is_of_word(next)) {
            // Names of properties may hold anything.
            if word.len() <= LONGEST_WORD || word.len() == text.len() {
                self.word(word, span);
            }
        }
        if text.len() <= LONGEST_WORD {
            self.word(text, span);
        }
    }

    /// A property that is given to an object or a class.
    fn given(&mut self, key: &PropertyKey<'text>, span: Span) {
        if self.skipped.contains(&key.span()) {
            return;
        }
        let name = key.static_name();
        self.key(name.as_deref().unwrap_or_default(), span);
    }

    fn key(&mut self, name: &str, span: Span) {
        if !name.is_empty() {
            let part = self.part_at(span.start);
            self.parts[part].keys.insert(plain_name(name).into());
        }
    }

    fn word(&mut self, word: &str, span: Span) {
        let plain = plain_name(word);
        if !plain.is_empty() {
            let part = self.part_at(span.start);
            self.parts[part].words.insert(plain.into());
        }
    }

    fn reference(&mut self, node: NodeId, name: &IdentifierReference<'text>) -> Option<()> {
        let span = name.span;
        let scoping = self.semantic.scoping();
        let reference = scoping.get_reference(name.reference_id.get()?);
        if reference.is_type() && !reference.is_value() && !self.has_decorators {
            return Some(());
        }
        if self.consumed.contains(&span.start) {
            return Some(());
        }
        match reference.symbol_id() {
            Some(symbol) if self.imports.contains_key(&symbol) => {
                let (specifier, path) = self.imports[&symbol].clone();
                self.mention_from(node, &Source::Loaded(specifier), &path, span);
            }
            Some(symbol) if scoping.symbol_scope_id(symbol) == scoping.root_scope_id() => {
                if reference.is_read() {
                    let of = Source::Held(Holder::Own(number(symbol)));
                    self.mention_from(node, &of, &[], span);
                }
            }
            Some(symbol) => self.own_name(node, symbol, span),
            // It makes a name of the whole program, or is one of a function in a block (ECMAScript, B.3.2).
            None if reference.is_write() && name.name != "exports" => return None,
            None if self.is_of_block(&name.name) => return None,
            None => match name.name.as_str() {
                "eval" => return None,
                "arguments" if self.function_around(node).is_none() => return None,
                "arguments" => self.arguments(node, span),
                "exports" => {
                    self.mention_from(node, &Source::Held(Holder::Exports), &[], span);
                }
                "module" => self.module(node, span)?,
                _ => {}
            },
        }
        Some(())
    }

    /// `module.exports`. `None`: `module` leads to other modules.
    fn module(&mut self, node: NodeId, span: Span) -> Option<()> {
        let climbed = self.climb(node);
        for path in climbed.paths {
            let is_tested = climbed.end == End::Tested && path.len() < 2;
            match path.first().map(SmolStr::as_str) {
                Some("exports") => {
                    let path = path[1..].to_vec();
                    self.mention(Source::Held(Holder::Exports), path, climbed.end, span);
                }
                Some(name) if OF_MODULE.contains(&name) => {}
                _ if is_tested => {}
                _ => return None,
            }
        }
        Some(())
    }

    fn mention_from(&mut self, node: NodeId, of: &Source, before: &[SmolStr], span: Span) {
        let climbed = self.climb(node);
        for path in climbed.paths {
            // `parse()` is called on nothing, and `rotten.parse()` on what holds it.
            let is_alone = path.is_empty() && before.last().is_some_and(|last| last != "default");
            let end = match climbed.end {
                End::Called if is_alone => End::Whole,
                end => end,
            };
            let path = before.iter().cloned().chain(path).collect();
            self.mention(of.clone(), path, end, span);
        }
    }

    pub(super) fn mention(&mut self, of: Source, path: Vec<SmolStr>, end: End, span: Span) {
        let line = self.line(span);
        let part = self.part_at(span.start);
        let (path, how) = match end {
            End::Tested if path.is_empty() => return,
            // Reading a property may call what stands for it.
            End::Tested | End::Called => (path, How::Called),
            // Whatever is kept in it may be called later.
            End::Written => (Vec::new(), How::Whole),
            End::Whole => (path, How::Whole),
        };
        if end == End::Written
            && let Source::Held(holder) = of
        {
            self.parts[part].assigns.insert(holder);
        }
        self.parts[part].mentions.push(Mention { of, path, how, line });
    }

    /// Follows an expression outwards, as long as only properties are read by their names.
    pub(super) fn climb(&self, node: NodeId) -> Climbed {
        let nodes = self.semantic.nodes();
        let (mut node, mut path) = (node, Vec::new());
        // `(0, object.name)()` is called on nothing.
        let mut is_alone = false;
        loop {
            let span = nodes.kind(node).span();
            let parent = nodes.parent_node(node);
            let is_promise = matches!(nodes.kind(node), AstKind::ImportExpression(_));
            let end = match parent.kind() {
                AstKind::AwaitExpression(_) if is_promise => None,
                _ if is_promise => Some(End::Whole),
                kind if is_its_operand(kind) => None,
                AstKind::SequenceExpression(all)
                    if all.expressions.last().is_some_and(|last| last.span() == span) =>
                {
                    is_alone = !path.is_empty();
                    None
                }
                AstKind::StaticMemberExpression(member) => {
                    path.push(member.property.name.as_str().into());
                    is_alone = false;
                    None
                }
                AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                    match &member.expression {
                        Expression::StringLiteral(name) => {
                            path.push(name.value.as_str().into());
                            is_alone = false;
                            None
                        }
                        _ => Some(End::Whole),
                    }
                }
                AstKind::CallExpression(call) if call.callee.span() == span => {
                    Some(if is_alone { End::Whole } else { End::Called })
                }
                AstKind::CallExpression(call)
                    if self.is_wrapper(call)
                        && call.arguments.first().map(GetSpan::span) == Some(span) =>
                {
                    None
                }
                AstKind::TaggedTemplateExpression(tagged) if tagged.tag.span() == span => {
                    Some(End::Called)
                }
                AstKind::UnaryExpression(unary) => Some(match unary.operator {
                    UnaryOperator::Delete => End::Written,
                    UnaryOperator::Typeof | UnaryOperator::LogicalNot | UnaryOperator::Void => {
                        End::Tested
                    }
                    _ => End::Whole,
                }),
                AstKind::BinaryExpression(binary) if only_compares(binary) => Some(End::Tested),
                AstKind::SequenceExpression(_)
                | AstKind::IfStatement(_)
                | AstKind::ExpressionStatement(_) => Some(End::Tested),
                AstKind::UpdateExpression(_)
                | AstKind::ForInStatement(_)
                | AstKind::ForOfStatement(_)
                | AstKind::ArrayAssignmentTarget(_)
                | AstKind::AssignmentTargetRest(_)
                | AstKind::AssignmentTargetWithDefault(_)
                | AstKind::AssignmentTargetPropertyIdentifier(_)
                | AstKind::AssignmentTargetPropertyProperty(_)
                    if !path.is_empty() =>
                {
                    Some(End::Written)
                }
                AstKind::AssignmentExpression(assignment)
                    if assignment.left.span() == span && !path.is_empty() =>
                {
                    Some(End::Written)
                }
                AstKind::VariableDeclarator(declarator) => match taken(&declarator.id) {
                    Some(names) => {
                        let paths = names.into_iter().map(|name| {
                            path.iter().cloned().chain([name]).collect::<Vec<SmolStr>>()
                        });
                        return Climbed { paths: paths.collect(), end: End::Whole };
                    }
                    None => Some(End::Whole),
                },
                _ => Some(End::Whole),
            };
            if let Some(end) = end {
                return Climbed { paths: vec![path], end };
            }
            node = parent.id();
        }
    }
}

/// Whether no function of the values runs: `value instanceof Class` and `value == text` may call one.
pub(super) fn only_compares(binary: &BinaryExpression<'_>) -> bool {
    match binary.operator {
        BinaryOperator::StrictEquality | BinaryOperator::StrictInequality => true,
        BinaryOperator::Equality | BinaryOperator::Inequality => {
            is_nullish(&binary.left) || is_nullish(&binary.right)
        }
        _ => false,
    }
}

fn is_nullish(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::NullLiteral(_) => true,
        Expression::Identifier(name) => name.name == "undefined",
        Expression::UnaryExpression(unary) => unary.operator == UnaryOperator::Void,
        _ => false,
    }
}

/// The properties that a pattern takes, if it takes them by their names.
fn taken(pattern: &BindingPattern<'_>) -> Option<Vec<SmolStr>> {
    let BindingPattern::ObjectPattern(object) = pattern else { return None };
    if object.rest.is_some() {
        return None;
    }
    let names = object
        .properties
        .iter()
        .map(|property| property.key.static_name().map(|name| SmolStr::from(name.as_ref())));
    names.collect()
}
