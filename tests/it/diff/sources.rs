//! A team's own advisories, which a change could delete, alter or add.

use super::repository::{Repository, Told, cargo_lock, npm_lock, record};
use crate::harness::Run;
use crate::server::{Page, Server};

const POLICY: &str = "schema = 1\n[database]\nsources = [{ kind = \"folder\", path = \"own\" }]\n";

/// A repository with an advisory of its own about `mast`, which is locked.
fn own() -> Repository {
    let repository = Repository::new();
    repository
        .write("Cargo.lock", cargo_lock(&["mast 1.0.0", "keel 1.0.0"]))
        .write("lockgate.toml", POLICY)
        .write("own/OWN-1.json", record("crates.io", "OWN-1", &[], "mast", "H"))
        .write("own/OWN-9.json", record("crates.io", "OWN-9", &[], "other", "H"))
        .commit();
    repository
}

fn told(repository: &Repository) -> Told {
    repository.told(&["--base", "HEAD"])
}

#[test]
fn records_that_the_change_deletes_or_alters_count_as_they_were() {
    let repository = own();
    assert_eq!(told(&repository).findings(), ["existing mast 1.0.0 block"]);
    // A second version of what the record is about, hidden by deleting the record.
    let both = cargo_lock(&["mast 1.0.0", "mast 1.1.0", "keel 1.0.0"]);
    for altered in [
        None,
        Some(record("crates.io", "OWN-1", &[], "nothing", "H")),
        Some(
            record("crates.io", "OWN-1", &[], "mast", "H")
                .replace("\"modified\"", "\"withdrawn\":\"2026-01-01T00:00:00Z\",\"modified\""),
        ),
    ] {
        repository.write("Cargo.lock", &both);
        match &altered {
            Some(text) => repository.write("own/OWN-1.json", text),
            None => repository.remove("own/OWN-1.json"),
        };
        let told = told(&repository);
        assert_eq!(
            (told.code, told.findings()),
            (1, vec!["added mast 1.1.0 block".to_owned(), "existing mast 1.0.0 block".to_owned()]),
            "{altered:?}"
        );
        repository.reset();
    }
}

#[test]
fn records_that_the_change_adds_count_at_once_and_lend_their_names_to_no_other() {
    let repository = own();
    repository.write("own/OWN-2.json", record("crates.io", "OWN-2", &[], "keel", "H"));
    let added = told(&repository);
    // The vulnerable version was there; that it is vulnerable is known of both sides.
    assert_eq!(added.findings(), ["existing keel 1.0.0 block", "existing mast 1.0.0 block"]);

    // A word for one thing must not be stretched to another by calling both the same.
    repository.reset();
    let word = "[[suppress]]\nadvisory = \"OWN-7\"\nclaim = { attested = true }\nreason = \"r\"\n\
                owner = \"@a\"\nexpires = 2026-12-31\n";
    repository.write("lockgate.toml", format!("{POLICY}{word}")).commit();
    repository
        .write("Cargo.lock", cargo_lock(&["mast 1.0.0", "mast 1.1.0", "keel 1.0.0"]))
        .write("own/OWN-3.json", record("crates.io", "OWN-3", &["OWN-1", "OWN-7"], "mast", "H"));
    let stretched = told(&repository);
    assert_eq!(stretched.code, 1);
    assert!(
        stretched.findings().contains(&"added mast 1.1.0 block".to_owned()),
        "{:?}",
        stretched.findings()
    );
    assert!(!stretched.findings().iter().any(|said| said.ends_with("suppressed")));
}

#[test]
fn a_source_that_the_change_takes_away_still_counts_and_one_that_it_adds_counts_too() {
    let repository = own();
    let both = cargo_lock(&["mast 1.0.0", "mast 1.1.0", "keel 1.0.0"]);
    repository.write("Cargo.lock", &both).write("lockgate.toml", "schema = 1\n").remove("own");
    let taken = told(&repository);
    assert_eq!(
        (taken.code, taken.findings()),
        (1, vec!["added mast 1.1.0 block".to_owned(), "existing mast 1.0.0 block".to_owned()])
    );
    assert_eq!(taken.gaps(), Vec::<&str>::new());

    repository.reset();
    repository
        .write(
            "lockgate.toml",
            POLICY.replace("}]", "}, { kind = \"folder\", path = \"more\", name = \"more\" }]"),
        )
        .write("more/OWN-5.json", record("crates.io", "OWN-5", &[], "keel", "H"));
    let added = told(&repository);
    assert_eq!(added.findings(), ["existing keel 1.0.0 block", "existing mast 1.0.0 block"]);
    assert_eq!(added.policy_changes(), ["tightened: source `more` (more) is added"]);
}

#[test]
fn a_folder_that_the_change_empties_is_a_gap_as_ever() {
    let repository = own();
    repository.remove("own");
    let told = told(&repository);
    assert_eq!((told.code, told.gaps()), (3, vec!["database-unreadable"]));
    assert_eq!(told.findings(), ["existing mast 1.0.0 block"]);
}

