//! What the parts of a module mention.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, BindingPattern, Expression, IdentifierReference, MethodDefinitionKind,
    PropertyKey, PropertyKind,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};
use smol_str::SmolStr;

use super::builder::{Builder, RUN_BY_LANGUAGE, number};
use super::{Holder, How, Mention, Quality, Source, plain_name};
use crate::javascript::helpers::is_its_operand;

/// Properties of the object `module` that lead to nothing of what modules export.
const OF_MODULE: &[&str] = &["filename", "hot", "id", "loaded", "nodeType", "path", "paths"];

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
                AstKind::IdentifierName(name) => self.word(&name.name, span),
                AstKind::StaticMemberExpression(member) => {
                    self.property_read(&member.property.name, member.property.span);
                }
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
                AstKind::ObjectProperty(property) => {
                    let is_accessor = property.kind != PropertyKind::Init
                        || (self.is_described(node.id())
                            && matches!(
                                property.key.static_name().as_deref(),
                                Some("get" | "set")
                            ));
                    self.given(&property.key, is_accessor, span);
                }
                AstKind::MethodDefinition(method) => {
                    let is_accessor = matches!(
                        method.kind,
                        MethodDefinitionKind::Get | MethodDefinitionKind::Set
                    );
                    self.given(&method.key, is_accessor, span);
                }
                AstKind::PropertyDefinition(property) => self.given(&property.key, false, span),
                AstKind::AccessorProperty(property) => self.given(&property.key, true, span),
                AstKind::BindingIdentifier(name) => self.word(&name.name, span),
                AstKind::PrivateIdentifier(name) => self.word(&name.name, span),
                AstKind::StringLiteral(text) => self.words(&text.value, span),
                AstKind::TemplateElement(piece) => self.words(&piece.value.raw, span),
                _ => {}
            }
        }
        Some(())
    }

    fn words(&mut self, text: &str, span: Span) {
        let is_of_word = |next: char| next.is_alphanumeric() || next == '_' || next == '$';
        for word in text.split(|next: char| !is_of_word(next)) {
            self.word(word, span);
        }
    }

    /// A property that is given to an object or a class.
    fn given(&mut self, key: &PropertyKey<'text>, is_accessor: bool, span: Span) {
        let name = key.static_name();
        // Symbols are asked by the language itself.
        let part = self.part_at(span.start);
        let asked = |name: &str| RUN_BY_LANGUAGE.contains(&name);
        let is_asked = name.as_deref().is_none_or(asked);
        self.parts[part].note(Quality::HasAccessors, is_accessor || is_asked);
        self.key(name.as_deref().unwrap_or_default(), span);
    }

    /// `define(object, name, { get() {} })`, `define(object, { name: { get() {} } })`
    fn is_described(&self, property: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let object = nodes.parent_id(property);
        match nodes.parent_kind(object) {
            AstKind::CallExpression(_) => true,
            AstKind::ObjectProperty(_) => {
                let around = nodes.parent_id(nodes.parent_id(object));
                matches!(nodes.parent_kind(around), AstKind::CallExpression(_))
            }
            _ => false,
        }
    }

    fn key(&mut self, name: &str, span: Span) {
        if !name.is_empty() {
            let part = self.part_at(span.start);
            self.parts[part].keys.insert(plain_name(name).into());
            self.parts[part].note(Quality::HasAccessors, RUN_BY_LANGUAGE.contains(&name));
        }
    }

    fn word(&mut self, word: &str, span: Span) {
        const LONGEST: usize = 64;
        let plain = plain_name(word);
        if plain.len() <= LONGEST && !plain.is_empty() {
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
            Some(symbol) if scoping.symbol_scope_id(symbol) == scoping.root_scope_id() => {
                match self.imports.get(&symbol) {
                    Some((specifier, path)) => {
                        let (of, path) = (Source::Loaded(specifier.clone()), path.clone());
                        self.mention_from(node, &of, &path, span);
                    }
                    None if reference.is_read() => {
                        let of = Source::Held(Holder::Own(number(symbol)));
                        self.mention_from(node, &of, &[], span);
                    }
                    None => {}
                }
            }
            Some(symbol) => self.own_name(node, symbol, span),
            None => match name.name.as_str() {
                "eval" => return None,
                "arguments" if self.function_around(node).is_none() => return None,
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
            let path = before.iter().cloned().chain(path).collect();
            self.mention(of.clone(), path, climbed.end, span);
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
                    None
                }
                AstKind::StaticMemberExpression(member) => {
                    path.push(member.property.name.as_str().into());
                    None
                }
                AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                    match &member.expression {
                        Expression::StringLiteral(name) => {
                            path.push(name.value.as_str().into());
                            None
                        }
                        _ => Some(End::Whole),
                    }
                }
                AstKind::CallExpression(call) if call.callee.span() == span => Some(End::Called),
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
                AstKind::BinaryExpression(binary) => Some(match binary.operator {
                    BinaryOperator::StrictEquality
                    | BinaryOperator::StrictInequality
                    | BinaryOperator::Equality
                    | BinaryOperator::Inequality => End::Tested,
                    // `value instanceof Class` asks the class, which may answer by a function of its own.
                    _ => End::Whole,
                }),
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
