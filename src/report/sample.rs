//! Outcomes for the tests of all reporters.

mod compared;
mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::advisory_kind::AdvisoryKind;
use crate::attestation::statement::{Digests, Subject};
use crate::attestation::{CheckedCommit, Release};
use crate::database::SourceInfo;
use crate::evidence::{Evidence, EvidenceResult};
use crate::outcome::{DatabaseSummary, Outcome};
use crate::package::Ecosystem;
use crate::policy::ClaimKind;
use crate::problem::{Gap, GapCode, Passage, SourceText};
use crate::scope::{FindingScope, Scope};
use crate::severity::{Severity, SeverityLevel};
use crate::verdict::{
    Answer, AppliedSuppression, DecidedFinding, Disposition, SuppressionState, SuppressionSummary,
    Verdict, order,
};
use crate::vex::Statements;

use compared::{compared, hostile_comparison, passed_before};
use parts::{
    NPM_LOCK, cargo_lock, crate_finding, decided, lockfile, npm_finding, package, policy, seen,
    source,
};

/// Every outcome, with a name that says what it shows.
pub(super) fn all() -> Vec<(&'static str, Outcome)> {
    let mut all = vec![
        ("pass", pass()),
        ("block", block()),
        ("ticket", ticket()),
        ("refuted", refuted()),
        ("unknown", unknown()),
        ("upheld_and_attested", upheld_and_attested()),
        ("expired", expired()),
        ("gaps", gaps()),
        ("hostile", hostile()),
        ("many_notes", many_notes()),
        ("compared", compared()),
        ("passed_before", passed_before()),
        ("everything", everything()),
    ];
    for (_, outcome) in &mut all {
        order::sort(&mut outcome.verdict.findings);
    }
    all
}

/// The sample lockfiles, a database, a policy, and no finding.
pub(super) fn pass() -> Outcome {
    let now: Timestamp = "2099-01-02T15:00:00Z".parse().unwrap();
    let source_info = |name: &str, kind: &str, ecosystem, advisories| SourceInfo {
        name: name.into(),
        kind: kind.into(),
        origin: None,
        revision: "0123abcd".into(),
        advisories: BTreeMap::from([(ecosystem, advisories)]),
        covers: [ecosystem].into(),
        kinds: BTreeMap::new(),
        unreadable: 0,
        current_at: Some("2099-01-02T11:30:00Z".parse().unwrap()),
        newest_record: Some("2099-01-01T00:00:00Z".parse().unwrap()),
        remarks: Vec::new(),
    };
    Outcome {
        verdict: Verdict {
            answer: Answer::Pass,
            findings: Vec::new(),
            gaps: Vec::new(),
            suppressions: SuppressionSummary::default(),
        },
        lockfiles: vec![
            lockfile(Ecosystem::Cargo, source("Cargo.lock", &cargo_lock())),
            lockfile(Ecosystem::Npm, source("web/package-lock.json", NPM_LOCK)),
        ],
        database: Some(DatabaseSummary {
            digest: "sha256:00ff".into(),
            built_at: "2099-01-02T12:00:00Z".parse().unwrap(),
            sources: vec![
                source_info("osv-npm", "osv", Ecosystem::Npm, 2225),
                source_info("rustsec", "rustsec", Ecosystem::Cargo, 1225),
            ],
        }),
        policy: policy(),
        statements: Statements::default(),
        customer_data: std::collections::BTreeSet::new(),
        unmatched: crate::matching::UnmatchedPackages::default(),
        unreadable: Vec::new(),
        unsearched: crate::outcome::Unsearched::default(),
        root: None,
        remarks: Vec::new(),
        now,
        product: None,
        release: Some(release()),
        comparison: None,
    }
}

fn release() -> Release {
    Release {
        subjects: vec![Subject {
            digest: Digests::of(b"what is shipped"),
            name: "shop.tar.gz".into(),
        }],
        paths: vec![".".into()],
        is_whole: true,
        is_clock_set: false,
        source: Some(CheckedCommit {
            commit: "0123456789abcdef0123456789abcdef01234567".into(),
            modified: Some(Vec::new()),
        }),
    }
}

fn signer() -> DecidedFinding {
    let mut finding = crate_finding("RUSTSEC-2099-0001", "ed-signer", "1.0.1");
    finding.aliases =
        ["CVE-2099-50237", "GHSA-w5vr-6qhr-36cc"].map(|id| id.parse().unwrap()).into();
    finding.severity =
        Severity::from_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H").unwrap();
    finding.title = "Signing with two public keys reveals the private one in `ed-signer`".into();
    finding.paths = vec![finding.paths[0].clone(); 4].into();
    finding.fixed_in = vec![">=2".into()];
    decided(finding, Disposition::Block, "`high` is \"block\" by default")
}

