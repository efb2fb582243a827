//! Names that stand for what other modules export, and expressions that load them.

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, ImportDeclarationSpecifier,
    ImportOrExportKind, Statement, TSModuleReference, VariableDeclarator,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan, Span};
use smol_str::SmolStr;

use super::builder::{Builder, Imported, number};
use super::expressions::{chain, is_plain_literal};
use super::{Holder, Store, Value, plain_name};
use crate::javascript::helpers::is_helper;
use crate::javascript::loads::Loads;

impl<'run, 'text> Builder<'run, 'text> {
    pub(super) fn follow(&mut self, specifier: &str, span: Span) -> SmolStr {
        let specifier = SmolStr::from(specifier);
        let line = self.line(span);
        self.followed.entry(specifier.clone()).or_default().insert(line);
        self.places.entry(specifier.clone()).or_default().insert(span.start);
        specifier
    }

    /// Notes the names of a statement that only stand for what another module exports.
    pub(super) fn imports_of(&mut self, statement: &'run Statement<'text>) {
        match statement {
            Statement::ImportDeclaration(import) => {
                let specifier = self.follow(&import.source.value, import.span);
                self.skipped.push(import.source.span);
                if import.import_kind == ImportOrExportKind::Type {
                    return;
                }
                for named in import.specifiers.iter().flatten() {
                    let (symbol, path) = match named {
                        ImportDeclarationSpecifier::ImportSpecifier(named) => (
                            named.local.symbol_id(),
                            vec![SmolStr::from(named.imported.name().as_str())],
                        ),
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(named) => {
                            (named.local.symbol_id(), vec![SmolStr::from("default")])
                        }
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(named) => {
                            (named.local.symbol_id(), Vec::new())
                        }
                    };
                    self.imported_as(symbol, (specifier.clone(), path), named.span());
                }
            }
            Statement::TSImportEqualsDeclaration(import) => {
                if let TSModuleReference::ExternalModuleReference(reference) =
                    &import.module_reference
                {
                    let specifier = self.follow(&reference.expression.value, import.span);
                    self.imported_as(import.id.symbol_id(), (specifier, Vec::new()), import.span);
                }
            }
            // `using` calls a method of the value in the end.
            Statement::VariableDeclaration(variables) if !variables.kind.is_using() => {
                for declarator in &variables.declarations {
                    self.import_of(declarator);
                }
            }
            _ => {}
        }
    }

    /// `const x = require("x")`, `const { a } = require("x")`
    fn import_of(&mut self, declarator: &'run VariableDeclarator<'text>) {
        let Some((specifier, path)) = declarator.init.as_ref().and_then(|it| self.required(it))
        else {
            return;
        };
        let mut found = Vec::new();
        match &declarator.id {
            BindingPattern::BindingIdentifier(name) => {
                found.push((name.symbol_id(), path, declarator.span));
            }
            BindingPattern::ObjectPattern(object) if object.rest.is_none() => {
                for property in &object.properties {
                    let (Some(key), BindingPattern::BindingIdentifier(name)) =
                        (property.key.static_name(), &property.value)
                    else {
                        return;
                    };
                    let path = path.iter().cloned().chain([SmolStr::from(key.as_ref())]).collect();
                    found.push((name.symbol_id(), path, property.span));
                }
            }
            _ => return,
        }
        if !found.iter().all(|(symbol, ..)| self.is_constant(*symbol)) {
            return;
        }
        // The names stand for it from now on.
        if let Some(init) = &declarator.init {
            self.note_required(init);
            self.skipped.push(init.span());
        }
        self.declared.push(declarator.span);
        for (symbol, path, span) in found {
            self.imported_as(symbol, (specifier.clone(), path), span);
        }
    }

    /// Notes such names inside of functions.
    pub(super) fn imports_of_functions(&mut self) {
        let semantic = self.semantic;
        let root = semantic.scoping().root_scope_id();
        for node in semantic.nodes().iter().filter(|node| node.scope_id() != root) {
            let AstKind::VariableDeclarator(declarator) = node.kind() else { continue };
            let nodes = semantic.nodes();
            let is_using = match nodes.parent_kind(node.id()) {
                AstKind::VariableDeclaration(variables) => variables.kind.is_using(),
                _ => true,
            };
            // `var` in a block is a name of what is around it, and what a namespace exports is a property.
            if !is_using && self.is_in_function(node.id()) {
                self.import_of(declarator);
            }
        }
    }

    /// A name that only stands for something that is imported.
    fn imported_as(&mut self, symbol: SymbolId, imported: Imported, span: Span) {
        let scoping = self.semantic.scoping();
        if scoping.symbol_scope_id(symbol) == scoping.root_scope_id() {
            let own = Store::itself(Holder::Own(number(symbol)));
            let part = self.part(span, vec![own], Value::Import, false);
            let steps = imported.1.iter().filter(|step| *step != "default");
            let steps: Vec<SmolStr> = steps.map(|step| plain_name(step).into()).collect();
            self.parts[part].words.extend(steps);
        }
        self.imports.insert(symbol, imported);
    }

    /// Whether a name stands for one value from the beginning.
    fn is_constant(&self, symbol: SymbolId) -> bool {
        let scoping = self.semantic.scoping();
        !scoping.symbol_is_mutated(symbol) && scoping.symbol_redeclarations(symbol).is_empty()
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
        if self.is_wrapper(call) {
            let (specifier, before) = self.imported(first)?;
            return Some((specifier, before.into_iter().chain(path).collect()));
        }
        let text = self.text_of_require(call)?;
        Some((text.into(), path))
    }

    /// A function that a compiler puts around what is loaded. What people call so themselves may do anything.
    pub(super) fn is_wrapper(&self, call: &CallExpression<'text>) -> bool {
        let mut further = call.arguments.iter().skip(1);
        is_helper(call)
            && further.all(|argument| argument.as_expression().is_some_and(is_plain_literal))
            && self.is_trusted(&call.callee)
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
        if self.is_wrapper(call) {
            if let Some(first) = call.arguments.first().and_then(Argument::as_expression) {
                self.note_required(first);
            }
        } else if let Some(text) = self.text_of_require(call) {
            let text = SmolStr::from(text);
            self.follow(&text, call.span);
            self.consumed.insert(call.span.start);
        }
    }

    /// Specifiers that stand in texts where nothing follows them.
    pub(super) fn unfollowed(&self) -> BTreeSet<SmolStr> {
        let mut written: BTreeMap<&str, usize> = BTreeMap::new();
        for node in self.semantic.nodes().iter() {
            let text = match node.kind() {
                AstKind::StringLiteral(text) => text.value.as_str(),
                AstKind::TemplateElement(piece) => piece.value.raw.as_str(),
                _ => continue,
            };
            if self.places.contains_key(text) {
                *written.entry(text).or_default() += 1;
            }
        }
        let more = written.into_iter().filter(|(text, times)| self.places[*text].len() < *times);
        let mut unfollowed: BTreeSet<SmolStr> = more.map(|(text, _)| text.into()).collect();
        // By a text that is put together of others.
        for (specifier, places) in Loads::places(self.semantic) {
            let followed = self.places.get(&specifier);
            if followed.is_some_and(|followed| followed.len() < places.len()) {
                unfollowed.insert(specifier);
            }
        }
        unfollowed
    }
}
