//! Whatever is done to a lockfile, it is read or refused, and what is read stands in the text.

use proptest::prelude::*;

use super::super::*;
use super::trees::any_tree;
use super::{parse, version_3};

/// Every span lies in the text, on character boundaries, and holds what stands for the package.
pub(super) fn assert_spans_hold(lockfile: &Lockfile) {
    let text = &lockfile.source.text;
    for (index, package) in lockfile.packages.iter().enumerate() {
        let shown = text.get(package.span.clone()).unwrap();
        assert!(!shown.is_empty());
        if lockfile.roots.contains(&index) {
            continue;
        }
        assert!(shown.starts_with('"') && shown.ends_with('"'), "{shown}");
        let name = package.id.name.rsplit('/').next().unwrap();
        assert!(shown.contains(name), "{shown} {}", package.id);
        assert!(shown.contains(package.id.version.as_str()), "{shown} {}", package.id);
    }
}

fn read_or_refuse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse(text) {
        Ok(lockfile) => {
            for package in &lockfile.packages {
                assert!(text.get(package.span.clone()).is_some());
            }
            for edge in &lockfile.edges {
                assert!(edge.from < lockfile.packages.len() && edge.to < lockfile.packages.len());
            }
        }
        Err(error) => {
            let problem = error.problem();
            if let Some(span) = &problem.span {
                assert!(text.get(span.clone()).is_some(), "{span:?}");
            }
            assert!(problem.help.is_some(), "{problem}");
        }
    }
}

#[test]
fn spans_hold_in_every_layout_of_the_text() {
    let entry = |key: &str| version_3("", &format!(", \"{key}\": {{\"version\": \"1.2.3\"}}"));
    for key in
        ["node_modules/a", r"node_modules\/a", r"node_modules/\u0061", r"\u006eode_modules/a"]
    {
        let text = entry(key);
        for text in [text.clone(), text.replace(' ', ""), text.replace(", ", ",\r\n  ")] {
            let lockfile = parse(&text).unwrap();
            let package = &lockfile.packages[1];
            assert_eq!(package.id.to_string(), "a 1.2.3");
            let shown = &text[package.span.clone()];
            assert!(shown.starts_with(&format!("\"{key}\"")), "{shown}");
            assert!(shown.ends_with("\"1.2.3\""), "{shown}");
        }
    }
}

#[test]
fn keys_with_escapes_are_found_one_after_the_other() {
    let text = version_3(
        r#""description": "node_modules\/a""#,
        r#", "node_modules\/a": {"version": "1.0.0"}, "node_modules\/a\/node_modules\/b": {"version": "2.0.0"}, "node_modules\/b": {"version": "3.0.0"}"#,
    );
    let lockfile = parse(&text).unwrap();
    let shown: Vec<&str> =
        lockfile.packages[1..].iter().map(|package| &text[package.span.clone()]).collect();
    assert_eq!(
        shown,
        [
            r#""node_modules\/a": {"version": "1.0.0""#,
            r#""node_modules\/a\/node_modules\/b": {"version": "2.0.0""#,
            r#""node_modules\/b": {"version": "3.0.0""#
        ]
    );
}

#[test]
fn thousands_of_keys_with_escapes_are_found_in_one_pass() {
    const PACKAGES: usize = 20_000;
    let entries: Vec<String> = (0..PACKAGES)
        .map(|index| format!(r#", "node_modules\/p{index}": {{"version": "1.0.0"}}"#))
        .collect();
    let lockfile = parse(&version_3("", &entries.concat())).unwrap();
    assert_eq!(lockfile.packages.len(), PACKAGES + 1);
    assert!(lockfile.packages[1..].iter().all(|package| !package.span.is_empty()));
}

#[test]
fn a_nesting_bomb_is_refused() {
    for text in [
        "[".repeat(100_000),
        format!("{{\"packages\": {}", "{\"a\":".repeat(100_000)),
        format!("{{\"dependencies\": {}", "{\"a\":{\"dependencies\":".repeat(100_000)),
        format!(
            "{{\"dependencies\": {}{}}}",
            "{\"a\":{\"version\":\"1.0.0\",\"dependencies\":".repeat(10_000),
            "{}".to_owned() + &"}}".repeat(10_000)
        ),
    ] {
        assert!(parse(&text).is_err());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC*",
        json in "[\\[\\]{}:,\" \n0-9a-z]{0,60}",
        members in "(\"(packages|dependencies|lockfileVersion|)\":(\\{\\}|null|1|\"a\"|\\[\\]),?){0,4}",
    ) {
        read_or_refuse(text.as_bytes());
        read_or_refuse(json.as_bytes());
        read_or_refuse(format!("{{{members}}}").as_bytes());
    }

    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        tree in any_tree(),
        cut in any::<prop::sample::Index>(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        line in any::<prop::sample::Index>(),
    ) {
        for text in [tree.nested(), tree.flat()] {
            read_or_refuse(&text.as_bytes()[..cut.index(text.len())]);
            let mut bytes = text.clone().into_bytes();
            let place = flipped.index(bytes.len());
            bytes[place] ^= 1 << bit;
            read_or_refuse(&bytes);
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let line = line.index(lines.len());
            let removed = [&lines[..line], &lines[line + 1..]].concat().concat();
            read_or_refuse(removed.as_bytes());
            let doubled = [&lines[..=line], &lines[line..]].concat().concat();
            read_or_refuse(doubled.as_bytes());
        }
    }

    #[test]
    fn a_truncated_lockfile_is_refused(tree in any_tree(), cut in any::<prop::sample::Index>()) {
        let text = tree.flat();
        let cut = cut.index(text.trim_end().len());
        prop_assert!(parse(&text[..cut]).is_err());
    }
}
