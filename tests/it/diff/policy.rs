//! A change cannot approve itself: what it does to the policy, and what of that counts at once.

use super::repository::{Repository, cargo_lock, npm_lock};

const LOCK: &str = "Cargo.lock";
const POLICY: &str = "lockgate.toml";

/// An attested suppression of tarn's advisory.
fn word(expires: &str) -> String {
    format!(
        "schema = 1\n[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = {{ attested = true }}\n\
         reason = \"we only read\"\nowner = \"@harbour/security\"\nexpires = {expires}\n"
    )
}

/// What becomes of a change that adds tarn (high), under a policy that is changed with it.
struct Case {
    about: &'static str,
    base: Option<String>,
    head: Option<String>,
    code: i32,
    findings: &'static [&'static str],
    changes: &'static [&'static str],
}

impl Case {
    /// `was_there`: whether tarn was there before, so that the change is one of the policy alone.
    fn check(&self, was_there: bool) {
        let repository = Repository::new();
        let before = if was_there { "tarn 1.0.0" } else { "calm 1.0.0" };
        repository.write(LOCK, cargo_lock(&[before]));
        if let Some(text) = &self.base {
            repository.write(POLICY, text);
        }
        repository.commit();
        repository.write(LOCK, cargo_lock(&["tarn 1.0.0"]));
        match &self.head {
            Some(text) => {
                repository.write(POLICY, text);
            }
            None if self.base.is_some() => {
                repository.remove(POLICY);
            }
            None => {}
        }
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!(told.findings(), self.findings, "{}: {:?}", self.about, told.policy_changes());
        assert_eq!(told.policy_changes(), self.changes, "{}", self.about);
        assert_eq!(told.code, self.code, "{}: {}", self.about, told.remarks());
    }
}

fn policy(text: &str) -> String {
    format!("schema = 1\n{text}")
}

