use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::lockfile::PackageIndex;
use crate::skip::skip;

mod damage;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn source(text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new("Cargo.lock", text))
}

pub(super) fn parse(text: &str) -> Result<Lockfile, LockfileError> {
    CargoLock.parse(&source(text))
}

/// Name, version, and the source where it is not the default registry's.
type Package = (String, String, PackageSource);

fn package(lockfile: &Lockfile, index: PackageIndex) -> Package {
    let package = &lockfile.packages[index];
    (package.id.name.to_string(), package.id.version.to_string(), without_branch(&package.source))
}

/// The oracle keeps the commit apart from the branch that it was found on.
fn without_branch(source: &PackageSource) -> PackageSource {
    match source {
        PackageSource::Git(address) => {
            let (place, commit) = address.split_once('#').unwrap_or((address, ""));
            let place = place.split('?').next().unwrap_or(place);
            PackageSource::Git(format!("{place}#{commit}"))
        }
        other => other.clone(),
    }
}

fn edges(lockfile: &Lockfile) -> BTreeSet<(Package, Package)> {
    lockfile
        .edges
        .iter()
        .map(|edge| (package(lockfile, edge.from), package(lockfile, edge.to)))
        .collect()
}

/// The same, as the `cargo-lock` crate reads it.
fn oracle(text: &str) -> (BTreeSet<Package>, BTreeSet<(Package, Package)>) {
    let lockfile: cargo_lock::Lockfile = text.parse().unwrap();
    let source = |source: Option<&SourceId>| match source {
        None => PackageSource::Local,
        Some(id) if id.is_default_registry() => PackageSource::PublicRegistry,
        Some(id) if id.is_git() => {
            let commit = id.precise().unwrap_or_default();
            PackageSource::Git(format!("git+{}#{commit}", id.url()))
        }
        Some(id) => PackageSource::OtherRegistry(id.url().to_string()),
    };
    let package = |package: &cargo_lock::Package| {
        (package.name.to_string(), package.version.to_string(), source(package.source.as_ref()))
    };
    let all = lockfile.packages.iter().chain(&lockfile.root);
    let packages = all.clone().map(package).collect();
    let edges = all
        .flat_map(|from| from.dependencies.iter().map(move |to| (from, to)))
        .filter_map(|(from, to)| {
            // `matches` looks at the name and the version alone.
            let candidates = lockfile.packages.iter().filter(|other| to.matches(other));
            let address = |source: Option<&SourceId>| source.map(|source| source.url().clone());
            let target = candidates.max_by_key(|other| {
                address(other.source.as_ref()) == address(to.source.as_ref())
            })?;
            Some((package(from), package(target)))
        })
        .collect();
    (packages, edges)
}

fn assert_agrees(text: &str) {
    let lockfile = parse(text).unwrap();
    let packages: BTreeSet<Package> =
        (0..lockfile.packages.len()).map(|index| package(&lockfile, index)).collect();
    let (expected_packages, expected_edges) = oracle(text);
    assert_same(&packages, &expected_packages);
    assert_same(&edges(&lockfile), &expected_edges);
}

fn assert_same<Item: Ord + std::fmt::Debug>(found: &BTreeSet<Item>, expected: &BTreeSet<Item>) {
    let missing: Vec<_> = expected.difference(found).collect();
    let extra: Vec<_> = found.difference(expected).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing {missing:?}\nextra {extra:?}");
}

/// What a lockfile is written from: packages by name, version and source, and dependencies between
/// them by position.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    packages: Vec<(String, String, Option<&'static str>)>,
    dependencies: Vec<BTreeSet<usize>>,
    version: u32,
}

const SOURCES: &[Option<&str>] = &[
    Some(REGISTRY),
    Some("registry+https://registry.example.com/index"),
    Some("sparse+https://registry.example.com/sparse/"),
    Some("git+https://github.com/acme/x?branch=main#0123456789abcdef0123456789abcdef01234567"),
    None,
];

pub(super) fn any_plan() -> impl Strategy<Value = Plan> {
    let package = (0..4_usize, 0..3_usize, 0..SOURCES.len());
    (proptest::collection::btree_set(package, 1..8), 1..=4_u32).prop_flat_map(
        |(packages, version)| {
            let packages: Vec<_> = packages
                .into_iter()
                .map(|(name, version, source)| {
                    let name = ["alpha", "beta-core", "gamma_1", "delta"][name].to_owned();
                    let version = ["0.1.0", "1.2.3", "1.2.3-rc.1+build.5"][version].to_owned();
                    (name, version, SOURCES[source])
                })
                .collect();
            let one = proptest::collection::btree_set(0..packages.len(), 0..4);
            proptest::collection::vec(one, packages.len()).prop_map(move |dependencies| Plan {
                packages: packages.clone(),
                dependencies,
                version,
            })
        },
    )
}