fn templater() -> Vec<DecidedFinding> {
    let mut findings = vec![
        npm_finding("GHSA-aaaa-bbbb-cccc", "templater", "4.17.15", &["\"node_modules/templater\""]),
        npm_finding(
            "GHSA-aaaa-bbbb-cccc",
            "templater",
            "3.10.1",
            &["\"node_modules/old/node_modules/templater\""],
        ),
    ];
    findings[1].scope = FindingScope::certain(Scope::Development);
    for finding in &mut findings {
        finding.severity = Severity::from_level(SeverityLevel::Medium);
        finding.fixed_in = vec![">=3.10.2".into(), ">=4.17.21".into()];
    }
    findings
        .into_iter()
        .map(|finding| DecidedFinding {
            due: Some("2099-02-01".parse().unwrap()),
            ..decided(
                finding,
                Disposition::Ticket,
                "`medium` is \"ticket\" in [gate], lockgate.toml:4",
            )
        })
        .collect()
}

fn claimed(
    index: usize,
    state: SuppressionState,
    disposition: Disposition,
    evidence: Vec<Evidence>,
) -> DecidedFinding {
    let finding = match index {
        0 => crate_finding("RUSTSEC-2099-0002", "keyring", "0.9.6"),
        _ => templater().swap_remove(0).finding,
    };
    DecidedFinding {
        suppression: Some(AppliedSuppression { index, state }),
        evidence,
        ..decided(finding, disposition, &format!("its suppression is {}", state.as_str()))
    }
}

fn with(answer: Answer, findings: Vec<DecidedFinding>) -> Outcome {
    let mut outcome = pass();
    outcome.verdict.answer = answer;
    outcome.verdict.findings = findings;
    outcome
}

fn block() -> Outcome {
    with(Answer::Block, vec![signer()])
}

fn ticket() -> Outcome {
    with(Answer::Pass, templater())
}

fn refuted_finding() -> DecidedFinding {
    let manifest = SourceText::new("Cargo.toml", "[dependencies]\nsession = \"1.2\"\n");
    let passage = Passage::of_line(Arc::new(manifest), 2).unwrap();
    let (claim, refuted) = (ClaimKind::DevelopmentOnly, EvidenceResult::Refuted);
    let mut evidence = seen(claim, refuted, "running needs it", &[412, 808]);
    evidence.locations.insert(0, passage.location());
    evidence.passage = Some(passage);
    let chain = [("app", "0.1.0"), ("session", "1.2.0"), ("keyring", "0.9.6")];
    let ids = chain.map(|(name, version)| package(Ecosystem::Cargo, name, version));
    evidence.chain = ids.to_vec();
    claimed(0, SuppressionState::Refuted, Disposition::Block, vec![evidence])
}

/// A refuted claim.
pub(super) fn refuted() -> Outcome {
    let mut outcome = with(Answer::Block, vec![refuted_finding()]);
    outcome.verdict.suppressions.refuted = vec![0];
    outcome
}

fn unknown() -> Outcome {
    let mut evidence = seen(
        ClaimKind::DevelopmentOnly,
        EvidenceResult::Unknown,
        "Cargo.lock does not say which dependencies are for development",
        &[],
    );
    evidence.help =
        Some("keep the Cargo.toml of every workspace member beside the lockfile".into());
    let finding = claimed(0, SuppressionState::Unknown, Disposition::Block, vec![evidence]);
    let mut outcome = with(Answer::Block, vec![finding]);
    outcome.verdict.suppressions.unknown = vec![0];
    outcome
}

fn upheld_and_attested() -> Outcome {
    let upheld = seen(
        ClaimKind::DevelopmentOnly,
        EvidenceResult::Upheld,
        "every path to it begins at a development dependency",
        &[808],
    );
    let attested = seen(
        ClaimKind::Attested,
        EvidenceResult::Upheld,
        "@acme/web vouches for it until 2099-06-30",
        &[],
    );
    let proved = decided(
        crate_finding("RUSTSEC-2099-0009", "term-colors", "0.12.1"),
        Disposition::NotAffected,
        "it is not built for any target of this project",
    );
    let state = SuppressionState::Upheld;
    let mut outcome = with(
        Answer::Pass,
        vec![
            claimed(0, state, Disposition::Suppressed, vec![upheld]),
            claimed(1, state, Disposition::Suppressed, vec![attested]),
            proved,
        ],
    );
    outcome.verdict.suppressions.upheld = vec![0, 1];
    outcome
}

