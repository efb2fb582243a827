//! The JUnit report against a schema of what its readers agree on.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Project, repository};
use crate::skip::skip;

const CASES: &[&str] = &[
    "fixtures/demo",
    "fixtures/cases/block-beside-a-gap",
    "fixtures/cases/empty-lockfile",
    "fixtures/cases/monorepo",
    "fixtures/cases/malicious",
    "fixtures/cases/two-claims",
];

/// What `xmllint` has to say about a document; `None` where it is not here.
fn errors(document: &Path) -> Option<String> {
    let schema = repository().join("fixtures/schemas/junit.xsd");
    let run = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .args([&schema, document])
        .output();
    match run {
        Ok(output) if output.status.success() => Some(String::new()),
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(_) => {
            skip("xmllint", "the schema of JUnit", "there is no xmllint");
            None
        }
    }
}

/// The report about a project, as a file in it.
fn report(project: &Project) -> std::path::PathBuf {
    project.run(&["check", "--report", "junit=junit.xml"]);
    project.path().join("junit.xml")
}

#[test]
fn junit_follows_the_schema() {
    for case in CASES {
        let project = Project::copy_of(case);
        let document = report(&project);
        let Some(said) = errors(&document) else {
            return;
        };
        assert_eq!(said, "", "{case}: {}", fs::read_to_string(&document).unwrap());
    }
}

#[test]
fn the_schema_checks_something() {
    let project = Project::copy_of("fixtures/demo");
    let document = report(&project);
    let text = fs::read_to_string(&document).unwrap();
    for (from, to) in [
        ("<failure message=\"a suppression claims something that does not hold\"", "<failure"),
        ("<testcase ", "<testCase "),
        ("failures=\"2\"", "failures=\"two\""),
        ("line=\"7\"", "line=\"0\""),
        ("</testsuites>", ""),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        fs::write(&document, broken).unwrap();
        let Some(said) = errors(&document) else {
            return;
        };
        assert_ne!(said, "", "{from} may become {to}");
    }
}

/// What a hostile lockfile is called and what an advisory says cannot leave the text they stand in.
#[test]
fn hostile_text_stays_text() {
    let project = Project::copy_of("fixtures/cases/malicious");
    for entry in fs::read_dir(project.path().join("advisories")).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(text) = fs::read_to_string(&path) {
            let hostile = "]]></failure><failure message='x'/><![CDATA[ \\u0007 &bogus;";
            fs::write(&path, text.replace("\"summary\": \"", &format!("\"summary\": \"{hostile}")))
                .unwrap();
        }
    }
    let document = report(&project);
    let text = fs::read_to_string(&document).unwrap();
    if let Some(said) = errors(&document) {
        assert_eq!(said, "", "{text}");
    }
    assert!(!text.contains("<![CDATA[") && !text.contains('\u{7}'), "{text}");
    assert!(text.contains("&lt;failure message="), "{text}");
}
