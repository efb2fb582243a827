//! The command line as its users know it: what can be typed, what it means, and how it ends.

use std::fs;

use serde_json::Value;

use crate::harness::{Project, Run};

const SUITE: &str = "fixtures/cases";

fn case(name: &str) -> Project {
    Project::copy_of(&format!("{SUITE}/{name}"))
}

#[test]
fn every_exit_code_has_a_project_that_ends_with_it() {
    let codes: [(&str, &[&str], i32); 5] = [
        ("withdrawn", &["check"], 0),
        ("package-lock-3", &["check"], 1),
        ("policy-errors", &["check"], 2),
        ("no-database", &["check"], 3),
        ("withdrawn", &["check", "--report", "json=not/there.json"], 4),
    ];
    for (name, arguments, code) in codes {
        case(name).run(arguments).assert_harmless().assert_code(code);
    }
}

#[test]
fn the_code_does_not_depend_on_the_report() {
    for name in ["withdrawn", "package-lock-3", "policy-errors", "no-database"] {
        let project = case(name);
        let code = project.run(&["check"]).code;
        for report in [
            &["--report", "json"][..],
            &["--report", "json=-"],
            &["--report", "json=report.json"],
            &["--report", "text=report.txt", "--report", "json"],
        ] {
            let arguments = [&["check"], report].concat();
            project.run(&arguments).assert_code(code);
        }
    }
}

