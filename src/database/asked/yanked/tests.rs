use smol_str::SmolStr;

use super::*;
use crate::database::asked::fake::FakeNetwork;
use crate::package::PackageName;
use crate::policy::GateRule;
use crate::problem::Location;

const DEMO: &str = "https://index.example/de/mo/demo";

fn index() -> Url {
    "https://index.example/".parse().unwrap()
}

fn locked(packages: &[(&str, &str)]) -> BTreeSet<PackageId> {
    let packages = packages.iter().map(|(name, version)| PackageId {
        ecosystem: Ecosystem::Cargo,
        name: (*name).into(),
        version: (*version).into(),
    });
    packages.collect()
}

/// A file of the index: a line for each version, `!` marks yanked ones.
fn file(name: &str, versions: &[&str]) -> String {
    let lines = versions.iter().map(|version| {
        let (version, yanked) = match version.strip_prefix('!') {
            Some(version) => (version, true),
            None => (*version, false),
        };
        serde_json::json!({
            "name": name, "vers": version, "yanked": yanked, "deps": [], "features": {},
            "cksum": "0".repeat(64),
        })
        .to_string()
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn asked(network: &FakeNetwork, packages: &[(&str, &str)], cache: Option<&Path>) -> YankedAnswer {
    ask(&index(), &locked(packages), cache, network, Timestamp::UNIX_EPOCH)
}

fn found(answer: &YankedAnswer) -> Vec<(&str, &[SmolStr])> {
    let known = answer.packages.values().flat_map(|known| &known.advisories);
    known.map(|advisory| (advisory.id.as_str(), advisory.affected[0].patched.as_slice())).collect()
}

#[test]
fn a_yanked_version_is_found_with_the_newest_in_its_place() {
    for (versions, locked, expected) in [
        (vec!["1.0.0"], "1.0.0", None),
        (vec!["!1.0.0"], "1.0.0", Some(None)),
        (vec!["!1.0.0", "1.0.1", "1.2.0", "!1.3.0", "2.0.0"], "1.0.0", Some(Some("=1.2.0"))),
        (vec!["0.9.0", "!1.0.0"], "1.0.0", Some(None)),
        (vec!["!0.1.0", "0.2.0"], "0.1.0", Some(None)),
        (vec!["!1.0.0", "1.1.0-rc.1"], "1.0.0", Some(None)),
        (vec!["!1.0.0-rc.1", "1.0.0-rc.2"], "1.0.0-rc.1", Some(Some("=1.0.0-rc.2"))),
    ] {
        let network = FakeNetwork::default().page(DEMO, &file("demo", &versions), None);
        let answer = asked(&network, &[("demo", locked)], None);
        assert!(answer.undecided.is_empty(), "{versions:?}");
        let patched: Option<Option<&str>> =
            found(&answer).first().map(|(_, patched)| patched.first().map(SmolStr::as_str));
        assert_eq!(patched, expected, "{versions:?}");
    }
}

#[test]
fn the_record_names_the_crate_and_the_version() {
    let content = file("demo", &["!0.1.0+libdemo-7", "0.1.1"]);
    let network = FakeNetwork::default().page(DEMO, &content, None);
    let answer = asked(&network, &[("demo", "0.1.0+libdemo-7")], None);
    let known = &answer.packages[&PackageName::new(Ecosystem::Cargo, "demo")];
    let [advisory] = known.advisories.as_slice() else { panic!("one version is yanked") };
    assert_eq!(advisory.id.as_str(), "YANKED-demo-0.1.0_libdemo-7");
    assert_eq!(advisory.kind, AdvisoryKind::Yanked);
    assert_eq!(advisory.title, "demo 0.1.0+libdemo-7 was yanked");
    assert_eq!(advisory.affected[0].affects("0.1.0+libdemo-7"), Ok(true));
    assert_eq!(advisory.affected[0].affects("0.1.1"), Ok(false));
}

#[test]
fn the_index_is_not_a_source_of_advisories() {
    let network = FakeNetwork::default().page(DEMO, &file("demo", &["!1.0.0"]), None);
    let answer = asked(&network, &[("demo", "1.0.0")], None);
    assert!(!answer.info.answers_for(Ecosystem::Cargo));
}

#[test]
fn each_crate_is_asked_for_once_at_its_place_in_the_index() {
    let network = FakeNetwork::default();
    asked(
        &network,
        &[("a", "1.0.0"), ("Cde", "1.0.0"), ("demo", "1.0.0"), ("demo", "2.0.0")],
        None,
    );
    assert_eq!(
        network.addresses(),
        ["https://index.example/3/c/cde", "https://index.example/1/a", DEMO]
    );
}

#[test]
fn a_version_missing_in_the_index_is_undecided() {
    for content in [
        "",
        "<html>",
        "{}\n",
        &file("other", &["1.0.0"]),
        &file("demo", &["1.0.1"]),
        &file("demo", &["1.0.0"]).replace("false", "null"),
    ] {
        let network = FakeNetwork::default().page(DEMO, content, None);
        let answer = asked(&network, &[("demo", "1.0.0")], None);
        assert_eq!(answer.undecided.len(), 1, "{content}");
        assert!(answer.packages.is_empty(), "{content}");
    }
    let answer = asked(&FakeNetwork::default(), &[("demo", "1.0.0"), ("no/crate", "1.0.0")], None);
    assert_eq!(answer.undecided.keys().collect::<Vec<_>>(), ["demo", "no/crate"]);
    let unexpected = asked(&FakeNetwork::default().unchanged(DEMO), &[("demo", "1.0.0")], None);
    assert_eq!(unexpected.undecided.len(), 1);
}

#[test]
fn an_unchanged_file_is_not_fetched_again() {
    let cache = tempfile::tempdir().unwrap();
    let first = FakeNetwork::default().page(DEMO, &file("demo", &["!1.0.0"]), Some("\"one\""));
    let before = asked(&first, &[("demo", "1.0.0")], Some(cache.path()));
    let second = FakeNetwork::default().unchanged(DEMO);
    let after = asked(&second, &[("demo", "1.0.0")], Some(cache.path()));
    assert_eq!(second.asked()[0].validators.etag.as_deref(), Some("\"one\""));
    assert_eq!(found(&after), found(&before));
    assert_eq!(after.info, before.info);
    let elsewhere = "https://other.example/".parse().unwrap();
    let third = FakeNetwork::default();
    ask(
        &elsewhere,
        &locked(&[("demo", "1.0.0")]),
        Some(cache.path()),
        &third,
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(third.asked()[0].validators.etag, None);
}

#[test]
fn a_damaged_cache_is_fetched_again() {
    let content = file("demo", &["!1.0.0"]);
    for position in 0..3 {
        let cache = tempfile::tempdir().unwrap();
        let network = || FakeNetwork::default().page(DEMO, &content, Some("\"one\""));
        asked(&network(), &[("demo", "1.0.0")], Some(cache.path()));
        let folder = std::fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap();
        let path = folder.path().join("de/mo/demo");
        let mut bytes = std::fs::read(&path).unwrap();
        let length = bytes.len();
        match position {
            0 => bytes.truncate(length / 2),
            1 => bytes[length - 20] ^= 1,
            _ => bytes.clear(),
        }
        std::fs::write(&path, bytes).unwrap();
        let again = network();
        let answer = asked(&again, &[("demo", "1.0.0")], Some(cache.path()));
        assert_eq!(again.asked()[0].validators, crate::network::Validators::default());
        assert_eq!(found(&answer).len(), 1);
    }
}

#[test]
fn a_cache_that_cannot_be_written_changes_nothing() {
    let cache = tempfile::tempdir().unwrap();
    let file_in_the_way = cache.path().join("file");
    std::fs::write(&file_in_the_way, "").unwrap();
    let network = FakeNetwork::default().page(DEMO, &file("demo", &["!1.0.0"]), Some("\"one\""));
    assert_eq!(found(&asked(&network, &[("demo", "1.0.0")], Some(&file_in_the_way))).len(), 1);
}

fn gate(rules: &[(Scope, GateAction)]) -> Gate {
    let rules = rules.iter().map(|(scope, action)| {
        let location = Location { file: "lockgate.toml".into(), line: 1 };
        let rule = GateRule { action: *action, table: *scope, location };
        ((*scope, GateKey::Kind(AdvisoryKind::Yanked)), rule)
    });
    Gate { rules: rules.collect() }
}

#[test]
fn the_policy_decides_whether_the_index_is_asked() {
    use GateAction::{Block, Note, Ticket};
    use Scope::{Development, Runtime};
    for (setting, rules, expected) in [
        (None, vec![], Lookup::Off),
        (Some(true), vec![], Lookup::Wanted),
        (None, vec![(Runtime, Note)], Lookup::Wanted),
        (None, vec![(Runtime, Ticket)], Lookup::Wanted),
        (None, vec![(Runtime, Block)], Lookup::Required),
        (None, vec![(Development, Block)], Lookup::Required),
        (Some(true), vec![(Runtime, Block), (Development, Note)], Lookup::Required),
        (Some(false), vec![(Runtime, Block)], Lookup::Off),
    ] {
        assert_eq!(Lookup::of_policy(setting, &gate(&rules)), expected, "{setting:?} {rules:?}");
    }
}

#[test]
fn a_missing_answer_is_a_gap_only_if_a_yanked_version_would_block() {
    let silent = asked(&FakeNetwork::default(), &[("a", "1.0.0"), ("demo", "1.0.0")], None);
    for (lookup, gaps, remarks) in
        [(Lookup::Off, 0, 0), (Lookup::Wanted, 0, 1), (Lookup::Required, 1, 0)]
    {
        let unanswered = silent.unanswered(lookup);
        assert_eq!((unanswered.gaps.len(), unanswered.remarks.len()), (gaps, remarks));
    }
    let network = FakeNetwork::default().page(DEMO, &file("demo", &["1.0.0"]), None);
    let answer = asked(&network, &[("demo", "1.0.0")], None);
    assert_eq!(answer.unanswered(Lookup::Required), Unanswered::default());
}

#[test]
fn the_address_of_the_index_comes_from_cargos_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    std::fs::create_dir_all(project.join(".cargo")).unwrap();
    let configuration = |source: &str| {
        let text = format!("[source.crates-io]\nreplace-with = \"m\"\n[source.m]\n{source}\n");
        std::fs::write(project.join(".cargo/config.toml"), text).unwrap();
        index_address(&project)
    };
    let mirror = configuration("registry = \"sparse+https://mirror.example/index/\"");
    assert_eq!(mirror, Ok("https://mirror.example/index/".parse().unwrap()));
    for source in ["registry = \"https://git.example/index\"", "local-registry = \"crates\""] {
        assert!(configuration(source).is_err(), "{source}");
    }
    std::fs::write(project.join(".cargo/config.toml"), "not toml").unwrap();
    assert!(index_address(&project).is_err());
}
