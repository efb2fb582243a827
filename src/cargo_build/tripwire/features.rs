//! Words that ask for features, of any tool: Cargo's flags (`--features`, `-F`), and
//! settings with `features` in their names.

use super::context::{Command, Text, command, is_order};
use super::{Ask, AskKind, Order, SearchTerms};

/// How many lines a list of features may have.
const LONGEST_LIST: usize = 40;

/// The value of a flag.
enum Value {
    Names(Vec<String>),
    /// A variable, with the names that it may go by.
    Variable(Vec<String>),
}

/// The features that the word `features` (in any case) at a position in a line asks for.
pub(super) fn at_word(text: &Text, line: usize, column: usize, wanted: &SearchTerms) -> Vec<Ask> {
    let orders = text.orders(line);
    let (Some(before), Some(behind)) =
        (orders.get(..column), orders.get(column + "features".len()..))
    else {
        return Vec::new();
    };
    let lower = before.to_lowercase();
    let prefix = lower.trim_end_matches(['-', '_']);
    let is_flag = lower.ends_with("--");
    if prefix.ends_with("default") {
        return Vec::new();
    }
    let is_all =
        prefix.strip_suffix("all").is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    if is_all {
        let value = behind.trim_start_matches(['"', '\'', '=', ':', ' ', ')']);
        if value.starts_with("false") {
            return Vec::new();
        }
        let does = command(&text.command_until(line, column));
        return ask(text, line, does, "every feature", Order::AllFeatures);
    }
    let until = text.command_until(line, column);
    let does = command(&until);
    if does == Command::Looks {
        return Vec::new();
    }
    if !is_flag {
        return of_setting(text, line, behind, wanted);
    }
    of_flag(text, line, behind, does, wanted)
}

/// The features that `-F` at a position in a line asks for: `-F tls`, `-Ftls`, `-rF tls`.
pub(super) fn at_short_flag(
    text: &Text,
    line: usize,
    behind: usize,
    wanted: &SearchTerms,
) -> Vec<Ask> {
    let orders = text.orders(line);
    let Some(rest) = orders.get(behind..) else {
        return Vec::new();
    };
    let until = text.command_until(line, behind);
    match command(&until) {
        Command::Looks => Vec::new(),
        does if is_word(&until, "cargo") => of_flag(text, line, rest, does, wanted),
        does => {
            // Other programs have such a flag too: only known names count.
            let found = names_in(&value_text(text, line, rest), wanted);
            found.into_iter().flat_map(|name| of_name(text, line, does, &name)).collect()
        }
    }
}

/// The implicit parts of a Cargo command: the default features if they are declared to be
/// off, the build machine's target if it is not declared, and several packages
/// together if they are declared to be built separately.
pub(super) fn of_command(
    text: &Text,
    line: usize,
    column: usize,
    wanted: &SearchTerms,
) -> Vec<Ask> {
    let behind = text.command_behind(line, column);
    let own = behind.split([';', '|', '&']).next().unwrap_or_default();
    if command(own) != Command::Ships {
        return Vec::new();
    }
    let mut asks = Vec::new();
    if wanted.is_default_off && !own.contains("no-default-features") {
        let order = Order::Features(vec!["default".to_owned()]);
        asks.extend(ask(text, line, Command::Ships, "the default features", order));
    }
    let is_part = |character: char| character.is_whitespace() || "\"',=[]".contains(character);
    let mut words = own.split(is_part);
    if wanted.is_machine_outside() && !words.any(|word| word == "--target") {
        let reason =
            "it builds for the machine that it runs on, and that of this check is not a target that \
                      the policy declares"
                .to_owned();
        let location = text.location(line);
        asks.push(Ask { location, kind: AskKind::Target, reason, order: None });
    }
    let chosen = own.split(is_part).filter(|word| matches!(*word, "-p" | "--package")).count();
    let is_in_folder = own.contains("--manifest-path")
        || own.contains("--path")
        || text.orders(line).get(..column).is_some_and(|before| before.contains("cd "));
    let is_together = chosen > 1 || (chosen == 0 && !is_in_folder);
    if wanted.is_alone && is_together {
        let reason =
            "it builds several packages together, and the policy declares that each is built \
                      alone"
                .to_owned();
        let location = text.location(line);
        asks.push(Ask { location, kind: AskKind::Package, reason, order: None });
    }
    asks
}

