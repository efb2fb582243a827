//! `lockgate check --base` on real repositories, made by the tests.

mod base;
mod checkouts;
mod claims;
mod entries;
mod events;
mod fetching;
mod findings;
mod moved;
mod policy;
mod projects;
mod repository;
mod sources;
mod submodules;

use self::repository::Repository;

#[test]
fn the_text_report_says_what_is_new_what_was_there_and_what_is_fixed() {
    let repository = Repository::new();
    repository
        .write("Cargo.lock", repository::cargo_lock(&["tarn 1.0.0", "quill 1.0.0"]))
        .write("web/package-lock.json", repository::npm_lock("web", &["glim 1.0.0"]))
        .write("lockgate.toml", "schema = 1\n[gate]\nmedium = \"ticket\"\n")
        .commit();
    repository
        .write("Cargo.lock", repository::cargo_lock(&["tarn 1.0.0", "tarn 1.1.0"]))
        .remove("web/package-lock.json")
        .write(
            "lockgate.toml",
            "schema = 1\n[gate]\nhigh = \"note\"\nmedium = \"block\"\n\n[[suppress]]\n\
             advisory = \"CVE-2026-0001\"\nclaim = { attested = true }\nreason = \"we said so\"\n\
             owner = \"@harbour/security\"\nexpires = 2026-12-31\n",
        );
    let run = repository.check(&["--base", "HEAD"]);
    run.assert_code(1).assert_harmless();
    insta::assert_snapshot!("a_change.text", repository.without_names(&run.stdout));

    repository.reset();
    let run = repository.check(&["--base", "HEAD"]);
    run.assert_code(0);
    insta::assert_snapshot!("no_change.text", repository.without_names(&run.stdout));
}
