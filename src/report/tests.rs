//! All reports of all samples: `text` for people, `json` for programs.

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

/// The reports with complete snapshots, each for the samples that show something unique.
const WHOLE: &[(&str, &[&str])] = &[
    (
        "text",
        &["unknown", "upheld_and_attested", "expired", "gaps", "hostile", "compared", "everything"],
    ),
    ("json", &["upheld_and_attested", "expired", "gaps", "hostile", "compared", "everything"]),
    ("markdown", &["upheld_and_attested", "gaps", "hostile", "compared", "everything"]),
    ("github", &["gaps", "hostile", "compared", "everything"]),
    ("sarif", &["hostile", "compared", "everything"]),
    ("junit", &["hostile", "compared", "everything"]),
];

fn outcome_of(name: &str) -> Outcome {
    let mut samples = sample::all().into_iter();
    samples.find(|(found, _)| *found == name).expect("a sample of that name").1
}

#[test]
fn whole_reports_are_as_reviewed() {
    for (report, names) in WHOLE {
        // Packages of samples have this version as well.
        let end = if *report == "json" { "\n}" } else { "" };
        let version = format!("ersion\": \"{}\"{end}", env!("CARGO_PKG_VERSION"));
        for name in *names {
            let shown = written(report, &outcome_of(name), Style::PLAIN);
            let shown = shown.replace(&version, &format!("ersion\": \"…\"{end}"));
            insta::assert_snapshot!(format!("{name}.{report}"), shown);
        }
    }
}

/// Every report for people contains the sentence that sums up a run.
#[test]
fn every_sample_is_summed_up() {
    for (name, verdict, summary) in [
        ("pass", "PASS", "no findings"),
        ("block", "BLOCKED", "1 advisory blocks"),
        ("ticket", "PASS", "nothing blocks · 1 ticket, due 2099-02-01"),
        ("refuted", "BLOCKED", "1 advisory blocks · 1 claim refuted"),
        ("unknown", "BLOCKED", "1 advisory blocks"),
        ("upheld_and_attested", "PASS", "nothing blocks · 2 suppressed · 1 not affected"),
        ("expired", "BLOCKED", "1 advisory blocks"),
        ("many_notes", "PASS", "nothing blocks · 40 notes"),
        (
            "passed_before",
            "PASS",
            "nothing that the change adds blocks · 1 blocker was there before · \
             1 no longer matched · 1 ticket, due 2099-02-01 · 1 note",
        ),
    ] {
        let outcome = outcome_of(name);
        let text = written("text", &outcome, Style::PLAIN);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{verdict} {summary} ")), "{name}: {text}");
        let markdown = written("markdown", &outcome, Style::PLAIN);
        let sign = if verdict == "PASS" { "✅" } else { "⛔" };
        let heading = format!("\n## {sign} lockgate: {verdict}\n\n**{summary}**\n");
        assert!(markdown.contains(&heading), "{name}: {markdown}");
        let gate = if verdict == "PASS" { "open" } else { "closed" };
        let notice =
            format!("::notice title=lockgate%3A {verdict}::the gate is {gate}%0A{summary}\n");
        let github = written("github", &outcome, Style::PLAIN);
        assert!(github.contains(&notice), "{name}: {github}");
    }
}

#[test]
fn unique_parts_of_samples_are_in_their_reports() {
    let unknown = "Cargo.lock does not say which dependencies are for development";
    let help = "keep the Cargo.toml of every workspace member beside the lockfile";
    let json: serde_json::Value =
        serde_json::from_str(&written("json", &outcome_of("unknown"), Style::PLAIN)).expect("JSON");
    let evidence = &json["findings"][0]["evidence"][0];
    assert_eq!(evidence["result"], "unknown");
    assert_eq!((&evidence["detail"], &evidence["help"]), (&unknown.into(), &help.into()));
    assert_eq!(json["findings"][0]["suppression"]["state"], "unknown");
    assert_eq!(json["suppressions"]["unknown"][0]["advisory"], "RUSTSEC-2099-0002");
    for (name, report, part) in [
        (
            "unknown",
            "markdown",
            format!("- **unknown** `development-only`: {unknown}. Help: {help}\n"),
        ),
        ("unknown", "markdown", "- **block** its suppression is unknown\n".to_owned()),
        ("unknown", "github", "%0Ablock: its suppression is unknown%0A".to_owned()),
        ("expired", "markdown", "- **block** its suppression is expired\n".to_owned()),
        (
            "expired",
            "markdown",
            "- `lockgate.toml:14`: the suppression of `GHSA-aaaa-bbbb-cccc` has expired: renew it with a \
             reason, or remove it\n"
                .to_owned(),
        ),
        (
            "expired",
            "markdown",
            "- `lockgate.toml:7`: the suppression of `RUSTSEC-2099-0002` matches no finding: remove it\n"
                .to_owned(),
        ),
        (
            "expired",
            "markdown",
            "- `lockgate.toml:7`: the suppression of `RUSTSEC-2099-0002` repeats an earlier one: remove it\n"
                .to_owned(),
        ),
        ("expired", "github", "%0Ablock: its suppression is expired%0A".to_owned()),
        ("many_notes", "github", "::notice title=and 32 more::GitHub shows no more".to_owned()),
    ] {
        let shown = written(report, &outcome_of(name), Style::PLAIN);
        assert!(shown.contains(&part), "no `{part}` in {report} of {name}:\n{shown}");
    }
    let notes = written("json", &outcome_of("many_notes"), Style::PLAIN);
    assert_eq!(notes.matches("\"disposition\": \"note\"").count(), 40, "JSON leaves nothing out");
    let notes = written("text", &outcome_of("many_notes"), Style::PLAIN);
    assert_eq!(notes.matches("RUSTSEC-2099-01").count(), 40, "text leaves nothing out");
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
                // Addresses are not wrapped, so that they can be opened; labels stay at their marks.
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
    fn no_text_from_an_input_is_unescaped_in_a_report(
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
