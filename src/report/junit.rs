//! JUnit XML, which many systems display as test results: one suite for each lockfile, one test
//! case for each finding (the format as described at testmoapp/junitxml, written by `quick-junit`).

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::group::{Group, groups};
use super::{Reporter, Style, frame, words};
use crate::facts::{self, EvidenceText, Facts, LINE, line};
use crate::finding::Finding;
use crate::lockfile::Lockfile;
use crate::outcome::Outcome;
use crate::problem::Gap;
use crate::terminal::one_line;
use crate::verdict::{DecidedFinding, Disposition};

/// The JUnit report. The style has no effect.
#[derive(Debug)]
pub(super) struct Junit;

impl Reporter for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let groups = groups(outcome);
        let findings: Vec<&DecidedFinding> = groups.iter().flat_map(Group::findings).collect();
        let mut report = Report::new("lockgate");
        for (position, lockfile) in outcome.lockfiles.iter().enumerate() {
            let own =
                findings.iter().filter(|decided| decided.finding.lockfile == position).copied();
            report.add_test_suite(suite(lockfile, own, outcome));
        }
        if !outcome.verdict.gaps.is_empty() {
            let mut suite = TestSuite::new("what was not known");
            suite.add_test_cases(outcome.verdict.gaps.iter().map(gap));
            report.add_test_suite(suite);
        }
        report.serialize(&mut *out).map_err(io::Error::other)
    }
}

fn suite<'o>(
    lockfile: &Lockfile,
    findings: impl Iterator<Item = &'o DecidedFinding>,
    outcome: &Outcome,
) -> TestSuite {
    let path = line(&lockfile.source.path);
    let mut suite = TestSuite::new(path.as_str());
    suite.add_test_cases(findings.map(|decided| case(decided, outcome, &path)));
    if suite.test_cases.is_empty() {
        // A suite without test cases looks as if it had not run.
        let name = format!("{} packages, no finding", lockfile.locked());
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_classname(path);
        suite.add_test_case(case);
    }
    suite
}

fn case(decided: &DecidedFinding, outcome: &Outcome, lockfile: &str) -> TestCase {
    let finding = &decided.finding;
    let name = format!(
        "{} in {}: {}",
        finding.id,
        facts::package(&finding.package),
        facts::title(finding)
    );
    let mut case = TestCase::new(name, status(decided, outcome));
    case.set_classname(lockfile);
    if matches!(decided.disposition, Disposition::Ticket | Disposition::Note) {
        case.set_system_out(description(decided, outcome));
    }
    let line_number = frame::line(finding, outcome).to_string();
    case.extra.insert("file".into(), file(finding).into());
    case.extra.insert("line".into(), line_number.into());
    case
}

fn file(finding: &Finding) -> String {
    let first = finding.locations.first();
    first.map_or_else(String::new, |place| line(&place.file))
}

/// A ticket or a note requires nothing today: it passes, with its text as output.
fn status(decided: &DecidedFinding, outcome: &Outcome) -> TestCaseStatus {
    let mut reason = line(&decided.reason);
    let was_there_before = decided.was_there_before();
    let mut status = match decided.disposition {
        Disposition::Block if was_there_before => TestCaseStatus::skipped(),
        Disposition::Ticket | Disposition::Note => return TestCaseStatus::success(),
        Disposition::Block => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Disposition::Suppressed | Disposition::NotAffected => TestCaseStatus::skipped(),
    };
    if was_there_before {
        reason = format!("{}: {reason}", words::BEFORE);
    }
    status
        .set_message(reason)
        .set_type(decided.disposition.as_str())
        .set_description(description(decided, outcome));
    status
}

/// Everything about a finding, a line for each fact, and then the excerpts from files.
fn description(decided: &DecidedFinding, outcome: &Outcome) -> String {
    let finding = &decided.finding;
    let facts = Facts::of(decided, outcome);
    let due = decided.due.map(|due| format!(" (due {due})")).unwrap_or_default();
    let mut lines = vec![
        format!("{}: {}{due}", decided.disposition.as_str(), facts.reason()),
        format!("severity: {} · {}", facts::rating(&finding.severity), finding.kind),
    ];
    lines.extend(facts.suppression.map(|written| {
        let text = format!("claimed: {} ({})", written.reason, written.location);
        one_line(&text, 2 * LINE)
    }));
    lines.extend(facts.evidence().map(EvidenceText::with_result));
    lines.extend(facts::way_in(finding).map(|way_in| format!("needed by: {way_in}")));
    lines.extend(facts::origin(finding).map(|origin| format!("comes from: {origin}")));
    lines.push(format!("fix: {}", facts::fix(finding)));
    lines.extend(facts::page(finding));
    format!("{}\n\n{}", lines.join("\n"), frame::plain(decided, outcome).concat())
}

fn gap(gap: &Gap) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(line(&gap.message)).set_type(gap.code.as_str());
    if let Some(help) = &gap.help {
        status.set_description(line(help));
    }
    let mut case = TestCase::new(gap.code.as_str(), status);
    case.set_classname("lockgate");
    case
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn junit(outcome: &Outcome) -> String {
        let mut bytes = Vec::new();
        Junit.write(outcome, Style::PLAIN, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn read(outcome: &Outcome) -> Report {
        Report::deserialize_from_str(&junit(outcome)).unwrap()
    }

    #[test]
    fn a_block_fails_a_gap_is_an_error_and_what_is_suppressed_is_skipped() {
        for (name, outcome) in sample::all() {
            let report = read(&outcome);
            let of = |wanted: &[Disposition]| {
                let findings = outcome.verdict.findings.iter();
                findings.filter(|decided| wanted.contains(&decided.disposition)).count()
            };
            let findings = outcome.verdict.findings.iter();
            let (closing, open): (Vec<_>, Vec<_>) = findings
                .filter(|decided| decided.disposition == Disposition::Block)
                .partition(|decided| decided.closes_the_gate());
            assert_eq!(report.failures, closing.len(), "{name}");
            assert_eq!(report.errors, outcome.verdict.gaps.len(), "{name}");
            let cleared = of(&[Disposition::Suppressed, Disposition::NotAffected]);
            let suites = report.test_suites.iter();
            let skipped = suites.map(|suite| suite.skipped).sum::<usize>();
            assert_eq!(skipped, cleared + open.len(), "{name}");
        }
    }

    #[test]
    fn a_lockfile_without_findings_is_a_suite_that_passes() {
        let report = read(&sample::pass());
        let names: Vec<&str> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
        assert_eq!(names, ["Cargo.lock", "web/package-lock.json"]);
        assert_eq!((report.tests, report.failures, report.errors), (2, 0, 0));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_text(
            text in "(\\]\\]>|<!\\[CDATA\\[|&amp;|<x/>|\"|'|<!--|-->|[a-z ]|\\PC){0,30}",
        ) {
            let mut outcome = sample::refuted();
            let decided = &mut outcome.verdict.findings[0];
            decided.reason.clone_from(&text);
            decided.finding.title.clone_from(&text);
            let report = read(&outcome);
            let status = &report.test_suites[0].test_cases[0].status;
            let TestCaseStatus::NonSuccess { message, .. } = status else {
                return Err(TestCaseError::fail("it fails"));
            };
            let message = message.as_ref().map_or("", |message| message.as_str());
            prop_assert_eq!(message, line(&text));
        }
    }
}