/// Where npm's registries are asked for advisories.
const BULK: &str = "/-/npm/v1/security/advisories/bulk";

#[test]
fn a_change_does_not_choose_whom_npm_asks() {
    let answer = r#"{"reef":[{"id":1,"url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        "title":"A flaw","severity":"high","vulnerable_versions":"<2.0.0"}]}"#;
    let (ours, theirs) = (Server::start(), Server::start());
    ours.route(BULK, Page::new(answer));
    theirs.route(BULK, Page::new("{}"));
    let repository = Repository::new();
    let configuration = |server: &Server| format!("registry={}\n", server.url("/"));
    repository
        .write("package-lock.json", npm_lock("web", &["calm 1.0.0"]))
        .write(".npmrc", configuration(&ours))
        .write("lockgate.toml", "schema = 1\n[[database.sources]]\nkind = \"npm-registry\"\n")
        .commit();
    repository
        .write("package-lock.json", npm_lock("web", &["reef 1.0.0"]))
        .write(".npmrc", configuration(&theirs));
    let output = repository
        .command(&["--base", "HEAD", "--report", "json"])
        .env_remove("LOCKGATE_OFFLINE")
        .output()
        .unwrap();
    let run: Run = output.into();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert_eq!(run.json()["findings"][0]["change"], "added");
    assert_eq!(theirs.connections(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_source_hides_no_record() {
    let repository = own();
    let other = record("crates.io", "OWN-9", &[], "other", "H");
    repository.project.write("outside/OWN-9.json", &other);
    repository
        .write("Cargo.lock", cargo_lock(&["mast 1.0.0", "mast 1.1.0", "keel 1.0.0"]))
        .write("less/OWN-9.json", &other);
    for target in ["less", "../outside"] {
        repository.link("own", target);
        let told = told(&repository);
        assert_eq!(
            (told.code, told.findings()),
            (1, vec!["added mast 1.1.0 block".to_owned(), "existing mast 1.0.0 block".to_owned()]),
            "{target}"
        );
    }
}

/// A snapshot in which nothing is known about what the tests lock.
fn snapshot_of_nothing(repository: &Repository) -> Vec<u8> {
    let project = &repository.project;
    project.write("less/npm/OWN-8.json", record("npm", "OWN-8", &[], "other", "H"));
    project.write("less/crates/OWN-9.json", record("crates.io", "OWN-9", &[], "other", "H"));
    let sources = ["--osv", "npm=less/npm", "--osv", "crates.io=less/crates"];
    project
        .run(&[&["db", "import"][..], &sources, &["--out", "less.lockgate"]].concat())
        .assert_code(0);
    std::fs::read(project.path().join("less.lockgate")).unwrap()
}

#[test]
fn a_snapshot_in_the_repository_counts_as_it_is_at_the_base() {
    let repository = Repository::new();
    let snapshot = std::fs::read(repository.project.path().join("db.lockgate")).unwrap();
    repository
        .write("ci/advisories.lockgate", snapshot)
        .write("Cargo.lock", cargo_lock(&["calm 1.0.0"]))
        .commit();
    repository
        .write("ci/advisories.lockgate", snapshot_of_nothing(&repository))
        .write("Cargo.lock", cargo_lock(&["tarn 1.0.0"]));
    let arguments = ["--base", "HEAD", "--db", "ci/advisories.lockgate", "--report", "json"];
    let command = |arguments: &[&str]| {
        let mut command = repository.project.command(&[&["check"], arguments].concat());
        command.current_dir(repository.folder()).env("PATH", super::repository::path());
        command
    };
    let run: Run = command(&arguments).output().unwrap().into();
    run.assert_code(1);
    assert_eq!(run.json()["findings"][0]["change"], "added");
    let named: Run = command(&["--base", "HEAD"])
        .env("LOCKGATE_DB", "ci/advisories.lockgate")
        .output()
        .unwrap()
        .into();
    named.assert_code(1);
}

#[test]
fn a_snapshot_that_the_change_brings_decides_nothing() {
    let repository = Repository::new();
    repository.write("Cargo.lock", cargo_lock(&["calm 1.0.0"])).commit();
    let base = repository.git(&["rev-parse", "HEAD"]);
    let brought = snapshot_of_nothing(&repository);
    repository
        .write("ci/advisories.lockgate", &brought)
        .write("cache/lockgate/advisories.lockgate", &brought)
        .write("Cargo.lock", cargo_lock(&["tarn 1.0.0"]))
        .commit();
    for arguments in [&["--db", "ci/advisories.lockgate"][..], &[]] {
        let run: Run = repository
            .project
            .command(&[&["check", "--base", &base][..], arguments].concat())
            .current_dir(repository.folder())
            .env("PATH", super::repository::path())
            .env("XDG_CACHE_HOME", repository.folder().join("cache"))
            .output()
            .unwrap()
            .into();
        run.assert_code(2).assert_says(&["the advisories are a part of the change"]);
    }
}
