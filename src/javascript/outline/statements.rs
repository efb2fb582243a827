//! Cuts the statements of a module into parts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, BindingPattern, CallExpression, Declaration,
    ExportDefaultDeclarationKind, Expression, ImportDeclarationSpecifier, ImportOrExportKind,
    ModuleExportName, Program, Statement, TSModuleReference, VariableDeclarator,
};
use oxc_semantic::{Semantic, SymbolId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{AssignmentOperator, LogicalOperator};
use smol_str::SmolStr;

use super::values::{described, getters, returned_by};
use super::{Holder, How, Mention, Outline, Part, Source, Store, This, Value, plain_name};

/// What a name stands for that is imported: the specifier, and the properties that lead on.
pub(super) type Imported = (SmolStr, Vec<SmolStr>);

/// Cuts one module.
pub(super) struct Builder<'run, 'text> {
    pub(super) semantic: &'run Semantic<'text>,
    lines: &'run [usize],
    pub(super) parts: Vec<Part>,
    /// Which code each part is of. A part may lie in another one.
    pub(super) spans: Vec<Span>,
    /// Where the functions begin that are values of parts.
    pub(super) functions: HashMap<u32, usize>,
    pub(super) imports: HashMap<SymbolId, Imported>,
    /// Where names begin that only say where something is kept.
    pub(super) consumed: HashSet<u32>,
    /// Code that does nothing.
    pub(super) skipped: Vec<Span>,
    pub(super) followed: BTreeMap<SmolStr, BTreeSet<u32>>,
    /// How often each specifier is followed.
    pub(super) times: BTreeMap<SmolStr, usize>,
    /// Objects in the module that have no name.
    objects: u32,
}

impl<'run, 'text> Builder<'run, 'text> {
    pub(super) fn new(semantic: &'run Semantic<'text>, lines: &'run [usize]) -> Self {
        Self {
            semantic,
            lines,
            parts: Vec::new(),
            spans: Vec::new(),
            functions: HashMap::new(),
            imports: HashMap::new(),
            consumed: HashSet::new(),
            skipped: Vec::new(),
            followed: BTreeMap::new(),
            times: BTreeMap::new(),
            objects: 0,
        }
    }

    pub(super) fn outline(
        mut self,
        program: &'run Program<'text>,
        has_markup: bool,
    ) -> Option<Outline> {
        // What lies in no other part.
        let rest = self.part(program.span, Vec::new(), Value::Other, false);
        for statement in &program.body {
            self.imports_of(statement);
        }
        for statement in &program.body {
            self.statement(statement);
        }
        self.note_declared();
        self.read_mentions()?;
        if has_markup {
            let imported: Vec<Imported> = self.imports.values().cloned().collect();
            for (specifier, path) in imported {
                let of = Source::Loaded(specifier);
                self.parts[rest].mentions.push(Mention { of, path, how: How::Whole, line: 1 });
            }
        }
        let left = &mut self.parts[rest];
        left.is_run =
            !left.mentions.is_empty() || !left.assigns.is_empty() || !left.words.is_empty();
        let unfollowed = self.unfollowed();
        for part in &mut self.parts {
            part.mentions.sort_unstable();
            part.mentions.dedup();
        }
        let is_module = program.body.iter().any(is_of_module);
        Some(Outline { parts: self.parts, is_module, followed: self.followed, unfollowed })
    }

    pub(super) fn line(&self, span: Span) -> u32 {
        let line = self.lines.partition_point(|start| *start <= span.start as usize);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    pub(super) fn part(
        &mut self,
        span: Span,
        stores: Vec<Store>,
        value: Value,
        is_run: bool,
    ) -> usize {
        let name_of = |store: &Store| match (&store.property, store.of) {
            (Some(property), _) => Some(plain_name(property).into()),
            (None, Holder::Own(number)) => self.name_of(number).map(|name| plain_name(name).into()),
            (None, Holder::Exports) => None,
        };
        let names: BTreeSet<SmolStr> = stores.iter().filter_map(name_of).collect();
        let line = self.line(span);
        self.parts.push(Part {
            line,
            stores,
            names: names.clone(),
            value,
            assigns: BTreeSet::new(),
            mentions: Vec::new(),
            is_run,
            calls_only: None,
            is_copy: false,
            this: This::default(),
            inner_this: This::default(),
            words: names,
        });
        self.spans.push(span);
        self.parts.len() - 1
    }

    /// What a holder is called that is a name of the module.
    fn name_of(&self, number: u32) -> Option<&str> {
        let scoping = self.semantic.scoping();
        let index = usize::try_from(number).ok()?;
        (index < scoping.symbols_len()).then(|| scoping.symbol_name(SymbolId::from_usize(index)))
    }

    /// An object that has no name.
    pub(super) fn new_object(&mut self) -> Holder {
        self.objects += 1;
        Holder::Own(u32::MAX - self.objects)
    }

    pub(super) fn follow(&mut self, specifier: &str, span: Span) -> SmolStr {
        let specifier = SmolStr::from(specifier);
        let line = self.line(span);
        self.followed.entry(specifier.clone()).or_default().insert(line);
        *self.times.entry(specifier.clone()).or_default() += 1;
        specifier
    }

    /// Notes the names of a statement that only stand for what another module exports.
    fn imports_of(&mut self, statement: &'run Statement<'text>) {
        match statement {
            Statement::ImportDeclaration(import) => {
                let specifier = self.follow(&import.source.value, import.span);
                self.skipped.push(import.span);
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
                    self.imports.insert(symbol, (specifier.clone(), path));
                }
            }
            Statement::TSImportEqualsDeclaration(import) => {
                if let TSModuleReference::ExternalModuleReference(reference) =
                    &import.module_reference
                {
                    let specifier = self.follow(&reference.expression.value, import.span);
                    self.imports.insert(import.id.symbol_id(), (specifier, Vec::new()));
                }
            }
            Statement::VariableDeclaration(variables) => {
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
        match &declarator.id {
            BindingPattern::BindingIdentifier(name) if self.is_constant(name.symbol_id()) => {
                self.imports.insert(name.symbol_id(), (specifier, path));
            }
            BindingPattern::ObjectPattern(object) if object.rest.is_none() => {
                let mut found = Vec::new();
                for property in &object.properties {
                    let (Some(key), BindingPattern::BindingIdentifier(name)) =
                        (property.key.static_name(), &property.value)
                    else {
                        return;
                    };
                    if !self.is_constant(name.symbol_id()) {
                        return;
                    }
                    let path = path.iter().cloned().chain([SmolStr::from(key.as_ref())]).collect();
                    found.push((name.symbol_id(), (specifier.clone(), path)));
                }
                self.imports.extend(found);
            }
            _ => return,
        }
        // The names stand for it from now on.
        if let Some(init) = &declarator.init {
            self.note_required(init);
        }
        self.skipped.push(declarator.span);
    }

    /// Whether a name stands for one value from the beginning.
    fn is_constant(&self, symbol: SymbolId) -> bool {
        let scoping = self.semantic.scoping();
        !scoping.symbol_is_mutated(symbol) && scoping.symbol_redeclarations(symbol).is_empty()
    }

    fn statement(&mut self, statement: &'run Statement<'text>) {
        match statement {
            Statement::ImportDeclaration(_)
            | Statement::EmptyStatement(_)
            | Statement::TSInterfaceDeclaration(_)
            | Statement::TSTypeAliasDeclaration(_)
            | Statement::TSImportEqualsDeclaration(_) => {}
            Statement::FunctionDeclaration(_)
            | Statement::ClassDeclaration(_)
            | Statement::VariableDeclaration(_) => {
                if let Some(declaration) = statement.as_declaration() {
                    self.declaration(declaration);
                }
            }
            Statement::ExportDeclaration(export) => {
                self.declaration(&export.declaration);
                for (symbol, name) in declared(&export.declaration) {
                    let held = Source::Held(Holder::Own(number(symbol)));
                    self.exported(&name, held, Vec::new(), export.span);
                }
            }
            Statement::ExportNamedDeclaration(export) => {
                for specifier in &export.specifiers {
                    let ModuleExportName::IdentifierReference(local) = &specifier.local else {
                        continue;
                    };
                    let symbol = local.reference_id.get();
                    let symbol =
                        symbol.and_then(|id| self.semantic.scoping().get_reference(id).symbol_id());
                    let Some(symbol) = symbol else { continue };
                    self.consumed.insert(local.span.start);
                    let (of, path) = match self.imports.get(&symbol) {
                        Some((specifier, path)) => {
                            (Source::Loaded(specifier.clone()), path.clone())
                        }
                        None => (Source::Held(Holder::Own(number(symbol))), Vec::new()),
                    };
                    self.exported(&specifier.exported.name(), of, path, specifier.span);
                }
            }
            Statement::ExportFromDeclaration(export) => {
                let from = self.follow(&export.source.value, export.span);
                if export.export_kind == ImportOrExportKind::Type {
                    return;
                }
                for specifier in &export.specifiers {
                    let path = vec![SmolStr::from(specifier.local.name().as_str())];
                    let of = Source::Loaded(from.clone());
                    self.exported(&specifier.exported.name(), of, path, specifier.span);
                }
            }
            Statement::ExportAllDeclaration(export) => {
                let from = self.follow(&export.source.value, export.span);
                if export.export_kind == ImportOrExportKind::Type {
                    return;
                }
                let of = Source::Loaded(from);
                match &export.exported {
                    Some(name) => self.exported(&name.name(), of, Vec::new(), export.span),
                    None => self.all_exported(of, Holder::Exports, export.span),
                }
            }
            Statement::ExportDefaultDeclaration(export) => {
                self.export_default(&export.declaration, export.span);
            }
            Statement::TSExportAssignment(export) => {
                let stores = vec![Store::itself(Holder::Exports)];
                self.value(&export.expression, stores, export.span);
            }
            Statement::ExpressionStatement(statement) => self.expression(&statement.expression),
            _ => _ = self.part(statement.span(), Vec::new(), Value::Other, true),
        }
    }

    fn exported(&mut self, name: &str, of: Source, path: Vec<SmolStr>, span: Span) {
        let mention = Mention { of, path, how: How::Whole, line: self.line(span) };
        let stores = vec![Store::property(Holder::Exports, name)];
        let part = self.part(span, stores, Value::Alias(mention.clone()), false);
        self.parts[part].mentions.push(mention);
    }

    /// Everything that a module exports becomes part of an object.
    pub(super) fn all_exported(&mut self, of: Source, holder: Holder, span: Span) {
        let mention = Mention { of, path: Vec::new(), how: How::Whole, line: self.line(span) };
        let stores = vec![Store::itself(holder)];
        let part = self.part(span, stores, Value::Alias(mention.clone()), false);
        self.parts[part].mentions.push(mention);
        self.parts[part].is_copy = true;
    }

    fn export_default(
        &mut self,
        declaration: &'run ExportDefaultDeclarationKind<'text>,
        span: Span,
    ) {
        let mut stores = vec![Store::property(Holder::Exports, "default")];
        let name = match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => &function.id,
            ExportDefaultDeclarationKind::ClassDeclaration(class) => &class.id,
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => return,
            _ => &None,
        };
        if let Some(name) = name {
            stores.push(Store::itself(Holder::Own(number(name.symbol_id()))));
        }
        match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let part = self.part(span, stores, Value::Function, false);
                self.functions.insert(function.span.start, part);
                self.parts[part].calls_only = self.called_only(returned_by(function));
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let is_run = Self::is_run_class(class);
                self.part(span, stores, Value::Class, is_run);
            }
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => {}
            _ => {
                if let Some(expression) = declaration.as_expression() {
                    self.value(expression, stores, span);
                }
            }
        }
    }

    fn declaration(&mut self, declaration: &'run Declaration<'text>) {
        let own = |symbol| vec![Store::itself(Holder::Own(number(symbol)))];
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                let Some(name) = &function.id else { return };
                let part = self.part(function.span, own(name.symbol_id()), Value::Function, false);
                self.functions.insert(function.span.start, part);
                self.parts[part].calls_only = self.called_only(returned_by(function));
            }
            Declaration::ClassDeclaration(class) => {
                let Some(name) = &class.id else { return };
                let is_run = Self::is_run_class(class);
                self.part(class.span, own(name.symbol_id()), Value::Class, is_run);
            }
            Declaration::VariableDeclaration(variables) => {
                for declarator in &variables.declarations {
                    self.declarator(declarator);
                }
            }
            Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) => {}
            other => _ = self.part(other.span(), Vec::new(), Value::Other, true),
        }
    }

    fn declarator(&mut self, declarator: &'run VariableDeclarator<'text>) {
        if self.skipped.contains(&declarator.span) {
            return;
        }
        let name = match &declarator.id {
            BindingPattern::BindingIdentifier(name) => name,
            _ => {
                // The names are added where the declared ones are.
                self.part(declarator.span, Vec::new(), Value::Other, true);
                return;
            }
        };
        let stores = vec![Store::itself(Holder::Own(number(name.symbol_id())))];
        match &declarator.init {
            Some(init) => self.value(init, stores, declarator.span),
            None => _ = self.part(declarator.span, stores, Value::Other, false),
        }
    }

    fn expression(&mut self, expression: &'run Expression<'text>) {
        let span = expression.span();
        match expression.get_inner_expression() {
            // `0 && (module.exports = { a })` tells Node.js the names of what esbuild exports.
            Expression::LogicalExpression(choice)
                if choice.operator == LogicalOperator::And
                    && matches!(&choice.left, Expression::NumericLiteral(number) if number.value == 0.0) =>
            {
                self.skipped.push(span);
            }
            Expression::AssignmentExpression(assignment)
                if assignment.operator == AssignmentOperator::Assign =>
            {
                self.value(expression, Vec::new(), span);
            }
            Expression::CallExpression(call) if self.exporting_call(call, span) => {}
            _ => _ = self.part(span, Vec::new(), Value::Other, true),
        }
    }

    /// A call by which compilers export something. `false`: it is another one.
    fn exporting_call(&mut self, call: &'run CallExpression<'text>, span: Span) -> bool {
        let arguments: Vec<&Expression<'text>> =
            call.arguments.iter().filter_map(Argument::as_expression).collect();
        if arguments.len() != call.arguments.len() {
            return false;
        }
        match (called_name(call).as_str(), arguments.as_slice()) {
            ("Object.defineProperty", [target, name, descriptor]) => {
                let Expression::StringLiteral(name) = name.get_inner_expression() else {
                    return false;
                };
                let Some(holder) = self.holder(target) else { return false };
                if name.value == "__esModule" {
                    self.skipped.push(span);
                    return true;
                }
                let Some(value) = described(descriptor) else { return false };
                self.consume(target);
                let stores = vec![Store::property(holder, &name.value)];
                self.value(value, stores, span);
                true
            }
            ("util.inherits" | "inherits" | "_inherits" | "__extends", [class, _]) => {
                let Some(holder) = self.holder(class) else { return false };
                self.consume(class);
                let stores = vec![Store::property(holder, "prototype")];
                let is_run = !call
                    .arguments
                    .iter()
                    .all(|it| it.as_expression().is_some_and(|it| self.is_inert(it)));
                self.part(span, stores, Value::Other, is_run);
                true
            }
            ("__exportStar", [from, target]) => {
                let (Some(holder), Some(of)) = (self.holder(target), self.imported(from)) else {
                    return false;
                };
                if !of.1.is_empty() {
                    return false;
                }
                self.consume(target);
                self.note_required(from);
                self.consume(from);
                self.all_exported(Source::Loaded(of.0), holder, span);
                true
            }
            ("__export", [target, object]) => {
                let (Some(holder), Expression::ObjectExpression(object)) =
                    (self.holder(target), object.get_inner_expression())
                else {
                    return false;
                };
                let Some(getters) = getters(object) else { return false };
                self.consume(target);
                for (name, value) in getters {
                    let stores = vec![Store::property(holder, &name)];
                    self.value(value, stores, value.span());
                }
                self.part(span, Vec::new(), Value::Other, false);
                true
            }
            _ => false,
        }
    }

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

    /// `object.name`, and the first name of `object.name.other`.
    fn kept_in_property(&self, object: &Expression<'text>, name: &str) -> Option<Store> {
        let is_module = object.get_identifier_reference().is_some_and(|it| it.name == "module");
        if name == "exports" && is_module && self.holder(object).is_none() {
            return Some(Store::itself(Holder::Exports));
        }
        if let Some(of) = self.holder(object) {
            return Some(Store::property(of, name));
        }
        match object.get_inner_expression() {
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let kept = self.kept_in_property(&member.object, name)?;
                Some(Store { is_below: true, ..kept })
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

    /// Every part keeps what it declares and what it assigns, wherever that stands in it.
    fn note_declared(&mut self) {
        let scoping = self.semantic.scoping();
        let root = scoping.root_scope_id();
        let mut found = Vec::new();
        for symbol in scoping.symbol_ids().filter(|it| scoping.symbol_scope_id(*it) == root) {
            let declared = scoping.symbol_declarations(symbol);
            let assigned = scoping.get_resolved_references(symbol);
            let assigned = assigned.filter(|it| it.is_write()).map(|it| it.node_id());
            for node in declared.chain(assigned) {
                found.push((symbol, self.semantic.nodes().kind(node)));
            }
        }
        for (symbol, kind) in found {
            if matches!(kind, AstKind::Program(_)) || self.imports.contains_key(&symbol) {
                continue;
            }
            let part = self.part_at(kind.span().start);
            let of = Holder::Own(number(symbol));
            let stores = &self.parts[part].stores;
            if !stores.iter().any(|store| store.of == of) {
                self.parts[part].assigns.insert(of);
            }
        }
    }

    /// The innermost part that holds a place of the text.
    pub(super) fn part_at(&self, place: u32) -> usize {
        let holds = |span: &Span| span.start <= place && place < span.end;
        let parts = self.spans.iter().enumerate().filter(|(_, span)| holds(span));
        parts.min_by_key(|(_, span)| span.end - span.start).map_or(0, |(part, _)| part)
    }
}

pub(super) fn number(symbol: SymbolId) -> u32 {
    u32::try_from(symbol.index()).unwrap_or(u32::MAX)
}

fn is_of_module(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::ImportDeclaration(_)
            | Statement::ExportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::ExportDefaultDeclaration(_)
    )
}

