//! Where a value goes.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, LogicalOperator, PropertyKey,
    TaggedTemplateExpression,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::constants::Text;
use super::globals::{Builtin, HARMLESS_BINDINGS, Origin, Property, builtin};
use super::helpers::{is_helper, is_its_operand};
use super::loads::{LONGEST_PATH, Loads};
use super::module::{Reason, Requested};

/// Functions that start programs, whoever hands them on.
const PROGRAM_STARTERS: &[&str] =
    &["spawn", "spawnSync", "execSync", "execFile", "execFileSync", "execa", "execaSync"];

/// Functions of Node.js that start a module by its path.
const STARTERS: &[&str] = &["fork", "Worker", "setupPrimary", "setupMaster"];

impl<'text> Loads<'_, 'text> {
    /// Looks at what the expression of a node is part of, which may have this value.
    pub(super) fn follow(&mut self, node: NodeId, origin: &Origin) {
        let nodes = self.semantic.nodes();
        let span = nodes.kind(node).span();
        let parent = nodes.parent_node(node);
        let (id, kind) = (parent.id(), parent.kind());
        match kind {
            kind if is_its_operand(kind) => self.pending.push((id, origin.clone())),
            AstKind::LogicalExpression(choice) => {
                // What stands left of `&&` is the result only where it is nothing.
                let is_tested =
                    choice.operator == LogicalOperator::And && choice.left.span() == span;
                if !is_tested {
                    self.pending.push((id, origin.clone()));
                }
            }
            AstKind::AwaitExpression(_) => {
                let awaited = self.awaited(origin);
                self.pending.push((id, awaited));
            }
            AstKind::ConditionalExpression(choice) => {
                if choice.test.span() != span {
                    self.pending.push((id, origin.clone()));
                }
            }
            AstKind::SequenceExpression(all) => {
                if all.expressions.last().is_some_and(|last| last.span() == span) {
                    self.pending.push((id, origin.clone()));
                }
            }
            AstKind::StaticMemberExpression(member) => {
                self.static_member(id, origin, member.property.name.as_str(), span);
            }
            AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                match self.constants.text(&member.expression) {
                    Some(name) => self.static_member(id, origin, &name, span),
                    None => self.any_member(origin, span),
                }
            }
            // What a name is computed from is not what it names.
            AstKind::ComputedMemberExpression(_) => {}
            AstKind::CallExpression(call) if call.callee.span() == span => {
                self.called(id, origin, &call.arguments, span);
            }
            AstKind::CallExpression(call) if is_helper(call) || is_promisify(call) => {
                self.pending.push((id, origin.clone()));
            }
            AstKind::NewExpression(call) if call.callee.span() == span => {
                self.called(id, origin, &call.arguments, span);
            }
            AstKind::VariableDeclarator(declarator) => {
                self.bind(&declarator.id, origin);
                let declaration = nodes.parent_id(id);
                if matches!(nodes.parent_kind(declaration), AstKind::ExportDeclaration(_)) {
                    self.escaped(origin, span);
                }
            }
            AstKind::AssignmentPattern(default) => self.bind(&default.left, origin),
            AstKind::FormalParameter(parameter) => self.bind(&parameter.pattern, origin),
            AstKind::AssignmentExpression(assignment) => {
                if assignment.right.span() == span {
                    self.assign(&assignment.left, origin, span);
                    // The value of a destructuring assignment is the whole right side, which a statement drops.
                    self.pending.push((id, origin.clone()));
                }
            }
            AstKind::ArrowFunctionExpression(_) => self.returned(id, origin, span),
            AstKind::TaggedTemplateExpression(tagged) => self.tagged(id, origin, tagged, span),
            // A class of another's kind starts what its own constructor is given.
            AstKind::Class(_) => {
                self.hand_on_starter(origin, span);
                self.called(id, origin, &[], span);
            }
            AstKind::Decorator(_)
            | AstKind::JSXOpeningElement(_)
            | AstKind::JSXClosingElement(_) => self.called(id, origin, &[], span),
            AstKind::JSXMemberExpression(member) => {
                self.static_member(id, origin, member.property.name.as_str(), span);
            }
            // `tag`${value}``: the function is given the value.
            AstKind::TemplateLiteral(_)
                if matches!(nodes.parent_kind(id), AstKind::TaggedTemplateExpression(_)) =>
            {
                self.escaped(origin, span);
            }
            kind if drops_value(kind) => {}
            _ => self.escaped(origin, span),
        }
    }

    /// A tag is called with the pieces of the text.
    fn tagged(
        &mut self,
        id: NodeId,
        origin: &Origin,
        tagged: &TaggedTemplateExpression<'text>,
        span: Span,
    ) {
        match origin {
            Origin::Loaded { load, .. } if self.is_of_starter(*load) => {
                self.started_by_template(&tagged.quasi, span);
            }
            origin if origin.loads() => self.escaped(origin, span),
            origin => self.called(id, origin, &[], span),
        }
    }

    fn static_member(&mut self, id: NodeId, origin: &Origin, name: &str, span: Span) {
        if let Origin::Promised { load } = *origin {
            self.promised(id, load, name, span);
            return;
        }
        if let Some(member) = self.member(origin, name, span) {
            self.read_property(origin, &member, span);
            self.pending.push((id, member));
        }
    }

    /// A property that is followed further. What can load anything is noted.
    pub(super) fn member(&mut self, origin: &Origin, name: &str, span: Span) -> Option<Origin> {
        match origin.property(name) {
            // `node = node.next` goes on for ever.
            Property::Is(Origin::Loaded { path, .. }) if path.len() > LONGEST_PATH => {
                self.used(origin, span);
                None
            }
            Property::Is(member) => Some(member),
            Property::Harmless => None,
            Property::Loader => {
                self.add(Requested::Anything(Reason::Loader), span);
                None
            }
        }
    }

    /// `import("x").then(x => …)`
    fn promised(&mut self, member: NodeId, load: u32, name: &str, span: Span) {
        let nodes = self.semantic.nodes();
        let call = nodes.parent_node(member);
        let AstKind::CallExpression(expression) = call.kind() else {
            self.escaped(&Origin::Promised { load }, span);
            return;
        };
        match name {
            "then" => {
                let Some(first) = expression.arguments.first().and_then(Argument::as_expression)
                else {
                    return;
                };
                let parameters = match first.get_inner_expression() {
                    Expression::ArrowFunctionExpression(function) => Some(&function.params),
                    Expression::FunctionExpression(function) => Some(&function.params),
                    _ => None,
                };
                let loaded = self.origin(load);
                match parameters {
                    Some(parameters) => {
                        if let Some(first) = parameters.items.first() {
                            self.bind(&first.pattern, &loaded);
                        }
                        // A function has it in its `arguments` as well.
                        let is_function = !matches!(
                            first.get_inner_expression(),
                            Expression::ArrowFunctionExpression(_)
                        );
                        if parameters.rest.is_some() || is_function {
                            self.escaped(&loaded, span);
                        }
                    }
                    None => self.escaped(&loaded, span),
                }
            }
            "catch" | "finally" => self.pending.push((call.id(), Origin::Promised { load })),
            _ => self.escaped(&Origin::Promised { load }, span),
        }
    }

    fn called(&mut self, id: NodeId, origin: &Origin, arguments: &[Argument<'text>], span: Span) {
        let first = arguments.first().and_then(Argument::as_expression);
        match origin {
            Origin::Require => {
                let Some(first) = first else {
                    if !arguments.is_empty() {
                        self.add(Requested::Anything(Reason::Computed), span);
                    }
                    return;
                };
                for load in self.load(first, span) {
                    let origin = self.origin(load);
                    self.pending.push((id, origin));
                }
            }
            Origin::RequireElsewhere => self.load_elsewhere(first, span),
            // `require.resolve(name, { paths })`
            Origin::Finder if arguments.len() > 1 => self.load_elsewhere(first, span),
            Origin::Finder => {
                if let Some(first) = first {
                    self.load(first, span);
                    self.folder_found(first, span);
                } else if !arguments.is_empty() {
                    self.add(Requested::Anything(Reason::Computed), span);
                }
            }
            Origin::CreateRequire => {
                let is_here = first.is_some_and(|first| self.constants.is_own_place(first));
                let made = if is_here { Origin::Require } else { Origin::RequireElsewhere };
                self.pending.push((id, made));
            }
            Origin::GetBuiltin => match first.and_then(|first| self.constants.text(first)) {
                Some(name) => {
                    let load = self.module_load(&name, span);
                    let origin = self.origin(load);
                    self.pending.push((id, origin));
                }
                None => {
                    self.add(Requested::Anything(Reason::Loader), span);
                }
            },
            Origin::Compiler => {
                // What is evaluated in place may change what names stand for.
                let is_in_place = matches!(
                    self.semantic.nodes().kind(id),
                    AstKind::CallExpression(call)
                        if call.callee.get_identifier_reference().is_some_and(|name| name.name == "eval")
                );
                if is_in_place || !self.is_harmless_text(arguments) {
                    self.add(Requested::Generated, span);
                    self.loader_compiled(arguments, span);
                }
            }
            Origin::Starter => {
                if let Some(first) = first {
                    self.load(first, span);
                }
                if Self::has_options_of_runtime(arguments) {
                    self.add(Requested::Generated, span);
                }
            }
            Origin::Binding => {
                let name = first.and_then(|first| self.constants.text(first));
                if !name.is_some_and(|name| HARMLESS_BINDINGS.contains(&name.as_str())) {
                    self.add(Requested::Generated, span);
                }
            }
            Origin::ModuleObject | Origin::OtherModule | Origin::ModuleBuiltin => {
                self.add(Requested::Anything(Reason::Loader), span);
            }
            Origin::Loaded { load, path } => {
                let starts = path.last().is_some_and(|name| STARTERS.contains(&name.as_str()))
                    && self.specifier(*load).is_some_and(super::globals::starts_programs);
                if let Some(first) = first.filter(|_| starts) {
                    self.load(first, span);
                    if Self::has_options_of_runtime(arguments) {
                        self.add(Requested::Generated, span);
                    }
                } else if (self.is_of_starter(*load) && !is_of_workers(self.specifier(*load)))
                    || path.last().is_some_and(|name| PROGRAM_STARTERS.contains(&name.as_str()))
                {
                    self.started(arguments, span);
                }
                self.used(origin, span);
            }
            Origin::Promised { .. } | Origin::ImportMeta | Origin::Process | Origin::Global => {}
        }
    }

    /// `eval("require")`, `new Function("name", "return import(name)")`: what is compiled loads what it is told.
    fn loader_compiled(&mut self, arguments: &[Argument<'text>], span: Span) {
        let Some((last, before)) = arguments.split_last() else { return };
        let texts = |argument: &Argument<'text>| {
            argument.as_expression().map(|text| self.constants.texts(text)).unwrap_or_default()
        };
        // `Function("require", code)`: the first ones are names of parameters.
        let mut all: Vec<Text> = before.iter().flat_map(texts).collect();
        all.retain(|text| text.known.contains(|next: char| !next.is_alphanumeric()));
        all.extend(texts(last));
        for text in all {
            match loaded_by(&text.known) {
                Some(specifiers) => {
                    for specifier in specifiers {
                        self.add(Requested::Elsewhere(specifier.into()), span);
                    }
                }
                None => _ = self.add(Requested::Anything(Reason::Computed), span),
            }
        }
    }

    /// `require.resolve("pkg")` finds the folder of a package, and any file in it may be meant.
    fn folder_found(&mut self, what: &Expression<'text>, span: Span) {
        for text in self.constants.texts(what) {
            let parts = if text.known.starts_with('@') { 2 } else { 1 };
            let package: Vec<&str> = text.known.split('/').take(parts).collect();
            if text.is_whole && !text.known.starts_with(['.', '/', '#']) {
                self.add(Requested::Beginning(format!("{}/", package.join("/")).into()), span);
            }
        }
    }

    /// Loads from a folder that nobody knows.
    fn load_elsewhere(&mut self, what: Option<&Expression<'text>>, span: Span) {
        let texts = what.map(|what| self.constants.texts(what)).unwrap_or_default();
        let is_named = |text: &Text| text.is_whole && !text.known.starts_with(['.', '/', '#']);
        if texts.is_empty() || !texts.iter().all(is_named) {
            self.add(Requested::Anything(Reason::Loader), span);
        }
        for text in texts.into_iter().filter(is_named) {
            self.add(Requested::Elsewhere(text.known.into()), span);
        }
    }

    /// A property of which nobody knows the name.
    pub(super) fn any_member(&mut self, origin: &Origin, span: Span) {
        match origin {
            Origin::Loaded { .. } | Origin::Promised { .. } => {
                self.hand_on_starter(origin, span);
                self.used(origin, span);
            }
            Origin::Global | Origin::Compiler => {
                self.add(Requested::Generated, span);
            }
            Origin::Require
            | Origin::RequireElsewhere
            | Origin::ModuleObject
            | Origin::OtherModule
            | Origin::ModuleBuiltin
            | Origin::ImportMeta
            | Origin::Process
            | Origin::CreateRequire
            | Origin::GetBuiltin
            | Origin::Binding
            | Origin::Starter
            | Origin::Finder => {
                self.add(Requested::Anything(Reason::Loader), span);
            }
        }
    }

    /// Nothing follows the value any further.
    pub(super) fn escaped(&mut self, origin: &Origin, span: Span) {
        self.hand_on_starter(origin, span);
        match origin {
            Origin::Loaded { .. } | Origin::Promised { .. } => {
                self.used(origin, span);
            }
            Origin::Require
            | Origin::RequireElsewhere
            | Origin::ModuleObject
            | Origin::OtherModule
            | Origin::ModuleBuiltin
            | Origin::CreateRequire
            | Origin::GetBuiltin
            | Origin::Starter
            | Origin::Finder
            | Origin::ImportMeta => {
                self.add(Requested::Anything(Reason::HandedOn), span);
            }
            Origin::Compiler | Origin::Binding => {
                self.add(Requested::Generated, span);
            }
            // They are known by the names of their properties, wherever they go.
            Origin::Process | Origin::Global => {}
        }
    }

    /// What starts programs may start any where nothing follows it.
    pub(super) fn hand_on_starter(&mut self, origin: &Origin, span: Span) {
        if let Origin::Loaded { load, .. } | Origin::Promised { load } = origin
            && self.is_of_starter(*load)
        {
            // What starts modules loads them.
            let path = if let Origin::Loaded { path, .. } = origin { path.as_slice() } else { &[] };
            let starts_modules = match path.last() {
                Some(name) => STARTERS.contains(&name.as_str()),
                None => is_of_workers(self.specifier(*load)),
            };
            let what = if starts_modules {
                Requested::Anything(Reason::HandedOn)
            } else {
                Requested::Program
            };
            self.add(what, span);
        }
    }

    fn awaited(&self, origin: &Origin) -> Origin {
        match origin {
            Origin::Promised { load } => self.origin(*load),
            other => other.clone(),
        }
    }

    /// `() => expression`, which `.then` of a promise gives to whoever waits for it.
    fn returned(&mut self, function: NodeId, origin: &Origin, span: Span) {
        let call = self.semantic.nodes().parent_node(function);
        let is_then = |call: &CallExpression<'_>| {
            let callee = call.callee.get_inner_expression();
            matches!(callee, Expression::StaticMemberExpression(member) if member.property.name == "then")
        };
        match (call.kind(), origin) {
            (AstKind::CallExpression(expression), Origin::Loaded { load, path })
                if path.is_empty() && is_then(expression) =>
            {
                self.pending.push((call.id(), Origin::Promised { load: *load }));
            }
            _ => self.escaped(origin, span),
        }
    }

    /// Gives every name of a pattern its part of a value.
    pub(super) fn bind(&mut self, pattern: &BindingPattern<'text>, origin: &Origin) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => self.alias(name.symbol_id(), origin),
            BindingPattern::AssignmentPattern(default) => self.bind(&default.left, origin),
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let span = property.span;
                    if let Some(member) = self.keyed(&property.key, origin, span) {
                        self.bind(&property.value, &member);
                    }
                }
                if let Some(rest) = &object.rest {
                    self.any_member(origin, rest.span);
                }
            }
            BindingPattern::ArrayPattern(array) => self.escaped(origin, array.span),
        }
    }

    pub(super) fn keyed(
        &mut self,
        key: &PropertyKey<'text>,
        origin: &Origin,
        span: Span,
    ) -> Option<Origin> {
        let name = key.static_name().map(|name| name.to_string()).or_else(|| {
            let expression = key.as_expression()?;
            self.constants.text(expression)
        });
        let Some(name) = name else {
            self.any_member(origin, span);
            return None;
        };
        let member = self.member(origin, &name, span)?;
        self.read_property(origin, &member, span);
        Some(member)
    }

    /// Reading a property is a use of it, whatever becomes of it.
    pub(super) fn read_property(&mut self, origin: &Origin, member: &Origin, span: Span) {
        if member != origin {
            self.used(member, span);
        }
    }
}

