//! Patterns of names, with `{}` for the word that is written.

/// What stands for the word.
pub(super) const WORD: &str = "{}";

/// The package that a word stands for by a pattern. A scope stays in front: `@s/foo` is `@s/x-foo` by `x-{}`,
/// and `@s` is `@s/x`. What has a scope in the pattern has it whether the word does or not.
pub(super) fn package_by(pattern: &str, word: &str) -> Option<String> {
    let (of_pattern, pattern) = scope_and_name(pattern);
    let (of_word, name) = scope_and_name(word);
    let scope = match (of_pattern, of_word) {
        (Some(own), Some(written)) if own != written => return None,
        (own, written) => own.or(written),
    };
    let name = match name {
        "" => whole(pattern).to_owned(),
        name => pattern.replace(WORD, name),
    };
    let named = |scope| format!("{scope}/{name}");
    scope.map(named).or(Some(name.clone())).filter(|_| !name.is_empty())
}

/// The words that stand for a package by a pattern.
pub(super) fn words<'name>(
    pattern: &str,
    package: &'name str,
) -> impl Iterator<Item = String> + use<'name> {
    let (of_pattern, pattern) = scope_and_name(pattern);
    let (of_package, name) = scope_and_name(package);
    let (start, end) = pattern.split_once(WORD).unwrap_or((pattern, ""));
    let is_of_scope = of_pattern.is_none() || of_pattern == of_package;
    let word = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    let word = word.filter(|word| is_of_scope && !word.is_empty());
    let bare = word.filter(|_| of_pattern == of_package).map(str::to_owned);
    let scoped = of_package.zip(word).map(|(scope, word)| format!("{scope}/{word}"));
    let whole = of_package.filter(|_| is_of_scope && name == whole(pattern)).map(str::to_owned);
    [bare, scoped, whole].into_iter().flatten()
}

/// The name without the word: `eslint-plugin-{}` is `eslint-plugin`.
fn whole(pattern: &str) -> &str {
    let (start, end) = pattern.split_once(WORD).unwrap_or((pattern, ""));
    let whole = if start.is_empty() { end } else { start };
    whole.trim_matches('-')
}

/// `@s/foo` is `@s` and `foo`, `@s` is `@s` and nothing.
fn scope_and_name(name: &str) -> (Option<&str>, &str) {
    if !name.starts_with('@') {
        return (None, name);
    }
    let (scope, name) = name.split_once('/').unwrap_or((name, ""));
    (Some(scope), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_fills_the_pattern_and_a_scope_stays_in_front() {
        for (pattern, word, package) in [
            ("eslint-plugin-{}", "foo", "eslint-plugin-foo"),
            ("eslint-plugin-{}", "@s/foo", "@s/eslint-plugin-foo"),
            ("eslint-plugin-{}", "@s", "@s/eslint-plugin"),
            ("{}-loader", "babel", "babel-loader"),
            ("{}-loader", "@s/babel", "@s/babel-loader"),
            ("@babel/plugin-{}", "@babel/foo", "@babel/plugin-foo"),
            ("@babel/plugin-{}", "foo", "@babel/plugin-foo"),
        ] {
            assert_eq!(package_by(pattern, word).as_deref(), Some(package), "{pattern} {word}");
            let back: Vec<String> = words(pattern, package).collect();
            assert!(back.contains(&word.to_owned()), "{pattern} {package}: {back:?}");
        }
        assert_eq!(package_by("@babel/plugin-{}", "@s/foo"), None);
        for (pattern, package) in [
            ("eslint-plugin-{}", "eslint-plugin"),
            ("eslint-plugin-{}", "eslint-plugin-"),
            ("{}-loader", "loader"),
            ("@babel/plugin-{}", "@s/plugin-foo"),
            ("@babel/plugin-{}", "plugin-foo"),
        ] {
            assert_eq!(words(pattern, package).count(), 0, "{pattern} {package}");
        }
    }
}
