//! Texts that an expression may stand for, as far as they can be computed without running it.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BinaryOperator, BindingPattern, Expression, IdentifierReference, TemplateLiteral,
    VariableDeclarator,
};
use oxc_semantic::{Semantic, SymbolId};

/// How deep names are followed to what they stand for.
const DEEPEST: usize = 12;
/// How many texts one expression may stand for; more are as good as any.
const MOST: usize = 64;

/// A text, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// How it begins.
    pub(super) known: String,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
}

impl Text {
    fn whole(known: impl Into<String>) -> Self {
        Self { known: known.into(), is_whole: true }
    }

    fn unknown() -> Self {
        Self { known: String::new(), is_whole: false }
    }
}

/// Computes texts in one module.
#[derive(Clone, Copy)]
pub(super) struct Constants<'run, 'text> {
    pub(super) semantic: &'run Semantic<'text>,
}

impl<'text> Constants<'_, 'text> {
    /// Every text that an expression may stand for. What is not known of it is left open, so that the
    /// answer is never empty.
    pub(super) fn texts(self, expression: &Expression<'text>) -> Vec<Text> {
        self.within(expression, DEEPEST)
    }

    /// The one text that an expression stands for, if it is known to the end.
    pub(super) fn text(self, expression: &Expression<'text>) -> Option<String> {
        let texts = self.texts(expression);
        match texts.as_slice() {
            [text] if text.is_whole => Some(text.known.clone()),
            _ => None,
        }
    }

    fn within(self, expression: &Expression<'text>, depth: usize) -> Vec<Text> {
        let Some(depth) = depth.checked_sub(1) else {
            return vec![Text::unknown()];
        };
        let expression = expression.get_inner_expression();
        let texts = match expression {
            Expression::StringLiteral(text) => vec![Text::whole(text.value.as_str())],
            Expression::NumericLiteral(number) => vec![Text::whole(number.value.to_string())],
            Expression::TemplateLiteral(template) => self.template(template, depth),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                joined(&self.within(&sum.left, depth), &self.within(&sum.right, depth))
            }
            Expression::ConditionalExpression(choice) => {
                let mut texts = self.within(&choice.consequent, depth);
                texts.extend(self.within(&choice.alternate, depth));
                texts
            }
            Expression::LogicalExpression(choice) => {
                let mut texts = self.within(&choice.left, depth);
                texts.extend(self.within(&choice.right, depth));
                texts
            }
            Expression::SequenceExpression(all) => {
                all.expressions.last().map_or_else(Vec::new, |last| self.within(last, depth))
            }
            Expression::AwaitExpression(awaited) => self.within(&awaited.argument, depth),
            Expression::Identifier(name) => self.named(name, depth),
            Expression::StaticMemberExpression(member) => match member.property.name.as_str() {
                "href" | "pathname" => self.within(&member.object, depth),
                "dirname" if is_import_meta(&member.object) => vec![Text::whole(".")],
                "filename" | "url" if is_import_meta(&member.object) => vec![Text::whole("./")],
                _ => vec![Text::unknown()],
            },
            Expression::CallExpression(call) => self.called(&call.callee, &call.arguments, depth),
            Expression::NewExpression(call) => match &call.callee {
                Expression::Identifier(name) if name.name == "URL" => {
                    self.address(&call.arguments, depth)
                }
                _ => vec![Text::unknown()],
            },
            _ => vec![Text::unknown()],
        };
        if texts.is_empty() || texts.len() > MOST { vec![Text::unknown()] } else { texts }
    }

    fn template(self, template: &TemplateLiteral<'text>, depth: usize) -> Vec<Text> {
        let mut texts = vec![Text::whole("")];
        for (place, piece) in template.quasis.iter().enumerate() {
            let cooked = piece.value.cooked.map(|text| text.to_string());
            texts = joined(&texts, &[cooked.map_or_else(Text::unknown, Text::whole)]);
            if let Some(expression) = template.expressions.get(place) {
                texts = joined(&texts, &self.within(expression, depth));
            }
        }
        texts
    }

    fn named(self, name: &IdentifierReference<'text>, depth: usize) -> Vec<Text> {
        match name.name.as_str() {
            "__dirname" => return vec![Text::whole(".")],
            "__filename" => return vec![Text::whole("./")],
            _ => {}
        }
        match self.initial(name) {
            Some(value) => self.within(value, depth),
            None => vec![Text::unknown()],
        }
    }

    /// The value of a name that is declared with one, and never gets another.
    fn initial(self, name: &IdentifierReference<'text>) -> Option<&'text Expression<'text>> {
        let scoping = self.semantic.scoping();
        let reference = name.reference_id.get()?;
        let symbol = scoping.get_reference(reference).symbol_id()?;
        self.declared(symbol)
    }

    fn declared(self, symbol: SymbolId) -> Option<&'text Expression<'text>> {
        let scoping = self.semantic.scoping();
        if scoping.symbol_is_mutated(symbol) || !scoping.symbol_redeclarations(symbol).is_empty() {
            return None;
        }
        let AstKind::VariableDeclarator(declarator) =
            self.semantic.symbol_declaration(symbol).kind()
        else {
            return None;
        };
        let VariableDeclarator { id: BindingPattern::BindingIdentifier(_), init, .. } = declarator
        else {
            return None;
        };
        init.as_ref()
    }

    fn called(
        self,
        callee: &Expression<'text>,
        arguments: &[Argument<'text>],
        depth: usize,
    ) -> Vec<Text> {
        let callee = callee.get_inner_expression();
        let first = || {
            let first = arguments.first().and_then(Argument::as_expression);
            first.map_or_else(|| vec![Text::unknown()], |first| self.within(first, depth))
        };
        match callee {
            Expression::StaticMemberExpression(member) => match member.property.name.as_str() {
                "resolve" if is_loader(&member.object) => first(),
                "join" if matches!(member.object, Expression::ArrayExpression(_)) => {
                    self.array(&member.object, arguments, depth)
                }
                "join" | "resolve" | "normalize" => self.path(arguments, depth),
                "toString" | "valueOf" | "trim" => self.within(&member.object, depth),
                "concat" => {
                    let mut texts = self.within(&member.object, depth);
                    for argument in arguments {
                        let more = argument.as_expression();
                        let more = more.map(|argument| self.within(argument, depth));
                        texts = joined(&texts, &more.unwrap_or_else(|| vec![Text::unknown()]));
                    }
                    texts
                }
                "fileURLToPath" | "pathToFileURL" => first(),
                "dirname" => first().iter().map(folder).collect(),
                _ => vec![Text::unknown()],
            },
            Expression::Identifier(name) => match name.name.as_str() {
                "String" | "fileURLToPath" | "pathToFileURL" => first(),
                "dirname" => first().iter().map(folder).collect(),
                "join" | "resolve" => self.path(arguments, depth),
                _ => vec![Text::unknown()],
            },
            _ => vec![Text::unknown()],
        }
    }

    /// `path.join(__dirname, "x")`. With a folder that is not known nothing is.
    fn path(self, arguments: &[Argument<'text>], depth: usize) -> Vec<Text> {
        let mut texts = vec![Text::whole("")];
        for (place, argument) in arguments.iter().enumerate() {
            let next = argument.as_expression();
            let next = next.map(|argument| self.within(argument, depth));
            let slash = Text::whole(if place == 0 { "" } else { "/" });
            let next = next.unwrap_or_else(|| vec![Text::unknown()]);
            texts = joined(&joined(&texts, &[slash]), &next);
        }
        texts
    }

    /// `new URL("./x", import.meta.url)`
    fn address(self, arguments: &[Argument<'text>], depth: usize) -> Vec<Text> {
        let [first, rest @ ..] = arguments else {
            return vec![Text::unknown()];
        };
        let texts = first.as_expression().map(|first| self.within(first, depth));
        let texts = texts.unwrap_or_else(|| vec![Text::unknown()]);
        if rest.is_empty() {
            return texts;
        }
        let in_own_folder = |text: Text| {
            let is_relative = text.known.starts_with('.') || text.known.contains(':');
            let known = if is_relative { text.known } else { format!("./{}", text.known) };
            Text { known, ..text }
        };
        texts.into_iter().map(in_own_folder).collect()
    }

    /// `["a", "b"].join("")`
    fn array(
        self,
        array: &Expression<'text>,
        arguments: &[Argument<'text>],
        depth: usize,
    ) -> Vec<Text> {
        let Expression::ArrayExpression(array) = array else {
            return vec![Text::unknown()];
        };
        let between = match arguments.first().and_then(Argument::as_expression) {
            Some(between) => self.within(between, depth),
            None => vec![Text::whole(",")],
        };
        let mut texts = vec![Text::whole("")];
        for (place, element) in array.elements.iter().enumerate() {
            if place > 0 {
                texts = joined(&texts, &between);
            }
            let element = element.as_expression().map(|element| self.within(element, depth));
            texts = joined(&texts, &element.unwrap_or_else(|| vec![Text::unknown()]));
        }
        texts
    }
}

fn folder(text: &Text) -> Text {
    match text.known.rsplit_once('/') {
        Some((folder, _)) if text.is_whole => Text::whole(folder),
        _ => Text::unknown(),
    }
}

fn joined(before: &[Text], after: &[Text]) -> Vec<Text> {
    let mut all = Vec::new();
    for first in before {
        if !first.is_whole {
            all.push(first.clone());
            continue;
        }
        let rest = after.iter();
        all.extend(rest.map(|rest| Text {
            known: format!("{}{}", first.known, rest.known),
            is_whole: rest.is_whole,
        }));
    }
    all.dedup();
    if all.len() > MOST { vec![Text::unknown()] } else { all }
}

/// `require` or `import.meta`, whose `resolve` gives the path of a module.
fn is_loader(expression: &Expression<'_>) -> bool {
    let is_require = |name: &IdentifierReference<'_>| name.name.ends_with("equire");
    expression.get_identifier_reference().is_some_and(is_require) || is_import_meta(expression)
}

fn is_import_meta(expression: &Expression<'_>) -> bool {
    matches!(expression.get_inner_expression(), Expression::ImportMeta(_))
}
