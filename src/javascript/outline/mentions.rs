//! What the parts of a module mention.

use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, Expression, IdentifierReference};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};
use smol_str::SmolStr;

use super::builder::{Builder, number};
use super::{Holder, How, Mention, Source, plain_name};
use crate::javascript::helpers::is_helper;

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
                AstKind::IdentifierName(name) => self.word(&name.name, span),
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
        if reference.is_type() && !reference.is_value() {
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
            Some(_) => {}
            None => match name.name.as_str() {
                "eval" => return None,
                "arguments" if self.function_around(node).is_none() => return None,
                "exports" => {
                    self.mention_from(node, &Source::Held(Holder::Exports), &[], span);
                }
                "module" => self.module(node, span),
                _ => {}
            },
        }
        Some(())
    }

    /// `module.exports`, and whatever else is done with `module`.
    fn module(&mut self, node: NodeId, span: Span) {
        let climbed = self.climb(node);
        for path in climbed.paths {
            match path.first().map(SmolStr::as_str) {
                None if climbed.end == End::Tested => {}
                Some("exports") => {
                    let path = path[1..].to_vec();
                    self.mention(Source::Held(Holder::Exports), path, climbed.end, span);
                }
                Some(name) if OF_MODULE.contains(&name) => {}
                _ => {
                    self.mention(Source::Held(Holder::Exports), Vec::new(), End::Whole, span);
                }
            }
        }
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
                AstKind::TSAsExpression(_)
                | AstKind::TSSatisfiesExpression(_)
                | AstKind::TSNonNullExpression(_)
                | AstKind::TSTypeAssertion(_)
                | AstKind::TSInstantiationExpression(_)
                | AstKind::ParenthesizedExpression(_)
                | AstKind::ChainExpression(_) => None,
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
                    if is_helper(call)
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
                AstKind::UpdateExpression(_) => Some(End::Written),
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
