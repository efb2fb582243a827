//! "Did you mean": the known word nearest to a mistyped one.

/// No word of the policy is nearly this long; comparing longer texts would only take time.
const LONGEST_TYPED: usize = 80;

/// The known word nearest to a typed one, if any is near.
///
/// Case, and `-` against `_`, do not count as differences.
pub(super) fn closest<'word>(typed: &str, words: &[&'word str]) -> Option<&'word str> {
    if typed.len() > LONGEST_TYPED {
        return None;
    }
    let typed = normalised(typed);
    words
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, &normalised(word)), *word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Help for a word that is not one of `words`: the nearest one, otherwise all of them.
pub(super) fn help(typed: &str, words: &[&str]) -> String {
    match closest(typed, words) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("use {}", any_of(words)),
    }
}

/// `` `a`, `b` or `c` ``.
pub fn any_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

fn normalised(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested() {
        let words = ["critical", "high", "max-age", "block"];
        for (typed, expected) in [
            ("hihg", Some("high")),
            ("critcal", Some("critical")),
            ("max_age", Some("max-age")),
            ("Block", Some("block")),
            ("reason", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, &words), expected, "{typed:?}");
        }
        assert_eq!(closest(&"high".repeat(1000), &words), None);
    }

    #[test]
    fn words_are_listed_with_commas_and_or() {
        assert_eq!(any_of(&["a"]), "`a`");
        assert_eq!(any_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
