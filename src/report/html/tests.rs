//! The content of the page, and its isolation.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::report::sample;

fn html(outcome: &Outcome) -> String {
    let mut bytes = Vec::new();
    Html.write(outcome, Style::PLAIN, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The data as seen by a browser: up to the first end of a script.
fn embedded(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_says_the_verdict_without_its_script() {
    let page = html(&sample::refuted());
    assert!(page.contains("<h1><span class=\"verdict\">BLOCKED</span>"));
    assert!(page.contains("1 advisory blocks · 1 claim refuted"));
}

#[test]
fn every_finding_is_in_the_data() {
    for (name, outcome) in sample::all() {
        let data = embedded(&html(&outcome));
        let findings = data["findings"].as_array().unwrap();
        assert_eq!(findings.len(), outcome.verdict.findings.len(), "{name}");
        let names = data["names"].as_array().unwrap().len();
        for node in findings
            .iter()
            .flat_map(|finding| finding["paths"].as_array().unwrap())
            .flat_map(|path| path.as_array().unwrap())
        {
            assert!(usize::try_from(node.as_u64().unwrap()).unwrap() < names, "{name}");
        }
    }
}

#[test]
fn the_template_is_filled_in_and_asks_no_network_for_anything() {
    let page = html(&sample::pass());
    assert!(!page.contains("{{") && page.contains("default-src 'none'"));
    let (_, behind) = page.split_once("id=\"data\">").unwrap();
    let (_, script) = behind.split_once("</script>").unwrap();
    for asking in
        ["fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "import(", "innerHTML", "eval("]
    {
        assert!(!script.contains(asking), "{asking}");
    }
    for asking in [" src=", "@import", "url("] {
        assert!(!page.contains(asking), "{asking}");
    }
}

#[test]
fn values_are_not_searched_for_placeholders() {
    assert_eq!(fill("a{{x}}b{{y}}c", &[("x", "{{y}}"), ("y", "1")]), "a{{y}}b1c");
}

#[test]
fn a_thousand_findings_take_less_than_two_megabytes() {
    let mut outcome = sample::refuted();
    let decided = outcome.verdict.findings[0].clone();
    outcome.verdict.findings = vec![decided; 1_000];
    assert!(html(&outcome).len() < 2_000_000);
}

proptest! {
    #[test]
    fn no_text_leaves_the_data(
        text in "(</script>|<!--|-->|<script>|\\]\\]>|\u{2028}|\"|\\\\|\\{\\{data\\}\\}|&lt;|[a-z ]|\\PC){0,30}",
    ) {
        let before = html(&sample::refuted()).matches(['<', '>']).count();
        let mut outcome = sample::refuted();
        let decided = &mut outcome.verdict.findings[0];
        decided.reason.clone_from(&text);
        decided.finding.title.clone_from(&format!("x{text}"));
        decided.finding.package.name = text.as_str().into();
        outcome.policy.suppressions[0].reason.clone_from(&text);
        let page = html(&outcome);
        prop_assert_eq!(page.matches(['<', '>']).count(), before);
        let data = embedded(&page);
        prop_assert_eq!(data["findings"][0]["reason"].as_str().unwrap(), crate::terminal::one_line(&text, 400));
    }
}
