//! Where a package can be installed, as Yarn writes it: `os=linux & cpu=x64 & libc=glibc` (Yarn source,
//! `Manifest.getConditions`).

use crate::platform_limits::PlatformLimits;

/// The limits. `None` where they are not written as Yarn does: the package counts everywhere.
pub(super) fn limits(conditions: &str) -> Option<Box<PlatformLimits>> {
    let mut limits = PlatformLimits::default();
    for group in conditions.split(" & ") {
        let inside = group.strip_prefix('(').and_then(|group| group.strip_suffix(')'));
        let words: Vec<&str> = inside.unwrap_or(group).split(" | ").collect();
        for word in &words {
            let (word, is_negated) = match word.strip_prefix('!') {
                Some(word) => (word, true),
                None => (*word, false),
            };
            let (key, value) = word.split_once('=')?;
            let list = match key {
                "os" => &mut limits.systems,
                "cpu" => &mut limits.processors,
                "libc" => &mut limits.libraries,
                _ => return None,
            };
            // To Yarn, one of several that are ruled out is enough for all of them to be let in.
            if value.is_empty() || (is_negated && words.len() > 1) {
                return None;
            }
            list.push(if is_negated { format!("!{value}") } else { value.to_owned() });
        }
    }
    Some(Box::new(limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_lists_of_words() {
        for (conditions, systems, processors, libraries) in [
            ("os=darwin", &["darwin"][..], &[][..], &[][..]),
            ("os=linux & cpu=x64 & libc=glibc", &["linux"], &["x64"], &["glibc"]),
            ("(os=android | os=linux) & cpu=arm64", &["android", "linux"], &["arm64"], &[]),
            ("!os=win32", &["!win32"], &[], &[]),
        ] {
            let limits = limits(conditions).unwrap();
            assert_eq!(limits.systems, systems, "{conditions}");
            assert_eq!(limits.processors, processors, "{conditions}");
            assert_eq!(limits.libraries, libraries, "{conditions}");
        }
    }

    #[test]
    fn whatever_else_is_written_limits_nothing() {
        for conditions in
            ["", "os", "os=", "abi=1", "os=a | os=b & x", "(!os=a | !os=b)", "os=linux & (cpu=x64"]
        {
            assert_eq!(
                limits(conditions).filter(|it| it.processors != ["x64"]),
                None,
                "{conditions}"
            );
        }
    }
}
