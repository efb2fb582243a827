//! The commands of a script for a shell, one by one (POSIX.1-2024, "Shell Command Language").

/// One command: its words, without their quotes.
pub(super) type Command = Vec<String>;

/// What stands for a value that only the run knows.
pub(super) const UNKNOWN: char = '$';

/// What stands for a value of the matrix of a workflow.
pub(super) const MATRIX: &str = "$matrix";

/// The commands of a script, those within substitutions included. `None` where it cannot be told apart.
pub(super) fn commands(script: &str) -> Option<Vec<Command>> {
    let script = without_expressions(script);
    let mut reader = Reader { found: Vec::new(), command: Vec::new(), word: None };
    let mut characters = script.chars().peekable();
    let mut quote = None;
    // What was begun where a substitution began.
    let mut outer: Vec<(Option<char>, Command, Option<String>)> = Vec::new();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), other) => reader.add(other),
            (_, '\\') => {
                let escaped = characters.next()?;
                if escaped != '\n' {
                    reader.add(escaped);
                }
            }
            (_, '`') => return None,
            (_, '$') if next == Some('(') => {
                characters.next();
                reader.add(UNKNOWN);
                let word = reader.word.take();
                outer.push((quote.take(), std::mem::take(&mut reader.command), word));
            }
            (None, '\'' | '"') => {
                quote = Some(character);
                reader.word.get_or_insert_default();
            }
            (None, ')') => {
                reader.end_command();
                (quote, reader.command, reader.word) = outer.pop().unwrap_or_default();
            }
            (None, '#') if reader.word.is_none() => {
                while characters.peek().is_some_and(|next| *next != '\n') {
                    characters.next();
                }
            }
            // `2>&1` and `&>` redirect, and end nothing.
            (None, '&') if reader.is_redirected() || next == Some('>') => reader.add('&'),
            (None, '(') => {
                reader.end_command();
                outer.push((None, Vec::new(), None));
            }
            (None, '\n' | ';' | '&' | '|') => reader.end_command(),
            (None, other) if other.is_whitespace() => reader.end_word(),
            (_, other) => reader.add(other),
        }
    }
    reader.end_command();
    (quote.is_none() && outer.is_empty()).then_some(reader.found)
}

/// Expressions of workflows are values that only the run knows, but for those of a matrix.
fn without_expressions(script: &str) -> String {
    let mut left = String::with_capacity(script.len());
    let mut rest = script;
    while let Some((before, after)) = rest.split_once("${{") {
        left.push_str(before);
        let (value, after) = after.split_once("}}").unwrap_or((after, ""));
        let is_of_matrix = value.trim().starts_with("matrix.");
        left.push_str(if is_of_matrix { MATRIX } else { "$" });
        rest = after;
    }
    left.push_str(rest);
    left
}

struct Reader {
    found: Vec<Command>,
    command: Command,
    word: Option<String>,
}

impl Reader {
    fn add(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn is_redirected(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with(['>', '<']))
    }

    fn end_word(&mut self) {
        self.command.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.command.is_empty() {
            self.found.push(std::mem::take(&mut self.command));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together_and_substitutions_are_commands() {
        for (script, expected) in [
            ("a b && c 'd; e' | f", &["a b", "c d; e", "f"][..]),
            ("a \"b $(tar c .) d\" e", &["tar c .", "a b $ d e"]),
            ("a # b\nc \\\n d", &["a", "c d"]),
            ("a 2>&1; b &> x & c", &["a 2>&1", "b &> x", "c"]),
            ("(cd x; a)", &["cd x", "a"]),
            ("a ${{ matrix.x }} ${{x}} \"\"", &["a $matrix $ "]),
        ] {
            let found = commands(script).unwrap();
            let found: Vec<String> = found.iter().map(|words| words.join(" ")).collect();
            assert_eq!(found, expected, "{script}");
        }
        for script in ["a 'b", "a \"b", "a `b`", "a $(b", "a \\"] {
            assert_eq!(commands(script), None, "{script}");
        }
    }
}
