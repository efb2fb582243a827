//! Claims about what npm installs, beyond the tables under `fixtures/installed/`.

use crate::harness::Project;

/// A proof about npm that nobody wrote down.
#[test]
fn what_npm_leaves_out_everywhere_is_cleared_without_a_claim() {
    let shipped = "[npm]\nplatforms = [\"linux-x64\", \"linux-arm64-musl\"]";
    for (npm, automatic, expected) in [
        (shipped, "auto = [\"platform\"]", (0, "not-affected")),
        (shipped, "auto = [\"not-built\"]", (1, "block")),
        (shipped, "auto = []", (1, "block")),
        ("[npm]\nplatforms = [\"win32-x64\"]", "auto = [\"platform\"]", (1, "block")),
        ("", "auto = [\"platform\"]", (1, "block")),
    ] {
        let project = Project::copy_of("fixtures/installed/platform");
        let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                        \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                        \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
        project.write("advisories/GHSA-case-0001-rots.json", advisory);
        let policy = format!(
            "schema = 1\n{npm}\n[evidence]\n{automatic}\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]"
        );
        project.write("lockgate.toml", policy);
        let run = project.run(&["check", "--report", "json"]);
        let finding = &run.json()["findings"][0];
        let found = (run.code, finding["disposition"].as_str().unwrap());
        assert_eq!(found, expected, "{npm} {automatic}");
        let proof = &finding["evidence"][0]["kind"];
        assert_eq!(*proof == "platform", expected.0 == 0, "{finding:#}");
    }
}
