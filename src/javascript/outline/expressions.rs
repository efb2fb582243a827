//! What expressions look like.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, CallExpression, Expression, FormalParameters,
    Function, ObjectExpression, PropertyKind, Statement,
};
use oxc_span::{GetSpan, Span};
use smol_str::SmolStr;

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

/// Where an expression begins that only reads properties by their names, and those.
pub(super) fn chain<'run, 'text>(
    expression: &'run Expression<'text>,
) -> Option<(&'run Expression<'text>, Vec<SmolStr>)> {
    let expression = expression.get_inner_expression();
    let (object, name) = match expression {
        Expression::Identifier(_) | Expression::CallExpression(_) => {
            return Some((expression, Vec::new()));
        }
        Expression::StaticMemberExpression(member) => {
            let is_module =
                member.object.get_identifier_reference().is_some_and(|it| it.name == "module");
            if is_module && member.property.name == "exports" {
                return Some((expression, Vec::new()));
            }
            (&member.object, member.property.name.as_str())
        }
        Expression::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(name) => (&member.object, name.value.as_str()),
            _ => return None,
        },
        _ => return None,
    };
    let (root, mut path) = chain(object)?;
    path.push(name.into());
    Some((root, path))
}

/// The expression in which a chain begins.
pub(super) fn root<'run, 'text>(expression: &'run Expression<'text>) -> &'run Expression<'text> {
    chain(expression).map_or(expression, |(root, _)| root)
}

/// A boolean, a number or a text: nothing runs where it stands.
pub(super) fn is_plain_literal(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::UnaryExpression(unary) => is_plain_literal(&unary.argument),
        Expression::BooleanLiteral(_)
        | Expression::NullLiteral(_)
        | Expression::NumericLiteral(_)
        | Expression::StringLiteral(_) => true,
        _ => false,
    }
}

/// `{ value: true }`
pub(super) fn is_plain_descriptor(descriptor: &Expression<'_>) -> bool {
    let Expression::ObjectExpression(object) = descriptor.get_inner_expression() else {
        return false;
    };
    object.properties.iter().all(|property| {
        property.as_property().is_some_and(|it| {
            it.kind == PropertyKind::Init && !it.computed && is_plain_literal(&it.value)
        })
    })
}

/// What a function returns that does nothing else.
pub(super) fn returned<'run, 'text>(
    function: &'run Expression<'text>,
) -> Option<&'run Expression<'text>> {
    match function.get_inner_expression() {
        Expression::FunctionExpression(function)
            if !function.r#async && !function.generator && takes_nothing(&function.params) =>
        {
            returned_by(function)
        }
        Expression::ArrowFunctionExpression(arrow)
            if !arrow.r#async && takes_nothing(&arrow.params) =>
        {
            returned_by_arrow(arrow)
        }
        _ => None,
    }
}

/// What a function is called with may be computed where it is missing.
fn takes_nothing(parameters: &FormalParameters<'_>) -> bool {
    parameters.items.is_empty() && parameters.rest.is_none()
}

pub(super) fn returned_by<'run, 'text>(
    function: &'run Function<'text>,
) -> Option<&'run Expression<'text>> {
    only_returned(&function.body.as_ref()?.statements)
}

pub(super) fn returned_by_arrow<'run, 'text>(
    arrow: &'run ArrowFunctionExpression<'text>,
) -> Option<&'run Expression<'text>> {
    match &arrow.body {
        ArrowFunctionBody::FunctionBody(body) => only_returned(&body.statements),
        body => body.as_expression(),
    }
}

fn only_returned<'run, 'text>(
    statements: &'run [Statement<'text>],
) -> Option<&'run Expression<'text>> {
    match statements {
        [Statement::ReturnStatement(returned)] => returned.argument.as_ref(),
        [Statement::ExpressionStatement(only)] => Some(&only.expression),
        _ => None,
    }
}

/// The properties of an object whose values are all made by functions: `{ a: () => a }`.
pub(super) fn getters<'run, 'text>(
    object: &'run ObjectExpression<'text>,
) -> Option<Vec<(SmolStr, Span, &'run Expression<'text>)>> {
    let properties = object.properties.iter().map(|property| {
        let property = property.as_property().filter(|it| it.kind == PropertyKind::Init)?;
        Some((
            property.key.static_name()?.as_ref().into(),
            property.span,
            returned(&property.value)?,
        ))
    });
    properties.collect()
}

/// What a property stands for that is described, and where it says so: `{ get: () => a }`, `{ value: a }`.
pub(super) fn described<'run, 'text>(
    descriptor: &'run Expression<'text>,
) -> Option<(&'run Expression<'text>, Vec<Span>)> {
    let Expression::ObjectExpression(object) = descriptor.get_inner_expression() else {
        return None;
    };
    let (mut found, mut keys) = (None, Vec::new());
    for property in &object.properties {
        let property = property.as_property().filter(|it| it.kind == PropertyKind::Init)?;
        keys.push(property.key.span());
        match property.key.static_name()?.as_ref() {
            "enumerable" | "configurable" | "writable" if is_plain_literal(&property.value) => {}
            // Of two the first one is computed as well.
            "get" | "value" if found.is_some() => return None,
            "get" => found = Some(returned(&property.value)?),
            "value" => found = Some(&property.value),
            _ => return None,
        }
    }
    Some((found?, keys))
}

pub(super) fn is_literal(expression: &Expression<'_>) -> bool {
    matches!(
        expression.get_inner_expression(),
        Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)
    )
}
