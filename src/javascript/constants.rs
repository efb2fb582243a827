//! Texts that an expression may stand for, as far as they can be computed without running it.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BinaryOperator, BindingPattern, CallExpression, Expression, IdentifierReference,
    TemplateLiteral, VariableDeclarator,
};
use oxc_semantic::{NodeId, Semantic, SymbolId};

use super::globals::{PATHS, URLS};

/// What stands for the folder of the module itself, unlike a `.` that is written out: that is the folder in
/// which a program is started.
pub(super) const OWN_FOLDER: &str = "\0.";
/// What stands for the name of the module's own file in it.
const OWN_FILE: &str = "\u{1}";
/// What stands around a specifier that stands for the path to which it leads.
const RESOLVED: (char, char) = ('\u{2}', '\u{3}');

/// Whether a character of a text is of one of those that stand for something else.
pub(super) fn is_mark(next: char) -> bool {
    next <= RESOLVED.1
}

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
    pub(super) fn whole(known: impl Into<String>) -> Self {
        Self { known: known.into(), is_whole: true }
    }

    pub(super) fn unknown() -> Self {
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
        self.within(expression, DEEPEST).iter().map(written).collect()
    }

    /// The one text that an expression stands for, if it is known to the end.
    pub(super) fn text(self, expression: &Expression<'text>) -> Option<String> {
        let texts = self.texts(expression);
        match texts.as_slice() {
            [text] if text.is_whole => Some(text.known.clone()),
            _ => None,
        }
    }

    /// What is known of a sum of texts that stands at a node.
    pub(super) fn of_sum(self, node: NodeId) -> Vec<String> {
        let AstKind::BinaryExpression(sum) = self.semantic.nodes().kind(node) else {
            return Vec::new();
        };
        let texts = joined(&self.within(&sum.left, DEEPEST), &self.within(&sum.right, DEEPEST));
        let known = texts.iter().map(|text| written(text).known);
        known.filter(|text| !text.is_empty()).collect()
    }

    /// The paths that a call of `path` or an address at a node stands for, as far as they are known to the end.
    pub(super) fn of_path_at(self, node: NodeId) -> Vec<String> {
        let texts = match self.semantic.nodes().kind(node) {
            AstKind::CallExpression(call) if self.end_of_path(call).is_some() => {
                self.called(&call.callee, &call.arguments, DEEPEST)
            }
            AstKind::NewExpression(call) => match &call.callee {
                Expression::Identifier(name) if name.name == "URL" && self.is_given(name, URLS) => {
                    self.address(&call.arguments, DEEPEST)
                }
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let whole = texts.iter().map(written).filter(|text| text.is_whole);
        whole.map(|text| text.known).collect()
    }

    pub(super) fn within(self, expression: &Expression<'text>, depth: usize) -> Vec<Text> {
        let Some(depth) = depth.checked_sub(1) else {
            return vec![Text::unknown()];
        };
        let expression = expression.get_inner_expression();
        let texts = match expression {
            Expression::StringLiteral(text) => vec![Text::whole(text.value.as_str())],
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
                "dirname" if is_import_meta(&member.object) => vec![Text::whole(OWN_FOLDER)],
                "filename" | "url" if is_import_meta(&member.object) => vec![own_file()],
                _ => vec![Text::unknown()],
            },
            Expression::ComputedMemberExpression(member) => self.of_table(&member.object, depth),
            Expression::CallExpression(call) => self.called(&call.callee, &call.arguments, depth),
            Expression::NewExpression(call) => match &call.callee {
                Expression::Identifier(name) if name.name == "URL" && self.is_given(name, URLS) => {
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
            "__dirname" if self.symbol(name).is_none() => return vec![Text::whole(OWN_FOLDER)],
            "__filename" if self.symbol(name).is_none() => return vec![own_file()],
            _ => {}
        }
        match self.initial(name) {
            // An address is an object: its parts may be changed.
            Some(Expression::NewExpression(_)) if !self.is_unchanged(name) => vec![Text::unknown()],
            Some(value) => self.within(value, depth),
            None => vec![Text::unknown()],
        }
    }

    /// The value of a name that is declared with one, and never gets another.
    pub(super) fn initial(
        self,
        name: &IdentifierReference<'text>,
    ) -> Option<&'text Expression<'text>> {
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
            Expression::StaticMemberExpression(member) => {
                let object = member.object.get_inner_expression();
                match member.property.name.as_str() {
                    "resolve" if self.is_loader(object) => {
                        first().into_iter().map(resolved).collect()
                    }
                    "join" if matches!(object, Expression::ArrayExpression(_)) => {
                        self.array(object, arguments, depth)
                    }
                    "toString" | "valueOf" if arguments.is_empty() => self.within(object, depth),
                    "concat" => {
                        let mut texts = self.within(object, depth);
                        for argument in arguments {
                            let more = argument.as_expression();
                            let more = more.map(|argument| self.within(argument, depth));
                            texts = joined(&texts, &more.unwrap_or_else(|| vec![Text::unknown()]));
                        }
                        texts
                    }
                    name if self.is_namespace(object, PATHS) => {
                        self.of_path(name, arguments, depth)
                    }
                    name if self.is_namespace(object, URLS) => Self::of_url(name, first),
                    _ => vec![Text::unknown()],
                }
            }
            Expression::Identifier(name) => {
                let is_bound = self.symbol(name).is_some();
                match self.imported(name, PATHS).or_else(|| self.imported(name, URLS)).as_deref() {
                    Some(imported @ ("fileURLToPath" | "pathToFileURL")) => {
                        Self::of_url(imported, first)
                    }
                    Some(imported) => self.of_path(imported, arguments, depth),
                    None if name.name == "String" && !is_bound => first(),
                    None => vec![Text::unknown()],
                }
            }
            _ => vec![Text::unknown()],
        }
    }

    pub(super) fn symbol(self, name: &IdentifierReference<'text>) -> Option<SymbolId> {
        let reference = name.reference_id.get()?;
        self.semantic.scoping().get_reference(reference).symbol_id()
    }

    /// `require` or `import.meta`, whose `resolve` gives the path of a module.
    fn is_loader(self, expression: &Expression<'text>) -> bool {
        match expression.get_inner_expression() {
            Expression::Identifier(name) if name.name == "require" => match self.initial(name) {
                Some(Expression::CallExpression(call)) => self.makes_require(call),
                Some(_) => false,
                None => self.symbol(name).is_none(),
            },
            expression => is_import_meta(expression),
        }
    }

    /// `createRequire(import.meta.url)`
    fn makes_require(self, call: &CallExpression<'text>) -> bool {
        let name = match call.callee.get_inner_expression() {
            Expression::Identifier(name) => name.name.as_str(),
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            _ => return false,
        };
        let first = call.arguments.first().and_then(Argument::as_expression);
        name == "createRequire" && first.is_some_and(|first| self.is_own_place(first))
    }

    /// Whether an expression is the place of the module itself: its file, or its folder.
    pub(super) fn is_own_place(self, expression: &Expression<'text>) -> bool {
        let texts = self.within(expression, DEEPEST);
        let is_own = |text: &str| {
            let rest = text.strip_prefix(OWN_FOLDER);
            rest.is_some_and(|rest| matches!(rest, "" | "/") || rest == format!("/{OWN_FILE}"))
        };
        texts.iter().all(|text| text.is_whole && is_own(&text.known))
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

/// The module's own file, whose name does not matter.
fn own_file() -> Text {
    Text::whole(format!("{OWN_FOLDER}/{OWN_FILE}"))
}

/// The path to which a specifier leads.
fn resolved(specifier: Text) -> Text {
    // The folder of a package is that of its manifest.
    if !specifier.is_whole || specifier.known.ends_with("/package.json") {
        return specifier;
    }
    Text::whole(format!("{}{}{}", RESOLVED.0, specifier.known, RESOLVED.1))
}

/// A text as it would be written. What is joined to the path of a module begins at a file that nobody knows here.
fn written(text: &Text) -> Text {
    let known = text.known.replace(&format!("/{OWN_FILE}/.."), "").replace(OWN_FILE, "");
    // `__dirname + "2/x"` is in another folder.
    if known.split(OWN_FOLDER).skip(1).any(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        return Text::unknown();
    }
    let known = known.replace(OWN_FOLDER, ".");
    let specifier = known.strip_prefix(RESOLVED.0).and_then(|rest| rest.strip_suffix(RESOLVED.1));
    let known = specifier.filter(|_| text.is_whole).map_or(known.clone(), str::to_owned);
    if known.contains([RESOLVED.0, RESOLVED.1]) {
        return Text::unknown();
    }
    Text { known, is_whole: text.is_whole }
}

pub(super) fn joined(before: &[Text], after: &[Text]) -> Vec<Text> {
    let mut all = Vec::new();
    for first in before {
        if !first.is_whole {
            // It may lead out of what is known.
            let leads_up = after.iter().any(|rest| rest.known.contains(".."));
            all.push(if leads_up { Text::unknown() } else { first.clone() });
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

fn is_import_meta(expression: &Expression<'_>) -> bool {
    matches!(expression.get_inner_expression(), Expression::ImportMeta(_))
}
