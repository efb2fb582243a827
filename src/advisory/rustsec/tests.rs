use proptest::prelude::*;

use super::*;
use crate::advisory::{RangeEvent, UnreadableRecord};

const RECORD: &str = r#"```toml
[advisory]
id = "RUSTSEC-2020-0071"
package = "clock"
date = "2020-11-18"
url = "https://example.org/issue"
aliases = ["CVE-2020-26235", "GHSA-wcg3-cvx6-7396"]
cvss = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H"

[affected]
os = ["linux", "macos"]
arch = ["x86_64"]
functions = { "clock::now" = ["< 0.2.23", "^0.1"] }

[versions]
patched = [">= 0.2.23"]
unaffected = ["< 0.1.0"]
```

# The clock may stop

It did.
"#;

const PATH: &str = "crates/clock/RUSTSEC-2020-0071.md";

fn read_at(layout: Layout, path: &str, text: &str) -> Reading {
    RustSecMarkdown.read(&RecordFile { source: "test", path, layout, content: text.as_bytes() })
}

fn read(text: &str) -> Reading {
    read_at(Layout::RustSec, PATH, text)
}

fn advisory(text: &str) -> Advisory {
    match read(text) {
        Reading::Record(advisory) => advisory,
        other => panic!("{other:?}"),
    }
}

fn unreadable(reading: Reading) -> UnreadableRecord {
    match reading {
        Reading::Unreadable(unreadable) => unreadable,
        other => panic!("{other:?}"),
    }
}

fn with_line(line: &str) -> String {
    RECORD.replace("[advisory]\n", &format!("[advisory]\n{line}\n"))
}

#[test]
fn every_field_is_read() {
    let advisory = advisory(RECORD);
    assert_eq!(advisory.id.as_str(), "RUSTSEC-2020-0071");
    let aliases: Vec<_> = advisory.aliases.iter().map(AdvisoryId::as_str).collect();
    assert_eq!(aliases, ["GHSA-wcg3-cvx6-7396", "CVE-2020-26235"]);
    assert_eq!(advisory.kind, AdvisoryKind::Vulnerability);
    assert_eq!(advisory.severity.score, Some(5.5));
    assert_eq!(advisory.title, "The clock may stop");
    assert_eq!(advisory.details, "It did.");
    assert_eq!(advisory.url.as_deref(), Some("https://example.org/issue"));
    assert_eq!(advisory.published, timestamp("2020-11-18T00:00:00Z"));
    assert_eq!(advisory.withdrawn, None);
    let [affected] = advisory.affected.as_slice() else { panic!("{:?}", advisory.affected) };
    assert_eq!((affected.ecosystem, affected.package.as_str()), (Ecosystem::Cargo, "clock"));
    assert_eq!(
        affected.ranges[0].events,
        [RangeEvent::Introduced("0.1.0".into()), RangeEvent::Fixed("0.2.23".into())]
    );
    assert_eq!(affected.patched, [">=0.2.23"]);
    assert_eq!(affected.functions["clock::now"], ["<0.2.23", "^0.1"]);
    assert_eq!(affected.os, ["linux", "macos"]);
    assert_eq!(affected.arch, ["x86_64"]);
}

#[test]
fn kinds_are_distinguished() {
    for (line, kind) in [
        ("informational = \"unmaintained\"", AdvisoryKind::Unmaintained),
        ("informational = \"unsound\"", AdvisoryKind::Unsound),
        ("informational = \"notice\"", AdvisoryKind::Notice),
        ("informational = \"odd\"", AdvisoryKind::Vulnerability),
        ("categories = [\"crypto-failure\"]", AdvisoryKind::Vulnerability),
        ("categories = [\"malicious\"]", AdvisoryKind::Malicious),
    ] {
        assert_eq!(advisory(&with_line(line)).kind, kind, "{line}");
    }
    let named = RECORD.replace("CVE-2020-26235", "MAL-2020-1");
    assert_eq!(advisory(&named).kind, AdvisoryKind::Malicious);
}

#[test]
fn an_invalid_vector_leaves_the_severity_unknown_and_the_record_readable() {
    let sound = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H";
    for vector in [
        "CVSS:3.1/AV:L",
        "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N",
        "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N/A:H",
        "CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "nonsense",
        "",
    ] {
        let advisory = advisory(&RECORD.replace(sound, vector));
        assert_eq!(advisory.severity, Severity::UNKNOWN, "{vector}");
        let whole = self::advisory(RECORD);
        assert_eq!(Advisory { severity: Severity::UNKNOWN, ..whole }, advisory, "{vector}");
    }
    unreadable(read(&RECORD.replace(&format!("\"{sound}\""), "9.8")));
}

#[test]
fn a_record_with_too_many_requirements_is_refused() {
    let many: Vec<String> = (1..600).map(|patch| format!("\"= 1.0.{patch}\"")).collect();
    let text = RECORD.replace("\">= 0.2.23\"", &many.join(", "));
    assert_eq!(unreadable(read(&text)).reason, "it has more than 500 requirements");
}

#[test]
fn withdrawn_records_are_read_as_withdrawn() {
    assert!(advisory(&with_line("withdrawn = \"2021-01-01\"")).withdrawn.is_some());
}

#[test]
fn bom_and_windows_line_ends_are_read() {
    let text = format!("\u{feff}{}", RECORD.replace('\n', "\r\n"));
    assert_eq!(advisory(&text).title, "The clock may stop");
}

#[test]
fn names_of_the_toolchain_and_of_other_registries_match_no_crate() {
    for (path, text) in [
        ("rust/clock/RUSTSEC-2020-0071.md", RECORD.to_owned()),
        (PATH, with_line("collection = \"rust\"")),
        (PATH, with_line("source = \"registry+https://example.org/index\"")),
    ] {
        assert_eq!(read_at(Layout::RustSec, path, &text), Reading::NoRecord, "{path}");
    }
    for line in [
        "collection = \"crates\"",
        "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
    ] {
        advisory(&with_line(line));
    }
}

#[test]
fn other_files_are_not_records() {
    for (layout, path, text) in [
        (Layout::RustSec, "README.md", RECORD),
        (Layout::RustSec, "crates/clock/README.md", "# Clock\n"),
        (Layout::RustSec, "crates/clock/RUSTSEC-0000-0000.md", RECORD),
        (Layout::RustSec, "crates/RUSTSEC-2020-0071.md", RECORD),
        (Layout::Free, "README.md", "# Our advisories\n"),
        (Layout::Free, "docs/how-to.md", "# How to\n\n```toml\n[advisory]\n```\n"),
        (Layout::Free, "RUSTSEC-0000-0000.template.md", RECORD),
    ] {
        assert_eq!(read_at(layout, path, text), Reading::NoRecord, "{path}");
    }
}

#[test]
fn a_team_may_lay_its_records_anywhere() {
    let own = RECORD.replace("RUSTSEC-2020-0071", "ACME-7");
    for path in ["ACME-7.md", "security/ACME-7.md", "crates/clock/ACME-7.md"] {
        let reading = read_at(Layout::Free, path, &own);
        assert!(matches!(reading, Reading::Record(_)), "{path}: {reading:?}");
    }
    for (path, text) in [
        ("crates/watch/ACME-7.md", own.as_str()),
        ("ACME-8.md", own.as_str()),
        ("ACME-7.md", "damaged"),
        ("advisory.md", own.as_str()),
    ] {
        unreadable(read_at(Layout::Free, path, text));
    }
}

#[test]
fn a_record_that_contradicts_its_place_is_not_trusted() {
    for path in ["crates/clock/RUSTSEC-2020-0072.md", "crates/watch/RUSTSEC-2020-0071.md"] {
        let unreadable = unreadable(read_at(Layout::RustSec, path, RECORD));
        assert!(
            unreadable.packages.contains(&PackageName::new(Ecosystem::Cargo, "clock")),
            "{path}"
        );
    }
    let moved = read_at(Layout::RustSec, "crates/watch/RUSTSEC-2020-0071.md", RECORD);
    let packages = unreadable(moved).packages;
    let names: Vec<_> = packages.iter().map(PackageName::as_str).collect();
    assert_eq!(names, ["clock", "watch"]);
}

#[test]
fn damaged_records_name_their_package() {
    for text in [
        String::new(),
        "é".repeat(30),
        "```toml\n[advisory]\n".to_owned(),
        RECORD.replace("[versions]", "[version]"),
        RECORD.replace("patched", "patch"),
        RECORD.replace("2020-11-18", "tomorrow"),
        RECORD.replace(">= 0.2.23", ">= zero"),
        RECORD.replace("\"< 0.1.0\"", "\"> 0.3.0\""),
        RECORD.replace("\"< 0.1.0\"", "\"*\"").replace("\">= 0.2.23\"", ""),
        RECORD.replace("# The clock may stop\n", ""),
        with_line("date = \"2020-11-19\""),
    ] {
        let unreadable = unreadable(read(&text));
        assert_eq!(
            unreadable.packages,
            BTreeSet::from([PackageName::new(Ecosystem::Cargo, "clock")]),
            "{text}"
        );
        assert!(!unreadable.reason.contains('\n'), "{}", unreadable.reason);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(```toml\n)?(\\PC|\n){0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn any_change_is_read_or_refused(at in any::<usize>(), length in 0..6_usize, new in "\\PC{0,4}") {
        let ends: Vec<usize> = RECORD.char_indices().map(|(offset, _)| offset).collect();
        let start = ends[at % ends.len()];
        let end = (start + length).min(RECORD.len());
        let changed = format!("{}{new}{}", &RECORD[..start], &RECORD[end..]);
        let _ = read(&changed);
        let cut = read(&RECORD[..start]);
        prop_assert!(!matches!(cut, Reading::NoRecord), "{:?}", cut);
    }
}