fn of_flag(
    text: &Text,
    line: usize,
    behind: &str,
    does: Command,
    wanted: &SearchTerms,
) -> Vec<Ask> {
    match flag_value(&value_text(text, line, behind)) {
        Value::Names(names) => {
            let outside = names.into_iter().filter(|name| is_outside(name, wanted));
            outside.flat_map(|name| of_name(text, line, does, &name)).collect()
        }
        Value::Variable(names) => of_variable(text, line, &names, wanted),
    }
}

/// A variable has the values that the same file assigns to it.
fn of_variable(text: &Text, line: usize, names: &[String], wanted: &SearchTerms) -> Vec<Ask> {
    let mut is_defined = false;
    let mut asks = Vec::new();
    for at in 0..text.lines.len() {
        let Some(value) = definition(text, at, names) else {
            continue;
        };
        is_defined |= at != line && !value.contains(['$', '%', '{', '<']);
        for name in names_in(&value, wanted) {
            asks.extend(of_name(text, at, Command::Unknown, &name));
        }
    }
    if !is_defined && asks.is_empty() {
        let reason = "which features it turns on is not known".to_owned();
        asks.push(Ask {
            location: text.location(line),
            kind: AskKind::Features,
            reason,
            order: None,
        });
    }
    asks
}

/// The value that a line, with the list after it, assigns to one of some variables: `NAME = x`, `name: x`,
/// `"name": [`.
pub(super) fn definition(text: &Text, line: usize, names: &[String]) -> Option<String> {
    let orders = text.orders(line);
    let end = names.iter().find_map(|name| {
        orders.match_indices(name.as_str()).find_map(|(at, name)| {
            let is_part = |character: char| character.is_alphanumeric() || character == '_';
            let is_start = !orders[..at].ends_with(is_part);
            let rest = orders[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
            let rest = rest.trim_start_matches(['?', '+', ':']);
            let is_given = rest.starts_with('=')
                || orders[at + name.len()..]
                    .trim_start_matches(['"', '\''])
                    .trim_start()
                    .starts_with(':');
            (is_start && is_given && !rest.starts_with("==")).then_some(at + name.len())
        })
    })?;
    let value = orders[end..].trim_start_matches(['"', '\'']);
    let own = value.trim_start_matches(['?', '+', ':', '=', ' ', '\t']);
    let next = text.orders(line + 1).trim_start();
    let is_given = !own.is_empty() || next.starts_with("- ") || next.starts_with(['"', '\'', '[']);
    is_given.then(|| value_text(text, line, value))
}

/// A setting followed by a list or a word. Only known names count, because other programs
/// have features too, and variables without a value in the file.
fn of_setting(text: &Text, line: usize, behind: &str, wanted: &SearchTerms) -> Vec<Ask> {
    let value = behind.trim_start_matches(['"', '\'']).trim_start();
    let value =
        value.strip_prefix([':', '=']).map(|value| value.trim_start_matches(['"', '\'', ' ']));
    if let Some(value) = value.filter(|value| value.starts_with('$'))
        && let Value::Variable(names) = flag_value(value)
    {
        return of_variable(text, line, &names, wanted);
    }
    let names = names_in(&value_text(text, line, behind), wanted);
    let asks = names.into_iter().flat_map(|name| of_name(text, line, Command::Unknown, &name));
    asks.collect()
}

fn of_name(text: &Text, line: usize, does: Command, name: &str) -> Vec<Ask> {
    let order = Order::Features(vec![name.to_owned()]);
    ask(text, line, does, &format!("the feature `{name}`"), order)
}

fn ask(text: &Text, line: usize, does: Command, what: &str, order: Order) -> Vec<Ask> {
    if does == Command::Looks {
        return Vec::new();
    }
    let is_sure = does == Command::Ships && is_order(&text.command_until(line, usize::MAX));
    let order = is_sure.then_some(order);
    let reason = format!("it asks for {what}, which the policy does not declare");
    vec![Ask { location: text.location(line), kind: AskKind::Features, reason, order }]
}

/// The text after a word: the rest of its line, and the lines of a list that begins there.
fn value_text(text: &Text, line: usize, behind: &str) -> String {
    let mut value = behind.to_owned();
    let is_open = |value: &str| {
        let end = value.trim_end().trim_end_matches(['"', '\'']);
        let opened = value.matches(['[', '(']).count() > value.matches([']', ')']).count();
        opened
            || end.trim_end().is_empty()
            || end.ends_with(['=', ':', ',', '\\', '|', '>', '^', '`'])
    };
    for next in line + 1..line + LONGEST_LIST {
        let following = text.lines.get(next).map(|_| text.orders(next).trim());
        let Some(following) = following else {
            break;
        };
        let is_element =
            following.starts_with("- ") || following.starts_with(['"', '\'', '[', ']', ',']);
        if !(is_open(&value) || (is_element && !value.contains(']'))) {
            break;
        }
        value.push(' ');
        value.push_str(following);
    }
    value
}

/// The value of a flag: the first word after it.
fn flag_value(text: &str) -> Value {
    let text = text.trim_start_matches(['"', '\'', ',', ' ', '\t', '=', '\\', '[', '-', ')']);
    let end =
        text.find(|character: char| "\"'\\[](){};|&".contains(character)).unwrap_or(text.len());
    let is_literal =
        |character: char| character.is_alphanumeric() || "-_+./,: ".contains(character);
    let first = text.split_whitespace().next().unwrap_or_default();
    let word = &first[..first.find(['"', '\'']).unwrap_or(first.len())];
    let quoted = &text[..end];
    if !word.is_empty() && word.chars().all(is_literal) {
        // Between quotes, blanks separate names; without quotes the next word is another argument, and then
        // not the name of a feature.
        let words = quoted.split(|character: char| character == ',' || character.is_whitespace());
        let words = words.filter(|word| !word.is_empty()).take_while(|word| !word.starts_with('-'));
        return Value::Names(words.map(str::to_owned).collect());
    }
    let shown = if first.contains("{{") { text.split("}}").next().unwrap_or(first) } else { first };
    Value::Variable(variables(shown))
}

/// The possible names of a variable: for `matrix.features` the last part.
pub(super) fn variables(text: &str) -> Vec<String> {
    let is_part = |character: char| character.is_alphanumeric() || "_-.".contains(character);
    let words = text.split(|character: char| !is_part(character));
    let names = words.map(|word| word.rsplit('.').next().unwrap_or(word)).filter(|name| {
        name.len() > 1 && name.starts_with(|first: char| first.is_alphabetic() || first == '_')
    });
    names.map(str::to_owned).collect()
}

/// The names of features outside of the declaration in a text.
fn names_in(text: &str, wanted: &SearchTerms) -> Vec<String> {
    let is_part = |character: char| character.is_alphanumeric() || "-_+./".contains(character);
    let words = text.split(|character: char| !is_part(character));
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim_start_matches('-').trim_end_matches('.');
        let unflagged = word.strip_prefix('F').filter(|rest| is_outside(rest, wanted));
        for word in [Some(word), unflagged].into_iter().flatten() {
            if is_outside(word, wanted) && !found.iter().any(|known| known == word) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// Whether a word names a feature that the declaration leaves off: `tls`, or `server/tls`.
fn is_outside(word: &str, wanted: &SearchTerms) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    wanted.features.contains(name)
}

fn is_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}
