//! Claims about what npm installs: each file under `fixtures/installed/` is one rule.
//!
//! A file holds a project that locks `rotten`. Each `[[case]]` changes one thing and says what becomes
//! of the claim; where it is refuted, also the line that did it.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::harness::{Project, repository};
use crate::rules::{self, Expected, change};

const FOLDER: &str = "fixtures/installed";

const DATABASE: &str = "[database]\nmax-age = \"3650d\"\n\
                        sources = [{ kind = \"osv\", path = \"advisories\" }]";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// The rule that the file shows, in one sentence.
    about: String,
    /// The claim.
    #[serde(default = "development_only")]
    claim: String,
    /// `[npm]` of the policy.
    #[serde(default)]
    npm: String,
    /// Files of the project, by path.
    files: BTreeMap<String, String>,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is different, in a few words.
    about: String,
    #[serde(default)]
    change: BTreeMap<String, [String; 2]>,
    npm: Option<String>,
    result: String,
    /// The exit code, where it is not the one of the result.
    code: Option<i32>,
    at: Option<String>,
    says: Option<String>,
    #[serde(default)]
    detail: String,
}

fn development_only() -> String {
    "development-only".to_owned()
}

#[test]
fn every_claim_about_an_installation_is_decided_as_its_file_says() {
    let mut wrong = Vec::new();
    for path in rules::files(FOLDER) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let rule: Rule = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(rule.about.len() > 10, "{name} says what it is about");
        let check = |case: &Case| check(&rule, case);
        wrong.extend(rules::differences(&name, &rule.cases, |case| &case.about, check));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A proof about npm that nobody wrote down.
#[test]
fn what_npm_leaves_out_everywhere_is_cleared_without_a_claim() {
    let text = fs::read_to_string(repository().join(FOLDER).join("platform.toml")).unwrap();
    let rule: Rule = toml::from_str(&text).unwrap();
    for (npm, automatic, expected) in [
        (rule.npm.as_str(), "auto = [\"platform\"]", (0, "not-affected")),
        (rule.npm.as_str(), "auto = [\"not-built\"]", (1, "block")),
        (rule.npm.as_str(), "auto = []", (1, "block")),
        ("[npm]\nplatforms = [\"win32-x64\"]", "auto = [\"platform\"]", (1, "block")),
        ("", "auto = [\"platform\"]", (1, "block")),
    ] {
        let project = Project::empty();
        for (path, text) in &rule.files {
            project.write(path, text);
        }
        advise(&project);
        let policy = format!("schema = 1\n{npm}\n[evidence]\n{automatic}\n{DATABASE}");
        project.write("lockgate.toml", policy);
        let run = project.run(&["check", "--report", "json"]);
        let finding = &run.json()["findings"][0];
        let found = (run.code, finding["disposition"].as_str().unwrap());
        assert_eq!(found, expected, "{npm} {automatic}");
        let proof = &finding["evidence"][0]["kind"];
        assert_eq!(*proof == "platform", expected.0 == 0, "{finding:#}");
    }
}

fn advise(project: &Project) {
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    project.write("advisories/GHSA-case-0001-rots.json", advisory);
}

fn check(rule: &Rule, case: &Case) -> Result<(), String> {
    let project = Project::empty();
    for (path, text) in &rule.files {
        project.write(path, text);
    }
    change(&project, &case.about, &case.change);
    advise(&project);
    let npm = case.npm.as_ref().unwrap_or(&rule.npm);
    let policy = format!(
        "schema = 1\n{npm}\n{DATABASE}\n\
         [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\nclaim = {{ {} = true }}\n\
         reason = \"it is not in what we ship\"\n",
        rule.claim
    );
    project.write("lockgate.toml", policy);
    let expected = Expected {
        result: &case.result,
        code: case.code,
        at: case.at.as_deref(),
        says: case.says.as_deref(),
        detail: &case.detail,
    };
    expected.compare(&project, &project.run(&["check", "--report", "json"]))
}
