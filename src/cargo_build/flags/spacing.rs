//! Where words begin and end in a line, whichever language it is in.

/// Quotes and brackets stand around words, and signs between commands are words of their own; the
/// expressions of workflows stay whole.
pub(super) fn spaced(text: &str) -> String {
    let text = whole_expressions(text)
        .replace("\",", "\" ")
        .replace("',", "' ");
    let mut spaced = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '"' | '\'' | '(' | ')' | '[' | ']' => spaced.push(' '),
            // What stands between backticks is put in by a program.
            '`' => spaced.push_str(" $ "),
            ';' | '|' | '&' => {
                if !spaced.ends_with(character) {
                    spaced.push(' ');
                }
                spaced.push(character);
            }
            other => {
                if spaced.ends_with([';', '|', '&']) {
                    spaced.push(' ');
                }
                spaced.push(other);
            }
        }
    }
    spaced
}

/// `${{ a || 'b' }}` as one word, whatever stands in it.
fn whole_expressions(text: &str) -> String {
    let mut parts = text.split("${{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap_or((part, ""));
        let stands_apart = |character: &char| !character.is_whitespace();
        let plain = |character: char| {
            if "\"'`()[],;|&".contains(character) {
                '.'
            } else {
                character
            }
        };
        whole.push_str("${{");
        whole.extend(expression.chars().filter(stands_apart).map(plain));
        whole.push_str("}}");
        whole.push_str(rest);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_apart_and_expressions_stay_whole() {
        for (text, expected) in [
            ("[\"cargo\", \"build\"]", "cargo build"),
            ("cd x;cargo build&&true", "cd x ; cargo build && true"),
            ("a ${{ b || 'c d' }} e", "a ${{b...cd.}} e"),
            ("a `b` c", "a $ b $ c"),
            ("a --features=\"b c\"", "a --features= b c"),
        ] {
            let words: Vec<String> = spaced(text).split_whitespace().map(str::to_owned).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }
}
