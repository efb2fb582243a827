//! Names of packages in texts.

use std::collections::BTreeSet;

use smol_str::SmolStr;

/// Programs whose arguments may name a package.
const PROGRAMS: &[&str] = &["node", "npx", "npm", "pnpm", "yarn", "bun", "bunx", "deno", "tsx"];

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A few small words may be a command: `exec glim serve`.
    Repository,
    Package,
}

impl By {
    /// By the package that a module is of.
    pub(super) fn owner(owner: Option<usize>) -> Self {
        if owner.is_none() { Self::Repository } else { Self::Package }
    }
}

/// Whether any text names any of these packages.
pub(super) fn any_names(texts: &[SmolStr], by: By, names: &BTreeSet<String>) -> bool {
    let texts = texts.iter().map(|text| without_prose(text, by).as_bytes());
    texts.into_iter().any(|text| names.iter().any(|name| names_word(text, name)))
}

/// No command that looks like a sentence has more words.
const LONGEST_COMMAND: usize = 5;

/// A text as far as it may be a command or a path. Of a sentence that is its first word at most: it has
/// nothing in it but words and marks, no option, no ending of a file, no program that runs others, and is in
/// the repository no list of a few small words.
pub(super) fn without_prose(text: &str, by: By) -> &str {
    let is_plain =
        |next: char| next.is_alphanumeric() || next.is_whitespace() || ".,:'!?()-".contains(next);
    let bytes = text.as_bytes();
    let has_option = || text.contains(" -") || text.starts_with('-');
    let has_ending =
        || bytes.windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphanumeric());
    let mut words = text.split(|next: char| !next.is_alphanumeric());
    // `exec glim serve`: which programs run others nobody knows.
    let is_no_command = || {
        let is_small = |next: char| !next.is_uppercase() && !".,:'!?()".contains(next);
        by == By::Package
            || !text.chars().all(is_small)
            || text.split_whitespace().count() > LONGEST_COMMAND
    };
    let is_sentence = text.trim().contains(char::is_whitespace)
        && text.chars().all(is_plain)
        && !has_option()
        && !has_ending()
        && is_no_command()
        && !words.any(|word| PROGRAMS.contains(&word.to_ascii_lowercase().as_str()));
    if is_sentence { text.split_whitespace().next().unwrap_or_default() } else { text }
}

/// Whether a text has a name in it that is no part of a longer one: `glim` in `--require glim/x.js`, and not
/// in `glim-extra`.
pub(super) fn names_word(text: &[u8], name: &str) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    memchr::memmem::find_iter(text, name).any(|start| {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(start + name.len());
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}

/// Whether a text has the folder that packages are installed in, without the name of one, or with a pattern.
pub(super) fn names_folder_of_packages(text: &str) -> bool {
    const FOLDER: &str = "node_modules";
    let has_pattern = || text.contains(['*', '?', '[', '{']);
    text.match_indices(FOLDER).any(|(place, _)| {
        let rest = text[place + FOLDER.len()..].trim_start_matches(['/', '\\']);
        let is_named = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '@');
        !is_named || has_pattern()
    })
}

#[cfg(test)]
mod tests {
    use super::{By, names_folder_of_packages, names_word, without_prose};

    #[test]
    fn of_a_sentence_only_the_first_word_may_be_a_command() {
        for (text, left) in [
            ("which file (see there) is it?", "which"),
            ("Glim out", "Glim"),
            ("exec glim serve", "exec glim serve"),
            ("one of the many small words of glim", "one"),
            ("glim", "glim"),
            ("run glim --fix", "run glim --fix"),
            ("node glim", "node glim"),
            ("cd x && glim", "cd x && glim"),
            ("read glim.js first", "read glim.js first"),
            ("see a/glim b", "see a/glim b"),
        ] {
            assert_eq!(without_prose(text, By::Repository), left, "{text}");
        }
        assert_eq!(without_prose("exec glim serve", By::Package), "exec");
    }

    #[test]
    fn the_folder_of_packages_counts_where_none_of_them_is_named() {
        for (text, counts) in [
            ("node_modules", true),
            ("../node_modules/", true),
            ("./node_modules/.bin/", true),
            ("/node_modules/lod*/index.js", true),
            ("node_modules/glim/x.js", false),
            ("node_modules/@acme/glim", false),
            ("modules", false),
        ] {
            assert_eq!(names_folder_of_packages(text), counts, "{text}");
        }
    }

    #[test]
    fn a_name_counts_where_it_is_not_a_part_of_a_longer_one() {
        for (text, is_named) in [
            ("glim", true),
            ("--require glim/x.js", true),
            ("./node_modules/glim", true),
            ("a=glim,b", true),
            ("@acme/glim", true),
            ("glim-extra", false),
            ("my-glim", false),
            ("glimmer", false),
            ("", false),
        ] {
            assert_eq!(names_word(text.as_bytes(), "glim"), is_named, "{text}");
        }
    }
}
