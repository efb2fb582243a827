//! Functions that compilers write into a module, and that give other modules another form.
//!
//! People give such names to functions of their own as well, which may do anything. So one counts only if its
//! text is known, whatever the names in it are: see [`known`].

mod known;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span};
use sha2::{Digest, Sha256};

use self::known::KNOWN;
use super::builder::Builder;
use super::expressions::is_plain_literal;

/// Packages with a module for each of such functions (the documentation of Babel's `plugin-transform-runtime`).
///
/// `tslib` is none of them: its functions are properties of one object, in which any module may replace them.
const LIBRARIES: &[&str] = &["@babel/runtime/", "@babel/runtime-corejs3/"];

impl<'text> Builder<'_, 'text> {
    /// Whether what is called is such a function.
    pub(super) fn is_trusted(&self, callee: &Expression<'text>) -> bool {
        let mut callee = callee.get_inner_expression();
        while let Expression::SequenceExpression(all) = callee {
            let Some((last, before)) = all.expressions.split_last() else { return false };
            if !before.iter().all(is_plain_literal) {
                return false;
            }
            callee = last.get_inner_expression();
        }
        if let Some((from, path)) = self.imported(callee) {
            let is_itself = path.iter().all(|name| name == "default");
            return is_itself && LIBRARIES.iter().any(|library| from.starts_with(library));
        }
        let name = callee.get_identifier_reference();
        let symbol = name.and_then(|name| self.symbol_of(name));
        symbol.is_some_and(|symbol| self.is_known(symbol))
    }

    /// Whether a name of the module stands for such a function.
    pub(super) fn is_known(&self, symbol: SymbolId) -> bool {
        let mut helpers = self.helpers.borrow_mut();
        *helpers.entry(symbol).or_insert_with(|| {
            let print = self.fingerprint(symbol, &mut HashSet::new());
            print.is_some_and(|print| KNOWN.iter().any(|(.., known)| *known == print))
        })
    }

    /// What tells the text of a function from any other, beside the names that are declared in it. `None`: it is no
    /// name of the module that stands for one value from the beginning.
    fn fingerprint(&self, symbol: SymbolId, seen: &mut HashSet<SymbolId>) -> Option<u64> {
        let (scoping, nodes) = (self.semantic.scoping(), self.semantic.nodes());
        if scoping.symbol_scope_id(symbol) != scoping.root_scope_id()
            || !scoping.symbol_redeclarations(symbol).is_empty()
            || self.is_of_block(scoping.symbol_name(symbol))
            || !seen.insert(symbol)
        {
            return None;
        }
        let span = match nodes.kind(scoping.symbol_declaration(symbol)) {
            AstKind::Function(function) => function.span,
            AstKind::VariableDeclarator(declarator) if declarator.init.is_some() => declarator.span,
            _ => return None,
        };
        let mut writes = scoping.get_resolved_references(symbol).filter(|it| it.is_write());
        if !writes.all(|it| span.contains_inclusive(nodes.kind(it.node_id()).span())) {
            return None;
        }
        let text = self.text_of(span, seen)?;
        // `(this && this.__helper) || …`
        if text.contains("ThisExpression") && !self.is_in_front(span) {
            return None;
        }
        seen.remove(&symbol);
        let digest = Sha256::digest(text);
        Some(u64::from_be_bytes(digest[..8].try_into().ok()?))
    }

    /// `var cache;`, which nothing but the function has.
    fn is_only_used_in(&self, symbol: SymbolId, span: Span) -> bool {
        let (scoping, nodes) = (self.semantic.scoping(), self.semantic.nodes());
        let declaration = nodes.kind(scoping.symbol_declaration(symbol));
        let is_empty = match declaration {
            AstKind::VariableDeclarator(declarator) => declarator.init.is_none(),
            _ => false,
        };
        let mut uses = scoping.get_resolved_references(symbol);
        is_empty
            && scoping.symbol_redeclarations(symbol).is_empty()
            && uses.all(|it| span.contains_inclusive(nodes.kind(it.node_id()).span()))
    }

    /// Whether nothing stands in front of a text that could keep something in what the module exports, nor calls what
    /// is declared behind it: `this` has no property then.
    pub(super) fn is_in_front(&self, span: Span) -> bool {
        let nodes = self.semantic.nodes();
        let mut before = nodes.iter().filter(|node| node.kind().span().end <= span.start);
        before.all(|node| match node.kind() {
            AstKind::IdentifierReference(name) => {
                let is_open = matches!(
                    name.name.as_str(),
                    "exports" | "module" | "require" | "globalThis" | "global" | "eval"
                );
                let declaration = self.symbol_of(name).map(|symbol| {
                    nodes.kind(self.semantic.scoping().symbol_declaration(symbol)).span()
                });
                !is_open && declaration.is_none_or(|declared| declared.end <= span.start)
            }
            AstKind::ThisExpression(_) => {
                let is_choice =
                    |id: NodeId| matches!(nodes.parent_kind(id), AstKind::LogicalExpression(_));
                let parent = nodes.parent_id(node.id());
                let is_read = match nodes.kind(parent) {
                    AstKind::StaticMemberExpression(_) => is_choice(parent),
                    _ => is_choice(node.id()),
                };
                self.function_around(node.id()).is_some() || is_read
            }
            _ => true,
        })
    }

    /// The tree of a text, with numbers for the names that are declared in it.
    fn text_of(&self, span: Span, seen: &mut HashSet<SymbolId>) -> Option<String> {
        let nodes = self.semantic.nodes();
        let mut text = String::new();
        let mut depths: HashMap<NodeId, usize> = HashMap::new();
        let mut numbers: HashMap<SymbolId, usize> = HashMap::new();
        for node in nodes.iter().filter(|node| span.contains_inclusive(node.kind().span())) {
            let around = depths.get(&nodes.parent_id(node.id())).copied().unwrap_or_default();
            if matches!(node.kind(), AstKind::ParenthesizedExpression(_)) {
                depths.insert(node.id(), around);
                continue;
            }
            depths.insert(node.id(), around + 1);
            let _ = write!(text, "{around}{:?}", node.kind().ty());
            let mut number = |symbol: SymbolId| {
                let next = numbers.len();
                *numbers.entry(symbol).or_insert(next)
            };
            match node.kind() {
                AstKind::BindingIdentifier(name) => {
                    let _ = write!(text, " {}", number(name.symbol_id()));
                }
                AstKind::IdentifierReference(name) => match self.symbol_of(name) {
                    None => text.push_str(&name.name),
                    Some(symbol) => {
                        let declaration = self.semantic.scoping().symbol_declaration(symbol);
                        let is_own = span.contains_inclusive(nodes.kind(declaration).span());
                        if is_own || self.is_only_used_in(symbol, span) {
                            let _ = write!(text, " {}", number(symbol));
                        } else {
                            let _ = write!(text, " {:x}", self.fingerprint(symbol, seen)?);
                        }
                    }
                },
                AstKind::IdentifierName(name) => text.push_str(&name.name),
                AstKind::StringLiteral(it) => _ = write!(text, " {:?}", it.value.as_str()),
                AstKind::NumericLiteral(it) => _ = write!(text, " {}", it.value),
                AstKind::BooleanLiteral(it) => _ = write!(text, " {}", it.value),
                AstKind::TemplateElement(it) => _ = write!(text, " {:?}", it.value.raw.as_str()),
                AstKind::AssignmentExpression(it) => text.push_str(it.operator.as_str()),
                AstKind::BinaryExpression(it) => text.push_str(it.operator.as_str()),
                AstKind::LogicalExpression(it) => text.push_str(it.operator.as_str()),
                AstKind::UnaryExpression(it) => text.push_str(it.operator.as_str()),
                AstKind::UpdateExpression(it) => text.push_str(it.operator.as_str()),
                AstKind::ObjectProperty(it) => _ = write!(text, "{:?}{}", it.kind, it.computed),
                AstKind::Function(it) => _ = write!(text, "{}{}", it.r#async, it.generator),
                AstKind::ArrowFunctionExpression(it) => _ = write!(text, "{}", it.r#async),
                // Nothing of these says all that it is by its kind.
                AstKind::Class(_)
                | AstKind::MethodDefinition(_)
                | AstKind::PrivateIdentifier(_)
                | AstKind::PropertyDefinition(_)
                | AstKind::RegExpLiteral(_)
                | AstKind::BigIntLiteral(_) => return None,
                _ => {}
            }
            text.push('\n');
        }
        Some(text)
    }
}