#[test]
fn a_gate_that_is_loosened_counts_after_merging_and_one_that_is_tightened_at_once() {
    for case in [
        Case {
            about: "loosened",
            base: Some(policy("[gate]\nhigh = \"block\"\n")),
            head: Some(policy("[gate]\nhigh = \"note\"\n")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: `high` goes from \"block\" to \"note\""],
        },
        Case {
            about: "tightened",
            base: Some(policy("[gate]\nhigh = \"note\"\n")),
            head: Some(policy("[gate]\nhigh = \"block\"\n")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["tightened: `high` goes from \"note\" to \"block\""],
        },
        Case {
            about: "a policy that allows it is added: without one everything blocks",
            base: None,
            head: Some(policy("[gate]\nhigh = \"note\"\n")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: `high` goes from \"block\" to \"note\""],
        },
        Case {
            about: "a policy that allowed it is deleted",
            base: Some(policy("[gate]\nhigh = \"note\"\n")),
            head: None,
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["tightened: `high` goes from \"note\" to \"block\""],
        },
        Case {
            about: "a strict policy is deleted",
            base: Some(policy("[gate]\nunmaintained = \"block\"\n")),
            head: None,
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: `unmaintained` goes from \"block\" to \"note\""],
        },
        Case {
            about: "what is allowed at both",
            base: Some(policy("[gate]\nhigh = \"note\"\n")),
            head: Some(policy("# Moved.\n\n[gate]\nhigh = \"note\"\n")),
            code: 0,
            findings: &["added tarn 1.0.0 note"],
            changes: &[],
        },
        Case {
            about: "the lockfile is excluded",
            base: Some(policy("")),
            head: Some(policy("[lockfiles]\nexclude = [\"Cargo.lock\"]\n")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: `Cargo.lock` is added to `exclude` in [lockfiles]"],
        },
        Case {
            about: "the lockfile is excluded no more",
            base: Some(policy("[lockfiles]\nexclude = [\"Cargo.lock\"]\n")),
            head: Some(policy("")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["tightened: `Cargo.lock` is removed from `exclude` in [lockfiles]"],
        },
    ] {
        case.check(false);
    }
}

#[test]
fn the_line_that_decides_is_told_from_where_it_stands() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write(POLICY, "schema = 1\n[gate]\nhigh = \"block\"\n")
        .commit();
    repository
        .write(LOCK, cargo_lock(&["tarn 1.0.0"]))
        .write(POLICY, "schema = 1\n[gate]\nhigh = \"ticket\"\n");
    let run = repository.check(&["--base", "HEAD"]);
    run.assert_code(1);
    let said = repository.without_names(&run.stdout);
    assert!(said.contains("`high` is \"block\" in [gate], [base]:lockgate.toml:3"), "{said}");
}

#[test]
fn a_word_counts_after_merging_and_what_is_removed_at_once() {
    for case in [
        Case {
            about: "a word for what comes with it",
            base: Some(policy("")),
            head: Some(word("2026-12-31")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &[
                "loosened: a suppression of CVE-2026-0001 on the word of @harbour/security \
                        until 2026-12-31 is proposed",
            ],
        },
        Case {
            about: "a word that was given before",
            base: Some(word("2026-12-31")),
            head: Some(word("2026-12-31")),
            code: 0,
            findings: &["added tarn 1.0.0 suppressed"],
            changes: &[],
        },
        Case {
            about: "a word that has expired is renewed",
            base: Some(word("2026-11-01")),
            head: Some(word("2027-01-31")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: the suppression of CVE-2026-0001 is edited: `expires` \
                        2027-01-31, was 2026-11-01"],
        },
        Case {
            about: "a word that still counts is renewed",
            base: Some(word("2026-12-31")),
            head: Some(word("2027-01-31")),
            code: 0,
            findings: &["added tarn 1.0.0 suppressed"],
            changes: &["loosened: the suppression of CVE-2026-0001 is edited: `expires` \
                        2027-01-31, was 2026-12-31"],
        },
        Case {
            about: "a word for one version is widened to all",
            base: Some(word("2026-12-31").replace("claim", "package = \"tarn@0.9.0\"\nclaim")),
            head: Some(word("2026-12-31")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["loosened: the suppression of CVE-2026-0001 is edited: without `package`"],
        },
        Case {
            about: "a word is taken back",
            base: Some(word("2026-12-31")),
            head: Some(policy("")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["tightened: the suppression of CVE-2026-0001 is removed"],
        },
        Case {
            about: "a claim that does not hold is added",
            base: Some(policy("")),
            head: Some(word("2026-12-31").replace("attested", "build-only")),
            code: 1,
            findings: &["added tarn 1.0.0 block"],
            changes: &["proved: a suppression of CVE-2026-0001 is added: build-only"],
        },
    ] {
        case.check(false);
    }
    // The same where the package was there all the time: a word that is taken back adds a block.
    Case {
        about: "a word is taken back for what is there",
        base: Some(word("2026-12-31")),
        head: Some(policy("")),
        code: 1,
        findings: &["added tarn 1.0.0 block"],
        changes: &["tightened: the suppression of CVE-2026-0001 is removed"],
    }
    .check(true);
    Case {
        about: "what was excluded was let pass before",
        base: Some(policy("[lockfiles]\nexclude = [\"Cargo.lock\"]\n")),
        head: Some(policy("")),
        code: 1,
        findings: &["added tarn 1.0.0 block"],
        changes: &["tightened: `Cargo.lock` is removed from `exclude` in [lockfiles]"],
    }
    .check(true);
    Case {
        about: "a word that has expired lets nothing pass, and did not before",
        base: Some(word("2026-11-01")),
        head: Some(word("2026-11-01")),
        code: 0,
        findings: &["existing tarn 1.0.0 block"],
        changes: &[],
    }
    .check(true);
}

#[test]
fn a_policy_that_cannot_be_read_decides_nothing() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write(POLICY, "schema = 1\n[gate]\nhigh = \"perhaps\"\n")
        .commit();
    repository.check(&["--base", "HEAD"]).assert_code(2);
    repository.write(POLICY, "schema = 1\n");
    let run = repository.check(&["--base", "HEAD"]);
    run.assert_code(2)
        .assert_says(&["the policy at the base cannot be read", "mend it at the base first"]);
    assert!(repository.without_names(&run.stderr).contains("[base]:lockgate.toml:3"));
    repository.commit();
    repository.write(POLICY, "schema = 2\n");
    repository.check(&["--base", "HEAD"]).assert_code(2);
}

#[test]
fn a_named_policy_is_read_at_the_base_and_one_outside_is_taken_as_it_is() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write("ci/gate.toml", "schema = 1\n")
        .commit();
    repository
        .write(LOCK, cargo_lock(&["tarn 1.0.0"]))
        .write("ci/gate.toml", "schema = 1\n[gate]\nhigh = \"note\"\n")
        .write("ci/new.toml", "schema = 1\n[gate]\nhigh = \"note\"\n");
    repository.project.write("outside.toml", "schema = 1\n[gate]\nhigh = \"note\"\n");
    let loosened = vec!["loosened: `high` goes from \"block\" to \"note\"".to_owned()];
    for (policy, code, changes) in [
        ("ci/gate.toml", 1, loosened.clone()),
        // Without one at the base everything blocks.
        ("ci/new.toml", 1, loosened),
        ("../outside.toml", 0, vec![]),
    ] {
        let told = repository.told(&["--base", "HEAD", "--policy", policy]);
        assert_eq!((told.code, told.policy_changes()), (code, changes), "{policy}");
    }
}

#[test]
fn a_nearer_policy_does_not_take_the_place_of_the_one_at_the_base() {
    let repository = Repository::new();
    repository
        .write("app/Cargo.lock", cargo_lock(&["calm 1.0.0"]))
        .write(POLICY, "schema = 1\n")
        .commit();
    repository
        .write("app/Cargo.lock", cargo_lock(&["tarn 1.0.0"]))
        .write("app/lockgate.toml", "schema = 1\n[gate]\nhigh = \"note\"\n");
    let told = repository.told(&["app", "--base", "HEAD"]);
    assert_eq!(told.code, 1);
    assert!(told.remarks().contains("the policy has moved"), "{}", told.remarks());
}

#[test]
fn a_change_cannot_answer_for_the_archive_that_it_brings() {
    let word = |version: &str, compared: &str| {
        format!(
            "schema = 1\n[npm]\nbundled = [{{ package = \"buoy@{version}\", compared = {compared}, \
             why = \"patched\" }}]\n"
        )
    };
    let lock = |version: &str| {
        let bundles = "\"bundleDependencies\": [\"glim\"], \"dependencies\": { \"glim\": \"*\" }, \
                       \"version\"";
        let text = npm_lock("web", &[&format!("buoy {version}")]);
        let (head, entry) = text.split_once("\"node_modules/buoy\"").unwrap();
        format!("{head}\"node_modules/buoy\"{}", entry.replacen("\"version\"", bundles, 1))
    };
    let answers = |version: &str| {
        format!("loosened: `bundled` in [npm] answers for buoy@{version}, compared on 2026-11-21")
    };
    let (code, open) = (0, &[][..]);
    let gap = &["lockfile-incomplete"][..];
    for (about, base, head, versions, expected, changes) in [
        ("given before", word("1.0.0", "2026-11-21"), word("1.0.0", "2026-11-21"), ["1.0.0"; 2], (code, open), vec![]),
        ("given by the change", String::from("schema = 1\n"), word("1.0.0", "2026-11-21"), ["1.0.0"; 2], (3, gap), vec![answers("1.0.0")]),
        (
            "moved to the version that the change brings",
            word("1.0.0", "2026-11-21"),
            word("1.1.0", "2026-11-21"),
            ["1.0.0", "1.1.0"],
            (3, gap),
            vec![answers("1.1.0"), "tightened: `bundled` in [npm] no longer answers for buoy@1.0.0".to_owned()],
        ),
        (
            "renewed after an advisory has changed",
            word("1.0.0", "2026-11-19"),
            word("1.0.0", "2026-11-21"),
            ["1.0.0"; 2],
            (3, gap),
            vec!["loosened: the day in `bundled` in [npm] on which buoy@1.0.0 was compared goes from 2026-11-19 to 2026-11-21".to_owned()],
        ),
        // What is unknown is unknown, whether it was there before or not.
        ("taken back", word("1.0.0", "2026-11-21"), String::from("schema = 1\n"), ["1.0.0"; 2], (3, gap), vec!["tightened: `bundled` in [npm] no longer answers for buoy@1.0.0".to_owned()]),
    ] {
        let repository = Repository::new();
        repository.write("package-lock.json", lock(versions[0])).write(POLICY, base).commit();
        repository.write("package-lock.json", lock(versions[1])).write(POLICY, head);
        let told = repository.told(&["--base", "HEAD"]);
        assert_eq!((told.code, &*told.gaps()), expected, "{about}: {}", told.json["gaps"]);
        assert_eq!(told.policy_changes(), changes, "{about}");
    }
}

/// A package that a mirror of the registry locks.
fn mirrored() -> String {
    cargo_lock(&["tarn 1.0.0"]).replace(
        "registry+https://github.com/rust-lang/crates.io-index",
        "registry+https://mirror.example/index",
    )
}

#[test]
fn what_makes_less_known_counts_after_merging() {
    let mirrors = "[registries]\nmirrors = [\"https://mirror.example/index\"]\n";
    let private = "[registries]\nprivate = [\"https://mirror.example/index\"]\n";
    let found = vec!["added tarn 1.0.0 block"];
    for (about, base, head, findings) in [
        ("a mirror is removed", mirrors, "", found.clone()),
        ("a mirror is added", "", mirrors, found.clone()),
        ("nobody has named it", "", "", found.clone()),
        ("it is called private", "", private, found.clone()),
        ("a mirror is called private", mirrors, private, found.clone()),
        ("it is private no longer", private, "", found),
        ("it is private", private, private, vec![]),
    ] {
        let repository = Repository::new();
        repository.write(LOCK, cargo_lock(&["calm 1.0.0"])).write(POLICY, policy(base)).commit();
        repository.write(LOCK, mirrored()).write(POLICY, policy(head));
        assert_eq!(repository.told(&["--base", "HEAD"]).findings(), findings, "{about}");
    }
}

#[test]
fn advisories_must_be_as_fresh_as_the_stricter_side_says() {
    for (base, head, gaps) in [
        ("12h", "72h", vec!["database-stale"]),
        ("72h", "12h", vec!["database-stale"]),
        ("72h", "72h", vec![]),
    ] {
        let repository = Repository::new();
        let max_age = |age: &str| policy(&format!("[database]\nmax-age = \"{age}\"\n"));
        repository.write(LOCK, cargo_lock(&["calm 1.0.0"])).write(POLICY, max_age(base)).commit();
        repository.write(POLICY, max_age(head));
        let output = repository
            .command(&["--base", "HEAD", "--report", "json"])
            .env("LOCKGATE_NOW", "2026-11-23T12:00:00Z")
            .output()
            .unwrap();
        let run: crate::harness::Run = output.into();
        let told: Vec<String> = run.json()["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|gap| gap["code"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(told, gaps, "{base} {head}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_on_the_way_to_a_policy_leads_to_no_other_one() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write("ci/gate.toml", "schema = 1\n[gate]\nmedium = \"block\"\n")
        .commit();
    let looser = "schema = 1\n[gate]\nhigh = \"note\"\n";
    repository.project.write("outside/gate.toml", looser);
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"])).write("other/gate.toml", looser);
    for target in ["other", "../outside"] {
        repository.link("ci", target);
        let told = repository.told(&["--base", "HEAD", "--policy", "ci/gate.toml"]);
        assert_eq!(
            (told.code, told.findings()),
            (1, vec!["added tarn 1.0.0 block".to_owned()]),
            "{target}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_policy_behind_a_link_is_read_where_the_link_leads_at_the_base() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write("config/strict/gate.toml", "schema = 1\n[gate]\nhigh = \"block\"\n")
        .write("config/open/gate.toml", "schema = 1\n[gate]\nhigh = \"note\"\n")
        .link("ci", "config/strict")
        .commit();
    repository.write(LOCK, cargo_lock(&["tarn 1.0.0"])).link("ci", "config/open");
    let told = repository.told(&["--base", "HEAD", "--policy", "ci/gate.toml"]);
    assert_eq!((told.code, told.findings()), (1, vec!["added tarn 1.0.0 block".to_owned()]));
    assert_eq!(told.policy_changes(), ["loosened: `high` goes from \"block\" to \"note\""]);
}
