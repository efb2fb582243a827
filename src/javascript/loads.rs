//! What a module loads, and where what it loads goes.
//!
//! A value is followed from the expression that makes it to whatever that expression is part of, through
//! names, destructuring and the helpers of compilers. Names that are written more than once are followed
//! all the same: the answer is what a value *may* be.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BinaryOperator, Expression, ImportDeclaration, ImportDeclarationSpecifier,
    ImportOrExportKind, TSModuleReference,
};
use oxc_semantic::{NodeId, Reference, Semantic, SymbolFlags, SymbolId};
use oxc_span::{GetSpan, Span};
use smol_str::SmolStr;

use super::certain::Certain;
use super::constants::Constants;
use super::globals::{self, Builtin, GLOBALS, Origin, Property, builtin, starts_programs};
use super::module::{Load, Module, Reason, Requested, Texts, Use};

/// Longer paths of properties are not followed.
pub(super) const LONGEST_PATH: usize = 5;
/// How many values of one module are followed.
const MOST_FOLLOWED: usize = 200_000;
/// What stands in the text of a module that computes paths to other folders (Node.js documentation, "Path").
const LEADING_OUT: &[&str] = &["node_modules", "relative"];
/// Words without which a constant text loads nothing when it is compiled.
const LOADING_WORDS: &[&str] = &["import", "require", "process", "module", "global", "constructor"];

/// Reads one module.
pub(super) struct Loads<'run, 'text> {
    pub(super) semantic: &'run Semantic<'text>,
    pub(super) constants: Constants<'run, 'text>,
    pub(super) module: Module,
    /// Where its lines begin.
    lines: &'run [usize],
    /// Values that are still to be followed.
    pub(super) pending: Vec<(NodeId, Origin)>,
    pub(super) followed: HashSet<(SymbolId, Origin), RandomState>,
    seen: HashSet<(NodeId, Origin), RandomState>,
    /// The positions of loads, and the uses that are noted.
    positions: HashMap<(Requested, u32), u32, RandomState>,
    noted: HashSet<Use, RandomState>,
    /// Where each module is loaded that is known by name, if that is asked for.
    places: Option<BTreeMap<SmolStr, BTreeSet<u32>>>,
    /// Texts that are put together of others, as far as they are known.
    pub(super) computed: Vec<SmolStr>,
    /// Paths that are put together of others.
    pub(super) paths: Vec<SmolStr>,
}