/// The names that a declaration makes.
fn declared(declaration: &Declaration<'_>) -> Vec<(SymbolId, SmolStr)> {
    let mut names = Vec::new();
    match declaration {
        Declaration::VariableDeclaration(variables) => {
            for declarator in &variables.declarations {
                for name in declarator.id.get_binding_identifiers() {
                    names.push((name.symbol_id(), SmolStr::from(name.name.as_str())));
                }
            }
        }
        other => {
            if let Some(name) = other.id() {
                names.push((name.symbol_id(), SmolStr::from(name.name.as_str())));
            }
        }
    }
    names
}

/// The name of a function that is called: `a`, and `a.b`. What a library of helpers is called does not count.
pub(super) fn called_name(call: &CallExpression<'_>) -> String {
    let mut callee = call.callee.get_inner_expression();
    while let Expression::SequenceExpression(all) = callee {
        let Some(last) = all.expressions.last() else { break };
        callee = last.get_inner_expression();
    }
    match callee {
        Expression::Identifier(name) => name.name.to_string(),
        Expression::StaticMemberExpression(member) => {
            let property = member.property.name.as_str();
            match member.object.get_identifier_reference() {
                Some(object) if !property.starts_with("__") => {
                    format!("{}.{property}", object.name)
                }
                _ => property.to_owned(),
            }
        }
        _ => String::new(),
    }
}
