//! What the functions of a module mention, and what it exports them as.
//!
//! This tells which exports of a package seem to lead to one of its functions, without running anything: a
//! function leads to another if it mentions its name, in whatever way. Names are compared as texts, so
//! that two functions of one name are one. It is a help for whoever looks, and no proof: what is handed
//! from function to function, made in loops or called by the language itself goes by no name.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, BindingPattern, CallExpression, Expression, Function,
    IdentifierReference, ImportDeclarationSpecifier, ModuleExportName, ObjectPropertyKind,
    PropertyKey,
};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{NodeId, Semantic, SemanticBuilder};
use oxc_span::{GetSpan, SourceType};

use super::language::Language;
use super::reading::is_too_deep;

/// What a module exports as a whole: `module.exports`, and `default`.
pub const WHOLE: &str = "module.exports";

/// How the name of what another module exports begins, until it is known which module that is.
const REQUIRED: &str = "require:";

/// What an ECMAScript module exports under names of their own, as if it were an object.
const EXPORTS: &str = "exports";

/// The name of a property of whatever object, such as a method.
pub fn property(name: &str) -> String {
    format!(".{name}")
}

/// The name of a property of an object with a name.
fn property_of(object: &str, name: &str) -> String {
    format!("{object}.{name}")
}

/// All that one module of a package exports, by the module's number.
pub fn whole_of(module: usize) -> String {
    format!("{WHOLE}@{module}")
}

/// What another module exports, by the specifier that leads to it.
fn required(specifier: &str) -> String {
    format!("{REQUIRED}{specifier}")
}

/// A property of an object that any name may stand for.
fn any_property(name: &str) -> String {
    format!("*.{name}")
}

/// Functions that give an object a property by its name.
const DEFINERS: &[&str] = &["defineProperty", "__defProp", "_defineProperty", "__createBinding"];

/// Properties by which a function is called through itself.
const OF_FUNCTIONS: &[&str] = &["call", "apply", "bind", "prototype", "constructor"];

/// What the functions of one module mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    pub units: Vec<Unit>,
    /// What runs when the module is loaded: names that are called then, or handed to what is called.
    pub called_on_load: BTreeSet<String>,
    /// Other names that functions give to something: what it is called, and what that stands for.
    pub aliases: BTreeSet<(String, String)>,
    /// Objects, and the properties that they are given.
    pub holders: BTreeSet<(String, String)>,
}

/// A function, class or value with a name, and what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// What it is called, or exported as: names of variables, and of [properties](property).
    pub names: BTreeSet<String>,
    /// Of which it is only another name.
    pub same_as: Option<String>,
    /// For a value: names that it may stand for, or be made of.
    pub made_of: BTreeSet<String>,
    /// For a method: the class or function whose objects have it.
    pub owner: Option<String>,
    /// For a value: whether it stands for the object that everything global belongs to, or for `module`.
    pub is_global: bool,
    /// Every name in it, but for those of its own variables.
    pub mentions: BTreeSet<String>,
    /// Those that are mentioned where it runs when it is called, and not only in a function that it makes.
    pub runs: BTreeSet<String>,
    /// Whether it calls a property of `this` whose name is computed.
    pub calls_computed: bool,
    /// Whether objects have it by their class or prototype, so that whoever has such an object can call it.
    pub is_method: bool,
    /// Whether it is a function, which does nothing until it is called.
    pub is_function: bool,
}

impl Definitions {
    /// The same with the modules of a package told apart: `own` is the number of this one, and `numbers`
    /// gives those that a specifier leads to.
    #[must_use]
    pub fn linked(self, own: usize, numbers: &dyn Fn(&str) -> Vec<usize>) -> Self {
        let rename = |name: &String| match name.strip_prefix(REQUIRED) {
            Some(specifier) => numbers(specifier).into_iter().map(whole_of).collect(),
            // `module` goes by other names as well.
            None if name == WHOLE || name == EXPORTS || name.ends_with(".exports") => {
                vec![whole_of(own)]
            }
            None => vec![name.clone()],
        };
        let renamed =
            |names: &BTreeSet<String>| names.iter().flat_map(rename).collect::<BTreeSet<String>>();
        let mut holders = BTreeSet::new();
        let mut units = Vec::new();
        for unit in self.units {
            let exported = unit.names.iter().filter(|name| name.starts_with("exports."));
            holders.extend(exported.map(|name| (whole_of(own), name.clone())));
            units.push(Unit {
                names: renamed(&unit.names),
                same_as: unit.same_as.as_ref().and_then(|name| rename(name).into_iter().next()),
                mentions: renamed(&unit.mentions),
                runs: renamed(&unit.runs),
                made_of: renamed(&unit.made_of),
                ..unit
            });
        }
        let aliases = self.aliases.iter().flat_map(|(name, of)| {
            let of: Vec<String> = rename(of);
            of.into_iter().map(|of| (name.clone(), of))
        });
        let aliases = aliases.collect();
        for (object, held) in &self.holders {
            holders.extend(rename(object).into_iter().map(|object| (object, held.clone())));
        }
        Self { units, called_on_load: renamed(&self.called_on_load), aliases, holders }
    }
}

