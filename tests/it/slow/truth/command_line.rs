//! Some of the cases through the whole program.

use crate::harness::Project;

use super::assert_none;
use super::case::{Case, positives};
use super::disk;
use super::rewriting::TARGET;
use super::tables::Tables;

/// Of how many cases one is checked.
const STEP: usize = 23;

const POLICY: &str = r#"
schema = 1

[database]
max-age = "3650d"
sources = [{ kind = "osv", path = "advisories" }]

[[suppress]]
advisory = "GHSA-case-0001-glim"
package = "glim"
claim = { attested = true, not-imported = true }
reason = "nothing of ours loads it"
owner = "@acme/web"
expires = 2027-01-15
"#;

#[test]
fn the_program_never_upholds_that_what_is_loaded_is_not() {
    let tables = Tables::read();
    let cases: Vec<Case> = positives(&tables).into_iter().step_by(STEP).collect();
    assert!(cases.len() >= 200, "{}", cases.len());
    let upheld = cases.iter().filter_map(|case| {
        let result = result(case);
        let is_right = result == "refuted" || result == "unknown";
        let way = &tables.ways[case.way].name;
        (!is_right).then(|| format!("{result}: {way}: {}", case.rewriting))
    });
    assert_none(&upheld.collect::<Vec<_>>(), "are upheld");
}

/// What the report says about the claim.
fn result(case: &Case) -> String {
    let project = Project::empty();
    disk::write(case, "case", project.path());
    let advisory = format!(
        "{{\"id\": \"GHSA-case-0001-glim\", \"modified\": \"2026-01-01T00:00:00Z\", \
         \"affected\": [{{\"package\": {{\"ecosystem\": \"npm\", \"name\": \"{TARGET}\"}}, \
         \"ranges\": [{{\"type\": \"SEMVER\", \"events\": [{{\"introduced\": \"0\"}}]}}]}}]}}"
    );
    project.write("advisories/GHSA-case-0001-glim.json", advisory);
    project.write("lockgate.toml", POLICY);
    let run = project.run(&["check", "--report", "json"]);
    assert!(!run.stdout.is_empty(), "{}: {}", case.rewriting, run.stderr);
    let report = run.json();
    let evidence = report["findings"][0]["evidence"].as_array().cloned().unwrap_or_default();
    let claim = evidence.iter().find(|evidence| evidence["kind"] == "not-imported");
    claim.map_or_else(
        || format!("no evidence in {report:#}"),
        |claim| claim["result"].as_str().unwrap_or_default().to_owned(),
    )
}
