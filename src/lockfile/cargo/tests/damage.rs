//! Whatever is done to a lockfile, it is read or refused, and what is read stands in the text.

use proptest::prelude::*;

use super::super::*;
use super::{any_plan, parse};

/// Every span lies in the text, on character boundaries and on the line of its package.
pub(super) fn assert_spans_hold(lockfile: &Lockfile) {
    let text = &lockfile.source.text;
    for package in &lockfile.packages {
        let shown = text.get(package.span.clone()).unwrap();
        assert!(!shown.is_empty());
        assert!(shown.contains(package.id.name.as_str()), "{shown} {}", package.id);
        assert!(shown.contains(package.id.version.as_str()), "{shown} {}", package.id);
    }
    for edge in &lockfile.edges {
        assert!(edge.from < lockfile.packages.len() && edge.to < lockfile.packages.len());
    }
}

fn read_or_refuse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse(text) {
        Ok(lockfile) => {
            let text = &lockfile.source.text;
            for package in &lockfile.packages {
                assert!(text.get(package.span.clone()).is_some());
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

proptest! {
    #[test]
    fn spans_hold_the_name_and_the_version(plan in any_plan()) {
        let text = plan.write();
        assert_spans_hold(&parse(&text).unwrap());
        assert_spans_hold(&parse(&text.replace('\n', "\r\n")).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", toml in "[\\[\\]a-z=\" \n.0-9{}]{0,80}") {
        read_or_refuse(text.as_bytes());
        read_or_refuse(toml.as_bytes());
    }

    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        plan in any_plan(),
        cut in any::<prop::sample::Index>(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        line in any::<prop::sample::Index>(),
    ) {
        let text = plan.write();
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

    #[test]
    fn a_package_is_read_or_the_lockfile_is_refused(
        plan in any_plan(),
        line in any::<prop::sample::Index>(),
    ) {
        // Taking a line out must never make packages vanish without a word, their own entry apart.
        let text = plan.write();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let line = line.index(lines.len());
        let removed = [&lines[..line], &lines[line + 1..]].concat().concat();
        if let Ok(lockfile) = parse(&removed) {
            prop_assert_eq!(lockfile.packages.len(), removed.matches("[[package]]").count());
        }
    }
}
