//! Paths and addresses that the modules `path` and `url` put together (Node.js documentation, "Path", "URL").
//!
//! A function counts as one of theirs only where its name is imported from them: any other one may return
//! anything.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, IdentifierReference, VariableDeclarator,
};

use super::constants::{Constants, OWN_FOLDER, Text, is_mark, joined};
use super::globals::PATHS;
use super::helpers::is_helper;

impl<'text> Constants<'_, 'text> {
    pub(super) fn of_path(
        self,
        name: &str,
        arguments: &[Argument<'text>],
        depth: usize,
    ) -> Vec<Text> {
        match name {
            "join" | "normalize" => self.path(arguments, depth),
            "resolve" => self.resolved(arguments, depth),
            "dirname" => {
                let first = arguments.first().and_then(Argument::as_expression);
                let texts = first.map(|first| self.within(first, depth)).unwrap_or_default();
                texts.iter().map(folder).collect()
            }
            _ => vec![Text::unknown()],
        }
    }

    pub(super) fn of_url(name: &str, first: impl Fn() -> Vec<Text>) -> Vec<Text> {
        match name {
            "fileURLToPath" | "pathToFileURL" => first(),
            _ => vec![Text::unknown()],
        }
    }

    /// Whether a name is what the runtime gives, or imported from one of these modules.
    pub(super) fn is_given(self, name: &IdentifierReference<'text>, modules: &[&str]) -> bool {
        self.symbol(name).is_none() || self.imported(name, modules).is_some()
    }

    /// Whether an expression is one of these modules: a name for it, or a part of `path`.
    pub(super) fn is_namespace(self, expression: &Expression<'text>, modules: &[&str]) -> bool {
        match expression.get_inner_expression() {
            Expression::Identifier(name) => {
                let imported = self.imported(name, modules);
                imported
                    .is_some_and(|name| matches!(name.as_str(), "" | "default" | "posix" | "win32"))
            }
            Expression::StaticMemberExpression(member) => {
                matches!(member.property.name.as_str(), "default" | "posix" | "win32")
                    && self.is_namespace(&member.object, modules)
            }
            Expression::CallExpression(_) => self.is_required(expression, modules),
            _ => false,
        }
    }

    /// What a name is of one of these modules: `""` for the module itself. `None`: something else.
    pub(super) fn imported(
        self,
        name: &IdentifierReference<'text>,
        modules: &[&str],
    ) -> Option<String> {
        let symbol = self.symbol(name)?;
        let scoping = self.semantic.scoping();
        if scoping.symbol_is_mutated(symbol) || !scoping.symbol_redeclarations(symbol).is_empty() {
            return None;
        }
        let declaration = self.semantic.symbol_declaration(symbol);
        let is_of = || {
            let mut around = self.semantic.nodes().ancestor_kinds(declaration.id());
            around.any(|kind| {
                matches!(kind, AstKind::ImportDeclaration(import) if modules.contains(&import.source.value.as_str()))
            })
        };
        match declaration.kind() {
            AstKind::ImportSpecifier(specifier) if is_of() => {
                Some(specifier.imported.name().to_string())
            }
            AstKind::ImportDefaultSpecifier(_) | AstKind::ImportNamespaceSpecifier(_)
                if is_of() =>
            {
                Some(String::new())
            }
            AstKind::VariableDeclarator(VariableDeclarator { id, init: Some(init), .. }) => {
                if !self.is_required(Self::without_helper(init), modules) {
                    return None;
                }
                match id {
                    BindingPattern::BindingIdentifier(_) => Some(String::new()),
                    BindingPattern::ObjectPattern(object) => {
                        object.properties.iter().find_map(|property| match &property.value {
                            BindingPattern::BindingIdentifier(it) if it.symbol_id() == symbol => {
                                Some(property.key.static_name()?.to_string())
                            }
                            _ => None,
                        })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `__importStar(require("path"))`: what compilers wrap a module in.
    fn without_helper<'all>(init: &'all Expression<'text>) -> &'all Expression<'text> {
        match init.get_inner_expression() {
            Expression::CallExpression(call) if is_helper(call) => call
                .arguments
                .first()
                .and_then(Argument::as_expression)
                .map_or(init, Expression::get_inner_expression),
            _ => init,
        }
    }

    /// `require("path")`
    pub(super) fn is_required(self, expression: &Expression<'text>, modules: &[&str]) -> bool {
        let Expression::CallExpression(call) = expression.get_inner_expression() else {
            return false;
        };
        let is_require = call
            .callee
            .get_identifier_reference()
            .is_some_and(|name| name.name == "require" && self.symbol(name).is_none());
        let [Argument::StringLiteral(name)] = call.arguments.as_slice() else { return false };
        is_require && modules.contains(&name.value.as_str())
    }

    /// `path.join(__dirname, "x")`. With a folder that is not known nothing is.
    pub(super) fn path(self, arguments: &[Argument<'text>], depth: usize) -> Vec<Text> {
        let mut texts = vec![Text::whole("")];
        for (place, argument) in arguments.iter().enumerate() {
            let next = argument.as_expression();
            let next = next.map(|argument| self.within(argument, depth));
            let slash = Text::whole(if place == 0 { "" } else { "/" });
            let next = next.unwrap_or_else(|| vec![Text::unknown()]);
            texts = joined(&joined(&texts, &[slash]), &next);
        }
        texts.into_iter().flat_map(normalized).collect()
    }

    /// `path.resolve(__dirname, "x")`. What begins anywhere else begins where a program is started, or is a
    /// path from the root of the disk.
    pub(super) fn resolved(self, arguments: &[Argument<'text>], depth: usize) -> Vec<Text> {
        let texts = |argument: &Argument<'text>| {
            let known = argument.as_expression();
            known.map_or_else(|| vec![Text::unknown()], |known| self.within(known, depth))
        };
        let begins = |argument: &Argument<'text>, start: &str| {
            texts(argument).iter().any(|text| text.known.starts_with(start))
        };
        let [first, rest @ ..] = arguments else { return vec![Text::unknown()] };
        let is_here = texts(first).iter().all(|text| text.known.starts_with(OWN_FOLDER));
        // A part of which not even the beginning is known may be a path from the root.
        let is_open = |argument| texts(argument).iter().any(|text| text.known.is_empty());
        let stays = |argument| {
            !begins(argument, "/") && !begins(argument, OWN_FOLDER) && !is_open(argument)
        };
        if is_here && rest.iter().all(stays) {
            self.path(arguments, depth)
        } else {
            vec![Text::unknown()]
        }
    }

    /// Whether an expression puts a path together, and of what in the end.
    pub(super) fn end_of_path<'all>(
        self,
        call: &'all CallExpression<'text>,
    ) -> Option<&'all Expression<'text>> {
        let name = match call.callee.get_inner_expression() {
            Expression::StaticMemberExpression(member)
                if puts_together(&member.property.name)
                    && self.is_namespace(&member.object, PATHS) =>
            {
                member.property.name.to_string()
            }
            Expression::Identifier(name) => self.imported(name, PATHS)?,
            _ => return None,
        };
        let last = call.arguments.last().and_then(Argument::as_expression);
        last.filter(|_| puts_together(&name))
    }

    /// `new URL("./x", import.meta.url)`
    pub(super) fn address(self, arguments: &[Argument<'text>], depth: usize) -> Vec<Text> {
        let [first, rest @ ..] = arguments else {
            return vec![Text::unknown()];
        };
        let texts = first.as_expression().map(|first| self.within(first, depth));
        let texts = texts.unwrap_or_else(|| vec![Text::unknown()]);
        if rest.is_empty() {
            // The parts of another address are no paths of files.
            let is_file =
                |text: &Text| text.known.starts_with("file:") || text.known.starts_with(OWN_FOLDER);
            return if texts.iter().all(is_file) { texts } else { vec![Text::unknown()] };
        }
        let base = rest.first().and_then(Argument::as_expression);
        if !base.is_some_and(|base| self.is_own_place(base)) {
            return vec![Text::unknown()];
        }
        let in_own_folder = |text: Text| {
            // It may be an address of its own.
            if !text.is_whole && text.known.is_empty() {
                return text;
            }
            // What stands behind it is another text in the path.
            if let Some((before, _)) = text.known.split_once('%') {
                return Text {
                    known: format!("./{}", before.trim_start_matches("./")),
                    is_whole: false,
                };
            }
            let is_relative = text.known.starts_with('.') || text.known.contains(':');
            let known = if is_relative { text.known } else { format!("./{}", text.known) };
            Text { known, ..text }
        };
        texts.into_iter().map(in_own_folder).collect()
    }
}

/// Whether a function of `path` puts paths together.
fn puts_together(name: &str) -> bool {
    matches!(name, "join" | "resolve" | "normalize")
}

/// A path as it was put together and, where that differs, as `join` returns it: what does not lead up begins with
/// no dot there, so that it is the name of a package where it is loaded.
fn normalized(text: Text) -> Vec<Text> {
    let own = text.known.strip_prefix(OWN_FOLDER);
    let known = own.unwrap_or(&text.known).trim_start_matches("./");
    let is_bare = !known.is_empty() && !known.starts_with(['/', '.']);
    if known.contains(is_mark) || !(is_bare || own.is_some()) {
        return vec![text];
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in known.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let start = if own.is_some() && !parts.is_empty() { "/" } else { "" };
    let end = if known.ends_with('/') { "/" } else { "" };
    let own = own.map_or("", |_| OWN_FOLDER);
    let known = format!("{own}{start}{}{end}", parts.join("/"));
    let returned = Text { known, is_whole: text.is_whole };
    // In its own folder nothing but what is returned is meant.
    if returned == text || !own.is_empty() { vec![returned] } else { vec![text, returned] }
}

fn folder(text: &Text) -> Text {
    match text.known.rsplit_once('/') {
        Some((_, "..")) if text.is_whole => Text::whole(format!("{}/..", text.known)),
        Some((folder, _)) if text.is_whole => Text::whole(folder),
        _ => Text::unknown(),
    }
}
