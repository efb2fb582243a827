//! Where a value goes.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty,
    BindingPattern, CallExpression, Expression, PropertyKey,
};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};

use super::globals::{Origin, Property};
use super::loads::{LONGEST_PATH, Loads};
use super::module::{Fate, Reason, Requested};

/// Functions by which compilers give modules the form of others: what they return is what they were given
/// (the helpers of TypeScript, Babel, SWC, esbuild and Rollup).
const HELPERS: &[&str] = &[
    "__importDefault",
    "__importStar",
    "__toESM",
    "__toModule",
    "_interopDefault",
    "_interopDefaultCompat",
    "_interopDefaultLegacy",
    "_interopNamespace",
    "_interopNamespaceCompat",
    "_interopNamespaceDefault",
    "_interopRequireDefault",
    "_interopRequireWildcard",
    "_interop_require_default",
    "_interop_require_wildcard",
    "interopRequireDefault",
    "interopRequireWildcard",
];

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
            AstKind::TSAsExpression(_)
            | AstKind::TSSatisfiesExpression(_)
            | AstKind::TSNonNullExpression(_)
            | AstKind::TSTypeAssertion(_)
            | AstKind::TSInstantiationExpression(_)
            | AstKind::ParenthesizedExpression(_)
            | AstKind::ChainExpression(_)
            | AstKind::LogicalExpression(_) => self.pending.push((id, origin.clone())),
            AstKind::AwaitExpression(_) => self.pending.push((id, awaited(origin))),
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
            AstKind::ComputedMemberExpression(member) => {
                if member.object.span() == span {
                    match self.constants.text(&member.expression) {
                        Some(name) => self.static_member(id, origin, &name, span),
                        None => self.any_member(origin, span),
                    }
                }
            }
            AstKind::CallExpression(call) => {
                if call.callee.span() == span {
                    self.called(id, origin, &call.arguments, span);
                } else if is_helper(call) {
                    self.pending.push((id, origin.clone()));
                } else {
                    self.escaped(origin, span);
                }
            }
            AstKind::NewExpression(call) => {
                if call.callee.span() == span {
                    self.called(id, origin, &call.arguments, span);
                } else {
                    self.escaped(origin, span);
                }
            }
            AstKind::VariableDeclarator(declarator) => {
                self.bind(&declarator.id, origin);
                let declaration = nodes.parent_id(id);
                if matches!(nodes.parent_kind(declaration), AstKind::ExportDeclaration(_)) {
                    self.leaves_module(origin, span);
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
            AstKind::ObjectProperty(_) => {
                if self.is_exported_object(id) {
                    self.leaves_module(origin, span);
                } else {
                    self.escaped(origin, span);
                }
            }
            AstKind::ExportSpecifier(_)
            | AstKind::ExportDefaultDeclaration(_)
            | AstKind::TSExportAssignment(_) => self.leaves_module(origin, span),
            AstKind::TaggedTemplateExpression(_)
            | AstKind::Class(_)
            | AstKind::Decorator(_)
            | AstKind::JSXOpeningElement(_)
            | AstKind::JSXClosingElement(_) => self.called(id, origin, &[], span),
            AstKind::JSXMemberExpression(member) => {
                self.static_member(id, origin, member.property.name.as_str(), span);
            }
            kind if drops_value(kind) => {}
            _ => self.escaped(origin, span),
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
                self.used(origin, Fate::Escapes, span);
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
                        } else if parameters.rest.is_some() {
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
            Origin::Finder => {
                // What is not known here is not known where it is loaded, either.
                let texts = first.map(|first| self.constants.texts(first)).unwrap_or_default();
                for text in texts.into_iter().filter(|text| text.is_whole) {
                    self.module_load(&text.known, span);
                }
            }
            Origin::CreateRequire => self.pending.push((id, Origin::Require)),
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
                if !self.is_harmless_text(arguments) {
                    self.add(Requested::Generated, span);
                }
            }
            Origin::Starter => {
                if let Some(first) = first {
                    self.load(first, span);
                }
            }
            Origin::ModuleObject | Origin::ModuleBuiltin => {
                self.add(Requested::Anything(Reason::Loader), span);
            }
            Origin::Loaded { load, path } => {
                let starts = path.last().is_some_and(|name| STARTERS.contains(&name.as_str()))
                    && self.specifier(*load).is_some_and(super::globals::starts_programs);
                if let Some(first) = first.filter(|_| starts) {
                    self.load(first, span);
                }
                self.used(origin, Fate::Called, span);
            }
            Origin::Promised { .. } | Origin::ImportMeta | Origin::Process | Origin::Global => {}
        }
    }

    /// A property of which nobody knows the name.
    fn any_member(&mut self, origin: &Origin, span: Span) {
        match origin {
            Origin::Loaded { .. } | Origin::Promised { .. } => {
                self.used(origin, Fate::Escapes, span);
            }
            Origin::Require | Origin::ModuleObject | Origin::ModuleBuiltin | Origin::ImportMeta => {
                self.add(Requested::Anything(Reason::Loader), span);
            }
            Origin::Process | Origin::Global | Origin::Compiler => {
                self.add(Requested::Generated, span);
            }
            Origin::CreateRequire | Origin::GetBuiltin | Origin::Starter | Origin::Finder => {}
        }
    }

    /// Nothing follows the value any further.
    pub(super) fn escaped(&mut self, origin: &Origin, span: Span) {
        match origin {
            Origin::Loaded { .. } | Origin::Promised { .. } => {
                self.used(origin, Fate::Escapes, span);
            }
            Origin::Require
            | Origin::ModuleObject
            | Origin::ModuleBuiltin
            | Origin::CreateRequire
            | Origin::GetBuiltin => {
                self.add(Requested::Anything(Reason::HandedOn), span);
            }
            Origin::Compiler | Origin::Starter => {
                self.add(Requested::Generated, span);
            }
            Origin::Finder | Origin::ImportMeta | Origin::Process | Origin::Global => {}
        }
    }

    fn leaves_module(&mut self, origin: &Origin, span: Span) {
        match origin {
            Origin::Loaded { .. } | Origin::Promised { .. } => {
                self.used(origin, Fate::Exported, span);
            }
            _ => self.escaped(origin, span),
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
    fn bind(&mut self, pattern: &BindingPattern<'text>, origin: &Origin) {
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

    fn keyed(&mut self, key: &PropertyKey<'text>, origin: &Origin, span: Span) -> Option<Origin> {
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
    fn read_property(&mut self, origin: &Origin, member: &Origin, span: Span) {
        if member != origin {
            self.used(member, Fate::Called, span);
        }
    }

    fn assign(&mut self, target: &AssignmentTarget<'text>, origin: &Origin, span: Span) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                let reference = name.reference_id.get();
                let scoping = self.semantic.scoping();
                let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
                match symbol {
                    Some(symbol) => self.alias(symbol, origin),
                    None if name.name == "exports" => self.leaves_module(origin, span),
                    None => self.escaped(origin, span),
                }
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                if is_exports(&member.object)
                    || (member.property.name == "exports" && is_module(&member.object))
                {
                    self.leaves_module(origin, span);
                } else {
                    self.escaped(origin, span);
                }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                for property in &object.properties {
                    self.assign_property(property, origin);
                }
                if let Some(rest) = &object.rest {
                    self.any_member(origin, rest.span);
                }
            }
            _ => self.escaped(origin, span),
        }
    }

    fn assign_property(&mut self, property: &AssignmentTargetProperty<'text>, origin: &Origin) {
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                let name = property.binding.name.as_str();
                let Some(member) = self.member(origin, name, property.span) else { return };
                self.read_property(origin, &member, property.span);
                let reference = property.binding.reference_id.get();
                let scoping = self.semantic.scoping();
                let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
                match symbol {
                    Some(symbol) => self.alias(symbol, &member),
                    None => self.escaped(&member, property.span),
                }
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                let Some(member) = self.keyed(&property.name, origin, property.span) else {
                    return;
                };
                match &property.binding {
                    AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(with_default) => {
                        self.assign(&with_default.binding, &member, property.span);
                    }
                    other => match other.as_assignment_target() {
                        Some(target) => self.assign(target, &member, property.span),
                        None => self.escaped(&member, property.span),
                    },
                }
            }
        }
    }

    /// Whether a property belongs to an object that is all that the module exports.
    fn is_exported_object(&self, property: NodeId) -> bool {
        let nodes = self.semantic.nodes();
        let object = nodes.parent_id(property);
        match nodes.parent_kind(object) {
            AstKind::ExportDefaultDeclaration(_) => true,
            AstKind::AssignmentExpression(assignment) => match &assignment.left {
                AssignmentTarget::StaticMemberExpression(member) => {
                    member.property.name == "exports" && is_module(&member.object)
                }
                _ => false,
            },
            _ => false,
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

fn awaited(origin: &Origin) -> Origin {
    match origin {
        Origin::Promised { load } => Origin::Loaded { load: *load, path: Vec::new() },
        other => other.clone(),
    }
}

fn is_helper(call: &CallExpression<'_>) -> bool {
    let mut callee = call.callee.get_inner_expression();
    while let Expression::SequenceExpression(all) = callee {
        let Some(last) = all.expressions.last() else { return false };
        callee = last.get_inner_expression();
    }
    let name = match callee {
        Expression::Identifier(name) => name.name.as_str(),
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        _ => return false,
    };
    HELPERS.contains(&name)
}

fn is_module(expression: &Expression<'_>) -> bool {
    expression.get_identifier_reference().is_some_and(|name| name.name == "module")
}

/// `exports`, or `module.exports`
fn is_exports(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::Identifier(name) => name.name == "exports",
        Expression::StaticMemberExpression(member) => {
            member.property.name == "exports" && is_module(&member.object)
        }
        _ => false,
    }
}
