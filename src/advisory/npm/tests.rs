use super::*;

fn read_about(package: &str, content: &str) -> Result<BulkAnswer, BulkAnswerError> {
    read("npm", content.as_bytes(), &[package].into())
}

fn only(record: &str) -> Advisory {
    let answer = read_about("left-pad", &format!(r#"{{ "left-pad": [ {record} ] }}"#)).unwrap();
    assert_eq!(answer.unreadable, []);
    let [advisory] = <[Advisory; 1]>::try_from(answer.advisories).unwrap();
    advisory
}

#[test]
fn a_record_is_read_in_full() {
    let advisory = only(
        r#"{ "id": 1106913, "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
             "title": "Padding is unbounded", "severity": "moderate",
             "vulnerable_versions": ">=1.0.0 <1.3.1", "cwe": ["CWE-77"],
             "cvss": { "score": 7.2, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H" } }"#,
    );
    assert_eq!(advisory.id.as_str(), "GHSA-aaaa-bbbb-cccc");
    assert!(advisory.aliases.is_empty());
    assert_eq!(advisory.kind, AdvisoryKind::Vulnerability);
    assert_eq!(advisory.severity.score, Some(7.2));
    assert_eq!(advisory.title, "Padding is unbounded");
    let [affected] = advisory.affected.as_slice() else { panic!("one entry") };
    assert_eq!(affected.patched, [">=1.3.1"]);
    assert_eq!(affected.affects("1.3.0"), Ok(true));
    assert_eq!(affected.affects("1.3.1"), Ok(false));
}

#[test]
fn missing_keys_have_npms_defaults() {
    let advisory = only(r#"{ "id": 7, "url": "https://x.example/GHSA-aaaa-bbbb-cccc?a#b" }"#);
    assert_eq!(advisory.severity.level, SeverityLevel::High);
    assert_eq!(advisory.id.as_str(), "GHSA-aaaa-bbbb-cccc");
    for version in ["0.0.0-0", "1.0.0", "99.0.0"] {
        assert_eq!(advisory.affected[0].affects(version), Ok(true), "{version}");
    }
    let own = only(r#"{ "id": 7, "vulnerable_versions": null, "severity": null, "cvss": null }"#);
    assert_eq!(own.id.as_str(), "NPM-7");
}

#[test]
fn severity_is_never_read_down() {
    let vector = r#""vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N""#;
    for (record, level) in [
        (r#"{ "id": 1, "severity": "critical" }"#.to_owned(), SeverityLevel::Critical),
        (r#"{ "id": 1, "severity": "info" }"#.to_owned(), SeverityLevel::Low),
        (r#"{ "id": 1, "severity": "dreadful" }"#.to_owned(), SeverityLevel::High),
        (
            format!(r#"{{ "id": 1, "severity": "critical", "cvss": {{ {vector} }} }}"#),
            SeverityLevel::Critical,
        ),
        (format!(r#"{{ "id": 1, "cvss": {{ {vector} }} }}"#), SeverityLevel::Low),
    ] {
        assert_eq!(only(&record).severity.level, level, "{record}");
    }
}

#[test]
fn malicious_code_is_distinguished_from_vulnerable_code() {
    let advisory = only(r#"{ "id": 1, "cwe": ["CWE-506"] }"#);
    assert_eq!(advisory.kind, AdvisoryKind::Malicious);
}

#[test]
fn a_record_that_is_not_understood_is_named_with_its_package() {
    for record in [
        r#"{ "id": 1, "vulnerable_versions": "some of them" }"#,
        r#"{ "id": 1, "vulnerable_versions": ">=2 <1" }"#,
        r#"{ "id": 1, "vulnerable_versions": 7 }"#,
        r#"{ "id": 1, "vulnerable_versions": "<1", "vulnerable_versions": "<2" }"#,
        r#"{ "severity": "high" }"#,
        r#""GHSA-aaaa-bbbb-cccc""#,
        "null",
    ] {
        let answer =
            read_about("a", &format!(r#"{{ "a": [ {record}, {{ "id": 2 }} ] }}"#)).unwrap();
        assert_eq!(answer.advisories.len(), 1, "the other record counts: {record}");
        let [unreadable] = answer.unreadable.as_slice() else { panic!("{record} was read") };
        assert_eq!(unreadable.file, "entry 1 about a");
        assert_eq!(unreadable.packages, [PackageName::new(Ecosystem::Npm, "a")].into());
    }
}

#[test]
fn an_empty_answer_is_an_answer() {
    assert_eq!(read_about("a", "{}"), Ok(BulkAnswer::default()));
    assert_eq!(read_about("a", r#"{ "a": [] }"#), Ok(BulkAnswer::default()));
}

#[test]
fn a_package_that_occurs_twice_counts_twice() {
    let answer = read_about("a", r#"{ "a": [{ "id": 1 }], "a": [{ "id": 2 }] }"#).unwrap();
    assert_eq!(answer.advisories.len(), 2);
}

#[test]
fn anything_else_is_not_an_answer() {
    for content in [
        "",
        "<!DOCTYPE html><html></html>",
        "[]",
        "null",
        r#""ok""#,
        r#"{ "a": {} }"#,
        r#"{ "a": null }"#,
        r#"{ "a": [] "#,
        r#"{ "a": [] } trailing"#,
    ] {
        let error = read_about("a", content).unwrap_err();
        assert!(matches!(error, BulkAnswerError::Shape(_)), "{content}: {error}");
    }
    for content in [r#"{ "error": "not found" }"#, r#"{ "b": [] }"#] {
        let error = read_about("a", content).unwrap_err();
        assert!(matches!(error, BulkAnswerError::NotAsked(_)), "{content}: {error}");
    }
}