impl<'run, 'text> Loads<'run, 'text> {
    /// Everything that a text loads. `lines` says where the lines of its file begin, counted from the
    /// beginning of the text's block; `around` is what stands before and behind it.
    pub(super) fn of(
        semantic: &'run Semantic<'text>,
        lines: &'run [usize],
        around: [&'run str; 2],
        texts: Texts,
    ) -> Module {
        let mut loads = Self::followed(semantic, lines, None);
        loads.collect_texts(texts);
        loads.mark_certain(&Certain::new(semantic, around));
        loads.module
    }

    /// The places in a text at which each module is loaded that is known by name.
    pub(super) fn places(semantic: &'run Semantic<'text>) -> BTreeMap<SmolStr, BTreeSet<u32>> {
        Self::followed(semantic, &[], Some(BTreeMap::new())).places.unwrap_or_default()
    }

    /// With everything followed that may load a module.
    fn followed(
        semantic: &'run Semantic<'text>,
        lines: &'run [usize],
        places: Option<BTreeMap<SmolStr, BTreeSet<u32>>>,
    ) -> Self {
        let mut loads = Self {
            semantic,
            constants: Constants { semantic },
            module: Module::default(),
            lines,
            pending: Vec::new(),
            followed: HashSet::default(),
            seen: HashSet::default(),
            positions: HashMap::default(),
            noted: HashSet::default(),
            places,
            computed: Vec::new(),
            paths: Vec::new(),
        };
        loads.read_globals();
        loads.read_nodes();
        while let Some((node, origin)) = loads.pending.pop() {
            if loads.seen.insert((node, origin.clone())) {
                loads.follow(node, &origin);
            }
            if loads.seen.len() > MOST_FOLLOWED {
                loads.give_up();
                break;
            }
        }
        loads
    }

    fn mark_certain(&mut self, certain: &Certain<'run, 'text>) {
        for (specifier, span) in certain.loads() {
            let load = (Requested::Module(specifier.into()), self.line(span));
            if let Some(position) = self.positions.get(&load) {
                self.module.loads[*position as usize].is_certain = true;
            }
        }
    }

    /// Values go further than anybody follows them: then all may go anywhere.
    fn give_up(&mut self) {
        for load in 0..u32::try_from(self.module.loads.len()).unwrap_or(u32::MAX) {
            let whole = Origin::Loaded { load, path: Vec::new() };
            self.used(&whole, Span::default());
        }
        self.add(Requested::Anything(Reason::HandedOn), Span::default());
    }

    fn read_globals(&mut self) {
        let scoping = self.semantic.scoping();
        let origin_of = |name: &str| GLOBALS.iter().find(|(global, _)| name == *global);
        for (name, references) in scoping.root_unresolved_references() {
            let Some((_, origin)) = origin_of(name.as_str()) else { continue };
            for reference in references {
                let node = scoping.get_reference(*reference).node_id();
                self.pending.push((node, origin.clone()));
            }
        }
        // What is only declared for the compiler is what the runtime gives. `var require` in a module of CommonJS is the
        // parameter of its wrapper, and has its value (Node.js documentation, "The module wrapper"; ECMAScript, 10.2.11).
        for (name, symbol) in scoping.get_bindings(scoping.root_scope_id()) {
            let flags = scoping.symbol_flags(*symbol);
            let is_parameter = flags.contains(SymbolFlags::FunctionScopedVariable)
                && matches!(name.as_str(), "require" | "module");
            if let Some((_, origin)) = origin_of(name.as_str())
                && (flags.is_ambient() || (is_parameter && !self.is_read_as_declared(*symbol)))
            {
                self.alias(*symbol, origin);
            }
        }
    }

    /// Whether a name is read only behind its one declaration with a value, and in the block of that.
    fn is_read_as_declared(&self, symbol: SymbolId) -> bool {
        let (scoping, nodes) = (self.semantic.scoping(), self.semantic.nodes());
        let declaration = self.semantic.symbol_declaration(symbol);
        let has_value =
            matches!(declaration.kind(), AstKind::VariableDeclarator(it) if it.init.is_some());
        let is_block = |kind: &AstKind<'_>| {
            matches!(
                kind,
                AstKind::BlockStatement(_)
                    | AstKind::Program(_)
                    | AstKind::SwitchCase(_)
                    | AstKind::IfStatement(_)
            )
        };
        let block = nodes.ancestor_kinds(declaration.id()).find(is_block);
        let Some(block) = block.map(|block| block.span()) else { return false };
        let begins = declaration.kind().span().end;
        let is_behind = |reference: &Reference| {
            let place = nodes.kind(reference.node_id()).span();
            // A function that is declared may be called before.
            let mut around = nodes.ancestor_kinds(reference.node_id());
            let is_hoisted = around.any(
                |kind| matches!(kind, AstKind::Function(function) if function.is_declaration()),
            );
            place.start >= begins && place.end <= block.end && !is_hoisted
        };
        has_value
            && scoping.symbol_redeclarations(symbol).is_empty()
            && scoping.get_resolved_references(symbol).all(is_behind)
    }

