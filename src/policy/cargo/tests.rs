use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::policy::{About, Claim, ClaimKind, CrateFeature, Policy};
use crate::problem::{Problem, SourceText};

fn parse(text: &str) -> Result<Policy, Vec<Problem>> {
    let source = SourceText::new("lockgate.toml", format!("schema = 1\n{text}"));
    Policy::parse(Arc::new(source), date(2026, 11, 22)).map_err(|error| error.0)
}

/// Line and message of every problem.
fn problems(text: &str) -> Vec<(u32, String)> {
    let problems = parse(text).expect_err(text);
    problems.into_iter().map(|problem| (problem.line().unwrap_or(0), problem.message)).collect()
}

fn claiming(claim: &str, more: &str) -> String {
    format!(
        "[[suppress]]\nadvisory = \"CVE-2026-1000\"\n{more}\nclaim = {claim}\nreason = \"no\"\n"
    )
}

#[test]
fn the_shipped_packages_are_read_with_their_lines() {
    let policy = parse(
        "[evidence]\nauto = [\"platform\", \"not-built\"]\n[cargo]\n\
         targets = [\"x86_64-unknown-linux-gnu\",\n  \"wasm32-wasip1\"]\npackages = [\"server\"]\n\
         features = { default = false, names = [\"tls\", \"server/log\"] }\n",
    )
    .unwrap();
    assert_eq!(policy.automatic, [ClaimKind::NotBuilt, ClaimKind::Platform].into());
    let words = |words: &[LocatedWord]| -> Vec<(String, u32)> {
        words.iter().map(|word| (word.text.clone(), word.location.line)).collect()
    };
    assert_eq!(
        words(&policy.cargo.targets),
        [("x86_64-unknown-linux-gnu".to_owned(), 5), ("wasm32-wasip1".to_owned(), 6)]
    );
    assert_eq!(words(&policy.cargo.packages), [("server".to_owned(), 7)]);
    let features = policy.cargo.features.unwrap();
    assert_eq!((features.default, features.all, features.location.line), (false, false, 8));
    assert_eq!(words(&features.names), [("tls".to_owned(), 8), ("server/log".to_owned(), 8)]);
}

#[test]
fn nothing_is_proved_and_nothing_is_chosen_unless_the_policy_says_so() {
    for text in ["", "[cargo]\n[evidence]\n", "[evidence]\nauto = []\n"] {
        let policy = parse(text).unwrap();
        assert_eq!(policy.cargo, CargoPolicy::default(), "{text}");
        assert!(policy.automatic.is_empty(), "{text}");
    }
    let documented = "[cargo]\nfeatures = { default = true, all = false, names = [] }\n";
    assert!(parse(documented).unwrap().cargo.features.unwrap().names.is_empty());
}

#[test]
fn every_mistake_in_the_tables_is_reported_at_once() {
    assert_eq!(
        problems(
            "[evidence]\nauto = [\"not-built\", \"attested\", \"platfrom\"]\n[cargo]\n\
             targets = [\"linux\", \"own-target.json\", 1]\npackages = [\"a b\"]\n\
             features = { default = \"yes\", names = [\"dep:x\", \"a/b/c\"], some = 1 }\ntarget = 1\n"
        ),
        [
            (3, "a proof in `auto` cannot be `attested`"),
            (3, "a proof in `auto` cannot be `platfrom`"),
            (5, "`linux` cannot be a target"),
            (5, "`own-target.json` cannot be a target"),
            (5, "a target in `targets` must be a text in quotes, not a number"),
            (6, "`a b` cannot be a package"),
            (7, "`default` must be true or false, not a text"),
            (7, "`dep:x` cannot be a name"),
            (7, "`a/b/c` cannot be a name"),
            (7, "unknown key `some` in `features`"),
            (8, "unknown key `target` in `[cargo]`"),
        ]
        .map(|(line, message)| (line, message.to_owned()))
    );
}

