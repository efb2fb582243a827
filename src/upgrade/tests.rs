mod tools;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::advisory::format::{AdvisoryFormat, Layout, Reading, RecordFile};
use crate::advisory::osv::OsvJson;
use crate::database::{AdvisoriesByPackage, PackageAdvisories};
use crate::finding::WaysIn;
use crate::graph::DependencyGraph;
use crate::graph::scope::Scopes;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::npm::NpmLock;
use crate::lockfile::{Dependents, LockfileFormat, PackageIndex};
use crate::matching::NamedPackages;
use crate::policy::RegistryPolicy;
use crate::problem::SourceText;

/// No manifest lies beside the lockfile: what it repeats of them counts.
struct NoFiles;

impl ManifestFiles for NoFiles {
    fn read(&self, _: &str) -> Option<Arc<SourceText>> {
        None
    }

    fn expand(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// A record about stretches of versions of `brindle`, an empty end for one that has none.
fn record(number: usize, stretches: &[(String, String)]) -> Advisory {
    let events = |(introduced, fixed): &(String, String)| {
        let end = match fixed.as_str() {
            "" => String::new(),
            fixed => format!(", {{\"fixed\": \"{fixed}\"}}"),
        };
        format!("{{\"type\": \"SEMVER\", \"events\": [{{\"introduced\": \"{introduced}\"}}{end}]}}")
    };
    let ranges: Vec<String> = stretches.iter().map(events).collect();
    let text = format!(
        "{{\"id\": \"TEST-2026-{number}\", \"modified\": \"2026-01-01T00:00:00Z\", \"affected\": \
         [{{\"package\": {{\"ecosystem\": \"npm\", \"name\": \"brindle\"}}, \"ranges\": [{}]}}]}}",
        ranges.join(", ")
    );
    let path = format!("TEST-2026-{number}.json");
    let file =
        RecordFile { source: "test", path: &path, layout: Layout::Free, content: text.as_bytes() };
    match OsvJson.read(&file) {
        Reading::Record(record) => record,
        other => panic!("{other:?}"),
    }
}

/// A project and `larch` ask for `brindle`.
fn lockfile(locked: &str, of_project: &str, of_larch: &str, flags: &str) -> Lockfile {
    let text = format!(
        r#"{{ "name": "harbour", "lockfileVersion": 3, "packages": {{
            "": {{ "name": "harbour", "dependencies": {{ "larch": "^1.0.0", "brindle": "{of_project}" }} }},
            "node_modules/larch": {{ "version": "1.0.0", {flags} "dependencies": {{ "brindle": "{of_larch}" }} }},
            "node_modules/brindle": {{ "version": "{locked}" }}
        }} }}"#
    );
    let source = Arc::new(SourceText::new("web/package-lock.json", &text));
    NpmLock.parse(&source).unwrap()
}

/// The way for each finding.
fn looked(lockfile: &Lockfile, records: &[Advisory]) -> Vec<(Finding, Upgrade)> {
    looked_with(lockfile, records, &|packages| NpmLock.dependents(lockfile, packages, &NoFiles))
}

/// The same, where this is what dependents ask for.
fn looked_with(
    lockfile: &Lockfile,
    records: &[Advisory],
    dependents: &dyn Fn(&[PackageIndex]) -> Dependents,
) -> Vec<(Finding, Upgrade)> {
    let named = NamedPackages::of(lockfile, &RegistryPolicy::default());
    let mut packages = lockfile.packages.iter();
    let brindle = packages.find(|package| package.id.name == "brindle").unwrap();
    let known = PackageAdvisories { advisories: records.to_vec(), unreadable: Vec::new() };
    let known: AdvisoriesByPackage = [(brindle.id.package_name(), known)].into();
    let (matches, _) = named.matches(&known);
    let graph = DependencyGraph::new(lockfile);
    let (finder, scopes) = (PathFinder::new(&graph), Scopes::new(lockfile, &graph));
    let mut ways_in = WaysIn::new(&graph, &finder, &scopes);
    let look_at = |matched: crate::matching::Match| {
        let packages = matched.copies.clone();
        let finding = Finding::new(matched, 0, lockfile, &mut ways_in, &scopes);
        let search = Search {
            lockfile,
            finder: &finder,
            packages: &packages,
            dependents: &dependents(&packages),
            known: records,
            builds: None,
        };
        let upgrade = look(&finding, &search);
        (finding, upgrade)
    };
    matches.into_iter().map(look_at).collect()
}

fn typed(upgrade: &Upgrade) -> Vec<String> {
    let steps = upgrade.copies.iter().flat_map(|copy| copy.way.steps());
    let shown = steps.map(|step| match &step.action {
        Action::Type(command) => format!("{}: {command}", step.folder),
        Action::Ask { versions, .. } => versions.clone(),
        Action::Add { entry, file, .. } => format!("{file}: {entry}"),
    });
    shown.collect()
}