fn expired() -> Outcome {
    let finding = claimed(1, SuppressionState::Expired, Disposition::Block, Vec::new());
    let mut outcome = with(Answer::Block, vec![finding]);
    outcome.policy.suppressions[1].expires = Some("2098-12-31".parse().unwrap());
    outcome.verdict.suppressions.expired = vec![1];
    outcome.verdict.suppressions.unused = vec![0];
    outcome.verdict.suppressions.duplicate = vec![0];
    outcome
}

fn gaps() -> Outcome {
    let mut outcome = with(Answer::Indeterminate, Vec::new());
    outcome.database = None;
    outcome.verdict.gaps = vec![
        Gap::new(
            GapCode::DatabaseMissing,
            "there is no advisory database",
            "run `lockgate db update`, or name source folders in [database] of lockgate.toml",
        ),
        Gap {
            code: GapCode::VersionUnreadable,
            message: "`one.two` of `keyring` is not a version that crates.io can order".into(),
            help: None,
        },
    ];
    outcome
}

fn hostile() -> Outcome {
    let mut finding = crate_finding("ACME-1", "evil\u{1b}[2J\u{202e}", "1.0.0\u{200b}");
    finding.title = "fine\u{1b}]8;;x\u{7}\n\nerror[FAKE]: a line of its own\u{2028}".into();
    finding.url = Some("https://example.org/\u{9b}31m".into());
    finding.fixed_in = vec![">=2\u{feff}".into(); 40];
    finding.locations[0].file = "Cargo\r.lock".into();
    finding.paths_cut = true;
    let step = finding.paths[0][1].clone();
    Arc::make_mut(&mut finding.paths)[0].splice(1..1, vec![step; 12]);
    let mut outcome =
        with(Answer::Block, vec![decided(finding, Disposition::Block, "because\u{1b}[1A")]);
    outcome.lockfiles[0].source = source("Cargo\r.lock", "[[package]]\nname = \"\u{1b}[2J\"");
    outcome.remarks = vec!["a remark\u{7f} \u{2066}".into()];
    outcome.verdict.findings.push(syntax());
    outcome.comparison = Some(hostile_comparison());
    outcome.verdict.gaps = vec![Gap::new(GapCode::AdvisoryUnreadable, "\u{0}", "\u{1b}c")];
    outcome
}

/// Text with a special meaning in some format.
fn syntax() -> DecidedFinding {
    let mut finding = crate_finding("ACME-2", "`evil`</script>|x", "1.0.0]]>");
    finding.title = "::error::no ${{ secrets.X }} <!-- --> @octocat #12 **b** <b>x</b> ]]>".into();
    finding.url = Some("javascript:alert(1)".into());
    finding.fixed_in = vec!["```\n::stop-commands::x".into()];
    decided(finding, Disposition::Block, "%0A::set-output name=x::y, [a](https://example.org)")
}

fn note(number: usize) -> DecidedFinding {
    let mut finding =
        crate_finding(&format!("RUSTSEC-2099-{:04}", 100 + number), "term-colors", "0.12.1");
    finding.kind = AdvisoryKind::Unmaintained;
    finding.severity = Severity::UNKNOWN;
    finding.title = "`term-colors` is unmaintained, and its author recommends another crate".into();
    decided(finding, Disposition::Note, "`unmaintained` is \"note\" by default")
}

fn many_notes() -> Outcome {
    with(Answer::Pass, (0..40).map(note).collect())
}

fn everything() -> Outcome {
    let mut findings = vec![signer(), refuted_finding()];
    findings.extend(templater());
    findings.extend(upheld_and_attested().verdict.findings.into_iter().skip(2));
    findings.push(note(0));
    let mut outcome = with(Answer::Block, findings);
    outcome.verdict.suppressions =
        SuppressionSummary { refuted: vec![0], unused: vec![1], ..SuppressionSummary::default() };
    outcome.verdict.gaps = vec![Gap::new(
        GapCode::DatabaseStale,
        "source `rustsec` was last known current 3 days ago, and `max-age` is 24 h",
        "run `lockgate db update`",
    )];
    outcome.remarks =
        vec!["3 packages are not matched by name: 2 from git, 1 from this repository".into()];
    outcome
}
