//! `lockgate explain` and `lockgate suppress`, as a person would use them.

use crate::harness::Project;

/// The demo without any suppression.
fn demo() -> Project {
    let project = Project::copy_of("fixtures/demo");
    let policy = project.read("lockgate.toml");
    let without = policy.split("[[suppress]]").next().unwrap().to_owned();
    project.write("lockgate.toml", without);
    project
}

#[test]
fn an_advisory_is_explained_under_any_of_its_names() {
    let project = Project::copy_of("fixtures/demo");
    let by_id = project.run(&["explain", "RUSTSEC-2026-9003"]);
    by_id.assert_code(0);
    assert_eq!(by_id.stdout, project.run(&["explain", "CVE-2026-90003"]).stdout);
    for part in [
        "RUSTSEC-2026-9003",
        "how it gets in",
        "harbour-server 0.4.0",
        "└── mocksmith 0.6.3",
        "what each claim would prove",
        "upheld    `development-only`: ",
        "unknown   `build-only`: ",
        "ways out",
        "lockgate suppress RUSTSEC-2026-9003",
    ] {
        assert!(by_id.stdout.contains(part), "no `{part}` in\n{}", by_id.stdout);
    }
}

#[test]
fn a_package_limits_the_question() {
    let project = Project::copy_of("fixtures/demo");
    project.run(&["explain", "RUSTSEC-2026-9003", "mocksmith@<1"]).assert_code(0);
    project
        .run(&["explain", "RUSTSEC-2026-9003", "mocksmith@>=1"])
        .assert_code(2)
        .assert_says(&["RUSTSEC-2026-9003 affects mocksmith 0.6.3, not `mocksmith@>=1`"]);
    project
        .run(&["explain", "RUSTSEC-2026-9003", "."])
        .assert_code(2)
        .assert_says(&["affects mocksmith 0.6.3, not `.`", "--path"]);
    project
        .run(&["explain", "RUSTSEC-2001-0001", "mocksmith"])
        .assert_code(2)
        .assert_says(&["no locked package is affected by RUSTSEC-2001-0001"]);
}

#[test]
fn what_is_not_found_is_no_answer_where_something_is_not_known() {
    let project = Project::copy_of("fixtures/demo");
    project
        .run(&["explain", "RUSTSEC-2001-0001"])
        .assert_code(2)
        .assert_says(&["no locked package is affected by RUSTSEC-2001-0001"]);
    project.remove("advisories/npm");
    project.run(&["explain", "RUSTSEC-2001-0001"]).assert_code(3).assert_says(&["gap["]);
    project.run(&["explain", "!"]).assert_code(2);
}

#[test]
fn the_strongest_claim_that_holds_is_written_and_counts() {
    let project = demo();
    let before = project.read("lockgate.toml");
    let suppress =
        ["suppress", "CVE-2026-90003", "--reason", "only our tests mock", "--owner", "@a"];
    let run = project.run(&suppress);
    run.assert_code(0)
        .assert_says(&["claim: development-only, which holds now", "wrote lockgate.toml:"]);
    let after = project.read("lockgate.toml");
    assert!(after.starts_with(&before), "{after}");
    assert!(
        after.ends_with(
            "\n[[suppress]]\nadvisory = \"CVE-2026-90003\"\npackage = \"mocksmith\"\n\
            claim = { development-only = true }\nreason = \"only our tests mock\"\nowner = \"@a\"\n"
        ),
        "{after}"
    );
    let report = project.run(&["check", "--report", "json"]).json();
    assert_eq!(report["suppressions"]["upheld"], 1);
}

#[test]
fn a_claim_that_does_not_hold_is_not_written() {
    let project = demo();
    let before = project.read("lockgate.toml");
    let reason = ["--reason", "we think so"];
    let refused = [
        &["suppress", "RUSTSEC-2026-9002"][..],
        &["suppress", "RUSTSEC-2026-9001", "--claim", "development-only"],
        &["suppress", "RUSTSEC-2026-9002", "--feature-off", "tarn-archive/zip64"],
    ];
    for arguments in refused {
        let run = project.run(&[arguments, &reason].concat());
        run.assert_code(1);
        assert_eq!(project.read("lockgate.toml"), before, "{arguments:?}");
    }
}

#[test]
fn a_persons_word_is_written_only_when_it_is_asked_for_and_complete() {
    let project = demo();
    let before = project.read("lockgate.toml");
    let attest = ["suppress", "RUSTSEC-2026-9002", "--attest", "--reason", "we never unpack"];
    let run = project.run(&attest);
    run.assert_code(2).assert_says(&["--owner and --expires"]);
    let complete = |expires| [&attest[..], &["--owner", "@a", "--expires", expires]].concat();
    project.run(&complete("2029-01-01")).assert_code(2).assert_says(&["180 days"]);
    assert_eq!(project.read("lockgate.toml"), before);
    project.run(&complete("2027-01-31")).assert_code(0);
    let after = project.read("lockgate.toml");
    assert!(after.contains("claim = { attested = true }"), "{after}");
    assert!(after.contains("expires = 2027-01-31"), "{after}");
}

