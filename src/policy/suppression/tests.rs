use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::package::Ecosystem;
use crate::policy::Policy;
use crate::problem::SourceText;

const TODAY: Date = date(2026, 11, 22);

fn suppression(package: &str, expires: &str) -> Suppression {
    let text = format!(
        "schema = 1\n[[suppress]]\nadvisory = \"CVE-2023-49092\"\n{package}\n\
         claim = {{ build-only = true }}\nreason = \"not shipped\"\n{expires}\n"
    );
    let source = SourceText::new("lockgate.toml", text);
    let policy = Policy::parse(Arc::new(source), TODAY).unwrap();
    policy.suppressions.into_iter().next().unwrap()
}

fn ids(texts: &[&str]) -> BTreeSet<AdvisoryId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn rsa(version: &str) -> PackageId {
    PackageId { ecosystem: Ecosystem::Cargo, name: "rsa".into(), version: version.into() }
}

#[test]
fn any_alias_of_the_advisory_is_named() {
    let suppression = suppression("", "");
    let aliases = ids(&["RUSTSEC-2023-0071", "CVE-2023-49092"]);
    assert!(suppression.names(&aliases, &rsa("0.9.6")));
    assert!(!suppression.names(&ids(&["RUSTSEC-2023-0071"]), &rsa("0.9.6")));
    assert!(!suppression.names(&BTreeSet::new(), &rsa("0.9.6")));
}

#[test]
fn the_package_limits_what_is_named() {
    let aliases = ids(&["CVE-2023-49092"]);
    for (package, version, expected) in [
        ("", "0.9.6", true),
        ("package = \"rsa\"", "0.9.6", true),
        ("package = \"rsa@<0.10\"", "0.9.6", true),
        ("package = \"rsa@<0.10\"", "0.10.1", false),
        ("package = \"sqlx\"", "0.9.6", false),
        ("package = \"rsa@^1 || ^0.9\"", "0.9.6", false),
    ] {
        let suppression = suppression(package, "");
        assert_eq!(suppression.names(&aliases, &rsa(version)), expected, "{package} {version}");
    }
}

#[test]
fn it_counts_on_its_last_day() {
    let suppression = suppression("", "expires = 2027-01-31");
    assert!(!suppression.is_expired(date(2027, 1, 31)));
    assert!(suppression.is_expired(date(2027, 2, 1)));
    assert!(!self::suppression("", "").is_expired(Date::MAX));
}
