//! `lockgate incident`: the internal report and the drafts, on real repositories made by the test.

use crate::git::Repository;
use crate::harness::Run;

const ADVISORY: &str = r#"{ "id": "GHSA-case-0001-tarn", "aliases": ["CVE-2026-0001"],
    "modified": "2026-11-01T00:00:00Z", "summary": "Anybody can read any record",
    "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }],
    "affected": [{ "package": { "ecosystem": "crates.io", "name": "tarn" },
        "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.1.0" }, { "fixed": "1.2.0" }] }] }] }"#;

const POLICY: &str = r#"schema = 1
[database]
max-age = "3650d"
sources = [{ kind = "osv", path = "advisories" }]

[incident]
projects = ["harbour"]
authority = { name = "CNIL", contact = "https://www.cnil.fr/fr/notifier-une-violation-de-donnees-personnelles" }
internal = { name = "Security", contact = "security@harbour.example" }
customers = { name = "Status page", contact = "https://status.harbour.example/" }

[history]
environments = { production = "v*" }
"#;

/// Three versions, the second of which is affected; `tarn` is locked as the last one given.
fn repository(policy: &str, advisory: &str, versions: &[&str]) -> Repository {
    let mut repository = Repository::with(policy, advisory);
    for version in versions {
        repository.lock(version).tag(&format!("v{version}"));
    }
    repository
}

fn affected() -> Repository {
    repository(POLICY, ADVISORY, &["1.0.0", "1.1.0"])
}

fn repaired() -> Repository {
    repository(POLICY, ADVISORY, &["1.0.0", "1.1.0", "1.2.0"])
}

fn assert_shows(name: &str, run: &Run) {
    run.assert_harmless();
    insta::with_settings!({
        snapshot_path => "snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => [("`[0-9a-f]{12}`", "`[commit]`")],
    }, {
        insta::assert_snapshot!(name, run.stdout);
    });
}

#[test]
fn a_report_holds_what_is_known_and_marks_what_is_not() {
    let run = affected().run(&["incident", "report", "CVE-2026-0001"]);
    run.assert_code(0);
    assert_shows("incident-report-affected", &run);
    let confirmed = ["--confirmed", "2026-11-19T11:00:00Z"];
    let arguments =
        [&["incident", "report", "GHSA-case-0001-tarn", "tarn"][..], &confirmed].concat();
    let run = repaired().run(&arguments);
    run.assert_code(0);
    assert_shows("incident-report-repaired", &run);
}

#[test]
fn notes_are_drafted_from_the_same_facts() {
    for (name, repository) in [("affected", affected()), ("repaired", repaired())] {
        for reader in ["customers", "release-notes"] {
            let run = repository.run(&["incident", "note", "CVE-2026-0001", "--for", reader]);
            run.assert_code(0);
            assert_shows(&format!("incident-note-{reader}-{name}"), &run);
        }
    }
}

/// What is taken for possible because nobody says more starts an incident, and is told to nobody outside.
#[test]
fn what_no_advisory_says_is_told_to_no_customer() {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
    let severity = format!("\"severity\": [{{ \"type\": \"CVSS_V3\", \"score\": \"{vector}\" }}],");
    let word = |word: &str| format!("\"database_specific\": {{ \"severity\": \"{word}\" }},");
    let said = "It could have let somebody read or alter data.";
    for (severity_instead, is_said) in [
        (severity.clone(), true),
        (String::new(), false),
        (word("CRITICAL"), false),
        (severity.replace("/C:H/I:N/A:N", ""), false),
        (severity.replace("AV:N", "AV:L"), false),
    ] {
        let advisory = ADVISORY.replace(&severity, &severity_instead);
        let repository = repository(POLICY, &advisory, &["1.0.0", "1.1.0"]);
        let run = repository.run(&["incident", "note", "CVE-2026-0001", "--for", "customers"]);
        run.assert_code(0);
        assert_eq!(run.stdout.contains(said), is_said, "{severity_instead}\n{}", run.stdout);
        let notes =
            repository.run(&["incident", "note", "CVE-2026-0001", "--for", "release-notes"]);
        assert!(!notes.stdout.contains("(unknown)"), "{}", notes.stdout);
    }
}

#[test]
fn a_malicious_package_is_told_as_one() {
    let advisory = ADVISORY.replace("CVE-2026-0001", "MAL-2026-0001");
    let repository = repository(POLICY, &advisory, &["1.0.0", "1.1.0"]);
    let run = repository.run(&["incident", "report", "MAL-2026-0001"]);
    run.assert_code(0);
    assert!(run.stdout.contains("Could it have taken credentials?"), "{}", run.stdout);
    assert!(run.stdout.contains("Which credentials could it read?"), "{}", run.stdout);
    let run = repository.run(&["incident", "note", "MAL-2026-0001", "--for", "customers"]);
    assert!(run.stdout.contains("turned out to be malicious"), "{}", run.stdout);
}

