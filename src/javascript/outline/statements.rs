//! Cuts the statements of a module into parts.

use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Declaration, ExportDefaultDeclarationKind,
    Expression, ImportOrExportKind, ModuleExportName, Statement, VariableDeclarator,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{AssignmentOperator, LogicalOperator};
use smol_str::SmolStr;

use super::builder::{Builder, number};
use super::expressions::{called_name, described, getters, is_plain_descriptor, root};
use super::{Holder, How, Mention, Quality, Source, Store, Trait, Value};

impl<'run, 'text> Builder<'run, 'text> {
    pub(super) fn statement(&mut self, statement: &'run Statement<'text>) {
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
                self.skipped.push(export.source.span);
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

    /// Whether an expression begins with a name that the module does not change.
    pub(super) fn is_global(&self, expression: &Expression<'text>, name: &str) -> bool {
        let root = root(expression).get_identifier_reference();
        root.is_some_and(|root| root.name == name && self.symbol_of(root).is_none())
    }

    fn exported(&mut self, name: &str, of: Source, path: Vec<SmolStr>, span: Span) {
        let mention = Mention { of, path, how: How::Whole, line: self.line(span) };
        self.alias(mention, vec![Store::property(Holder::Exports, name)], span);
    }

    /// Everything that a module exports becomes part of an object.
    pub(super) fn all_exported(&mut self, of: Source, holder: Holder, span: Span) {
        let mention = Mention { of, path: Vec::new(), how: How::Whole, line: self.line(span) };
        let part = self.alias(mention, vec![Store::itself(holder)], span);
        self.parts[part].note(Quality::IsCopy, true);
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
                self.function(function, stores, span);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                self.class(class, stores, span);
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
                self.function(function, own(name.symbol_id()), function.span);
            }
            Declaration::ClassDeclaration(class) => {
                let Some(name) = &class.id else { return };
                self.class(class, own(name.symbol_id()), class.span);
            }
            // `using` calls a method of the value in the end.
            Declaration::VariableDeclaration(variables) if variables.kind.is_using() => {
                self.part(variables.span, Vec::new(), Value::Other, true);
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
        if self.declared.contains(&declarator.span) {
            return;
        }
        let BindingPattern::BindingIdentifier(name) = &declarator.id else {
            // The names are added where the declared ones are.
            self.part(declarator.span, Vec::new(), Value::Other, true);
            return;
        };
        let stores = vec![Store::itself(Holder::Own(number(name.symbol_id())))];
        match &declarator.init {
            // TypeScript calls a function to make `__importStar`, which does nothing else.
            Some(Expression::LogicalExpression(_)) if self.is_known(name.symbol_id()) => {
                self.part(declarator.span, stores, Value::Function, false);
            }
            Some(init) => self.value(init, stores, declarator.span),
            None => _ = self.part(declarator.span, stores, Value::Constant, false),
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
            ("Object.defineProperty", [target, name, descriptor])
                if self.is_global(&call.callee, "Object") =>
            {
                let Expression::StringLiteral(name) = name.get_inner_expression() else {
                    return false;
                };
                let Some(holder) = self.holder(target) else { return false };
                if name.value == "__esModule" && is_plain_descriptor(descriptor) {
                    self.skipped.push(span);
                    if holder == Holder::Exports {
                        self.traits.insert(Trait::IsCompiled);
                    }
                    return true;
                }
                let Some((value, keys)) = described(descriptor) else { return false };
                // What a getter computes is another thing each time.
                let is_name = self.named(value).is_some();
                if !is_name
                    && keys.iter().any(|key| key.source_text(self.semantic.source_text()) == "get")
                {
                    return false;
                }
                self.consume(target);
                self.skipped.extend(keys);
                let stores = vec![Store::property(holder, &name.value)];
                self.value(value, stores, span);
                true
            }
            ("__exportStar", [from, target]) if self.is_trusted(&call.callee) => {
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
            ("__export" | "_export", [target, object]) if self.is_trusted(&call.callee) => {
                let (Some(holder), Expression::ObjectExpression(object)) =
                    (self.holder(target), object.get_inner_expression())
                else {
                    return false;
                };
                let Some(getters) = getters(object) else { return false };
                self.consume(target);
                self.part(span, Vec::new(), Value::Constant, false);
                for (name, span, value) in getters {
                    let stores = vec![Store::property(holder, &name)];
                    self.value(value, stores, span);
                }
                true
            }
            _ => false,
        }
    }
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