/// The definitions of a module. `None` if it cannot be parsed.
pub fn definitions(path: &str, text: &str) -> Option<Definitions> {
    let language = Language::of(path)?;
    if is_too_deep(text) {
        return None;
    }
    language.ways(path).iter().find_map(|way| parse(text, *way))
}

fn parse(text: &str, way: SourceType) -> Option<Definitions> {
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, text, way).with_options(options).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let program = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new().with_build_nodes(true).build(program);
    Some(Reader::new(&built.semantic).read())
}

/// What is known of a mention by what stands around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Surroundings {
    /// In a function that is only made there.
    is_deferred: bool,
    /// In something that is called, or in what that is called with.
    is_called: bool,
    is_in_function: bool,
    /// In a value that has a name.
    is_in_value: bool,
}

struct Reader<'run, 'text> {
    semantic: &'run Semantic<'text>,
    /// The unit that begins at each node.
    unit_at: Vec<Option<usize>>,
    found: Definitions,
    /// Functions that run when the module is loaded, and hold functions of their own.
    wrappers: BTreeSet<NodeId>,
}

impl<'run, 'text> Reader<'run, 'text> {
    fn new(semantic: &'run Semantic<'text>) -> Self {
        Self {
            semantic,
            unit_at: vec![None; semantic.nodes().len()],
            found: Definitions::default(),
            wrappers: BTreeSet::new(),
        }
    }

    fn read(mut self) -> Definitions {
        self.find_wrappers();
        self.find_units();
        let nodes = self.semantic.nodes();
        for node in nodes.iter() {
            self.mention(node.id(), node.kind());
        }
        self.found
    }

    /// `(function () { … })()`, `(function () { … }).call(this)`, and functions that the module calls by name
    /// while it is loaded: what is defined in them is as good as defined in the module.
    fn find_wrappers(&mut self) {
        let nodes = self.semantic.nodes();
        loop {
            let before = self.wrappers.len();
            for node in nodes.iter() {
                let AstKind::CallExpression(call) = node.kind() else { continue };
                if !self.is_at_load(node.id()) {
                    continue;
                }
                match call.callee.get_inner_expression() {
                    Expression::FunctionExpression(function) => {
                        self.wrappers.insert(function.node_id.get());
                    }
                    Expression::ArrowFunctionExpression(function) => {
                        self.wrappers.insert(function.node_id.get());
                    }
                    Expression::StaticMemberExpression(member)
                        if OF_FUNCTIONS.contains(&member.property.name.as_str()) =>
                    {
                        if let Expression::FunctionExpression(function) =
                            member.object.get_inner_expression()
                        {
                            self.wrappers.insert(function.node_id.get());
                        }
                    }
                    Expression::Identifier(name) => {
                        let functions = self.functions_named(name.reference_id.get());
                        let holds_some = |function: &NodeId| self.holds_functions(*function);
                        let holders: Vec<NodeId> =
                            functions.into_iter().filter(holds_some).collect();
                        self.wrappers.extend(holders);
                    }
                    _ => {}
                }
            }
            if self.wrappers.len() == before {
                return;
            }
        }
    }