#[test]
fn wrong_usage_is_an_error_and_never_a_block() {
    let project = case("package-lock-3");
    for arguments in [
        &["chek"][..],
        &["check", "--polciy", "x"],
        &["check", "--db"],
        &["db"],
        &["db", "import"],
        &["db", "import", "--osv", "advisories", "--out", "x"],
        &["policy"],
        &["check", "not-there"],
        &["check", "--policy", "not-there"],
        &["check", "advisories/GHSA-case-0001-glim.json", "--policy", "package-lock.json"],
    ] {
        let run = project.run(arguments);
        run.assert_harmless();
        assert_eq!(run.code, 2, "{arguments:?}\n{}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert_ne!(run.stderr, "", "{arguments:?}");
    }
}

#[test]
fn without_a_command_the_current_folder_is_checked() {
    let project = case("package-lock-3");
    let checked = project.run(&["check", "."]);
    checked.assert_code(1);
    for arguments in [&[][..], &["check"]] {
        let run = project.run(arguments);
        assert_eq!((run.code, run.stdout), (1, checked.stdout.clone()), "{arguments:?}");
    }
    let json = project.run(&["--report", "json"]);
    assert_eq!(json.stdout, project.run(&["check", "--report", "json"]).stdout);
}

#[test]
fn a_policy_above_is_found_up_to_the_root_of_the_repository() {
    let project = case("several-lockfiles");
    let from_web = || -> Run {
        project
            .command(&["check", "--report", "json"])
            .current_dir(project.path().join("web/admin"))
            .output()
            .unwrap()
            .into()
    };
    // Outside of a repository a policy above was not reviewed with the project.
    from_web().assert_code(3);
    project.write(".git/HEAD", "ref: refs/heads/main\n");
    let report = from_web();
    report.assert_code(0);
    let report = report.json();
    assert_eq!(report["policy"], "../../lockgate.toml");
    assert_eq!(paths_of(&report), ["package-lock.json"]);
}

#[test]
fn several_paths_are_checked_together_and_each_lockfile_once() {
    let project = case("several-lockfiles");
    let check = |paths: &[&str]| {
        let arguments =
            [&["check", "--policy", "lockgate.toml", "--report", "json"], paths].concat();
        project.run(&arguments).json()
    };
    let report = check(&["web", "server"]);
    let expected = ["server/Cargo.lock", "web/admin/package-lock.json", "web/package-lock.json"];
    assert_eq!(paths_of(&report), expected);
    let absolute = project.path().join("web");
    let absolute = absolute.to_str().unwrap();
    for again in [
        &["web", "server", "./web/package-lock.json", "server/Cargo.lock"][..],
        &["web/../web", "server/./", absolute],
    ] {
        let report = check(again);
        assert_eq!(paths_of(&report).len(), 3, "{again:?}: {:?}", paths_of(&report));
    }
}

#[test]
fn paths_under_different_policies_are_refused() {
    let project = case("several-lockfiles");
    project.write("web/lockgate.toml", "schema = 1\n");
    let run = project.run(&["check", ".", "web"]);
    run.assert_code(2);
    run.assert_says(&["different policies", "--policy"]);
}

#[test]
fn a_lockfile_of_another_name_is_known_by_its_end_or_its_content() {
    let project = case("several-lockfiles");
    let here = project.path();
    for (from, to) in [
        ("server/Cargo.lock", "old.Cargo.lock"),
        ("server/Cargo.lock", "locked.toml"),
        ("web/package-lock.json", "web.package-lock.json"),
        ("web/package-lock.json", "some.json"),
    ] {
        fs::copy(here.join(from), here.join(to)).unwrap();
        let run = project.run(&["check", to, "--report", "json"]);
        run.assert_code(1);
        assert_eq!(run.json()["findings"][0]["lockfile"], to);
    }
    project.write("notes.txt", "nothing locked\n");
    let run = project.run(&["check", "notes.txt"]);
    run.assert_code(2);
    run.assert_says(&["notes.txt", "no lockfile that lockgate knows"]);
}

#[test]
fn reports_go_where_they_are_sent() {
    let project = case("package-lock-3");
    let json = project.run(&["check", "--report", "json"]).stdout;
    let text = project.run(&["check"]).stdout;
    let run = project.run(&["check", "--report", "json=report.json", "--report", "text"]);
    run.assert_code(1);
    assert_eq!(run.stdout, text);
    assert_eq!(project.read("report.json"), json);
    let run = project.run(&["check", "--report", "text=report.txt", "--report", "json=-"]);
    assert_eq!(run.stdout, json);
    assert_eq!(project.read("report.txt"), text);
    assert_eq!(run.stderr, "");
}

#[test]
fn colour_is_for_terminals() {
    let project = case("package-lock-3");
    let plain = project.run(&["check"]);
    plain.assert_harmless();
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "xterm-256color"), ("TERM", "dumb")] {
        let run: Run = project.command(&["check"]).env(variable, value).output().unwrap().into();
        assert_eq!(run.stdout, plain.stdout, "{variable}={value}");
    }
    let forced: Run =
        project.command(&["check"]).env("CLICOLOR_FORCE", "1").output().unwrap().into();
    assert!(forced.stdout.contains("\u{1b}["), "{}", forced.stdout);
    let forced: Run = project
        .command(&["check", "--report", "json"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap()
        .into();
    forced.assert_harmless();
    let refused: Run = project
        .command(&["check"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
        .into();
    assert_eq!(refused.stdout, plain.stdout, "NO_COLOR wins");
}

#[test]
fn a_policy_is_checked_on_its_own() {
    let project = case("attested-expired");
    let run = project.run(&["policy", "check"]);
    run.assert_code(0);
    run.assert_says(&["lockgate.toml: reads well", "1 of them expired"]);
    project.run(&["policy", "check", "lockgate.toml"]).assert_code(0);
    let run = case("policy-errors").run(&["policy", "check"]);
    run.assert_code(2);
    run.assert_says(&["lockgate.toml:4", "lockgate.toml:5", "lockgate.toml:14"]);
    let run = Project::empty().run(&["policy", "check"]);
    run.assert_code(2);
    run.assert_says(&["no policy"]);
}

#[test]
fn an_imported_snapshot_says_what_its_sources_say() {
    for (name, sources) in [
        ("cargo-lock-3", &["--rustsec", "advisories"][..]),
        ("osv-events", &["--osv", "osv=advisories"]),
        ("severity-words", &["--osv", "osv=advisories"]),
        ("malformed-locked", &["--osv", "osv=advisories"]),
        ("malformed-nameless", &["--osv", "osv=advisories"]),
        ("malformed-among-several", &["--osv", "osv=advisories"]),
        ("database-incomplete-shared", &["--osv", "osv=advisories"]),
        ("database-of-our-own", &["--folder", "folder=advisories"]),
        ("alias-merging", &["--rustsec", "advisories", "--osv", "osv=advisories/osv"]),
    ] {
        let project = case(name);
        let direct = project.run(&["check", "--report", "json"]).json();
        let import = [&["db", "import", "--out", "made.lockgate"], sources].concat();
        project.run(&import).assert_code(0);
        let policy = project.read("lockgate.toml");
        let without_sources: Vec<&str> = policy
            .lines()
            .scan(false, |inside, line| {
                *inside |= line.starts_with("sources = ");
                let kept = (!*inside).then_some(line);
                *inside &= !line.ends_with(']');
                Some(kept)
            })
            .flatten()
            .collect();
        project.write("lockgate.toml", without_sources.join("\n"));
        project.remove("advisories");
        let imported = project.run(&["check", "--db", "made.lockgate", "--report", "json"]).json();
        for key in ["verdict", "findings", "gaps", "remarks"] {
            assert_eq!(without_lines(&imported[key]), without_lines(&direct[key]), "{name}: {key}");
        }
        let sources = |report: &Value| report["database"]["sources"].clone();
        assert_eq!(sources(&imported), sources(&direct), "{name}");
    }
}

/// The lines of the policy are other ones when its sources are taken out.
fn without_lines(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split("lockgate.toml:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| {
        shown + part.trim_start_matches(|character: char| character.is_ascii_digit())
    })
}

#[test]
fn the_snapshot_may_be_named_by_the_environment_or_lie_in_its_usual_place() {
    let project = case("package-lock-3");
    project
        .run(&["db", "import", "--osv", "npm=advisories", "--out", "npm.lockgate"])
        .assert_code(0);
    project.write("lockgate.toml", "schema = 1\n");
    project.run(&["check"]).assert_code(3);
    let named: Run =
        project.command(&["check"]).env("LOCKGATE_DB", "npm.lockgate").output().unwrap().into();
    named.assert_code(1);
    project.run(&["db", "import", "--osv", "npm=advisories"]).assert_code(0);
    project.run(&["check"]).assert_code(1);
    // What was named and is not there is not made good by what happens to lie elsewhere.
    project.run(&["check", "--db", "gone.lockgate"]).assert_code(3);
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let project = case("package-lock-3");
    let plain = project.run(&["check"]);
    let run: Run = project
        .command(&["check"])
        .env("LOCKGATE_DB", "")
        .env("LOCKGATE_POLICY", "")
        .env("LOCKGATE_OFFLINE", "")
        .output()
        .unwrap()
        .into();
    run.assert_code(1);
    assert_eq!(run.stdout, plain.stdout);
    for arguments in [&["db", "verify"][..], &["db", "status"], &["--report", "text"]] {
        let mut command = project.command(arguments);
        let run: Run = command.env("LOCKGATE_DB", "").output().unwrap().into();
        assert_eq!(run.stdout, project.run(arguments).stdout, "{arguments:?}");
        assert_ne!(run.code, 2, "{arguments:?}");
    }
    project.run(&["check", "--db", ""]).assert_code(2);
}

#[test]
fn help_tells_what_can_be_typed() {
    let project = Project::empty();
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-check", &["check", "--help"]),
        ("help-db-import", &["db", "import", "--help"]),
        ("help-history", &["history", "--help"]),
        ("help-incident-report", &["incident", "report", "--help"]),
        ("help-incident-note", &["incident", "note", "--help"]),
        ("help-policy-check", &["policy", "check", "--help"]),
        ("help-ticket-sync", &["ticket", "sync", "--help"]),
    ] {
        let run = project.run(arguments);
        run.assert_harmless().assert_code(0);
        insta::with_settings!({
            snapshot_path => "snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, run.stdout);
        });
    }
    let version = project.run(&["--version"]);
    version.assert_code(0);
    assert_eq!(version.stdout, format!("lockgate {}\n", env!("CARGO_PKG_VERSION")));
}

fn paths_of(report: &Value) -> Vec<&str> {
    report["lockfiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lockfile| lockfile["path"].as_str().unwrap())
        .collect()
}

/// A claim that depends on manifests holds however the folder is named.
#[test]
fn the_same_folder_gives_the_same_answer_whatever_it_is_called() {
    let project = Project::copy_of("fixtures/demo");
    let absolute = project.path().to_str().unwrap().to_owned();
    let dispositions = |arguments: &[&str]| -> Vec<String> {
        let report = project.run(arguments).assert_code(1).json();
        let findings = report["findings"].as_array().unwrap().clone();
        let told =
            findings.iter().map(|finding| format!("{} {}", finding["id"], finding["disposition"]));
        told.collect()
    };
    let expected = dispositions(&["check", "--report", "json", &absolute]);
    assert!(expected.iter().any(|told| told.contains("suppressed")), "{expected:?}");
    for path in [None, Some("."), Some("./"), Some("./."), Some("web/.."), Some("./web/../")] {
        let mut arguments = vec!["check", "--report", "json"];
        arguments.extend(path);
        assert_eq!(dispositions(&arguments), expected, "{path:?}");
    }
}
