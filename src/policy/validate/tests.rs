mod incidents;
mod robustness;
mod suppressions;
mod tables;

use jiff::SignedDuration;
use jiff::civil::date;

use super::*;
use crate::advisory_kind::AdvisoryKind;
use crate::policy::{ClaimKind, GateAction, GateKey, Justification, SourceKind, SourcePlace};
use crate::scope::Scope;
use crate::severity::SeverityLevel;
use crate::source::RegistryAddress;

const TODAY: Date = date(2026, 11, 22);

fn source(text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new("lockgate.toml", text))
}

fn parse(text: &str) -> Result<Policy, Vec<Problem>> {
    Policy::parse(source(text), TODAY).map_err(|PolicyError(problems)| problems)
}

/// Line, message, label and help of every problem.
fn problems(text: &str) -> Vec<(u32, String, String, String)> {
    let problems = parse(text).expect_err(text);
    problems
        .into_iter()
        .map(|problem| {
            let line = problem.line().unwrap_or(0);
            let label = problem.label.unwrap_or_default();
            (line, problem.message, label, problem.help.unwrap_or_default())
        })
        .collect()
}

/// Asserts that a text has exactly one problem.
fn assert_problem(text: &str, line: u32, message: &str, label: &str, help: &str) {
    let expected = (line, message.to_owned(), label.to_owned(), help.to_owned());
    assert_eq!(problems(text), [expected], "{text}");
}

const WHOLE: &str = r#"
schema = 1

[gate]
critical = "block"
medium = "ticket"
malicious = "block"
unsound = "ticket"

[gate.development]
high = "ticket"

[gate.build]
high = "note"

[ticket]
due = { critical = "24h", unknown = "3w" }

[database]
max-age = "90m"
sources = [
  { kind = "rustsec", path = "advisory-db" },
  { kind = "osv", path = "osv/npm" },
  { kind = "osv", path = "osv/all.zip" },
  { kind = "folder", path = "advisories", name = "ours" },
]

[registries]
mirrors = ["https://Mirror.example.com/npm/", "http://localhost:4873"]
private = ["registry+ssh://git@crates.example.com/index"]

[lockfiles]
exclude = ["fixtures/**"]

[[suppress]]
advisory = "rustsec-2023-0071"
package = "rsa@<0.10"
paths = ["* > sqlx > rsa"]
justification = "vulnerable_code_not_in_execute_path"
claim = { attested = true, build-only = true }
reason = """
we only verify
signatures"""
owner = " @acme/security "
expires = 2027-01-31

[[suppress]]
advisory = "CVE-2021-23337"
claim = { development-only = true }
reason = "only tests"
"#;

#[test]
fn a_whole_policy_is_read() {
    let policy = parse(WHOLE).unwrap();
    let hours = SignedDuration::from_hours;
    assert_eq!(policy.ticket.due[&SeverityLevel::Critical], hours(24));
    assert_eq!(policy.ticket.due[&SeverityLevel::High], hours(7 * 24));
    assert_eq!(policy.ticket.due[&SeverityLevel::Unknown], hours(21 * 24));
    assert_eq!(policy.database.max_age, SignedDuration::from_mins(90));
    let written = |list: &[RegistryAddress]| -> Vec<String> {
        list.iter().map(|address| address.as_str().to_owned()).collect()
    };
    assert_eq!(
        written(&policy.registries.mirrors),
        ["https://mirror.example.com/npm", "http://localhost:4873"]
    );
    assert_eq!(written(&policy.registries.private), ["ssh://git@crates.example.com/index"]);
    assert_eq!(policy.excluded_lockfiles, ["fixtures/**"]);
    assert_eq!(policy.source.unwrap().text, WHOLE);
}

#[test]
fn the_gate_decides_by_scope_then_table_then_default() {
    let gate = parse(WHOLE).unwrap().gate;
    let severity = GateKey::Severity;
    for (key, scope, action, line) in [
        (severity(SeverityLevel::High), Scope::Runtime, GateAction::Block, None),
        (severity(SeverityLevel::High), Scope::Development, GateAction::Ticket, Some(11)),
        (severity(SeverityLevel::High), Scope::Build, GateAction::Note, Some(14)),
        (severity(SeverityLevel::Medium), Scope::Build, GateAction::Ticket, Some(6)),
        (severity(SeverityLevel::Low), Scope::Build, GateAction::Block, None),
        (GateKey::Kind(AdvisoryKind::Unsound), Scope::Runtime, GateAction::Ticket, Some(8)),
        (GateKey::Kind(AdvisoryKind::Yanked), Scope::Runtime, GateAction::Note, None),
    ] {
        let decision = gate.decide(key, scope);
        assert_eq!(decision.action, action, "{key:?} {scope}");
        assert_eq!(decision.rule.map(|rule| rule.location.line), line, "{key:?} {scope}");
    }
}

#[test]
fn sources_are_named_by_kind_and_by_path_where_that_is_not_enough() {
    let path = |path: &str| SourcePlace::Path(path.to_owned());
    let sources = parse(WHOLE).unwrap().database.sources;
    let named: Vec<_> = sources
        .iter()
        .map(|source| (source.kind, source.name.as_str(), source.place.clone()))
        .collect();
    assert_eq!(
        named,
        [
            (SourceKind::RustSec, "rustsec", path("advisory-db")),
            (SourceKind::Osv, "osv-npm", path("osv/npm")),
            (SourceKind::Osv, "osv-all.zip", path("osv/all.zip")),
            (SourceKind::Folder, "ours", path("advisories")),
        ]
    );
    assert_eq!(sources[1].location.as_ref().unwrap().line, 23);
}

#[test]
fn suppressions_are_read_in_the_order_of_the_file() {
    let suppressions = parse(WHOLE).unwrap().suppressions;
    let [first, second] = suppressions.as_slice() else {
        panic!("two entries");
    };
    assert_eq!(first.location.to_string(), "lockgate.toml:36");
    assert_eq!(first.advisory.as_str(), "RUSTSEC-2023-0071");
    assert_eq!(first.package.as_ref().unwrap().to_string(), "rsa@<0.10");
    assert_eq!(first.paths[0].to_string(), "* > sqlx > rsa");
    assert_eq!(first.justification, Some(Justification::VulnerableCodeNotInExecutePath));
    assert_eq!(first.claims, [ClaimKind::BuildOnly.into(), ClaimKind::Attested.into()]);
    assert_eq!(first.reason, "we only verify\nsignatures");
    assert_eq!(first.owner.as_deref(), Some("@acme/security"));
    assert_eq!(first.expires, Some(date(2027, 1, 31)));
    assert_eq!(second.location.line, 48);
    assert_eq!(second.package, None);
    assert_eq!(second.claims, [ClaimKind::DevelopmentOnly.into()]);
}

#[test]
fn the_shortest_policy_is_the_strict_default() {
    for text in ["schema = 1", "\u{feff}schema = 1\r\n[gate]\r\n", "schema = 0x1\nsuppress = []\n"]
    {
        let mut policy = parse(text).unwrap();
        policy.source = None;
        assert_eq!(policy, Policy::strict_default(), "{text:?}");
    }
}

#[test]
fn line_ends_and_byte_order_marks_do_not_move_places() {
    let text = "\u{feff}schema = 1\r\n[gate]\r\n# é\r\nhihg = \"block\"\r\n";
    assert_problem(
        text,
        4,
        "unknown key `hihg` in `[gate]`",
        "unknown key",
        "did you mean `high`?",
    );
    let problem = &parse(text).unwrap_err()[0];
    assert_eq!(&text[problem.span.clone().unwrap()], "hihg");
}