#[test]
fn a_component_is_a_lockfile_or_a_project() {
    for (marks, is_marked) in [
        ("projects = [\"harbour\"]", true),
        ("projects = [\"har*\"]", true),
        ("projects = [\"site\"]", false),
        ("lockfiles = [\"*\"]", true),
        ("lockfiles = [\"/Cargo.lock\"]", true),
        ("lockfiles = [\"services/**\"]", false),
    ] {
        let policy = POLICY.replace("projects = [\"harbour\"]", marks);
        let run =
            repository(&policy, ADVISORY, &["1.1.0"]).run(&["incident", "report", "CVE-2026-0001"]);
        run.assert_code(0);
        let says = run.stdout.contains("marked as handling customer data");
        assert_eq!(says, is_marked, "{marks}\n{}", run.stdout);
        let denies = run.stdout.contains("it starts no incident");
        assert_eq!(denies, !is_marked, "{marks}\n{}", run.stdout);
    }
}

#[test]
fn a_claim_that_holds_clears_and_one_that_does_not_never_does() {
    let suppress = |claim: &str| {
        let entry = format!(
            "{POLICY}\n[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = {{ {claim} }}\n\
             reason = \"x\"\nowner = \"@a\"\nexpires = 2026-12-31\n"
        );
        let repository = repository(&entry, ADVISORY, &["1.1.0"]);
        repository.run(&["incident", "report", "CVE-2026-0001"]).stdout
    };
    let attested = suppress("attested = true");
    assert!(attested.contains("decided: **suppressed**"), "{attested}");
    assert!(attested.contains("it starts no incident"), "{attested}");
    let unproved = suppress("development-only = true");
    assert!(unproved.contains("marked as handling customer data"), "{unproved}");
    assert!(unproved.contains("`development-only` is "), "{unproved}");
}

#[test]
fn without_a_table_nobody_is_named_and_nothing_is_invented() {
    let policy = POLICY.split("[incident]").next().unwrap();
    let repository = repository(policy, ADVISORY, &["1.1.0"]);
    let run = repository.run(&["incident", "report", "CVE-2026-0001"]);
    run.assert_code(0);
    for part in [
        "The policy has no `[incident]`",
        "- Authority: **[to be filled in: the authority for data protection]**",
        "within 72 hours of that; the clock does not run yet",
    ] {
        assert!(run.stdout.contains(part), "no `{part}` in\n{}", run.stdout);
    }
}

#[test]
fn an_advisory_about_nothing_here_is_an_error_with_help() {
    let repository = repository(POLICY, ADVISORY, &["1.0.0"]);
    for arguments in [
        &["incident", "report", "CVE-2026-9999"][..],
        &["incident", "note", "CVE-2026-9999", "--for", "customers"],
        // It was never affected, and the package is another one.
        &["incident", "report", "CVE-2026-0001"],
        &["incident", "report", "CVE-2026-0001", "moss"],
    ] {
        let run = repository.run(arguments);
        run.assert_harmless()
            .assert_code(2)
            .assert_says(&["no package that is or was locked here is affected", "lockgate check"]);
        assert_eq!(run.stdout, "");
    }
    repository
        .run(&["incident", "note", "CVE-2026-0001"])
        .assert_code(2)
        .assert_says(&["--for <READER>"]);
}

#[test]
fn a_gap_stands_in_the_report_and_has_its_own_code() {
    let policy = POLICY.replace("3650d", "1m");
    let repository = repository(&policy, ADVISORY, &["1.1.0"]);
    let run = repository.run(&["incident", "report", "CVE-2026-0001"]);
    run.assert_harmless().assert_code(3);
    assert!(run.stdout.contains("## What lockgate could not know"), "{}", run.stdout);
    // What is not found where something is not known is no answer.
    let run = repository.run(&["incident", "report", "CVE-2026-9999"]);
    run.assert_code(3);
}

#[test]
fn a_state_that_cannot_be_read_counts_as_exposed_and_is_named() {
    let mut repository = repository(POLICY, ADVISORY, &["1.0.0"]);
    repository.commit("<<<<<<< half a merge\n").lock("1.2.0");
    let report = ["incident", "report", "CVE-2026-0001"];
    // Nobody can say that it was not affected.
    repository
        .run(&report)
        .assert_code(3)
        .assert_says(&["states of Cargo.lock cannot be read, and count as exposed"]);
    repository.lock("1.1.0").lock("1.2.0");
    let run = repository.run(&report);
    run.assert_code(3);
    assert!(run.stdout.contains("with states that cannot be read"), "{}", run.stdout);
    let run = repository.run(&["incident", "note", "CVE-2026-0001", "--for", "customers"]);
    assert!(run.stdout.contains("We used, or may have used, an affected version from 2026-01-03"));
    assert!(run.stdout.contains("check these dates"), "{}", run.stdout);
}

