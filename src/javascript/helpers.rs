//! What stands around an expression and changes nothing: functions that compilers wrap modules in, types and
//! brackets.

use oxc_ast::AstKind;
use oxc_ast::ast::{CallExpression, Expression};

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

/// Whether a call is one of those functions.
pub(super) fn is_helper(call: &CallExpression<'_>) -> bool {
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

/// Whether the value of an expression is that of the one in it: only types or brackets stand around it.
pub(super) fn is_its_operand(kind: AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::TSAsExpression(_)
            | AstKind::TSSatisfiesExpression(_)
            | AstKind::TSNonNullExpression(_)
            | AstKind::TSTypeAssertion(_)
            | AstKind::TSInstantiationExpression(_)
            | AstKind::ParenthesizedExpression(_)
            | AstKind::ChainExpression(_)
    )
}