impl Plan {
    /// The lockfile as cargo would write it: every dependency as short as its version allows.
    pub(super) fn write(&self) -> String {
        let mut text = String::from("# This file is automatically @generated by Cargo.\n");
        if self.version > 2 {
            writeln!(text, "version = {}", self.version).unwrap();
        }
        for (index, (name, version, source)) in self.packages.iter().enumerate() {
            write!(text, "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n").unwrap();
            if let Some(source) = source {
                writeln!(text, "source = \"{source}\"").unwrap();
            }
            if !self.dependencies[index].is_empty() {
                text.push_str("dependencies = [\n");
                for to in &self.dependencies[index] {
                    writeln!(text, " \"{}\",", self.spell(*to)).unwrap();
                }
                text.push_str("]\n");
            }
        }
        text
    }

    fn spell(&self, to: usize) -> String {
        let (name, version, source) = &self.packages[to];
        let same_name = || self.packages.iter().filter(|other| other.0 == *name);
        let same_version = same_name().filter(|other| other.1 == *version).count();
        let without_commit = source.map(|source| source.split('#').next().unwrap_or_default());
        match without_commit {
            Some(source) if self.version == 1 || same_version > 1 => {
                format!("{name} {version} ({source})")
            }
            _ if self.version > 1 && same_name().count() == 1 => name.clone(),
            _ => format!("{name} {version}"),
        }
    }

    /// Whether no two packages differ in their source alone, which the `cargo-lock` crate does not
    /// always tell apart.
    fn is_clear(&self) -> bool {
        let mut seen = BTreeSet::new();
        self.packages.iter().all(|(name, version, _)| seen.insert((name, version)))
    }
}

proptest! {
    #[test]
    fn generated_lockfiles_are_read_as_they_were_meant(plan in any_plan()) {
        let text = plan.write();
        if plan.is_clear() {
            assert_agrees(&text);
        }
        let lockfile = parse(&text).unwrap();
        prop_assert!(lockfile.missing.is_empty());
        let found: BTreeSet<_> = lockfile.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        let all = plan.dependencies.iter().enumerate();
        let wanted = all.flat_map(|(from, to)| to.iter().map(move |to| (from, *to)));
        prop_assert_eq!(found, wanted.collect());
    }
}

#[test]
fn real_lockfiles_are_read_as_cargo_lock_reads_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/cargo");
    let Ok(entries) = std::fs::read_dir(folder) else {
        skip(
            "shared",
            "real_lockfiles_are_read_as_cargo_lock_reads_them",
            format_args!("there is no {folder}"),
        );
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        println!("{}", path.display());
        assert_agrees(&text);
        damage::assert_spans_hold(&parse(&text).unwrap());
    }
}

#[test]
fn the_project_of_version_1_is_a_package_like_any_other() {
    let lockfile = parse(&format!(
        r#"
[root]
name = "app"
version = "0.1.0"
dependencies = ["x 1.0.0 ({REGISTRY})"]

[[package]]
name = "x"
version = "1.0.0"
source = "{REGISTRY}"

[metadata]
"checksum x 1.0.0 ({REGISTRY})" = "0123"
"#
    ))
    .unwrap();
    assert_eq!(lockfile.roots, [0]);
    assert_eq!(lockfile.packages[0].id.to_string(), "app 0.1.0");
    assert_eq!(edges(&lockfile).len(), 1);
}

#[test]
fn unused_patches_are_no_packages_and_replacements_are_followed() {
    let text = format!(
        r#"
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["x 1.0.0 ({REGISTRY})"]

[[package]]
name = "x"
version = "1.0.0"
source = "{REGISTRY}"
replace = "x 1.0.0 (git+https://github.com/acme/x)"

[[package]]
name = "x"
version = "1.0.0"
source = "git+https://github.com/acme/x#0123456789abcdef0123456789abcdef01234567"

[[patch.unused]]
name = "y"
version = "1.0.0"
"#
    );
    let lockfile = parse(&text).unwrap();
    assert_eq!(lockfile.packages.len(), 3);
    let found = edges(&lockfile);
    let replaced = (package(&lockfile, 1), package(&lockfile, 2));
    assert!(found.contains(&replaced), "{found:?}");
    assert!(lockfile.missing.is_empty());
}