/// Whether what has a value in it looks at it at most, and gives it to nobody.
fn drops_value(kind: AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::UnaryExpression(_)
            | AstKind::BinaryExpression(_)
            | AstKind::UpdateExpression(_)
            | AstKind::TemplateLiteral(_)
            | AstKind::ExpressionStatement(_)
            | AstKind::IfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::SwitchStatement(_)
            | AstKind::SwitchCase(_)
            | AstKind::TSTypeQuery(_)
            | AstKind::TSQualifiedName(_)
            | AstKind::TSTypeReference(_)
            | AstKind::TSClassImplements(_)
            | AstKind::TSInterfaceHeritage(_)
    )
}

/// `promisify(exec)`: what it returns does the same.
fn is_promisify(call: &CallExpression<'_>) -> bool {
    match call.callee.get_inner_expression() {
        Expression::Identifier(name) => name.name == "promisify",
        Expression::StaticMemberExpression(member) => member.property.name == "promisify",
        _ => false,
    }
}

/// Whether a module starts workers of the same runtime, and no programs.
fn is_of_workers(specifier: Option<&str>) -> bool {
    specifier.and_then(builtin) == Some(Builtin::StartsWorkers)
}

/// The specifiers of what a text of code loads. `None`: it loads what is computed, or hands a loader on.
fn loaded_by(code: &str) -> Option<Vec<&str>> {
    let words = ["require", "import"].into_iter().flat_map(|word| {
        code.match_indices(word).map(move |(place, _)| code[place + word.len()..].trim_start())
    });
    let specifiers = words.map(|rest| {
        let rest = rest.strip_prefix('(')?.trim_start();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (specifier, after) = rest[1..].split_once(quote)?;
        after.trim_start().starts_with(')').then_some(specifier)
    });
    specifiers.collect()
}

#[cfg(test)]
mod tests {
    use super::loaded_by;

    #[test]
    fn what_a_text_of_code_loads_is_told() {
        for (code, loaded) in [
            ("return this", Some(vec![])),
            ("require('a').b + import( \"c\" )", Some(vec!["a", "c"])),
            ("require", None),
            ("return import(name)", None),
            ("require('a' + b)", None),
            ("import a from 'a'", None),
        ] {
            assert_eq!(loaded_by(code), loaded, "{code}");
        }
    }
}
