//! Operating systems and processor architectures of targets, in RustSec's words.
//!
//! Both come from the `platforms` crate: RustSec's own advisories are checked against it.

use std::collections::BTreeSet;

use rustsec::platforms::{Arch, OS, Platform};

/// Whether an advisory that is limited to some platforms affects a target. `None`: a word or the
/// target is unknown.
///
/// An empty list means every operating system or architecture. A target is affected if both lists
/// have it (rustsec crate, `database::Query::matches`).
pub fn affects(os: &BTreeSet<String>, arch: &BTreeSet<String>, target: &str) -> Option<bool> {
    let platform = Platform::find(target)?;
    let knows_all = os.iter().all(|word| word.parse::<OS>().is_ok())
        && arch.iter().all(|word| word.parse::<Arch>().is_ok());
    if !knows_all {
        return None;
    }
    let fits = |words: &BTreeSet<String>, word: &str| words.is_empty() || words.contains(word);
    Some(fits(os, platform.target_os.as_str()) && fits(arch, platform.target_arch.as_str()))
}

/// Whether a word is the triple of a target of rustc.
pub fn is_target(word: &str) -> bool {
    Platform::find(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> BTreeSet<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_target_is_affected_if_both_lists_have_it() {
        for (os, arch, target, expected) in [
            ("windows", "", "x86_64-pc-windows-msvc", Some(true)),
            ("windows", "", "x86_64-unknown-linux-gnu", Some(false)),
            ("windows linux", "", "x86_64-unknown-linux-musl", Some(true)),
            ("", "x86", "i686-unknown-linux-gnu", Some(true)),
            ("", "x86", "x86_64-unknown-linux-gnu", Some(false)),
            ("windows", "x86", "x86_64-pc-windows-gnu", Some(false)),
            ("windows", "x86", "i686-pc-windows-gnu", Some(true)),
            ("", "", "x86_64-unknown-linux-gnu", Some(true)),
        ] {
            assert_eq!(affects(&words(os), &words(arch), target), expected, "{os} {arch} {target}");
        }
    }

    #[test]
    fn unknown_words_are_undecided() {
        let linux = "x86_64-unknown-linux-gnu";
        assert_eq!(affects(&words("win"), &words(""), linux), None);
        assert_eq!(affects(&words("Windows"), &words(""), linux), None);
        assert_eq!(affects(&words(""), &words("intel"), linux), None);
        assert_eq!(affects(&words("windows"), &words(""), "x86_64-acme-os"), None);
    }
}
