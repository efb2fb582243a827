use serde_json::json;

use super::*;
use crate::database::asked::fake::FakeNetwork;
use crate::database::asked::npm_config::Registries;

const BATCH: &str = "https://osv.example/api/v1/querybatch";

fn package(ecosystem: Ecosystem, name: &str) -> PackageId {
    PackageId { ecosystem, name: name.into(), version: "1.0.0".into() }
}

fn npm(name: &str) -> PackageId {
    package(Ecosystem::Npm, name)
}

fn project(packages: impl IntoIterator<Item = PackageId>) -> Project {
    Project {
        packages: packages.into_iter().collect(),
        registries: Registries::for_tests(
            "https://public.example/",
            &[("@acme", "https://acme.example/")],
        ),
    }
}

fn asked(network: &FakeNetwork, packages: impl IntoIterator<Item = PackageId>) -> SourceAnswer {
    let base = "https://osv.example/api".parse().unwrap();
    ask("osv", &base, &[project(packages)], network, Timestamp::UNIX_EPOCH)
}

fn record_address(id: &str) -> String {
    format!("https://osv.example/api/v1/vulns/{id}")
}

fn record(id: &str, name: &str) -> String {
    json!({
        "id": id,
        "affected": [{
            "package": { "ecosystem": "npm", "name": name },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }],
        }],
    })
    .to_string()
}

#[test]
fn records_are_fetched_once_each_and_read_as_any_other() {
    let network = FakeNetwork::default()
        .answer(
            BATCH,
            Ok(r#"{ "results": [ { "vulns": [{ "id": "GHSA-a", "modified": "2026-01-01T00:00:00Z" }] },
                                 {}, { "vulns": [{ "id": "GHSA-c" }] } ] }"#),
        )
        .page(&record_address("GHSA-a"), &record("GHSA-a", "a"), None)
        .page(&record_address("GHSA-c"), &record("GHSA-c", "c"), None);
    let answer = asked(&network, [npm("a"), npm("b"), npm("c")]);
    assert_eq!(
        network.asked()[0].question,
        json!({ "queries": [
            { "package": { "name": "a", "ecosystem": "npm" }, "version": "1.0.0" },
            { "package": { "name": "b", "ecosystem": "npm" }, "version": "1.0.0" },
            { "package": { "name": "c", "ecosystem": "npm" }, "version": "1.0.0" },
        ] })
    );
    assert_eq!(network.addresses()[1..], [record_address("GHSA-a"), record_address("GHSA-c")]);
    let known: Vec<_> = answer.packages.keys().map(PackageName::as_str).collect();
    assert_eq!(known, ["a", "c"]);
    assert!(answer.failures.is_empty());
    assert_eq!(answer.info.covers, Ecosystem::ALL.iter().copied().collect());
    assert_eq!(answer.info.advisories, [(Ecosystem::Npm, 2)].into());
}

