//! Packages that are fetched: a change says neither that they are, nor from whom.

use super::repository::Repository;
use crate::harness::Run;
use crate::server::Server;

const LOCKFILE: &str = r#"{ "lockfileVersion": 3, "packages": {
    "": { "name": "app", "dependencies": { "rotten": "1.0.0" } },
    "node_modules/rotten": { "name": "rotten", "version": "1.0.0",
        "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==" } } }"#;

fn policy(npm: &str) -> String {
    format!(
        "schema = 1\n{npm}\n[database]\nmax-age = \"3650d\"\n\
         sources = [{{ kind = \"osv\", path = \"advisories\" }}]\n\
         [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\n\
         claim = {{ attested = true, not-imported = true }}\n\
         reason = \"nobody loads it\"\nowner = \"@acme/web\"\nexpires = 2027-01-01\n"
    )
}

/// A repository whose policy has this table, and whose packages come from a registry.
fn repository(npm: &str, registry: &Server) -> Repository {
    let repository = Repository::new();
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    repository
        .write("package.json", r#"{ "name": "app", "dependencies": { "rotten": "1.0.0" } }"#)
        .write("package-lock.json", LOCKFILE)
        .write("advisories/GHSA-case-0001-rots.json", advisory)
        .write(".npmrc", format!("registry={}\n", registry.url("/")))
        .write("lockgate.toml", policy(npm))
        .commit();
    repository
}

fn check(repository: &Repository) -> Run {
    let mut command = repository.command(&["--base", "HEAD"]);
    command.env_remove("LOCKGATE_OFFLINE").output().unwrap().into()
}

#[test]
fn the_configuration_of_the_base_says_who_is_asked() {
    let (registry, other) = (Server::start(), Server::start());
    let repository = repository("[npm]\nfetch = true", &registry);
    repository.write(".npmrc", format!("registry={}\n", other.url("/")));
    let run = check(&repository);
    assert!(!registry.requests().is_empty(), "{}{}", run.stdout, run.stderr);
    assert!(other.requests().is_empty());
}

#[test]
fn a_change_that_has_packages_fetched_fetches_none() {
    let registry = Server::start();
    let repository = repository("", &registry);
    repository.write("lockgate.toml", policy("[npm]\nfetch = true"));
    let run = check(&repository);
    assert!(run.stdout.contains("`fetch` in [npm] goes from false to true"), "{}", run.stdout);
    assert!(registry.requests().is_empty());
}
