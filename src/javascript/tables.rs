//! Tables of texts: `const adapters = { redis: "@keyv/redis" }`, of which one is loaded by its key.

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, IdentifierReference, ObjectPropertyKind, UnaryOperator};
use oxc_span::{GetSpan, Span};

use super::constants::{Constants, Text};

impl<'text> Constants<'_, 'text> {
    /// `table[name]`, where a table is an object or a list of texts that is only read.
    pub(super) fn of_table(self, table: &Expression<'text>, depth: usize) -> Vec<Text> {
        let values: Option<Vec<&Expression<'text>>> = match table.get_inner_expression() {
            Expression::Identifier(name) if self.is_only_read(name) => match self.initial(name) {
                Some(Expression::ObjectExpression(object)) => object
                    .properties
                    .iter()
                    .map(|property| match property {
                        ObjectPropertyKind::ObjectProperty(property) => Some(&property.value),
                        ObjectPropertyKind::SpreadProperty(_) => None,
                    })
                    .collect(),
                Some(Expression::ArrayExpression(list)) => {
                    list.elements.iter().map(|element| element.as_expression()).collect()
                }
                _ => None,
            },
            _ => None,
        };
        let texts = values.unwrap_or_default().into_iter().map(|value| self.within(value, depth));
        texts.flatten().collect()
    }

    /// Whether no property of what a name stands for is given another value.
    pub(super) fn is_unchanged(self, name: &IdentifierReference<'text>) -> bool {
        let Some(symbol) = self.symbol(name) else { return false };
        let nodes = self.semantic.nodes();
        let mut references = self.semantic.scoping().get_resolved_references(symbol);
        references.all(|reference| {
            let parent = nodes.parent_node(reference.node_id());
            let member = parent.kind().span();
            match (parent.kind(), nodes.parent_kind(parent.id())) {
                (
                    AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_),
                    AstKind::AssignmentExpression(assignment),
                ) => assignment.left.span() != member,
                (
                    AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_),
                    AstKind::UpdateExpression(_),
                ) => false,
                _ => true,
            }
        })
    }

    /// Whether nothing changes what a name stands for, nor gives it to something that might: only its members
    /// are read, and its keys listed.
    pub(super) fn is_only_read(self, name: &IdentifierReference<'text>) -> bool {
        let Some(symbol) = self.symbol(name) else { return false };
        let nodes = self.semantic.nodes();
        let is_exported = |kind: AstKind<'_>| {
            matches!(kind, AstKind::ExportDeclaration(_) | AstKind::ExportSpecifier(_))
        };
        let declaration = self.semantic.symbol_declaration(symbol).id();
        if nodes.ancestor_kinds(declaration).any(is_exported) {
            return false;
        }
        let mut references = self.semantic.scoping().get_resolved_references(symbol);
        references.all(|reference| {
            let parent = nodes.parent_node(reference.node_id());
            match parent.kind() {
                AstKind::ComputedMemberExpression(_) | AstKind::StaticMemberExpression(_) => {
                    let is_object = match parent.kind() {
                        AstKind::ComputedMemberExpression(member) => {
                            member.object.span() == nodes.kind(reference.node_id()).span()
                        }
                        _ => true,
                    };
                    is_object && is_read_only(nodes.parent_kind(parent.id()), parent.kind().span())
                }
                AstKind::BinaryExpression(_) => true,
                AstKind::CallExpression(call) => lists_keys(&call.callee),
                _ => false,
            }
        })
    }
}

/// Whether a member that is part of this is only read: it is neither assigned, deleted nor called.
fn is_read_only(around: AstKind<'_>, member: Span) -> bool {
    match around {
        AstKind::CallExpression(call) => call.callee.span() != member,
        AstKind::AssignmentExpression(assignment) => assignment.left.span() != member,
        AstKind::UnaryExpression(unary) => unary.operator != UnaryOperator::Delete,
        AstKind::VariableDeclarator(_)
        | AstKind::BinaryExpression(_)
        | AstKind::LogicalExpression(_)
        | AstKind::ConditionalExpression(_)
        | AstKind::IfStatement(_)
        | AstKind::ReturnStatement(_)
        | AstKind::ExpressionStatement(_)
        | AstKind::ImportExpression(_)
        | AstKind::TemplateLiteral(_) => true,
        _ => false,
    }
}

/// `Object.keys`
fn lists_keys(callee: &Expression<'_>) -> bool {
    matches!(
        callee.get_inner_expression(),
        Expression::StaticMemberExpression(member)
            if member.object.get_identifier_reference().is_some_and(|name| name.name == "Object")
                && matches!(member.property.name.as_str(), "keys" | "values" | "entries")
    )
}