#[test]
fn only_the_default_registry_is_public() {
    let public = |source: &str| classify_source(source).is_public();
    for source in [
        REGISTRY,
        "registry+https://github.com/rust-lang/crates.io-index/",
        "registry+https://github.com/rust-lang/crates.io-index.git",
        "registry+https://github.com/Rust-Lang/crates.io-index",
        "registry+https://GITHUB.com/rust-lang/crates.io-index",
        "registry+https://github.com/rust-lang/crates.io-index#0123456",
        "registry+https://github.com./rust-lang/crates.io-index",
        "registry+https://github.com.:443/rust-lang/crates.io-index",
        &["sparse+https://index.", "crates.io./"].concat(),
    ] {
        assert!(public(source), "{source}");
    }
    for source in [
        "registry+https://github.com/rust-lang/crates.io-index-archive",
        "registry+https://github.com/acme/crates.io-index",
        "registry+https://github.com.evil.example/rust-lang/crates.io-index",
        "registry+https://evil.example/https://github.com/rust-lang/crates.io-index",
        "git+https://github.com/rust-lang/crates.io-index",
        "registry+file:///srv/index",
        "unheard-of+https://github.com/rust-lang/crates.io-index",
        "nonsense",
        "",
    ] {
        assert!(!public(source), "{source}");
    }
}

#[test]
fn what_is_named_but_not_locked_is_missing() {
    let entry = |dependency: &str| {
        format!(
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"{dependency}\"]\n\
             [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n"
        )
    };
    for (dependency, is_missing) in [
        ("b", false),
        ("b 1.0.0", false),
        ("b 1.0.0 (registry+https://registry.example.com/index)", false),
        ("b 1.0.1", true),
        ("c", true),
        ("B", true),
        ("", true),
    ] {
        let lockfile = parse(&entry(dependency)).unwrap();
        assert_eq!(lockfile.missing.len(), usize::from(is_missing), "{dependency:?}");
        assert_eq!(lockfile.edges.len(), usize::from(!is_missing), "{dependency:?}");
    }
}

/// A lockfile with so many versions of `leaf`, and so many packages that need any of them.
fn ambiguous(versions: usize, dependents: usize) -> String {
    let mut text = String::new();
    for minor in 0..versions {
        write!(text, "[[package]]\nname = \"leaf\"\nversion = \"1.{minor}.0\"\n").unwrap();
    }
    for number in 0..dependents {
        write!(
            text,
            "[[package]]\nname = \"twig{number}\"\nversion = \"1.0.0\"\n\
             dependencies = [\"leaf\"]\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn what_may_be_meant_is_meant_unless_that_would_be_everything() {
    assert_eq!(parse(&ambiguous(3, 2)).unwrap().edges.len(), 6);
    assert_eq!(parse(&ambiguous(1000, 1000)).unwrap().edges.len(), 1_000_000);
    let error = parse(&ambiguous(1000, 1001)).unwrap_err();
    assert_eq!(
        error.problem().message,
        "twig1000 1.0.0 depends on `leaf`, which may be any of 1000 packages"
    );
    assert!(matches!(error, LockfileError::Inconsistent(_)));
}

#[test]
fn what_is_no_cargo_lock_is_refused_with_its_line() {
    let package = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
    let names = |name: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
    for (text, line, message) in [
        (format!("version = 5\n{package}"), 1, "version 5 is not known"),
        (format!("\nversion = -1\n{package}"), 2, "not a Cargo.lock"),
        (format!("{package}\n{package}"), 6, "locked twice"),
        (format!("{package}<<<<<<< ours\n"), 4, "merge conflict"),
        ("[[package]]\nname = \"a\"\n".to_owned(), 1, "missing field `version`"),
        (names("").clone(), 2, "empty name"),
        (names("a\\u001b[31m"), 2, "control characters"),
        (format!("{package}name = \"b\"\n"), 4, "duplicate key"),
        ("[[package]]\nname = \"a\"\nversion = \"1\"\n".to_owned(), 3, "not a semantic version"),
        (format!("a = {}", "[".repeat(100_000)), 1, "not a Cargo.lock"),
    ] {
        let error = parse(&text).unwrap_err();
        let problem = error.problem();
        assert!(problem.message.contains(message), "{message}: {}", problem.message);
        assert_eq!(problem.line(), Some(line), "{message}");
    }
}

#[test]
fn one_checksum_behind_two_crates_is_a_contradiction_unless_it_is_none() {
    let lock = |checksum: &str, comment: &str| {
        let entry = |version: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"{REGISTRY}\"\n\
                 checksum = \"{checksum}\"{comment}\n\n"
            )
        };
        parse(&format!("version = 4\n\n{}{}", entry("1.0.0"), entry("1.0.1"))).unwrap()
    };
    let real = "915f5c1a27c5dfd0f3a8a1cbb0a3a9b4f5b6c7d8e9f00112233445566778899e";
    for comment in ["", " # read by the other reader"] {
        let said = lock(real, comment).contradictions;
        assert_eq!(said.len(), 1);
        assert!(said[0].message.contains("a 1.0.0 has the checksum of a 1.0.1"), "{said:?}");
        for filler in ["0".repeat(64), "3f".repeat(32), "01234567".repeat(8), "12ab".to_owned()] {
            assert!(lock(&filler, comment).contradictions.is_empty(), "{filler}");
        }
    }
}
