//! Whatever is done to a lockfile, it is read or refused, and what is read stands in the text.

use proptest::prelude::*;

use super::trees::any_tree;
use super::*;

fn read_or_refuse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match BunLock.read(&source(text), &Files(&[("package.json", "{}")])) {
        Ok((lockfile, _)) => {
            let count = lockfile.packages.len();
            for package in &lockfile.packages {
                assert!(text.get(package.span.clone()).is_some_and(|shown| !shown.is_empty()));
            }
            assert!(lockfile.edges.iter().all(|edge| edge.from < count && edge.to < count));
            let _ = BunLock.dependents(&lockfile, &(0..count).collect::<Vec<_>>(), &Files(&[]));
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.span.as_ref().is_none_or(|span| text.get(span.clone()).is_some()));
            assert!(problem.help.is_some(), "{problem}");
        }
    }
}

#[test]
fn a_nesting_bomb_is_refused() {
    for text in [
        "[".repeat(100_000),
        format!("{{\"packages\": {}", "{\"a\":".repeat(100_000)),
        "/*".repeat(1_000_000),
        format!("{{\"overrides\": {}", "{\"a\":".repeat(100_000)),
    ] {
        assert!(parse(&text).is_err());
    }
}

/// Time that grows with the square of the input would be seen here.
#[test]
fn long_keys_and_many_entries_take_time_in_proportion() {
    let deep: Vec<String> = (1..=1000)
        .map(|depth| format!("\"{}\": [\"a@1.0.0\", \"\", {{}}, \"\"]", vec!["a"; depth].join("/")))
        .collect();
    assert_eq!(parse(&lockfile("", &deep.join(",\n"))).unwrap().locked(), 1000);
    let long = format!("\"{}\": [\"a@1.0.0\", \"\", {{}}, \"\"]", vec!["a"; 3000].join("/"));
    assert!(parse(&lockfile("", &long)).is_err(), "Bun reads no key as long as this");
    let many: Vec<String> = (0..50_000)
        .map(|index| format!("\"p{index}\": [\"p@1.0.0\", \"\", {{\"bundled\": true}}, \"\"]"))
        .collect();
    assert_eq!(parse(&lockfile("", &many.join(",\n"))).unwrap().locked(), 50_000);
}

#[test]
fn keys_with_escapes_are_read() {
    let read =
        parse(&lockfile("", r#""\u0061": ["\u0061@1.0.0", "", {}, "\u0073ha512-a"]"#)).unwrap();
    assert_eq!(packages(&read)[1], "a 1.0.0");
    assert!(!read.packages[1].span.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC*",
        json in "[\\[\\]{}:,\"/* \n0-9a-z@]{0,60}",
        entries in "(\"[a-c@/]{1,5}\": ?\\[(\"[a-c]@(1\\.0\\.0|link:a|root:|workspace:a|file:b)\"|\"\"|\\{\\}|1|,){0,4}\\],?){0,4}",
    ) {
        read_or_refuse(text.as_bytes());
        read_or_refuse(json.as_bytes());
        read_or_refuse(lockfile("", &entries).as_bytes());
    }

    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        tree in any_tree(),
        cut in any::<prop::sample::Index>(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        line in any::<prop::sample::Index>(),
    ) {
        let text = tree.written();
        read_or_refuse(&text.as_bytes()[..cut.index(text.len())]);
        let mut bytes = text.clone().into_bytes();
        let place = flipped.index(bytes.len());
        bytes[place] ^= 1 << bit;
        read_or_refuse(&bytes);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let line = line.index(lines.len());
        read_or_refuse([&lines[..line], &lines[line + 1..]].concat().concat().as_bytes());
        read_or_refuse([&lines[..=line], &lines[line..]].concat().concat().as_bytes());
    }

    #[test]
    fn a_truncated_lockfile_is_refused(tree in any_tree(), cut in any::<prop::sample::Index>()) {
        let text = tree.written();
        let cut = cut.index(text.trim_end().len());
        prop_assert!(parse(&text[..cut]).is_err());
    }
}
