//! Programs that a module starts: whether the text says which, and with what (Node.js documentation, "Child
//! process").

use oxc_ast::ast::{Argument, Expression, ObjectPropertyKind, TemplateLiteral};
use oxc_span::Span;
use smol_str::SmolStr;

use super::globals::starts_programs;
use super::loads::Loads;
use super::module::Requested;

/// Programs that run what their arguments name: runtimes, package managers and shells.
const RUNNERS: &[&str] = &[
    "node",
    "nodejs",
    "npx",
    "npm",
    "pnpm",
    "pnpx",
    "yarn",
    "bun",
    "bunx",
    "deno",
    "tsx",
    "ts-node",
    "corepack",
    "electron",
    "pm2",
    "nodemon",
    "sh",
    "bash",
    "zsh",
    "dash",
    "fish",
    "ksh",
    "cmd",
    "powershell",
    "pwsh",
    "env",
    "sudo",
    "xargs",
    "exec",
    "eval",
    "cross-env",
    "dotenv",
    "timeout",
    "nohup",
    "nice",
    "time",
    "make",
];

/// Options that say nothing about which code runs.
const HARMLESS_OPTIONS: &[&str] = &[
    "cwd",
    "detached",
    "encoding",
    "killSignal",
    "maxBuffer",
    "reject",
    "signal",
    "silent",
    "stdio",
    "timeout",
    "windowsHide",
];

impl<'text> Loads<'_, 'text> {
    /// Whether something that a load has loaded starts programs when it is called.
    pub(super) fn is_of_starter(&self, load: u32) -> bool {
        self.specifier(load).is_some_and(starts_programs)
    }

    /// A call that starts a program. Its code is the module's own where the first argument is a path of it.
    pub(super) fn started(&mut self, arguments: &[Argument<'text>], span: Span) {
        let Some((program, rest)) = arguments.split_first() else { return };
        let texts = program.as_expression().map(|program| self.constants.texts(program));
        // Each word may be a command, however much of a sentence they make together: `setsid x build`.
        let known = texts.iter().flatten().map(|text| text.known.as_str());
        let words = known.flat_map(|text| text.split_whitespace().chain([text]));
        self.computed.extend(words.map(SmolStr::from));
        // What stands behind a part that is not known counts as well.
        let is_chained = program.as_expression().is_some_and(has_part_that_runs_others);
        let is_whole = texts.iter().flatten().all(|text| text.is_whole);
        let mut is_known = texts.is_some() && (is_whole || !is_chained);
        for text in texts.iter().flatten() {
            is_known &= match first_word(&text.known, text.is_whole) {
                Some((_, true)) if !runs_others(&text.known) => true,
                Some((_, true)) => text.is_whole && self.are_known(rest),
                Some(_) | None => false,
            };
        }
        if !is_known {
            self.add(Requested::Program, span);
        }
    }

    /// `` $`git status` ``
    pub(super) fn started_by_template(&mut self, template: &TemplateLiteral<'text>, span: Span) {
        let mut pieces = template.quasis.iter().map(|piece| piece.value.raw.as_str());
        let is_whole = template.expressions.is_empty();
        let first = template.quasis.first().and_then(|piece| piece.value.cooked);
        let starts_known = first.is_some_and(|text| {
            first_word(&text, is_whole).is_some_and(|(_, is_complete)| is_complete)
        });
        let is_known = is_whole || (starts_known && !pieces.any(runs_others));
        if !is_known {
            self.add(Requested::Program, span);
        }
    }

    /// Options of a worker that compile its first argument, or are given to the runtime.
    pub(super) fn has_options_of_runtime(arguments: &[Argument<'_>]) -> bool {
        let objects = arguments.iter().filter_map(Argument::as_expression);
        objects.skip(1).any(|object| match object.get_inner_expression() {
            Expression::ObjectExpression(object) => object.properties.iter().any(|property| {
                let ObjectPropertyKind::ObjectProperty(property) = property else { return true };
                let name = property.key.static_name();
                name.is_none_or(|name| matches!(name.as_ref(), "eval" | "execArgv" | "execPath"))
            }),
            Expression::ArrayExpression(_) => false,
            _ => true,
        })
    }

    fn are_known(&mut self, arguments: &[Argument<'text>]) -> bool {
        arguments.iter().all(|argument| {
            argument.as_expression().is_some_and(|argument| self.is_known(argument))
        })
    }

    /// Whether an argument is known to the end. Its texts are kept, however they are put together.
    fn is_known(&mut self, expression: &Expression<'text>) -> bool {
        match expression.get_inner_expression() {
            Expression::BooleanLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_) => true,
            Expression::ArrayExpression(list) => list
                .elements
                .iter()
                .all(|element| element.as_expression().is_some_and(|it| self.is_known(it))),
            Expression::ObjectExpression(object) => object.properties.iter().all(|property| {
                let ObjectPropertyKind::ObjectProperty(property) = property else { return false };
                let name = property.key.static_name();
                let is_harmless =
                    name.is_some_and(|name| HARMLESS_OPTIONS.contains(&name.as_ref()));
                is_harmless || self.is_known(&property.value)
            }),
            other => {
                let text = self.constants.text(other);
                self.computed.extend(text.iter().map(SmolStr::from));
                text.is_some()
            }
        }
    }
}

/// The first word of a command, and whether it ends there.
fn first_word(command: &str, is_whole: bool) -> Option<(&str, bool)> {
    let start = command.trim_start();
    let word = start.split_whitespace().next()?;
    Some((word, is_whole || start.len() > word.len()))
}

/// Whether any part that is written out of a text does so.
fn has_part_that_runs_others(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => runs_others(&text.value),
        Expression::TemplateLiteral(template) => {
            template.quasis.iter().any(|piece| runs_others(&piece.value.raw))
        }
        Expression::BinaryExpression(sum) => {
            has_part_that_runs_others(&sum.left) || has_part_that_runs_others(&sum.right)
        }
        _ => false,
    }
}

/// Whether a command has a program in it that runs others, or is put together of several, as shells do: `cd x &&
/// node y`, `A=1 node y`.
fn runs_others(command: &str) -> bool {
    let is_runner = |word: &str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        RUNNERS.contains(&name.split('.').next().unwrap_or(name))
    };
    command.contains([';', '&', '|', '$', '(', '`', '\n'])
        || command.contains("node_modules")
        || command.split_whitespace().any(|word| is_runner(word) || word.contains('='))
}

/// Options by which a runtime is told what to load, or which code to run.
const OPTIONS: &[&str] =
    &["-r", "--require", "--import", "--loader", "-e", "--eval", "-p", "--print"];

/// Whether a text that something is added to is a command for a runtime with such an option: whoever is given
/// it may start it.
pub(super) fn tells_runtime(text: &str) -> bool {
    let mut words = text.split([' ', '=', '"', '\'']);
    let runs = words.clone().any(|word| ["node", "bun", "deno", "tsx"].contains(&word));
    runs && words.any(|word| OPTIONS.contains(&word))
}