#[test]
fn one_record_of_two_packages_is_fetched_once() {
    let both = json!({ "id": "GHSA-a", "affected": [
        { "package": { "ecosystem": "npm", "name": "a" } },
        { "package": { "ecosystem": "crates.io", "name": "a" } },
    ] });
    let vulns = r#"{ "vulns": [{ "id": "ghsa-A" }] }"#;
    let network = FakeNetwork::default()
        .answer(BATCH, Ok(&format!(r#"{{ "results": [ {vulns}, {vulns} ] }}"#)))
        .page(&record_address("GHSA-a"), &both.to_string(), None);
    let answer = asked(&network, [npm("a"), package(Ecosystem::Cargo, "a")]);
    assert_eq!(network.addresses().len(), 2);
    assert_eq!(answer.packages.len(), 2);
    assert_eq!(answer.info.unreadable, 0);
}

#[test]
fn every_page_is_requested() {
    let network = FakeNetwork::default()
        .answer(BATCH, Ok(r#"{ "results": [ {}, { "vulns": [{ "id": "GHSA-b" }], "next_page_token": "t" } ] }"#))
        .answer(BATCH, Ok(r#"{ "results": [ { "vulns": [{ "id": "GHSA-c" }], "next_page_token": "" } ] }"#))
        .page(&record_address("GHSA-b"), &record("GHSA-b", "b"), None)
        .page(&record_address("GHSA-c"), &record("GHSA-c", "b"), None);
    let answer = asked(&network, [npm("a"), npm("b")]);
    assert_eq!(
        network.asked()[1].question,
        json!({ "queries": [
            { "package": { "name": "b", "ecosystem": "npm" }, "version": "1.0.0", "page_token": "t" },
        ] })
    );
    let known = &answer.packages[&PackageName::new(Ecosystem::Npm, "b")];
    assert_eq!(known.advisories.len(), 2);
}

#[test]
fn pages_that_never_end_are_an_error() {
    let network = FakeNetwork::default()
        .answer(BATCH, Ok(r#"{ "results": [ { "next_page_token": "again" } ] }"#));
    let answer = asked(&network, [npm("a")]);
    assert_eq!(answer.failures.len(), 1);
    assert_eq!(network.asked().len(), MAX_PAGES);
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_an_error() {
    for reply in [
        Ok(r#"{ "results": [] }"#),
        Ok(r#"{ "results": [ {}, {} ] }"#),
        Ok("{}"),
        Ok(r#"{ "results": [ null ] }"#),
        Ok("<html>"),
        Ok(r#"{ "results": [ { "vulns": [{ "id": "../../secret" }] } ] }"#),
        Ok(r#"{ "results": [ { "vulns": [{ "id": ".." }] } ] }"#),
        Ok(r#"{ "results": [ { "vulns": [{ "id": "" }] } ] }"#),
        Err(504),
        Err(404),
    ] {
        let network = FakeNetwork::default().answer(BATCH, reply);
        let answer = asked(&network, [npm("a")]);
        assert_eq!(answer.gaps().len(), 1, "{reply:?}");
        assert!(answer.info.covers.is_empty(), "{reply:?}");
        assert_eq!(network.asked().len(), 1, "{reply:?}");
    }
}

#[test]
fn a_record_that_cannot_be_fetched_is_unreadable_for_the_packages_it_is_listed_for() {
    let found = FakeNetwork::default()
        .answer(BATCH, Ok(r#"{ "results": [ { "vulns": [{ "id": "GHSA-a" }] } ] }"#));
    let networks = [
        ("gone", found),
        ("no record", one_record("{}")),
        ("not JSON", one_record("<html>")),
        ("another record", one_record(&record("GHSA-b", "a"))),
        ("another package", one_record(&record("GHSA-a", "b"))),
    ];
    for (what, network) in networks {
        let answer = asked(&network, [npm("a")]);
        let known = &answer.packages[&PackageName::new(Ecosystem::Npm, "a")];
        assert_eq!(known.unreadable.len(), 1, "{what}");
        assert_eq!(known.advisories.len(), 0, "{what}");
    }
}

fn one_record(content: &str) -> FakeNetwork {
    FakeNetwork::default()
        .answer(BATCH, Ok(r#"{ "results": [ { "vulns": [{ "id": "GHSA-a" }] } ] }"#))
        .page(&record_address("GHSA-a"), content, None)
}

#[test]
fn a_private_scope_is_never_sent_to_another_server() {
    let network = FakeNetwork::default().answer(BATCH, Ok(r#"{ "results": [ {} ] }"#));
    let answer = asked(&network, [npm("a"), npm("@acme/secret")]);
    assert!(!network.asked()[0].question.to_string().contains("acme"));
    assert_eq!(answer.remarks.len(), 1);
    assert!(answer.failures.is_empty());
}

#[test]
fn a_package_private_in_one_project_is_private_in_all() {
    let private = project([npm("@acme/secret")]);
    let public = Project {
        registries: Registries::for_tests("https://public.example/", &[]),
        ..private.clone()
    };
    let projects = [public, private];
    let (asked, kept_back) = plan(&projects);
    assert!(asked.is_empty());
    assert_eq!(kept_back.len(), 1);
}

#[test]
fn a_thousand_packages_are_one_question() {
    let names = (0..=QUERIES_PER_BATCH).map(|n| npm(&format!("p{n}")));
    let many = json!({ "results": vec![json!({}); QUERIES_PER_BATCH] }).to_string();
    let network = FakeNetwork::default()
        .answer(BATCH, Ok(&many))
        .answer(BATCH, Ok(r#"{ "results": [ {} ] }"#));
    let answer = asked(&network, names);
    assert!(answer.failures.is_empty());
    assert_eq!(network.asked().len(), 2);
}