#[test]
fn without_a_repository_the_report_says_that_no_history_could_be_told() {
    let repository = affected();
    repository.project.remove(".git");
    let parent = repository.project.path().parent().unwrap();
    let run: Run = repository
        .project
        .command(&["incident", "report", "CVE-2026-0001"])
        .env("PATH", crate::git::path())
        .env("GIT_CEILING_DIRECTORIES", parent)
        .output()
        .unwrap()
        .into();
    run.assert_harmless().assert_code(3);
    assert!(run.stdout.contains("the history is unknown"), "{}", run.stdout);
    assert!(run.stdout.contains("its history cannot be told"), "{}", run.stdout);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let repository = affected();
    let report = ["incident", "report", "CVE-2026-0001", "--out"];
    let run = repository.run(&[&report[..], &["report.md"]].concat());
    run.assert_code(0);
    assert_eq!(run.stdout, "");
    let shown = repository.run(&["incident", "report", "CVE-2026-0001"]).stdout;
    assert_eq!(repository.project.read("report.md"), shown);
    let run = repository.run(&[&report[..], &["not/there/report.md"]].concat());
    run.assert_code(4).assert_says(&["it cannot be written"]);
    let run = repository.run(&["incident", "report", "CVE-2026-9999", "--out", "report.md"]);
    run.assert_code(2);
    assert_eq!(repository.project.read("report.md"), shown, "what was there stays");
}

#[test]
fn text_of_strangers_is_shown_and_does_nothing() {
    let title = "@octocat fixes #1 <!-- x --> [a](https://host.test) `b` \\u001b[31m\\n# heading";
    let advisory = ADVISORY.replace("Anybody can read any record", title);
    let repository = repository(POLICY, &advisory, &["1.1.0"]);
    for arguments in [
        &["incident", "report", "CVE-2026-0001"][..],
        &["incident", "note", "CVE-2026-0001", "--for", "release-notes"],
    ] {
        let run = repository.run(arguments);
        run.assert_harmless().assert_code(0);
        let line = run.stdout.lines().find(|line| line.contains("@octocat")).unwrap();
        assert!(line.contains("``@octocat fixes #1 <!-- x -->"), "{line}");
        assert!(line.contains("# heading``"), "{line}");
        assert!(!run.stdout.contains("\n# heading"), "{}", run.stdout);
    }
}

#[test]
fn every_mistake_in_a_checklist_is_told_with_its_line() {
    let with = |name: &str, text: &str| {
        let checklist = format!("[incident]\nchecklist = {{ data = \"{name}\" }}");
        let repository =
            repository(&POLICY.replace("[incident]", &checklist), ADVISORY, &["1.1.0"]);
        repository.project.write("security/data.md", text);
        repository
    };
    let repository = with("security/data.md", "# Ours\n\n- [ ] {{advsory}}\n- [ ] {{ package\n");
    for command in [&["policy", "check"][..], &["check"], &["ticket", "plan"]] {
        repository.run(command).assert_harmless().assert_code(2).assert_says(&[
            "there is no placeholder `advsory`",
            "security/data.md:3:7",
            "did you mean `advisory`?",
            "a placeholder is not closed",
            "security/data.md:4:7",
        ]);
    }
    for (name, text, says) in [
        ("security/none.md", "", "the checklist `security/none.md` cannot be read"),
        ("security", "", "it is not a file"),
        ("security/data.md", &"x".repeat(17 * 1024)[..], "it is larger than 16 KiB"),
    ] {
        with(name, text)
            .run(&["policy", "check"])
            .assert_code(2)
            .assert_says(&[says, "lockgate.toml:7:22"]);
    }
    with("security/data.md", "{{advisory}} {{exposure}}").run(&["policy", "check"]).assert_code(0);
}

#[cfg(unix)]
#[test]
fn a_checklist_that_leads_out_of_the_project_is_not_read() {
    let checklist = "[incident]\nchecklist = { data = \"data.md\" }";
    let repository = repository(&POLICY.replace("[incident]", checklist), ADVISORY, &["1.1.0"]);
    let link = repository.project.path().join("data.md");
    std::os::unix::fs::symlink("/etc/hostname", link).unwrap();
    repository
        .run(&["check"])
        .assert_code(2)
        .assert_says(&["it lies outside of the folder of the policy"]);
}