#[test]
fn claims_about_builds_are_read() {
    let text = claiming(
        "{ not-built = true, platform = true, feature-off = [\"time/local-offset\", \"x/y\"] }",
        "",
    );
    let suppression = parse(&text).unwrap().suppressions.remove(0);
    let feature = |package: &str, feature: &str| CrateFeature {
        package: package.into(),
        feature: feature.into(),
    };
    let features = vec![feature("time", "local-offset"), feature("x", "y")];
    let off = Claim { kind: ClaimKind::FeatureOff, about: About::Features(features) };
    assert_eq!(suppression.claims, [ClaimKind::NotBuilt.into(), ClaimKind::Platform.into(), off]);
}

#[test]
fn an_impossible_claim_is_an_error_with_its_line() {
    for (claim, more, message) in [
        ("{ feature-off = \"time\" }", "", "`time` does not name a feature"),
        ("{ feature-off = \"time/dep:x\" }", "", "`time/dep:x` does not name a feature"),
        ("{ feature-off = [] }", "", "`feature-off` is an empty list"),
        (
            "{ feature-off = true }",
            "",
            "`feature-off` must be a text in quotes or a list, not true or false",
        ),
        (
            "{ feature-off = \"time/x\" }",
            "package = \"@acme/time\"",
            "`feature-off` means nothing for a package of npm",
        ),
        (
            "{ not-built = true }",
            "package = \"@acme/time\"",
            "`not-built` means nothing for a package of npm",
        ),
    ] {
        assert_eq!(problems(&claiming(claim, more)), [(5, message.to_owned())], "{claim}");
    }
    let platform = claiming("{ platform = true }", "package = \"@acme/time\"");
    assert!(parse(&platform).is_ok(), "npm knows platforms too");
}

#[test]
fn the_files_that_build_what_ships_are_patterns() {
    let cargo = parse("[cargo]\nscripts = [\"/server/**\", \"Make*\"]\n").unwrap().cargo;
    let scripts: Vec<&str> = cargo.scripts.iter().map(|place| place.text.as_str()).collect();
    assert_eq!(scripts, ["/server/**", "Make*"]);
    assert!(!cargo.is_narrow(), "the matrix is everything all the same");
    for wrong in ["!x", "#x"] {
        let found = problems(&format!("[cargo]\nscripts = [\"{wrong}\"]\n"));
        assert!(
            found.iter().any(|(_, said)| said.contains("cannot be a pattern")),
            "{wrong}: {found:?}"
        );
    }
}

#[test]
fn ignored_lines_are_read_in_full() {
    let policy = parse(
        "[cargo]\nalone = true\ndevelopment = true\nignore = [\n  { line = \" cargo build -F x \", \
         file = \"try/it\", why = \"it is tried\" },\n  { line = \"make\", why = \"no\" },\n]\n",
    )
    .unwrap();
    let cargo = policy.cargo;
    assert!(cargo.is_alone && cargo.is_narrow());
    assert_eq!(cargo.development.map(|place| place.line), Some(4));
    let read: Vec<_> = cargo
        .ignored
        .iter()
        .map(|line| (line.line.as_str(), line.file.as_deref(), line.location.line))
        .collect();
    assert_eq!(read, [("cargo build -F x", Some("try/it"), 6), ("make", None, 7)]);
    for (entry, message) in [
        ("{ line = \"make\" }", "has no `why`"),
        ("{ why = \"no\" }", "has no `line`"),
        ("{ line = \"make\", why = \"no\", command = \"x\" }", "unknown key `command`"),
        ("{ line = \" \", why = \"no\" }", "`line` is empty"),
        ("{ line = \"make\", why = \"no\", file = 1 }", "`file`"),
    ] {
        let found = problems(&format!("[cargo]\nignore = [{entry}]\n"));
        assert!(found.iter().any(|(_, said)| said.contains(message)), "{entry}: {found:?}");
    }
}
