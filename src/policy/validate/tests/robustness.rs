//! All mistakes at once, and texts that are not policies at all.

use proptest::prelude::*;

use super::*;

#[test]
fn every_mistake_is_reported_at_once_in_the_order_of_the_file() {
    let text = "\
schema = 1
[gate]
high = \"blok\"
medium = ticket
[ticket]
due = { high = \"soon\" }
[database]
max-age = \"24h\"
max-age = \"48h\"
[[suppress]]
advisory = \"RUSTSEC-1\"
claim = { not-called = [] }
expires = 2027-13-01
";
    let lines: Vec<_> = problems(text).into_iter().map(|(line, ..)| line).collect();
    // `reason` is missing too, but after a syntax error it may only be unreadable.
    assert_eq!(lines, [3, 4, 6, 9, 11, 12, 13]);
}

#[test]
fn very_many_mistakes_are_counted_not_listed() {
    use std::fmt::Write;
    let mut text = "schema = 1\n".to_owned();
    for number in 0..5_000 {
        writeln!(text, "key{number} = 1").unwrap();
    }
    let problems = parse(&text).unwrap_err();
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[100].message, "4900 more problems are not listed");
}

#[test]
fn a_text_larger_than_any_policy_is_refused() {
    let problems = parse(&" ".repeat(LARGEST + 1)).unwrap_err();
    assert_eq!(problems[0].message, "the policy is larger than 1 MiB");
}

/// Texts that are almost policies: the lines of one, shuffled, cut and repeated.
fn nearly_a_policy() -> impl Strategy<Value = String> {
    let lines: Vec<_> = WHOLE.lines().map(str::to_owned).collect();
    let line = prop_oneof![
        8 => prop::sample::select(lines),
        1 => "\\PC{0,20}",
        1 => any::<String>(),
    ];
    let cut = |(lines, index): (Vec<String>, prop::sample::Index)| {
        let mut text = lines.join("\n");
        text.truncate(text.floor_char_boundary(index.index(text.len() + 1).max(text.len() / 2)));
        text
    };
    (prop::collection::vec(line, 0..30), any::<prop::sample::Index>()).prop_map(cut)
}

proptest! {
    #[test]
    fn any_text_is_read_or_its_problems_lie_inside_it(
        text in prop_oneof![any::<String>(), nearly_a_policy()],
    ) {
        if let Err(problems) = parse(&text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                if let Some(span) = problem.span {
                    prop_assert!(text.get(span.clone()).is_some(), "{span:?}");
                }
            }
        }
    }
}
