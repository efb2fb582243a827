//! The expressions of workflows, as far as the action uses them (GitHub documentation, "Evaluate
//! expressions in workflows and actions").

use std::collections::BTreeMap;

/// What an expression can name, as `github.event_name` or `steps.check.outputs.verdict`.
#[derive(Default)]
pub(super) struct Contexts {
    values: BTreeMap<String, String>,
    /// Steps that have run: an output that one has not set is empty.
    steps: Vec<String>,
    /// Whether a step has failed.
    pub(super) has_failed: bool,
}

/// What an expression is worth.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Bool(bool),
    Text(String),
}

impl Value {
    /// GitHub documentation, "Operators": an empty text is false.
    fn is_true(&self) -> bool {
        match self {
            Self::Bool(is_true) => *is_true,
            Self::Text(text) => !text.is_empty(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Bool(is_true) => is_true.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Contexts {
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    pub(super) fn finish_step(&mut self, id: &str) {
        self.steps.push(id.to_owned());
    }

    /// A name that nobody has set is a mistake in the action, except for outputs.
    fn look_up(&self, name: &str) -> Value {
        if let Some(value) = self.values.get(name) {
            return Value::Text(value.clone());
        }
        let mut parts = name.split('.');
        let is_output = parts.next() == Some("steps")
            && parts.next().is_some_and(|id| self.steps.iter().any(|known| known == id))
            && parts.next() == Some("outputs");
        assert!(is_output, "nothing is called `{name}`");
        Value::Text(String::new())
    }

    /// A text with `${{ … }}` in it.
    pub(super) fn fill_in(&self, template: &str) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").expect("`${{` is closed");
            filled += before;
            filled += &self.evaluate(expression).text();
            rest = after;
        }
        filled + rest
    }

    /// Whether a step runs. Without a word about the status of the job it runs only if nothing has
    /// failed (GitHub documentation, "Status check functions").
    pub(super) fn allows(&self, condition: Option<&str>) -> bool {
        let condition = condition.unwrap_or("success()").trim();
        let inner = condition.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
        let condition = inner.unwrap_or(condition);
        let asks = ["success()", "failure()", "always()", "cancelled()"]
            .iter()
            .any(|function| condition.contains(function));
        (asks || !self.has_failed) && self.evaluate(condition).is_true()
    }

    fn evaluate(&self, expression: &str) -> Value {
        let mut parser = Parser { contexts: self, tokens: tokens(expression), at: 0 };
        let value = parser.either();
        assert_eq!(parser.at, parser.tokens.len(), "trailing text in `{expression}`");
        value
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["==", "!=", "&&", "||", "!", "(", ")", ","];

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim();
    while let Some(first) = rest.chars().next() {
        let length;
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            length = sign.len();
            tokens.push(Token::Sign(sign));
        } else if first == '\'' {
            let (text, taken) = quoted(rest);
            length = taken;
            tokens.push(Token::Text(text));
        } else {
            length = rest
                .find(|character: char| !(character.is_alphanumeric() || "._-".contains(character)))
                .unwrap_or(rest.len());
            assert!(length > 0, "`{rest}` cannot be read");
            tokens.push(Token::Name(rest[..length].to_owned()));
        }
        rest = rest[length..].trim_start();
    }
    tokens
}

/// A text in single quotes, in which two stand for one, and how many bytes it takes.
fn quoted(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut at = 1;
    loop {
        let end = rest[at..].find('\'').expect("a closing quote") + at;
        text += &rest[at..end];
        at = end + 1;
        if !rest[at..].starts_with('\'') {
            return (text, at);
        }
        text.push('\'');
        at += 1;
    }
}

struct Parser<'e> {
    contexts: &'e Contexts,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn takes(&mut self, sign: &'static str) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    fn either(&mut self) -> Value {
        let mut value = self.both();
        while self.takes("||") {
            let other = self.both();
            value = if value.is_true() { value } else { other };
        }
        value
    }

    fn both(&mut self) -> Value {
        let mut value = self.comparison();
        while self.takes("&&") {
            let other = self.comparison();
            value = if value.is_true() { other } else { value };
        }
        value
    }

    /// Texts are compared without regard to case.
    fn comparison(&mut self) -> Value {
        let value = self.single();
        let is_equal = |other: Value| value.text().eq_ignore_ascii_case(&other.text());
        if self.takes("==") {
            return Value::Bool(is_equal(self.single()));
        }
        if self.takes("!=") {
            return Value::Bool(!is_equal(self.single()));
        }
        value
    }

    fn single(&mut self) -> Value {
        if self.takes("!") {
            return Value::Bool(!self.single().is_true());
        }
        if self.takes("(") {
            let value = self.either();
            assert!(self.takes(")"), "a closing parenthesis");
            return value;
        }
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Text(text)) => Value::Text(text),
            Some(Token::Name(name)) if self.takes("(") => {
                let arguments = self.arguments();
                self.call(&name, &arguments)
            }
            Some(Token::Name(name)) if name == "true" || name == "false" => {
                Value::Bool(name == "true")
            }
            Some(Token::Name(name)) => self.contexts.look_up(&name),
            other => panic!("{other:?} is no value"),
        }
    }

    fn arguments(&mut self) -> Vec<String> {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.either().text());
            self.takes(",");
        }
        arguments
    }

    fn call(&self, name: &str, arguments: &[String]) -> Value {
        match (name, arguments) {
            ("always", []) => Value::Bool(true),
            ("cancelled", []) => Value::Bool(false),
            ("success", []) => Value::Bool(!self.contexts.has_failed),
            ("failure", []) => Value::Bool(self.contexts.has_failed),
            ("contains", [text, part]) => {
                Value::Bool(text.to_lowercase().contains(&part.to_lowercase()))
            }
            ("format", [template, rest @ ..]) => {
                let filled =
                    rest.iter().enumerate().fold(template.clone(), |text, (index, value)| {
                        text.replace(&format!("{{{index}}}"), value)
                    });
                Value::Text(filled)
            }
            _ => panic!("`{name}` of {} arguments is not known", arguments.len()),
        }
    }
}

#[test]
fn expressions_are_worth_what_github_says() {
    let mut contexts = Contexts::default();
    contexts.set("github.event_name", "push");
    contexts.set("inputs.cache", "true");
    contexts.set("inputs.db", "");
    contexts.finish_step("restore");
    for (expression, expected) in [
        ("github.event_name == 'Push'", "true"),
        ("inputs.cache == 'true' && inputs.db == ''", "true"),
        ("inputs.db || 'none'", "none"),
        ("!(inputs.db != '') && steps.restore.outputs.cache-hit != 'true'", "true"),
        ("format('{0}-{1}', 'it''s', github.event_name)", "it's-push"),
        ("contains(github.event_name, 'US')", "true"),
        ("failure()", "false"),
    ] {
        assert_eq!(contexts.evaluate(expression).text(), expected, "{expression}");
    }
    assert_eq!(contexts.fill_in("db-${{ github.event_name }}-"), "db-push-");
    assert!(contexts.allows(None) && !contexts.allows(Some("failure()")));
    contexts.has_failed = true;
    assert!(!contexts.allows(Some("inputs.cache == 'true'")) && contexts.allows(Some("always()")));
}
