//! Every view of every sample, side by side: `text` for people, `json` for programs.

use std::sync::Arc;

use proptest::prelude::*;

use super::{REPORTERS, Style, by_name, sample};
use crate::outcome::Outcome;
use crate::terminal::is_unprintable;

const COLORED: Style = Style { color: true, width: 100 };

fn written(name: &str, outcome: &Outcome, style: Style) -> String {
    let mut bytes = Vec::new();
    let reporter = by_name(name).expect("a reporter of that name");
    reporter.write(outcome, style, &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

#[test]
fn every_report_of_every_sample_is_as_reviewed() {
    let version = format!("\"version\": \"{}\"\n}}", env!("CARGO_PKG_VERSION"));
    for (name, outcome) in sample::all() {
        insta::assert_snapshot!(format!("{name}.text"), written("text", &outcome, Style::PLAIN));
        let json = written("json", &outcome, Style::PLAIN);
        let json = json.replace(&version, "\"version\": \"…\"\n}");
        insta::assert_snapshot!(format!("{name}.json"), json);
        for report in ["github", "markdown"] {
            let shown = written(report, &outcome, Style::PLAIN);
            insta::assert_snapshot!(format!("{name}.{report}"), shown);
        }
    }
}

/// Formats for programs, in one sample that has everything: their own tests say what matters.
#[test]
fn reports_for_programs_are_as_reviewed() {
    for (name, outcome) in sample::all() {
        if !["everything", "hostile", "compared"].contains(&name) {
            continue;
        }
        for report in ["sarif", "junit"] {
            let shown = written(report, &outcome, Style::PLAIN);
            let version = format!("ersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
            let shown = shown.replace(&version, "ersion\": \"…\"");
            insta::assert_snapshot!(format!("{name}.{report}"), shown);
        }
    }
}

#[test]
fn the_colored_report_is_as_reviewed() {
    let (_, outcome) = sample::all().pop().expect("samples");
    let colored = written("text", &outcome, COLORED);
    insta::assert_snapshot!("everything.color", colored.replace('\u{1b}', "␛"));
}

#[test]
fn color_changes_nothing_but_the_color() {
    for (name, outcome) in sample::all() {
        let colored = written("text", &outcome, COLORED);
        let stripped = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(stripped, written("text", &outcome, Style::PLAIN), "{name}");
    }
}

#[test]
fn no_report_lets_an_unprintable_character_through() {
    for (name, outcome) in sample::all() {
        for reporter in REPORTERS {
            let report = written(reporter.name(), &outcome, Style::PLAIN);
            let raw = report.lines().flat_map(str::chars).find(|c| is_unprintable(*c));
            assert_eq!(raw, None, "{name} as {}", reporter.name());
        }
    }
}

#[test]
fn lines_fit_the_terminal() {
    for (name, outcome) in sample::all() {
        for width in [60, 80, 100, 300] {
            let style = Style { color: false, width };
            for line in written("text", &outcome, style).lines() {
                let columns = crate::terminal::width(line);
                // Addresses are kept whole, so that they can be followed; labels stay at their marks.
                assert!(
                    columns <= style.columns() || line.contains("https://") || line.contains("^^"),
                    "{name} at {width}: {line}"
                );
            }
        }
    }
}

#[test]
fn reports_are_deterministic_and_json_is_json() {
    for (_, outcome) in sample::all() {
        for reporter in REPORTERS {
            let report = written(reporter.name(), &outcome, Style::PLAIN);
            assert_eq!(report, written(reporter.name(), &outcome, Style::PLAIN));
            assert!(report.ends_with('\n') && !report.ends_with("\n\n"));
        }
        let json = written("json", &outcome, COLORED);
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(value["schema"], "lockgate/report/v1");
        assert_eq!(value["verdict"], outcome.verdict.answer.as_str());
    }
}

#[test]
fn reporters_are_found_by_their_names() {
    let names: Vec<_> = REPORTERS.iter().map(|reporter| reporter.name()).collect();
    assert_eq!(
        names,
        [
            "text",
            "json",
            "openvex",
            "cyclonedx",
            "sarif",
            "github",
            "markdown",
            "junit",
            "html",
            "outputs",
            "attestation",
        ]
    );
    assert!(by_name("pdf").is_none());
}

proptest! {
    #[test]
    fn no_text_from_an_input_stands_raw_in_a_report(
        text in any::<String>(),
        name in "[a-z\u{1b}\u{202e}\u{9b}\n\u{200b} é漢]{0,300}",
        start in 0_usize..20_000,
        width in 0_usize..200,
    ) {
        let mut outcome = sample::refuted();
        let decided = &mut outcome.verdict.findings[0];
        decided.reason.clone_from(&text);
        decided.evidence[0].detail.clone_from(&name);
        decided.finding.title.clone_from(&text);
        decided.finding.url = Some(name.clone());
        decided.finding.fixed_in = vec![text.as_str().into(), name.as_str().into()];
        decided.finding.package.name = name.as_str().into();
        decided.finding.package.version = text.as_str().into();
        Arc::make_mut(&mut Arc::make_mut(&mut decided.finding.paths)[0][1]).name = text.as_str().into();
        decided.finding.spans[0] = start..start + name.len();
        outcome.policy.suppressions[0].reason = name;
        outcome.policy.suppressions[0].owner = Some(text);
        for reporter in REPORTERS {
            let report = written(reporter.name(), &outcome, Style { color: false, width });
            prop_assert!(!report.chars().any(|c| c != '\n' && is_unprintable(c)), "{report}");
        }
    }
}
