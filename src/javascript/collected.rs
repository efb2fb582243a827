//! The texts of a module: those that name others, those that are code, and those that are kept.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryOperator, Expression, ImportOrExportKind};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;
use smol_str::SmolStr;

use super::first_line::{first_line, runs_more};
use super::globals;
use super::loads::Loads;
use super::module::{Reason, Requested, Texts};
use super::programs;
use super::texts::may_name_package;

/// Calls and words by which a text is code that loads something, once anything compiles it: and what compiles
/// may be found by any computed name.
const CODE: &[&str] =
    &["import(", "require(", "mainModule", "getBuiltinModule", "createRequire", "constructor"];

/// No path of a module is longer, and no command.
const LONGEST_PATH: usize = 300;

/// How many words of a command are looked at.
const MOST_WORDS: usize = 8;

impl Loads<'_, '_> {
    /// `Reflect.get(process, "mainModule")`
    fn texts_that_name_loaders(&mut self) {
        for node in self.semantic.nodes().iter() {
            self.sum_up(node.id(), node.kind());
            let name = match node.kind() {
                AstKind::StringLiteral(text) => text.value.as_str(),
                AstKind::IdentifierName(name) => name.name.as_str(),
                _ => "",
            };
            if globals::SETTINGS.contains(&name) {
                self.add(Requested::Program, node.kind().span());
            }
            if let AstKind::TemplateElement(piece) = node.kind()
                && is_code(piece.value.raw.as_str())
            {
                self.add(Requested::Generated, piece.span);
            }
            let AstKind::StringLiteral(text) = node.kind() else { continue };
            match text.value.as_str() {
                "eval" => _ = self.add(Requested::Generated, text.span),
                name if globals::names_loader(name) => {
                    self.add(Requested::Anything(Reason::Loader), text.span);
                }
                code if is_code(code) => _ = self.add(Requested::Generated, text.span),
                _ => {}
            }
        }
    }

    /// Whether a text stands where a module is loaded by it: it is followed there, and goes nowhere else.
    fn is_specifier(&self, text: NodeId) -> bool {
        match self.semantic.nodes().parent_kind(text) {
            AstKind::ImportDeclaration(_)
            | AstKind::ExportFromDeclaration(_)
            | AstKind::ExportAllDeclaration(_)
            | AstKind::ImportExpression(_) => true,
            AstKind::CallExpression(call) => {
                let callee = call.callee.get_identifier_reference();
                callee.is_some_and(|name| name.name == "require")
            }
            _ => false,
        }
    }

    /// `define(["pkg"], …)`: whether a text stands in a list of modules (webpack documentation, "Module
    /// Methods", "AMD"; `SystemJS` documentation, "System.register").
    fn is_listed(&self, text: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let list = nodes.parent_node(text);
        let AstKind::ArrayExpression(_) = list.kind() else { return false };
        let AstKind::CallExpression(call) = nodes.parent_kind(list.id()) else { return false };
        let name = match call.callee.get_inner_expression() {
            Expression::Identifier(name) => name.name.as_str(),
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            _ => return false,
        };
        matches!(name, "define" | "require" | "requirejs" | "register")
    }

    pub(super) fn collect_texts(&mut self, kept: Texts) {
        // Code in a text counts as compiled, so that the texts are kept: they may name what it loads.
        self.texts_that_name_loaders();
        let compiles =
            self.module.loads.iter().any(|load| matches!(load.what, Requested::Generated));
        // What the first line of a program names is run before it.
        self.module.starts_programs |= runs_more(self.semantic.source_text());
        let takes_all = kept == Texts::All || compiles || self.module.starts_programs;
        let mut names: HashSet<&str, RandomState> = HashSet::default();
        let mut listed: HashSet<&str, RandomState> = HashSet::default();
        let computed = std::mem::take(&mut self.computed);
        let mut texts: HashSet<&str, RandomState> = HashSet::default();
        let mut commands: HashSet<&str, RandomState> = HashSet::default();
        let put_together = std::mem::take(&mut self.paths);
        let mut paths: HashSet<&str, RandomState> = HashSet::default();
        paths.extend(put_together.iter().map(SmolStr::as_str));
        if takes_all {
            texts.extend(computed.iter().map(SmolStr::as_str));
        }
        if let Some(first) = first_line(self.semantic.source_text()) {
            texts.extend(first.split_whitespace().chain([first]));
        }
        for node in self.semantic.nodes().iter() {
            let text = match node.kind() {
                AstKind::StringLiteral(text) if !self.is_of_types(node.id()) => text.value.as_str(),
                AstKind::TemplateElement(piece) => {
                    piece.value.cooked.as_ref().map_or("", |text| text.as_str())
                }
                _ => continue,
            };
            let may_name = text.split(['!', '?']).filter(|part| may_name_package(part));
            if self.is_listed(node.id()) {
                listed.extend(may_name.clone());
            }
            names.extend(may_name);
            if self.is_specifier(node.id()) {
                continue;
            }
            if is_path(text) {
                paths.insert(text);
            }
            commands.extend(words_of_command(text));
            if takes_all {
                texts.insert(text);
            }
        }
        let sorted = |all: HashSet<&str, RandomState>| {
            let mut all: Vec<SmolStr> = all.into_iter().map(SmolStr::from).collect();
            all.sort_unstable();
            all
        };
        self.module.names = sorted(names);
        self.module.listed = sorted(listed);
        self.module.paths = sorted(paths);
        self.module.commands = sorted(commands);
        self.module.texts = sorted(texts);
    }

