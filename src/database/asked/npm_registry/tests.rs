use super::*;
use crate::database::asked::fake::FakeNetwork;
use crate::database::asked::npm_config::Registries;
use crate::package::{PackageId, PackageName};

const PUBLIC: &str = "https://public.example/-/npm/v1/security/advisories/bulk";
const ACME: &str = "https://acme.example/npm/-/npm/v1/security/advisories/bulk";

fn project(packages: &[(&str, &str)]) -> Project {
    let packages: BTreeSet<PackageId> = packages
        .iter()
        .map(|(name, version)| PackageId {
            ecosystem: Ecosystem::Npm,
            name: (*name).into(),
            version: (*version).into(),
        })
        .collect();
    Project {
        registries: Registries::for_tests(
            "https://public.example/",
            &[("@acme", "https://acme.example/npm/")],
        ),
        packages,
    }
}

fn asked(network: &FakeNetwork, projects: &[Project]) -> SourceAnswer {
    ask("npm", None, projects, network, Timestamp::UNIX_EPOCH)
}

#[test]
fn the_locked_versions_are_asked_for_and_nothing_else() {
    let network = FakeNetwork::default().answer(PUBLIC, Ok("{}"));
    let projects = [project(&[("a", "1.0.0"), ("b", "2.0.0")]), project(&[("a", "1.1.0")])];
    let answer = asked(&network, &projects);
    let [sent] = <[_; 1]>::try_from(network.asked()).unwrap();
    assert_eq!(sent.url, PUBLIC);
    assert_eq!(sent.authorization, None);
    assert_eq!(sent.question, serde_json::json!({ "a": ["1.0.0", "1.1.0"], "b": ["2.0.0"] }));
    assert!(answer.failures.is_empty());
    assert!(answer.packages.is_empty());
    assert_eq!(answer.info.covers, [Ecosystem::Npm].into());
    assert_eq!(answer.info.current_at, Some(Timestamp::UNIX_EPOCH));
}

#[test]
fn a_scope_is_only_sent_to_its_own_registry() {
    let network = FakeNetwork::default().answer(PUBLIC, Ok("{}")).answer(ACME, Ok("{}"));
    asked(&network, &[project(&[("a", "1.0.0"), ("@acme/a", "1.0.0"), ("@types/a", "1.0.0")])]);
    let told: Vec<_> = network.asked().into_iter().map(|sent| (sent.url, sent.question)).collect();
    assert_eq!(
        told,
        [
            (ACME.to_owned(), serde_json::json!({ "@acme/a": ["1.0.0"] })),
            (PUBLIC.to_owned(), serde_json::json!({ "@types/a": ["1.0.0"], "a": ["1.0.0"] })),
        ]
    );
}

#[test]
fn other_ecosystems_are_not_asked_for() {
    let mut crates = project(&[("a", "1.0.0")]);
    crates.packages = crates
        .packages
        .into_iter()
        .map(|package| PackageId { ecosystem: Ecosystem::Cargo, ..package })
        .collect();
    assert_eq!(plan(&[crates], None), []);
}

#[test]
fn many_packages_are_asked_for_in_batches() {
    let names: Vec<String> = (0..=2 * PACKAGES_PER_QUESTION).map(|n| format!("p{n}")).collect();
    let packages: Vec<_> = names.iter().map(|name| (name.as_str(), "1.0.0")).collect();
    let sizes: Vec<_> =
        plan(&[project(&packages)], None).iter().map(|question| question.packages.len()).collect();
    assert_eq!(sizes, [PACKAGES_PER_QUESTION, PACKAGES_PER_QUESTION, 1]);
}

#[test]
fn the_registrys_answer_is_stored_by_package() {
    let content = r#"{ "a": [ { "id": 1, "url": "https://x.example/GHSA-aaaa-bbbb-cccc", "vulnerable_versions": "<2" },
                              { "id": 2, "vulnerable_versions": "most" } ] }"#;
    let network = FakeNetwork::default().answer(PUBLIC, Ok(content));
    let answer = asked(&network, &[project(&[("a", "1.0.0"), ("b", "1.0.0")])]);
    assert_eq!(answer.packages.len(), 1);
    let known = &answer.packages[&PackageName::new(Ecosystem::Npm, "a")];
    assert_eq!(known.advisories[0].id.as_str(), "GHSA-aaaa-bbbb-cccc");
    assert_eq!(known.unreadable.len(), 1);
    assert_eq!(answer.info.advisories, [(Ecosystem::Npm, 1)].into());
    assert_eq!(answer.info.unreadable, 1);
    assert!(answer.info.revision.starts_with("sha256:"));
}

#[test]
fn a_registry_without_an_audit_is_not_a_clean_bill() {
    for status in [404, 405, 410, 501] {
        let network = FakeNetwork::default().answer(PUBLIC, Err(status));
        let answer = asked(&network, &[project(&[("a", "1.0.0")])]);
        let registry = "https://public.example/".to_owned();
        assert_eq!(answer.failures, [AskError::NotSupported { registry, status }]);
        assert_eq!(answer.gaps().len(), 1);
        assert!(answer.info.covers.is_empty());
    }
}

#[test]
fn neither_is_an_error_or_an_implausible_answer() {
    for reply in [Err(401), Err(500), Ok("<html>"), Ok("[]"), Ok(r#"{ "b": [] }"#)] {
        let network = FakeNetwork::default().answer(PUBLIC, reply);
        let answer = asked(&network, &[project(&[("a", "1.0.0")])]);
        let [gap] = <[_; 1]>::try_from(answer.gaps()).unwrap();
        assert_eq!(gap.code.as_str(), "database-unreadable", "{reply:?}");
        assert!(answer.info.covers.is_empty(), "{reply:?}");
    }
}

#[test]
fn one_silent_registry_removes_nothing_from_anothers_answer() {
    let network = FakeNetwork::default()
        .answer(PUBLIC, Ok(r#"{ "a": [{ "id": 1 }] }"#))
        .answer(ACME, Err(503));
    let answer = asked(&network, &[project(&[("a", "1.0.0"), ("@acme/a", "1.0.0")])]);
    assert_eq!(answer.packages.len(), 1);
    assert_eq!(answer.failures.len(), 1);
    assert!(answer.info.covers.is_empty());
}