#[test]
fn a_dry_run_prints_the_entry_and_writes_nothing() {
    let project = demo();
    let before = project.read("lockgate.toml");
    let run =
        project.run(&["suppress", "RUSTSEC-2026-9003", "--reason", "only our tests", "--dry-run"]);
    run.assert_code(0);
    assert!(run.stdout.starts_with("[[suppress]]\nadvisory = \"RUSTSEC-2026-9003\"\n"));
    assert_eq!(project.read("lockgate.toml"), before);
}

#[test]
fn nobody_is_asked_where_nobody_is() {
    let project = demo();
    project
        .run(&["suppress", "RUSTSEC-2026-9003"])
        .assert_code(2)
        .assert_says(&["it takes --reason to write it down"]);
}

#[test]
fn without_a_policy_one_is_written() {
    let project = demo();
    // A snapshot takes the place of the source folders that the policy names.
    let import =
        ["db", "import", "--rustsec", "advisories", "--osv", "npm=advisories/npm", "--out", "a"];
    project.run(&import).assert_code(0);
    project.remove("lockgate.toml");
    let suppress = ["suppress", "RUSTSEC-2026-9003", "--reason", "only our tests", "--db", "a"];
    project.run(&suppress).assert_code(0);
    assert!(project.read("lockgate.toml").starts_with("schema = 1\n\n[[suppress]]\n"));
}

/// A project whose code and whose package each load what they are told to, and a policy without claims.
fn reviewable() -> Project {
    let project = Project::copy_of("fixtures/installed/not-imported-reviewed");
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    project.write("advisories/GHSA-case-0001-rots.json", advisory);
    let policy = "schema = 1\n[database]\nmax-age = \"3650d\"\n\
                  sources = [{ kind = \"osv\", path = \"advisories\" }]\n";
    project.write("lockgate.toml", policy);
    project
}

const REVIEW: &[&str] =
    &["suppress", "GHSA-case-0001-rots", "rotten", "--reason", "we do not load it", "--reviewed"];

#[test]
fn places_that_a_person_has_reviewed_are_listed_and_written_and_count() {
    let project = reviewable();
    let before = project.read("lockgate.toml");
    let command = "lockgate suppress GHSA-case-0001-rots rotten --reviewed \"why\"";
    project
        .run(&["suppress", "GHSA-case-0001-rots", "--reason", "we do not load it"])
        .assert_code(1)
        .assert_says(&["node_modules/larch/index.js:3 (larch 3.0.0)", "2 places leave it open"]);
    assert_eq!(project.read("lockgate.toml"), before);
    let explained = project.run(&["explain", "GHSA-case-0001-rots"]);
    let words: Vec<&str> = explained.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains(command), "{}", explained.stdout);
    project.run(&[REVIEW, &["our own plugins"]].concat()).assert_code(0).assert_says(&[
        "claim: not-imported, and you answer for 2 places:",
        "src/app.js:4: what is loaded there is computed while it runs",
        "wrote lockgate.toml:",
    ]);
    assert!(project.read("lockgate.toml").contains("reviewed = [\n  { site = \"src/app.js:4\", "));
    let evidence = project.run(&["check", "--report", "json"]).json();
    let evidence = &evidence["findings"][0]["evidence"][0];
    assert_eq!(evidence["result"], "upheld");
    let detail = evidence["detail"].as_str().unwrap();
    assert!(detail.ends_with("a person answers for 2 places that may load anything"), "{detail}");
}

#[test]
fn a_place_that_has_changed_is_reviewed_anew_by_the_command_that_the_check_names() {
    let project = reviewable();
    project.run(&[REVIEW, &["our own plugins"]].concat()).assert_code(0);
    let app = project.read("src/app.js");
    project.write("src/app.js", app.replace("require(name)", "require(`${name}`)"));
    let run = project.run(&["check", "--report", "json"]);
    run.assert_code(1);
    let evidence = &run.json()["findings"][0]["evidence"][0];
    assert_eq!(
        (&evidence["result"], &evidence["locations"][0]["file"]),
        (&"refuted".into(), &"src/app.js".into())
    );
    let help = evidence["help"].as_str().unwrap();
    assert!(
        help.ends_with("lockgate suppress GHSA-case-0001-rots rotten --reviewed \"why\""),
        "{help}"
    );
    project.run(&[REVIEW, &["as text"]].concat()).assert_code(0);
    let policy = project.read("lockgate.toml");
    assert_eq!(policy.matches("[[suppress]]").count(), 1, "{policy}");
    assert!(
        policy.contains("why = \"as text\"") && policy.contains("why = \"our own plugins\""),
        "{policy}"
    );
    project.run(&["check"]).assert_code(0);
}

#[test]
fn more_places_than_one_person_reads_are_not_written() {
    let project = reviewable();
    for number in 0..20 {
        project.write(&format!("src/more{number}.js"), "require(process.env.MORE);\n");
    }
    let run = project.run(&[REVIEW, &["all of them"]].concat());
    run.assert_code(1).assert_says(&["22 places leave it open"]);
}