    /// The functions that a name is declared as, or given as its first value.
    fn functions_named(&self, reference: Option<oxc_semantic::ReferenceId>) -> Vec<NodeId> {
        let scoping = self.semantic.scoping();
        let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
        let Some(symbol) = symbol else { return Vec::new() };
        let declared = self.semantic.symbol_declaration(symbol);
        match declared.kind() {
            AstKind::Function(_) => vec![declared.id()],
            AstKind::VariableDeclarator(declarator) => {
                let value = declarator.init.as_ref().map(Expression::get_inner_expression);
                match value {
                    Some(Expression::FunctionExpression(function)) => vec![function.node_id.get()],
                    Some(Expression::ArrowFunctionExpression(function)) => {
                        vec![function.node_id.get()]
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn holds_functions(&self, function: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        nodes.iter().any(|node| {
            let is_declared =
                matches!(node.kind(), AstKind::Function(inner) if inner.is_declaration());
            is_declared && nodes.ancestor_ids(node.id()).any(|above| above == function)
        })
    }

    /// Whether a node runs while the module is loaded: nothing but such functions is around it.
    fn is_at_load(&self, node: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        nodes.ancestor_ids(node).all(|above| match nodes.kind(above) {
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => {
                self.wrappers.contains(&above)
            }
            _ => true,
        })
    }

    fn find_units(&mut self) {
        let nodes = self.semantic.nodes();
        for node in nodes.iter() {
            let id = node.id();
            let (names, is_function, is_method) = match node.kind() {
                AstKind::Function(function) if !self.wrappers.contains(&id) => {
                    let (mut names, is_method) = self.names_of_value(id);
                    names.extend(own_name(function));
                    (names, true, is_method)
                }
                AstKind::ArrowFunctionExpression(_) if !self.wrappers.contains(&id) => {
                    let (names, is_method) = self.names_of_value(id);
                    (names, true, is_method)
                }
                AstKind::Class(class) => {
                    let (mut names, _) = self.names_of_value(id);
                    names.extend(class.id.as_ref().map(|name| name.name.to_string()));
                    (names, true, false)
                }
                // A value that is made while the module is loaded.
                AstKind::VariableDeclarator(_)
                | AstKind::AssignmentExpression(_)
                | AstKind::ObjectProperty(_)
                | AstKind::ExportDefaultDeclaration(_)
                    if self.is_at_load(id) =>
                {
                    (self.names_given(id), false, false)
                }
                AstKind::CallExpression(call) if self.is_at_load(id) => {
                    (self.names_defined(call), false, false)
                }
                AstKind::ReturnStatement(_) if self.is_at_load(id) => {
                    (self.names_of_wrapper(id), false, false)
                }
                AstKind::AssignmentExpression(_) | AstKind::ObjectProperty(_) => {
                    if let Some(of) = same_as(node.kind()) {
                        let names = self.names_given(id).into_iter();
                        self.found.aliases.extend(names.map(|name| (name, of.clone())));
                    }
                    continue;
                }
                _ => continue,
            };
            if names.is_empty() {
                continue;
            }
            let is_exported = nodes
                .ancestor_kinds(id)
                .take(3)
                .any(|above| matches!(above, AstKind::ExportDeclaration(_)));
            let names = if is_exported {
                let exported: Vec<String> =
                    names.iter().map(|name| property_of(EXPORTS, name)).collect();
                names.into_iter().chain(exported).collect()
            } else {
                names
            };
            self.unit_at[id.index()] = Some(self.found.units.len());
            let same_as = same_as(node.kind());
            let is_global = is_global(node.kind());
            let mut made_of = BTreeSet::new();
            if let Some(value) = value_of(node.kind()).filter(|_| !is_function) {
                made_of_names(value, &mut made_of);
            }
            let owner = self.owner(id);
            self.found.units.push(Unit {
                names,
                same_as,
                made_of,
                owner,
                is_global,
                is_function,
                is_method,
                ..Unit::default()
            });
        }
    }

    /// The class of a method, or the function whose objects have a value that is given to its prototype.
    fn owner(&self, value: NodeId) -> Option<String> {
        let nodes = self.semantic.nodes();
        let is_of_class = matches!(
            nodes.parent_kind(value),
            AstKind::MethodDefinition(_) | AstKind::PropertyDefinition(_)
        );
        if is_of_class {
            let class = nodes.ancestor_ids(value).nth(2)?;
            let AstKind::Class(declared) = nodes.kind(class) else { return None };
            let own = declared.id.as_ref().map(|name| name.name.to_string());
            return own.or_else(|| self.names_of_value(class).0.into_iter().next());
        }
        let own = std::iter::once(value).chain(nodes.ancestor_ids(value).take(1));
        own.filter_map(|node| match nodes.kind(node) {
            AstKind::AssignmentExpression(assignment) if is_prototype(&assignment.left) => {
                match &assignment.left {
                    AssignmentTarget::StaticMemberExpression(member) => root(&member.object),
                    AssignmentTarget::ComputedMemberExpression(member) => root(&member.object),
                    _ => None,
                }
            }
            _ => None,
        })
        .next()
    }

    /// `Object.defineProperty(object, "name", …)`, by which compilers export things.
    fn names_defined(&self, call: &CallExpression<'text>) -> BTreeSet<String> {
        let callee = match call.callee.get_inner_expression() {
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            Expression::Identifier(name) => name.name.as_str(),
            _ => "",
        };
        let [object, Argument::StringLiteral(name), _, ..] = call.arguments.as_slice() else {
            return BTreeSet::new();
        };
        if !DEFINERS.contains(&callee) {
            return BTreeSet::new();
        }
        let object = object.as_expression().and_then(|object| self.object_named(object));
        let name = match object {
            Some(object) => property_of(&object, &name.value),
            None => property(&name.value),
        };
        BTreeSet::from([name])
    }

    /// What the result of a wrapper is called, in which a statement returns it.
    fn names_of_wrapper(&self, statement: NodeId) -> BTreeSet<String> {
        let nodes = self.semantic.nodes();
        let wrapper = nodes.ancestor_ids(statement).find(|above| self.wrappers.contains(above));
        let Some(wrapper) = wrapper else { return BTreeSet::new() };
        let mut names = self.names_given(nodes.parent_id(wrapper));
        if let AstKind::Function(function) = nodes.kind(wrapper) {
            names.extend(own_name(function));
        }
        names
    }

    /// What the value of an expression is called by what it is part of.
    fn names_of_value(&self, value: NodeId) -> (BTreeSet<String>, bool) {
        let nodes = self.semantic.nodes();
        let span = nodes.kind(value).span();
        let parent = nodes.parent_node(value);
        let is_value = match parent.kind() {
            AstKind::VariableDeclarator(_)
            | AstKind::ExportDefaultDeclaration(_)
            | AstKind::MethodDefinition(_)
            | AstKind::PropertyDefinition(_)
            | AstKind::AccessorProperty(_)
            | AstKind::ObjectProperty(_) => true,
            AstKind::AssignmentExpression(assignment) => assignment.right.span() == span,
            _ => false,
        };
        if !is_value {
            return (BTreeSet::new(), false);
        }
        let is_of_class = matches!(
            parent.kind(),
            AstKind::MethodDefinition(_)
                | AstKind::PropertyDefinition(_)
                | AstKind::AccessorProperty(_)
        );
        let is_of_prototype = match parent.kind() {
            AstKind::AssignmentExpression(assignment) => {
                let is_property =
                    !matches!(assignment.left, AssignmentTarget::AssignmentTargetIdentifier(_));
                let is_of_module = match &assignment.left {
                    AssignmentTarget::StaticMemberExpression(member) => {
                        self.object_named(&member.object).is_some()
                    }
                    _ => false,
                };
                let is_found_by_name = is_of_module && self.is_at_load(parent.id());
                is_prototype(&assignment.left) || (is_property && !is_found_by_name)
            }
            AstKind::ObjectProperty(_) => !self.is_at_load(parent.id()),
            _ => false,
        };
        (self.names_given(parent.id()), is_of_class || is_of_prototype)
    }

    /// The names that a declaration, an assignment or a property gives to its value.
    fn names_given(&self, node: NodeId) -> BTreeSet<String> {
        let nodes = self.semantic.nodes();
        let mut names = BTreeSet::new();
        match nodes.kind(node) {
            AstKind::VariableDeclarator(declarator) => match &declarator.id {
                BindingPattern::BindingIdentifier(name) => {
                    names.insert(name.name.to_string());
                }
                pattern => {
                    names.extend(
                        pattern.get_binding_identifiers().iter().map(|name| name.name.to_string()),
                    );
                }
            },
            AstKind::AssignmentExpression(assignment) => match &assignment.left {
                AssignmentTarget::AssignmentTargetIdentifier(name) => {
                    names.insert(name.name.to_string());
                }
                AssignmentTarget::StaticMemberExpression(member) => {
                    let is_whole = member.property.name == "exports"
                        && matches!(&member.object, Expression::Identifier(name) if name.name == "module");
                    let name = member.property.name.as_str();
                    names.insert(match (is_whole, self.object_named(&member.object)) {
                        (true, _) => WHOLE.to_owned(),
                        (false, Some(object)) => property_of(&object, name),
                        (false, None) => property(name),
                    });
                    // A chain of assignments names one value.
                    if let Some(above) = self.assigned_further(node) {
                        names.extend(above);
                    }
                }
                AssignmentTarget::ComputedMemberExpression(member) => {
                    if let Expression::StringLiteral(name) = &member.expression {
                        names.insert(property(&name.value));
                    } else if self.is_at_load(node) {
                        // Nobody knows under which name: whoever has the object may call it.
                        names.extend(root(&member.object));
                    }
                }
                _ => {}
            },
            AstKind::ObjectProperty(property) => {
                if let Some(name) = key(&property.key) {
                    let objects = self.object_names(node);
                    if objects.is_empty() || !self.is_at_load(node) {
                        names.insert(name.clone());
                    }
                    names.extend(objects.iter().map(|object| format!("{object}{name}")));
                }
            }
            AstKind::MethodDefinition(method) => names.extend(key(&method.key)),
            AstKind::PropertyDefinition(property) => names.extend(key(&property.key)),
            AstKind::AccessorProperty(property) => names.extend(key(&property.key)),
            // What wraps it: `(function () { … })()`.
            AstKind::CallExpression(_)
            | AstKind::StaticMemberExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::UnaryExpression(_) => {
                names.extend(self.names_given(nodes.parent_id(node)));
            }
            AstKind::ExportDefaultDeclaration(_) => {
                names.insert(WHOLE.to_owned());
            }
            _ => {}
        }
        names
    }

    fn assigned_further(&self, assignment: NodeId) -> Option<BTreeSet<String>> {
        let parent = self.semantic.nodes().parent_node(assignment);
        match parent.kind() {
            AstKind::AssignmentExpression(_) | AstKind::VariableDeclarator(_) => {
                Some(self.names_given(parent.id()))
            }
            _ => None,
        }
    }

    fn mention(&mut self, id: NodeId, kind: AstKind<'text>) {
        match kind {
            AstKind::IdentifierReference(name) => {
                let parent = self.semantic.nodes().parent_kind(id);
                if let AstKind::StaticMemberExpression(member) = parent
                    && member.object.span() == name.span
                    && !OF_FUNCTIONS.contains(&member.property.name.as_str())
                {
                    self.member_of(id, name, member.property.name.as_str());
                    return;
                }
                if self.is_shared(name) {
                    self.note(id, name.name.as_str());
                }
            }
            AstKind::StaticMemberExpression(member) => {
                if !self.is_target(id) {
                    let is_of_this = matches!(member.object, Expression::ThisExpression(_));
                    let name = member.property.name.as_str();
                    let name = if is_of_this { any_property(name) } else { property(name) };
                    self.note(id, &name);
                }
            }
            AstKind::ComputedMemberExpression(member) => {
                let is_called = matches!(self.semantic.nodes().parent_kind(id), AstKind::CallExpression(call) if call.callee.span() == member.span);
                let is_text = matches!(member.expression, Expression::StringLiteral(_));
                if is_called
                    && !is_text
                    && matches!(root_of(&member.object), Expression::ThisExpression(_))
                {
                    for unit in self.units_around(id) {
                        self.found.units[unit].calls_computed = true;
                    }
                }
            }
            AstKind::StringLiteral(text) => {
                self.note(id, &property(&text.value));
                // What a function requires by itself.
                if text.value.starts_with('.') {
                    self.note(id, &required(&text.value));
                }
            }
            AstKind::BindingProperty(property) => {
                if let Some(name) = property.key.static_name() {
                    self.note(id, &any_property(&name));
                }
            }
            AstKind::AssignmentTargetPropertyIdentifier(property) => {
                self.note(id, &any_property(&property.binding.name));
            }
            AstKind::ExportSpecifier(specifier) => {
                let local = name_of(&specifier.local);
                let exported = name_of(&specifier.exported);
                let exported = if exported == "default" {
                    WHOLE.to_owned()
                } else {
                    property_of(EXPORTS, &exported)
                };
                // What is exported from another module has no variable here.
                let local = match self.semantic.nodes().parent_kind(id) {
                    AstKind::ExportFromDeclaration(export) if local == "default" => {
                        required(&export.source.value)
                    }
                    AstKind::ExportFromDeclaration(_) => any_property(&local),
                    _ => local,
                };
                self.add_name(exported, local);
            }
            AstKind::ImportDeclaration(import) => {
                for specifier in import.specifiers.iter().flatten() {
                    let local = match specifier {
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => &it.local,
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => &it.local,
                        ImportDeclarationSpecifier::ImportSpecifier(_) => continue,
                    };
                    self.add_name(local.name.to_string(), required(&import.source.value));
                }
            }
            AstKind::ExportAllDeclaration(export) => {
                self.add_name(WHOLE.to_owned(), required(&export.source.value));
            }
            AstKind::ImportSpecifier(specifier) => {
                let imported = name_of(&specifier.imported);
                let nodes = self.semantic.nodes();
                let imported = match nodes.parent_kind(id) {
                    AstKind::ImportDeclaration(import) if imported == "default" => {
                        required(&import.source.value)
                    }
                    _ => any_property(&imported),
                };
                self.add_name(specifier.local.name.to_string(), imported);
            }
            AstKind::ObjectProperty(property) => {
                let objects = self.object_names(id);
                if let Some(name) = key(&property.key) {
                    let held = objects.into_iter().map(|object| {
                        let held = format!("{object}{name}");
                        (object, held)
                    });
                    self.found.holders.extend(held);
                }
            }
            _ => {}
        }
    }

    fn add_name(&mut self, name: String, of: String) {
        let made_of = BTreeSet::from([of.clone()]);
        let names = BTreeSet::from([name]);
        let runs = made_of.clone();
        self.found.units.push(Unit { names, same_as: Some(of), made_of, runs, ..Unit::default() });
    }

    /// Whether a name is that of a variable which is made while the module is loaded, or of none in it.
    fn is_of_module(&self, name: &IdentifierReference<'text>) -> bool {
        let scoping = self.semantic.scoping();
        let symbol = name.reference_id.get().and_then(|id| scoping.get_reference(id).symbol_id());
        let Some(symbol) = symbol else { return true };
        let mut declared = scoping.symbol_declarations(symbol);
        declared.all(|declaration| {
            let is_parameter = matches!(
                self.semantic.nodes().kind(declaration),
                AstKind::FormalParameter(_) | AstKind::FormalParameters(_)
            );
            !is_parameter && self.is_at_load(declaration)
        })
    }

    /// Whether a name is more than a variable inside of a function that holds no function by itself: what
    /// such a variable may be is mentioned where it gets its value.
    fn is_shared(&self, name: &IdentifierReference<'text>) -> bool {
        let scoping = self.semantic.scoping();
        let symbol = name.reference_id.get().and_then(|id| scoping.get_reference(id).symbol_id());
        let Some(symbol) = symbol else { return true };
        let mut declared = scoping.symbol_declarations(symbol);
        declared.any(|declaration| {
            let nodes = self.semantic.nodes();
            let is_unit = self.unit_at[declaration.index()].is_some();
            let holds_unit = || match nodes.kind(declaration) {
                AstKind::VariableDeclarator(declarator) => {
                    let value = declarator.init.as_ref().map(Expression::get_inner_expression);
                    matches!(
                        value,
                        Some(
                            Expression::FunctionExpression(_)
                                | Expression::ArrowFunctionExpression(_)
                                | Expression::ClassExpression(_)
                        )
                    )
                }
                _ => false,
            };
            is_unit || self.is_at_load(declaration) || holds_unit()
        })
    }

    /// Whether a property is only given a value there.
    fn is_target(&self, member: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        match nodes.parent_kind(member) {
            AstKind::AssignmentExpression(assignment) => {
                assignment.left.span() == nodes.kind(member).span()
            }
            _ => false,
        }
    }

    /// `object.property` by itself takes one property out of an object with a name.
    fn member_of(&mut self, id: NodeId, object: &IdentifierReference<'text>, name: &str) {
        let nodes = self.semantic.nodes();
        let member = nodes.parent_id(id);
        let property = property_of(&object.name, name);
        if self.is_target(member) {
            if self.is_of_module(object) {
                self.found.holders.insert((object.name.to_string(), property));
            }
            return;
        }
        if !self.is_shared(object) {
            return;
        }
        self.note(id, &property);
        if self.is_imported(object) {
            self.note(id, &any_property(name));
        }
        // While the module is loaded that may run whatever the object is made of.
        let span = nodes.kind(member).span();
        let is_callee = matches!(
            nodes.parent_kind(member),
            AstKind::CallExpression(call) if call.callee.span() == span
        );
        if is_callee && self.is_at_load(id) {
            self.found.called_on_load.insert(object.name.to_string());
        }
    }

    /// Whether a name stands for another module, or what a call makes, so that its properties are called
    /// as they are there.
    fn is_imported(&self, name: &IdentifierReference<'text>) -> bool {
        let scoping = self.semantic.scoping();
        let symbol = name.reference_id.get().and_then(|id| scoping.get_reference(id).symbol_id());
        let Some(symbol) = symbol else { return false };
        let nodes = self.semantic.nodes();
        scoping.symbol_declarations(symbol).any(|declaration| match nodes.kind(declaration) {
            AstKind::ImportNamespaceSpecifier(_) | AstKind::ImportDefaultSpecifier(_) => true,
            AstKind::ImportSpecifier(_) | AstKind::TSImportEqualsDeclaration(_) => true,
            AstKind::VariableDeclarator(declarator) => {
                declarator.init.as_ref().is_some_and(requires)
            }
            _ => false,
        })
    }

    /// What an object is called, if it is a variable.
    fn object_named(&self, object: &Expression<'text>) -> Option<String> {
        match object.get_inner_expression() {
            // Whatever a variable of a function stands for goes by other names elsewhere.
            Expression::Identifier(name) => self.is_of_module(name).then(|| name.name.to_string()),
            Expression::StaticMemberExpression(member)
                if member.property.name == "exports"
                    && matches!(&member.object, Expression::Identifier(name) if name.name == "module") =>
            {
                Some(EXPORTS.to_owned())
            }
            _ => None,
        }
    }

    /// What the object of a property is called, if it is the value of a name.
    fn object_names(&self, property: NodeId) -> BTreeSet<String> {
        let nodes = self.semantic.nodes();
        let object = nodes.parent_id(property);
        let parent = nodes.parent_node(object);
        match parent.kind() {
            AstKind::VariableDeclarator(_)
            | AstKind::AssignmentExpression(_)
            | AstKind::ExportDefaultDeclaration(_) => self.names_given(parent.id()),
            AstKind::ReturnStatement(_) => self.names_of_wrapper(parent.id()),
            _ => BTreeSet::new(),
        }
    }

    /// Notes a name for every unit that it is part of. A function with a name of its own has to be
    /// mentioned by it, so that what it mentions is no part of what stands around it.
    fn note(&mut self, id: NodeId, name: &str) {
        let nodes = self.semantic.nodes();
        let mut seen = Surroundings::default();
        let mut below = id;
        // What a wrapper is part of says nothing about what is defined in it.
        let mut is_outside = false;
        for above in nodes.ancestor_ids(id) {
            match nodes.kind(above) {
                AstKind::CallExpression(_) | AstKind::NewExpression(_) => {
                    seen.is_called |= !seen.is_deferred && !is_outside;
                    if let Some(unit) = self.unit_at[above.index()].filter(|_| !is_outside) {
                        self.add(unit, name, seen);
                        seen.is_in_value = true;
                    }
                }
                _ if self.wrappers.contains(&above) => is_outside = true,
                _ if is_outside => {}
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => {
                    match self.unit_at[above.index()] {
                        Some(unit) => {
                            self.add(unit, name, seen);
                            if self.stands_alone(above) {
                                return;
                            }
                            seen.is_deferred = true;
                        }
                        None => seen.is_deferred |= self.is_deferred(above),
                    }
                    seen.is_in_function = true;
                }
                AstKind::Class(_) => {
                    if let Some(unit) = self.unit_at[above.index()] {
                        self.add(unit, name, seen);
                        return;
                    }
                }
                _ => {
                    if let Some(unit) = self.unit_at[above.index()]
                        && self.is_part_of_value(above, below)
                    {
                        self.add(unit, name, seen);
                        seen.is_in_value = true;
                    }
                }
            }
            below = above;
        }
        // A function that is handed on in a value does nothing until the value is used.
        if seen.is_called && !seen.is_deferred && !(seen.is_in_function && seen.is_in_value) {
            self.found.called_on_load.insert(name.to_owned());
        }
    }

    /// Whether a function is only reached by a name: one that is declared, or the value of a variable, or a
    /// method of a class.
    fn stands_alone(&self, function: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let is_declared =
            matches!(nodes.kind(function), AstKind::Function(inner) if inner.is_declaration());
        let is_member = match nodes.parent_kind(function) {
            AstKind::VariableDeclarator(_)
            | AstKind::MethodDefinition(_)
            | AstKind::PropertyDefinition(_)
            | AstKind::AccessorProperty(_) => true,
            AstKind::AssignmentExpression(assignment) => {
                is_prototype(&assignment.left) || self.is_at_load(function)
            }
            AstKind::ObjectProperty(_) => {
                self.is_at_load(function)
                    && !self.object_names(nodes.parent_id(function)).is_empty()
            }
            _ => false,
        };
        is_declared || is_member
    }

    /// Whether a function that stands in another one is only made there, and not called.
    fn is_deferred(&self, function: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        !matches!(
            nodes.parent_kind(function),
            AstKind::CallExpression(_)
                | AstKind::NewExpression(_)
                | AstKind::StaticMemberExpression(_)
        )
    }

    /// Whether what lies below is in the value of a declaration, and not in its name.
    fn is_part_of_value(&self, unit: NodeId, below: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        match nodes.kind(unit) {
            AstKind::AssignmentExpression(assignment) => {
                assignment.left.span() != nodes.kind(below).span()
            }
            _ => true,
        }
    }

    fn add(&mut self, unit: usize, name: &str, seen: Surroundings) {
        let unit = &mut self.found.units[unit];
        // A value is what it is made of; what stands beside that runs once, when it is made.
        if unit.is_function || seen.is_in_function {
            unit.mentions.insert(name.to_owned());
        }
        if seen.is_called && !seen.is_deferred {
            unit.runs.insert(name.to_owned());
        }
    }

    fn units_around(&self, id: NodeId) -> Vec<usize> {
        let above = self.semantic.nodes().ancestor_ids(id);
        above.filter_map(|above| self.unit_at[above.index()]).collect()
    }
}

/// Whether a value is that of `require`, perhaps through a helper of a compiler.
fn requires(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::CallExpression(call) => {
            let is_require = match call.callee.get_inner_expression() {
                Expression::Identifier(name) => name.name.ends_with("equire"),
                Expression::StaticMemberExpression(member) => member.property.name == "require",
                _ => false,
            };
            let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
            is_require || arguments.any(requires)
        }
        Expression::AwaitExpression(awaited) => {
            matches!(awaited.argument.get_inner_expression(), Expression::ImportExpression(_))
        }
        Expression::ImportExpression(_) => true,
        Expression::StaticMemberExpression(member) => requires(&member.object),
        Expression::LogicalExpression(choice) => requires(&choice.left) || requires(&choice.right),
        _ => false,
    }
}

fn own_name(function: &Function<'_>) -> Option<String> {
    function.id.as_ref().map(|name| name.name.to_string())
}

fn key(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(|name| property(&name))
}

fn name_of(name: &ModuleExportName<'_>) -> String {
    name.name().to_string()
}

fn is_prototype(target: &AssignmentTarget<'_>) -> bool {
    let object = match target {
        AssignmentTarget::StaticMemberExpression(member) => &member.object,
        AssignmentTarget::ComputedMemberExpression(member) => &member.object,
        _ => return false,
    };
    matches!(object.get_inner_expression(), Expression::StaticMemberExpression(member) if member.property.name == "prototype")
}

/// Names of the object that everything global belongs to, and of the one that stands for the module.
const GLOBALS: &[&str] = &["globalThis", "global", "window", "self", "module"];

/// Whether a value is such an object: `typeof self == "object" && self`.
fn is_global(kind: AstKind<'_>) -> bool {
    fn is_one(value: &Expression<'_>) -> bool {
        let is_exports = |part: &Expression<'_>| {
            part.get_identifier_reference().is_some_and(|name| name.name == "exports")
        };
        match value.get_inner_expression() {
            Expression::Identifier(name) => {
                GLOBALS.contains(&name.name.as_str())
                    || matches!(name.name.as_str(), "freeGlobal" | "freeSelf")
            }
            // `typeof exports == "object" && exports`, of which nothing is taken but the module.
            Expression::LogicalExpression(choice) => {
                let parts = [&choice.left, &choice.right];
                parts.into_iter().any(|part| is_exports(part) || is_one(part))
            }
            Expression::ConditionalExpression(choice) => {
                is_one(&choice.consequent) || is_one(&choice.alternate)
            }
            _ => false,
        }
    }
    match kind {
        AstKind::VariableDeclarator(declarator) => declarator.init.as_ref().is_some_and(is_one),
        _ => false,
    }
}

fn value_of<'run, 'text>(kind: AstKind<'text>) -> Option<&'run Expression<'text>>
where
    'text: 'run,
{
    match kind {
        AstKind::VariableDeclarator(declarator) => declarator.init.as_ref(),
        AstKind::AssignmentExpression(assignment) => Some(&assignment.right),
        AstKind::ObjectProperty(property) => Some(&property.value),
        AstKind::ReturnStatement(statement) => statement.argument.as_ref(),
        AstKind::ExportDefaultDeclaration(export) => export.declaration.as_expression(),
        _ => None,
    }
}

/// Names that a value may stand for, or from which it is made.
fn made_of_names(value: &Expression<'_>, names: &mut BTreeSet<String>) {
    match value.get_inner_expression() {
        Expression::Identifier(name) => {
            names.insert(name.name.to_string());
        }
        Expression::StaticMemberExpression(member) => {
            if let Expression::Identifier(object) = &member.object {
                names.insert(property_of(&object.name, &member.property.name));
            } else {
                names.insert(any_property(&member.property.name));
                made_of_names(&member.object, names);
            }
        }
        Expression::LogicalExpression(choice) => {
            made_of_names(&choice.left, names);
            made_of_names(&choice.right, names);
        }
        Expression::ConditionalExpression(choice) => {
            made_of_names(&choice.consequent, names);
            made_of_names(&choice.alternate, names);
        }
        Expression::AssignmentExpression(assignment) => made_of_names(&assignment.right, names),
        Expression::SequenceExpression(all) => {
            all.expressions.iter().for_each(|part| made_of_names(part, names));
        }
        Expression::AwaitExpression(awaited) => made_of_names(&awaited.argument, names),
        Expression::ImportExpression(import) => {
            if let Expression::StringLiteral(specifier) = &import.source {
                names.insert(required(&specifier.value));
            }
        }
        Expression::CallExpression(call) => {
            if let (Expression::Identifier(callee), [Argument::StringLiteral(specifier)]) =
                (&call.callee, call.arguments.as_slice())
                && callee.name == "require"
            {
                names.insert(required(&specifier.value));
            }
            made_of_names(&call.callee, names);
            let arguments = call.arguments.iter();
            arguments.for_each(|argument| match argument {
                Argument::SpreadElement(spread) => made_of_names(&spread.argument, names),
                other => {
                    if let Some(argument) = other.as_expression() {
                        made_of_names(argument, names);
                    }
                }
            });
        }
        Expression::NewExpression(call) => {
            made_of_names(&call.callee, names);
            let arguments = call.arguments.iter().filter_map(Argument::as_expression);
            arguments.for_each(|argument| made_of_names(argument, names));
        }
        Expression::ObjectExpression(object) => {
            for property in &object.properties {
                match property {
                    ObjectPropertyKind::SpreadProperty(spread) => {
                        made_of_names(&spread.argument, names);
                    }
                    ObjectPropertyKind::ObjectProperty(property) => {
                        made_of_names(&property.value, names);
                    }
                }
            }
        }
        Expression::ArrayExpression(array) => {
            let elements = array.elements.iter().filter_map(|element| element.as_expression());
            elements.for_each(|element| made_of_names(element, names));
        }
        _ => {}
    }
}

/// The one name that a value is.
fn same_as(kind: AstKind<'_>) -> Option<String> {
    match value_of(kind)?.get_inner_expression() {
        Expression::Identifier(name) => Some(name.name.to_string()),
        Expression::StaticMemberExpression(member) => match &member.object {
            Expression::Identifier(object) => {
                Some(property_of(&object.name, &member.property.name))
            }
            _ => Some(property(&member.property.name)),
        },
        _ => None,
    }
}

/// The name at the beginning of `a.b.c`.
fn root(expression: &Expression<'_>) -> Option<String> {
    match root_of(expression) {
        Expression::Identifier(name) => Some(name.name.to_string()),
        _ => None,
    }
}

fn root_of<'e, 'text>(expression: &'e Expression<'text>) -> &'e Expression<'text> {
    let mut expression = expression.get_inner_expression();
    loop {
        expression = match expression {
            Expression::StaticMemberExpression(member) => member.object.get_inner_expression(),
            Expression::ComputedMemberExpression(member) => member.object.get_inner_expression(),
            other => return other,
        };
    }
}

#[cfg(test)]
mod tests;
