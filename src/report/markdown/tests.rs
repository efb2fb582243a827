//! Properties that readers, and GitHub, rely on.

use std::sync::Arc;

use proptest::prelude::*;

use super::page::LIMIT;
use super::*;
use crate::report::sample;

fn markdown(outcome: &Outcome) -> String {
    let mut bytes = Vec::new();
    Markdown.write(outcome, Style::PLAIN, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_first_line_is_the_marker_and_the_only_comment() {
    for (name, outcome) in sample::all() {
        let text = markdown(&outcome);
        assert!(text.starts_with(&format!("{MARKER}\n## ")), "{name}");
        assert_eq!(text.matches("<!--").count(), 1, "{name}");
    }
}

/// It is updated when its text changes, and the time of day must not be part of it.
#[test]
fn a_comment_is_the_same_an_hour_later() {
    for (name, mut outcome) in sample::all() {
        let before = (comment(&outcome, "<!-- a -->"), all_clear(&outcome, "<!-- a -->"));
        let page = markdown(&outcome);
        outcome.now += jiff::SignedDuration::from_hours(1);
        let after = (comment(&outcome, "<!-- a -->"), all_clear(&outcome, "<!-- a -->"));
        assert_eq!(before, after, "{name}");
        assert!(before.0.starts_with("<!-- a -->\n## ") && before.0.len() <= LIMIT, "{name}");
        assert!(before.1.contains("lockgate: all clear\n") && before.1.lines().count() == 6);
        let has_age = outcome.database.is_some();
        assert_eq!(page != markdown(&outcome), has_age, "{name}: the age is another one");
    }
}

#[test]
fn a_refuted_claim_is_shown_with_its_lines() {
    let text = markdown(&sample::refuted());
    let (_, refuted) = text.split_once("### Claims that do not hold").unwrap();
    for said in ["- **refuted** `development-only`: ", "Cargo.lock:412", "lockgate.toml:9:9"] {
        assert!(refuted.contains(said), "{said} in {refuted}");
    }
}

#[test]
fn a_thousand_findings_fit_a_comment_and_what_is_left_out_is_counted() {
    let mut outcome = sample::refuted();
    let decided = outcome.verdict.findings[0].clone();
    outcome.verdict.findings = (0..1_000)
        .map(|number| {
            let mut decided = decided.clone();
            decided.finding.id = format!("RUSTSEC-2099-{number:04}").parse().unwrap();
            decided.finding.title = "@all ".repeat(80);
            decided
        })
        .collect();
    let text = markdown(&outcome);
    assert!(text.len() <= LIMIT, "{}", text.len());
    assert!(text.contains(" more advisories left out_"), "{text}");
    assert!(text.contains(" more refuted claims left out_"), "{text}");
}

/// Markdown outside of fences and code, where GitHub looks for references and HTML.
fn outside_code(text: &str) -> String {
    let mut is_fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            kept.extend(line.split('`').step_by(2));
            kept.push('\n');
        }
    }
    assert!(!is_fenced, "{text}");
    kept
}

proptest! {
    #[test]
    fn text_is_never_markup(
        text in "(<!-- x -->|-->|@octocat|#12|</details>|<script>|```|`|\\||\\]\\(x\\)|\\$\\{\\{ x \\}\\}|::error::|[a-z ]|\\PC){0,30}",
    ) {
        let mut outcome = sample::refuted();
        let decided = &mut outcome.verdict.findings[0];
        let is_path = decided.finding.paths[0].clone();
        decided.finding.title.clone_from(&text);
        decided.finding.package.name = text.as_str().into();
        decided.finding.locations[0].file.clone_from(&text);
        Arc::make_mut(&mut decided.finding.paths).push(is_path);
        decided.finding.fixed_in = vec![text.as_str().into()];
        decided.evidence[0].detail.clone_from(&text);
        decided.reason.clone_from(&text);
        outcome.policy.suppressions[0].reason.clone_from(&text);
        outcome.remarks = vec![text];
        let report = markdown(&outcome);
        let visible = outside_code(&report);
        prop_assert_eq!(visible.matches("<!--").count(), 1);
        for (at, _) in visible.match_indices('@') {
            prop_assert!(visible[at..].starts_with("@&#8203;") , "{}", visible);
        }
        prop_assert!(!visible.contains("<script") && !visible.contains("](x)"));
        prop_assert_eq!(visible.matches("<details>").count(), visible.matches("</details>").count());
    }
}