fn stretch(introduced: &str, fixed: &str) -> (String, String) {
    (introduced.to_owned(), fixed.to_owned())
}

#[test]
fn commands_are_typed_where_the_lockfile_lies() {
    let records = [record(1, &[stretch("0", "1.3.0")])];
    let found = looked(&lockfile("1.2.0", "^1.0.0", "1.x", ""), &records);
    assert_eq!(typed(&found[0].1), ["web: npm update brindle"]);
}

#[test]
fn a_version_that_another_advisory_is_about_is_passed_over() {
    let records = [record(1, &[stretch("0", "1.3.0")]), record(2, &[stretch("1.3.0", "1.3.2")])];
    let found = looked(&lockfile("1.2.0", "1.2.0", "1.x", ""), &records);
    assert_eq!(typed(&found[0].1), ["web: npm install brindle@1.3.2 --save-exact"]);
}

#[test]
fn where_every_patched_version_is_bad_otherwise_that_is_said() {
    let records = [record(1, &[stretch("0", "1.3.0")]), record(2, &[stretch("1.3.0", "")])];
    let (_, upgrade) = looked(&lockfile("1.2.0", "1.2.0", "1.x", ""), &records).remove(0);
    assert_eq!((upgrade.smallest.is_none(), upgrade.is_bad_otherwise), (true, true));
    assert!(typed(&upgrade).is_empty());
}

#[test]
fn the_latest_version_is_not_taken_where_it_is_known_to_be_bad() {
    let records = [record(1, &[stretch("0", "1.3.0")]), record(2, &[stretch("1.8.0", "")])];
    let found = looked(&lockfile("1.2.0", "^1.0.0", "1.x", ""), &records);
    assert_eq!(typed(&found[0].1), ["web: npm install brindle@1.3.0 --save-exact"]);
    let found = looked(&lockfile("1.2.0", "^1.0.0", "<1.8.0", ""), &records);
    assert_eq!(typed(&found[0].1), ["web: npm update brindle"]);
}

fn any_version() -> impl Strategy<Value = String> {
    (0..3_u8, 0..3_u8, 0..3_u8).prop_map(|(major, minor, patch)| format!("{major}.{minor}.{patch}"))
}

fn any_record() -> impl Strategy<Value = Vec<(String, String)>> {
    let end = prop_oneof![4 => any_version(), 1 => Just(String::new())];
    let stretch = (any_version(), end)
        .prop_filter("in order", |(introduced, fixed)| fixed.is_empty() || introduced < fixed);
    prop::collection::vec(stretch, 1..3)
}

fn any_range() -> impl Strategy<Value = String> {
    (prop::sample::select(vec!["", "^", "~", ">=", "<="]), any_version())
        .prop_map(|(operator, version)| format!("{operator}{version}"))
}

/// Every whole version that a text names. `^1.2.3` names none: it asks for a later one as well.
fn versions_named(text: &str) -> Vec<String> {
    let stands_in_versions = |character: char| character.is_ascii_digit() || character == '.';
    text.split(|character: char| !stands_in_versions(character) && character != '^')
        .filter(|word| {
            word.split('.').count() == 3 && word.starts_with(|c: char| c.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect()
}

proptest! {
    /// No version that is proposed is one that any advisory is about, and none is below the locked one.
    #[test]
    fn a_proposal_names_no_version_that_is_known_to_be_bad(
        locked in any_version(),
        of_project in any_range(),
        of_larch in any_range(),
        stretches in prop::collection::vec(any_record(), 1..4),
    ) {
        let records: Vec<Advisory> =
            stretches.iter().enumerate().map(|(number, record_of)| record(number, record_of)).collect();
        let lockfile = lockfile(&locked, &of_project, &of_larch, "");
        for (finding, upgrade) in looked(&lockfile, &records) {
            let copies = upgrade.copies.iter();
            let admitted = copies.clone().filter_map(|copy| copy.admitted.as_ref());
            let of_askers = copies.flat_map(|copy| &copy.askers).filter_map(|asker| match &asker.admits {
                Admission::Admits(candidate) => Some(candidate),
                Admission::Refuses | Admission::Unknown => None,
            });
            let told = upgrade.smallest.iter().chain(admitted).chain(of_askers);
            let mut named: Vec<String> = told.map(|candidate| candidate.version.clone()).collect();
            named.extend(typed(&upgrade).iter().flat_map(|step| versions_named(step)));
            let name = finding.package.package_name();
            for version in named {
                prop_assert!(version > locked, "{version} is not above {locked}");
                for record in &records {
                    prop_assert_eq!(matching::affects(record, &name, &version), Ok(false));
                }
            }
        }
    }
}