    fn read_nodes(&mut self) {
        let mut has_markup = false;
        let (mut asks_callers, mut calls_require) = (None, false);
        for node in self.semantic.nodes().iter() {
            match node.kind() {
                AstKind::ImportDeclaration(import) => self.import(import),
                AstKind::ImportExpression(import) => {
                    for load in self.load(&import.source, import.span) {
                        self.pending.push((node.id(), Origin::Promised { load }));
                    }
                }
                AstKind::ExportFromDeclaration(export) => {
                    if export.export_kind == ImportOrExportKind::Type {
                        continue;
                    }
                    let load = self.module_load(&export.source.value, export.span);
                    for specifier in &export.specifiers {
                        if specifier.export_kind != ImportOrExportKind::Type {
                            let name = specifier.local.name();
                            self.exported(load, name.as_str(), specifier.span);
                        }
                    }
                }
                AstKind::ExportAllDeclaration(export)
                    if export.export_kind != ImportOrExportKind::Type =>
                {
                    let load = self.module_load(&export.source.value, export.span);
                    self.exported(load, "default", export.span);
                }
                AstKind::TSImportEqualsDeclaration(import) => {
                    let TSModuleReference::ExternalModuleReference(reference) =
                        &import.module_reference
                    else {
                        continue;
                    };
                    if import.import_kind != ImportOrExportKind::Type {
                        let load = self.module_load(&reference.expression.value, import.span);
                        let origin = self.origin(load);
                        self.alias(import.id.symbol_id(), &origin);
                    }
                }
                AstKind::ImportMeta(_) => self.pending.push((node.id(), Origin::ImportMeta)),
                // A name that is bound here may be the `require` of a bundle.
                AstKind::CallExpression(call) => {
                    let is_require = |expression: &Expression<'_>| {
                        let name = expression.get_identifier_reference();
                        name.is_some_and(|name| name.name == "require")
                    };
                    if is_require(&call.callee) && self.is_bound(&call.callee) {
                        self.bound_require(&call.arguments, call.span);
                    }
                }
                // Names inside of it may be properties of anything.
                AstKind::WithStatement(with) => {
                    self.add(Requested::Anything(Reason::Computed), with.span);
                }
                AstKind::StaticMemberExpression(member) => {
                    let name = member.property.name.as_str();
                    if matches!(name, "getThis" | "getFunction") {
                        asks_callers = Some(member.span);
                    }
                    calls_require |= name == "require";
                    self.member_of_any_object(node.id(), &member.object, name, member.span);
                }
                AstKind::ComputedMemberExpression(member) => {
                    if let Some(name) = self.constants.text(&member.expression) {
                        self.member_of_any_object(node.id(), &member.object, &name, member.span);
                    }
                }
                AstKind::BindingProperty(property) => {
                    let name = property.key.static_name();
                    let found = name.and_then(|name| globals::of_any_object(&name));
                    match found {
                        Some(Property::Is(origin)) => self.bind(&property.value, &origin),
                        Some(_) => _ = self.add(Requested::Anything(Reason::Loader), property.span),
                        None => {}
                    }
                }
                AstKind::AssignmentTargetPropertyIdentifier(property) => {
                    self.assigned_of_any_object(
                        Some(property.binding.name.as_str()),
                        property.span,
                    );
                }
                AstKind::AssignmentTargetPropertyProperty(property) => {
                    let name = property.name.static_name();
                    self.assigned_of_any_object(name.as_deref(), property.span);
                }
                AstKind::IdentifierReference(name) if name.name == "arguments" => {
                    self.arguments_of_module(node.id(), name.span);
                }
                AstKind::JSXElement(_) | AstKind::JSXFragment(_) => has_markup = true,
                _ => {}
            }
        }
        if has_markup {
            self.markup();
        }
        // One of the callers is the object `module` of Node.js (V8 documentation, "Stack trace API").
        if let Some(span) = asks_callers.filter(|_| calls_require) {
            self.add(Requested::Anything(Reason::Loader), span);
        }
    }

    fn is_bound(&self, expression: &Expression<'_>) -> bool {
        let reference = expression.get_identifier_reference();
        let id = reference.and_then(|reference| reference.reference_id.get());
        id.is_some_and(|id| self.semantic.scoping().get_reference(id).symbol_id().is_some())
    }

    fn bound_require(&mut self, arguments: &[Argument<'text>], span: Span) {
        let first = arguments.first().and_then(Argument::as_expression);
        if let Some(text) = first.and_then(|first| self.constants.text(first)) {
            self.module_load(&text, span);
        }
    }

    /// What may lead to a loader by its name alone, whatever object it is looked up in.
    fn member_of_any_object(
        &mut self,
        node: NodeId,
        object: &Expression<'text>,
        name: &str,
        span: Span,
    ) {
        let object = object.get_inner_expression();
        // A class that makes another one of its own kind: its constructor compiles nothing.
        if name == "constructor" && matches!(object, Expression::ThisExpression(_)) {
            return;
        }
        // The arguments of whoever calls: those of a module hold what loads others.
        let is_member = |object: &Expression<'_>, name: &str| matches!(object, Expression::StaticMemberExpression(member) if member.property.name == name);
        let is_of_caller = (name == "arguments" && is_member(object, "caller"))
            || (name == "caller" && is_member(object, "callee"));
        match globals::of_any_object(name) {
            Some(Property::Is(origin)) => self.pending.push((node, origin)),
            None if !is_of_caller => {}
            _ => {
                self.add(Requested::Anything(Reason::Loader), span);
            }
        }
    }

    fn assigned_of_any_object(&mut self, name: Option<&str>, span: Span) {
        match name.and_then(globals::of_any_object) {
            Some(Property::Is(Origin::Compiler)) => _ = self.add(Requested::Generated, span),
            Some(_) => _ = self.add(Requested::Anything(Reason::Loader), span),
            None => {}
        }
    }

    /// `arguments` outside of every function: a module of `CommonJS` is one itself, and is given `require`
    /// (Node.js documentation, "The module wrapper").
    fn arguments_of_module(&mut self, node: NodeId, span: Span) {
        let mut around = self.semantic.nodes().ancestor_kinds(node);
        if !around.any(|kind| matches!(kind, AstKind::Function(_))) {
            self.add(Requested::Anything(Reason::HandedOn), span);
        }
    }

    fn import(&mut self, import: &ImportDeclaration<'text>) {
        if import.import_kind == ImportOrExportKind::Type {
            return;
        }
        let load = self.module_load(&import.source.value, import.span);
        let origin = self.origin(load);
        for specifier in import.specifiers.iter().flatten() {
            let (symbol, name, span) = match specifier {
                // Node.js loads the module of `{ type T }` all the same, but nothing of it is used.
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    if specifier.import_kind == ImportOrExportKind::Type {
                        continue;
                    }
                    let imported = specifier.imported.name();
                    (&specifier.local, imported.to_string(), specifier.span)
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(specifier) => {
                    (&specifier.local, "default".to_owned(), specifier.span)
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(specifier) => {
                    self.alias(specifier.local.symbol_id(), &origin);
                    continue;
                }
            };
            if let Some(member) = self.member(&origin, &name, span) {
                if name != "default" {
                    self.used(&member, span);
                }
                self.alias(symbol.symbol_id(), &member);
            }
        }
    }

    fn exported(&mut self, load: u32, name: &str, span: Span) {
        let origin = self.origin(load);
        let Some(member) = self.member(&origin, name, span) else { return };
        // Whoever loads this module gets what it is.
        self.escaped(&member, span);
    }

    /// What React's compilers add to a text with markup (React documentation, "the new JSX transform").
    fn markup(&mut self) {
        let text = self.semantic.source_text();
        let pragma = "@jsxImportSource";
        let named = text.match_indices(pragma).map(|(place, _)| {
            let rest = text[place + pragma.len()..].trim_start();
            rest.split(|next: char| next.is_whitespace() || next == '*').next().unwrap_or("")
        });
        let sources: Vec<&str> = named.filter(|name| !name.is_empty()).chain(["react"]).collect();
        for source in sources {
            for runtime in ["/jsx-runtime", "/jsx-dev-runtime"] {
                self.module_load(&format!("{source}{runtime}"), Span::default());
            }
        }
    }

    /// Follows every name that is called like a symbol.
    pub(super) fn alias(&mut self, symbol: SymbolId, origin: &Origin) {
        if !self.followed.insert((symbol, origin.clone())) {
            return;
        }
        let references = self.semantic.scoping().get_resolved_references(symbol);
        for reference in references {
            if reference.is_value() && reference.is_read() {
                self.pending.push((reference.node_id(), origin.clone()));
            }
        }
    }

    /// Notes what an expression names as loaded, and gives the positions of what is known by name.
    pub(super) fn load(&mut self, expression: &Expression<'text>, span: Span) -> Vec<u32> {
        // Where all of it is known, what it leads to tells whether it is data: a package, a folder and an entry of
        // `exports` may be called like a file.
        let is_data = self.is_data(expression);
        let mut known = Vec::new();
        for text in self.constants.texts(expression) {
            if is_data && !text.is_whole {
                continue;
            }
            if text.is_whole && !text.known.contains('*') {
                known.push(self.module_load(&text.known, span));
            } else if text.is_whole {
                self.pattern(&text.known, span);
            } else if !says_where(&text.known) || self.may_lead_out(&text.known) {
                self.add(Requested::Anything(Reason::Computed), span);
            } else {
                self.add(Requested::Beginning(text.known.into()), span);
            }
        }
        known
    }

    /// `import.meta.glob("./pages/*.js")`. A pattern from the root is one from the root of the project (Vite
    /// documentation, "Glob Import").
    fn pattern(&mut self, pattern: &str, span: Span) {
        let start = pattern.split(['*', '?', '[', '{', '!']).next().unwrap_or_default();
        let is_of_project = start.starts_with('/') && !pattern.contains("node_modules");
        if says_where(start) {
            self.add(Requested::Beginning(start.into()), span);
        } else if !is_of_project {
            self.add(Requested::Anything(Reason::Computed), span);
        }
    }

    pub(super) fn module_load(&mut self, specifier: &str, span: Span) -> u32 {
        self.module.starts_programs |= starts_programs(specifier);
        let holds_module = ["data:", "blob:"].iter().any(|scheme| specifier.starts_with(scheme));
        if holds_module || builtin(specifier) == Some(Builtin::Compiles) {
            self.add(Requested::Generated, span);
        }
        self.add(Requested::Module(specifier.into()), span)
    }

    pub(super) fn add(&mut self, what: Requested, span: Span) -> u32 {
        if let (Some(places), Requested::Module(specifier)) = (&mut self.places, &what) {
            places.entry(specifier.clone()).or_default().insert(span.start);
        }
        let line = self.line(span);
        let next = u32::try_from(self.module.loads.len()).unwrap_or(u32::MAX);
        let position = *self.positions.entry((what.clone(), line)).or_insert(next);
        if position == next {
            self.module.loads.push(Load { what, line, is_certain: false });
        }
        position
    }

    /// What the value of a load is.
    pub(super) fn origin(&self, load: u32) -> Origin {
        let loaded = Origin::Loaded { load, path: Vec::new() };
        match self.specifier(load).and_then(builtin) {
            Some(Builtin::Module) => Origin::ModuleBuiltin,
            Some(Builtin::Process) => Origin::Process,
            _ => loaded,
        }
    }

    pub(super) fn specifier(&self, load: u32) -> Option<&str> {
        match &self.module.loads.get(load as usize)?.what {
            Requested::Module(specifier) => Some(specifier.as_str()),
            _ => None,
        }
    }

    pub(super) fn used(&mut self, origin: &Origin, span: Span) {
        let (load, path) = match origin {
            Origin::Loaded { load, path } => (*load, path.as_slice()),
            Origin::Promised { load } => (*load, &[][..]),
            _ => return,
        };
        let path = path.to_vec();
        let line = self.line(span);
        let used = Use { load, path, line };
        if self.noted.insert(used.clone()) {
            self.module.uses.push(used);
        }
    }

    pub(super) fn line(&self, span: Span) -> u32 {
        let line = self.lines.partition_point(|start| *start <= span.start as usize);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    /// Whether text that is compiled loads nothing: it is known to the end, and has no word that loads.
    pub(super) fn is_harmless_text(&self, arguments: &[Argument<'text>]) -> bool {
        arguments.iter().all(|argument| {
            let text = argument.as_expression().and_then(|text| self.constants.text(text));
            text.is_some_and(|text| !LOADING_WORDS.iter().any(|word| text.contains(word)))
        })
    }

    /// Whether a path that begins in the module's own folder may lead out of it: nothing is known of it but that, and
    /// the module computes paths from folder to folder, or knows where packages are.
    fn may_lead_out(&self, start: &str) -> bool {
        let text = self.semantic.source_text();
        start.bytes().all(|byte| b"./".contains(&byte))
            && LEADING_OUT.iter().any(|word| text.contains(word))
    }

    /// Whether what is loaded is data by its ending, which nothing runs.
    fn is_data(&self, expression: &Expression<'text>) -> bool {
        match expression.get_inner_expression() {
            Expression::StringLiteral(text) => text.value.ends_with(".json"),
            Expression::TemplateLiteral(template) => {
                let last = template.quasis.last().and_then(|piece| piece.value.cooked);
                last.is_some_and(|text| text.ends_with(".json"))
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                self.is_data(&sum.right)
            }
            Expression::CallExpression(call) => {
                self.constants.end_of_path(call).is_some_and(|last| self.is_data(last))
            }
            _ => false,
        }
    }
}

/// Whether the beginning of a specifier says in which folder of the module's own, or in which packages, it
/// leads to something. A path from the root of the disk, an address and an alias do not.
fn says_where(start: &str) -> bool {
    let is_of_package = |byte: u8| byte.is_ascii_alphanumeric() || b"@-_./".contains(&byte);
    start.starts_with("./")
        || start.starts_with("../")
        || (start.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '@')
            && !start.starts_with("@/")
            && start.bytes().all(is_of_package)
            && start.trim_start_matches('@').len() > 1)
}