    /// Puts a text together that is written in several parts.
    fn sum_up(&mut self, node: NodeId, kind: AstKind<'_>) {
        if let AstKind::TemplateLiteral(template) = kind {
            let first = template.quasis.first().map_or("", |piece| piece.value.raw.as_str());
            if !template.expressions.is_empty() && programs::tells_runtime(first) {
                self.add(Requested::Program, template.span);
            }
        }
        let paths = self.constants.of_path_at(node);
        self.paths.extend(paths.into_iter().filter(|path| is_path(path)).map(SmolStr::from));
        let AstKind::BinaryExpression(sum) = kind else { return };
        let is_sum = |kind: AstKind<'_>| matches!(kind, AstKind::BinaryExpression(it) if it.operator == BinaryOperator::Addition);
        if !is_sum(kind) || is_sum(self.semantic.nodes().parent_kind(node)) {
            return;
        }
        for text in self.constants.of_sum(node) {
            if globals::names_loader(&text) {
                self.add(Requested::Anything(Reason::Loader), sum.span);
            } else if is_code(&text) {
                self.add(Requested::Generated, sum.span);
            }
            if programs::tells_runtime(&text) {
                self.add(Requested::Program, sum.span);
            }
            if is_path(&text) {
                self.paths.push(text.as_str().into());
            }
            self.computed.push(text.into());
        }
    }

    /// Whether a text names a module only for its types, which compilers leave out.
    fn is_of_types(&self, text: NodeId) -> bool {
        match self.semantic.nodes().parent_kind(text) {
            AstKind::ImportDeclaration(import) => import.import_kind == ImportOrExportKind::Type,
            AstKind::ExportFromDeclaration(it) => it.export_kind == ImportOrExportKind::Type,
            AstKind::ExportAllDeclaration(it) => it.export_kind == ImportOrExportKind::Type,
            AstKind::TSImportType(_)
            | AstKind::TSLiteralType(_)
            | AstKind::TSExternalModuleDeclaration(_) => true,
            _ => false,
        }
    }
}

/// The words of a text that may be a command with what is given to it: none of a sentence.
fn words_of_command(text: &str) -> impl Iterator<Item = &str> {
    let is_short = text.len() <= LONGEST_PATH && text.contains(' ');
    let starts_small = !text.starts_with(|first: char| first.is_uppercase());
    let may_be = is_short && starts_small && !text.contains(|next: char| ",:!?'(\n".contains(next));
    let words = text.split_whitespace().filter(move |_| may_be);
    words.take(MOST_WORDS).filter(|word| may_name_package(word))
}

/// Whether a text is a path in a folder that it does not name, or out of it.
fn is_path(text: &str) -> bool {
    (text.starts_with("./") || text.starts_with("../")) && text.len() <= LONGEST_PATH
}

fn is_code(text: &str) -> bool {
    text == "Function" || CODE.iter().any(|word| text.contains(word)) || has_import(text)
}

/// Whether a text has a declaration in it that loads a module: `import a from "b"`, `export * from 'b'`.
fn has_import(text: &str) -> bool {
    let is_quoted = |word: &str| {
        text.match_indices(word)
            .any(|(place, _)| text[place + word.len()..].trim_start().starts_with(['"', '\'', '`']))
    };
    let declares = text.contains("import") || text.contains("export");
    declares && (is_quoted("import") || is_quoted("from") || text.trim_end().ends_with("from"))
}
