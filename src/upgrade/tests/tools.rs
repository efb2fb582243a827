//! What is typed with each package manager that installs npm's packages, for one shape of dependency after
//! the other.

use super::*;
use crate::lockfile::tool::{BUN, DENO, NPM, PNPM, Tool, YARN, YARN_CLASSIC};
use crate::lockfile::{DependencyKind, LockfileError, Requirement, sample};
use crate::package::Ecosystem;
use crate::problem::{Gap, Location};

/// A format of which only the package manager counts.
#[derive(Debug)]
struct Of(&'static Tool);

impl LockfileFormat for Of {
    fn tool(&self) -> &'static Tool {
        self.0
    }

    fn recognises(&self, _: &str) -> bool {
        false
    }

    fn parse(&self, source: &Arc<SourceText>) -> Result<Lockfile, LockfileError> {
        NpmLock.parse(source)
    }

    fn read(
        &self,
        source: &Arc<SourceText>,
        _: &dyn ManifestFiles,
    ) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
        self.parse(source).map(|lockfile| (lockfile, Vec::new()))
    }

    fn folders_of_projects(
        &self,
        _: &Lockfile,
        _: &dyn ManifestFiles,
    ) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    fn dependents(&self, _: &Lockfile, _: &[PackageIndex], _: &dyn ManifestFiles) -> Dependents {
        Dependents::default()
    }
}

/// The package manager that locks the packages.
fn format(tool: &'static Tool) -> &'static Of {
    static FORMATS: [Of; 6] =
        [Of(&NPM), Of(&PNPM), Of(&YARN), Of(&YARN_CLASSIC), Of(&BUN), Of(&DENO)];
    FORMATS.iter().find(|format| format.0 == tool).unwrap()
}

const ROOT: usize = 0;
const MEMBER: usize = 1;
const LARCH: usize = 2;
const BRINDLE: usize = 3;

/// What asks for `brindle`, under which name, in which table, and for what.
type Ask = (usize, &'static str, &'static str, Option<&'static str>);

/// The way where `brindle` is locked at 1.2.0 and 1.3.0 is patched.
fn way_with(tool: &'static Tool, is_workspace: bool, asks: &[Ask], is_latest_bad: bool) -> Way {
    let edges: Vec<_> = asks.iter().map(|ask| (ask.0, BRINDLE, DependencyKind::Normal)).collect();
    let packages = ["harbour 1.0.0", "dock 1.0.0", "larch 2.1.0", "brindle 1.2.0"];
    let roots = if is_workspace { 2 } else { 1 };
    let mut lockfile = sample::lockfile(Ecosystem::Npm, &packages, roots, &edges);
    lockfile.format = format(tool);
    if is_workspace {
        lockfile.packages[MEMBER].folder = Some("packages/dock".to_owned());
    }
    let requirement = |(from, key, table, versions): &Ask| Requirement {
        from: *from,
        to: BRINDLE,
        key: (*key).to_owned(),
        table,
        versions: versions.map(str::to_owned),
        location: Location { file: "package.json".into(), line: 7 },
        is_override: *table == "overrides" || *table == "resolutions",
        is_from_alias: false,
    };
    let requirements = asks.iter().map(requirement).collect();
    let dependents = Dependents { requirements, ..Dependents::default() };
    let mut records = vec![record(1, &[stretch("0", "1.3.0")])];
    records.extend(is_latest_bad.then(|| record(2, &[stretch("1.4.0", "")])));
    let (_, upgrade) = looked_with(&lockfile, &records, &|_| dependents.clone()).remove(0);
    upgrade.copies.into_iter().next().unwrap().way
}

fn typed_with(
    tool: &'static Tool,
    is_workspace: bool,
    asks: &[Ask],
    is_latest_bad: bool,
) -> String {
    match way_with(tool, is_workspace, asks, is_latest_bad) {
        Way::Try { steps, otherwise } => {
            let shown = [steps, otherwise].map(|steps| shown(&steps));
            format!("{} OR {}", shown[0], shown[1])
        }
        way => shown(&way.steps().cloned().collect::<Vec<_>>()),
    }
}

fn shown(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| match &step.action {
        Action::Type(command) if step.folder.is_empty() => command.clone(),
        Action::Type(command) => format!("{}: {command}", step.folder),
        Action::Ask { versions, at } => format!("{at}: {versions}"),
        Action::Add { entry, table, file, .. } => format!("{file} {table}: {entry}"),
    });
    steps.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_a_project_asks_for_is_answered_anew_or_changed() {
    const IN_RANGE: Ask = (ROOT, "brindle", "dependencies", Some("^1.0.0"));
    const EXACT: Ask = (ROOT, "brindle", "devDependencies", Some("1.2.0"));
    const ALIAS: Ask = (ROOT, "b-old", "dependencies", Some("npm:brindle@1.2.0"));
    for (tool, in_range, exact, alias) in [
        (
            &NPM,
            "npm update brindle",
            "npm install brindle@1.3.0 --save-exact",
            "npm install b-old@npm:brindle@1.3.0 --save-exact",
        ),
        (
            &PNPM,
            "pnpm update brindle",
            "pnpm add brindle@1.3.0 --save-exact",
            "pnpm add b-old@npm:brindle@1.3.0 --save-exact",
        ),
        (
            &YARN,
            "yarn up --recursive brindle",
            "yarn add --dev brindle@1.3.0",
            "yarn add b-old@npm:brindle@1.3.0",
        ),
        (
            &YARN_CLASSIC,
            "yarn upgrade brindle",
            "yarn add --dev brindle@1.3.0",
            "yarn add b-old@npm:brindle@1.3.0",
        ),
        (&BUN, "bun update brindle", "bun add brindle@1.3.0", "bun add b-old@npm:brindle@1.3.0"),
        (
            &DENO,
            "deno update brindle",
            "deno update brindle@1.3.0",
            "deno update b-old@npm:brindle@1.3.0",
        ),
    ] {
        for (ask, expected) in [(IN_RANGE, in_range), (EXACT, exact), (ALIAS, alias)] {
            assert_eq!(typed_with(tool, false, &[ask], false), expected, "{ask:?}");
        }
        assert_eq!(typed_with(tool, false, &[IN_RANGE], true), exact.replace("--dev ", ""));
    }
}

#[test]
fn what_a_member_of_a_workspace_asks_for_is_changed_in_its_folder() {
    const IN_RANGE: Ask = (MEMBER, "brindle", "dependencies", Some("^1.0.0"));
    const EXACT: Ask = (MEMBER, "brindle", "dependencies", Some("1.2.0"));
    const EXACT_ROOT: Ask = (ROOT, "brindle", "dependencies", Some("1.2.0"));
    for (tool, in_range, exact, exact_root) in [
        (
            &NPM,
            "npm update brindle",
            "npm install --workspace packages/dock brindle@1.3.0 --save-exact",
            "npm install brindle@1.3.0 --save-exact",
        ),
        (
            &PNPM,
            "pnpm update --recursive brindle",
            "packages/dock: pnpm add brindle@1.3.0 --save-exact",
            "pnpm add --workspace-root brindle@1.3.0 --save-exact",
        ),
        (
            &YARN,
            "yarn up --recursive brindle",
            "packages/dock: yarn add brindle@1.3.0",
            "yarn add brindle@1.3.0",
        ),
        (
            &YARN_CLASSIC,
            "packages/dock: yarn add 'brindle@^1.3.0'",
            "packages/dock: yarn add brindle@1.3.0",
            "yarn add -W brindle@1.3.0",
        ),
        (
            &BUN,
            "bun update --recursive brindle",
            "packages/dock: bun add brindle@1.3.0",
            "bun add brindle@1.3.0",
        ),
    ] {
        for (ask, expected) in [(IN_RANGE, in_range), (EXACT, exact), (EXACT_ROOT, exact_root)] {
            assert_eq!(typed_with(tool, true, &[ask], false), expected, "{ask:?}");
        }
    }
}

#[test]
fn what_a_dependency_asks_for_is_answered_anew_or_overruled() {
    const IN_RANGE: Ask = (LARCH, "brindle", "dependencies", Some("^1.0.0"));
    const EXACT: Ask = (LARCH, "brindle", "dependencies", Some("1.2.0"));
    const ALIAS: Ask = (LARCH, "b-old", "dependencies", Some("npm:brindle@1.2.0"));
    for (tool, in_range, exact, alias) in [
        (
            &NPM,
            "npm update brindle",
            "npm pkg set overrides.larch.brindle=1.3.0, npm update brindle",
            "npm pkg set overrides.larch.b-old=npm:brindle@1.3.0, npm update b-old",
        ),
        (
            &PNPM,
            "pnpm update brindle",
            "pnpm-workspace.yaml overrides: larch>brindle: 1.3.0, pnpm update brindle",
            "pnpm-workspace.yaml overrides: larch>b-old: npm:brindle@1.3.0, pnpm update brindle",
        ),
        (
            &YARN,
            "yarn up --recursive brindle",
            "npm pkg set resolutions.larch/brindle=1.3.0, yarn up --recursive brindle",
            "npm pkg set resolutions.larch/b-old=npm:brindle@1.3.0, yarn up --recursive b-old",
        ),
        (
            &YARN_CLASSIC,
            "npm pkg set 'resolutions.**/larch/brindle=1.3.0', yarn install",
            "npm pkg set 'resolutions.**/larch/brindle=1.3.0', yarn install",
            "npm pkg set 'resolutions.**/larch/b-old=npm:brindle@1.3.0', yarn install",
        ),
        (
            &BUN,
            "bun update brindle",
            "bun pm pkg set overrides.larch.brindle=1.3.0, bun update brindle",
            "",
        ),
        (&DENO, "", "", ""),
    ] {
        for (ask, expected) in [(IN_RANGE, in_range), (EXACT, exact), (ALIAS, alias)] {
            assert_eq!(typed_with(tool, false, &[ask], false), expected, "{ask:?}");
        }
    }
}

#[test]
fn an_update_of_yarn_1_answers_those_that_ask_for_the_same_as_the_project() {
    let own: Ask = (ROOT, "brindle", "dependencies", Some("^1.0.0"));
    let same: Ask = (LARCH, "brindle", "dependencies", Some("^1.0.0"));
    let other: Ask = (LARCH, "brindle", "dependencies", Some("^1.1.0"));
    for (asks, expected) in [
        ([own, same], "yarn upgrade brindle"),
        (
            [own, other],
            "yarn upgrade brindle, npm pkg set 'resolutions.**/larch/brindle=1.3.0', yarn install",
        ),
    ] {
        assert_eq!(typed_with(&YARN_CLASSIC, false, &asks, false), expected);
    }
}

#[test]
fn where_no_file_says_what_dependencies_ask_for_an_update_is_tried_before_they_are_overruled() {
    let unknown: Ask = (LARCH, "brindle", "dependencies", None);
    let own: Ask = (ROOT, "brindle", "dependencies", Some("1.2.0"));
    let add = "pnpm-workspace.yaml overrides: larch>brindle: 1.3.0";
    for (asks, is_latest_bad, expected) in [
        (&[unknown][..], false, format!("pnpm update brindle OR {add}, pnpm update brindle")),
        (
            &[unknown, own],
            false,
            format!(
                "pnpm add brindle@1.3.0 --save-exact, pnpm update brindle OR {add}, pnpm update brindle"
            ),
        ),
        (&[unknown], true, format!("{add}, pnpm install")),
        (
            &[(LARCH, "b-old", "dependencies", None)],
            true,
            "pnpm-workspace.yaml overrides: larch>b-old: npm:brindle@1.3.0, pnpm install"
                .to_owned(),
        ),
    ] {
        assert_eq!(typed_with(&PNPM, false, asks, is_latest_bad), expected);
    }
}

#[test]
fn what_no_command_moves_is_not_taken_for_an_affected_latest_version() {
    let root = (ROOT, "brindle", "dependencies", Some("1.2.0"));
    for (tool, ask, expected) in [
        (&DENO, (LARCH, "brindle", "dependencies", Some("^1.0.0")), Way::Unreached),
        (&DENO, (LARCH, "brindle", "dependencies", None), Way::Unreached),
        (&DENO, (ROOT, "brindle", "dependencies", Some("workspace:*")), Way::Closed),
        (&BUN, (LARCH, "b-old", "dependencies", Some("npm:brindle@1.2.0")), Way::Closed),
    ] {
        assert_eq!(way_with(tool, false, &[ask], false), expected, "{ask:?}");
    }
    assert!(matches!(way_with(&DENO, false, &[root], false), Way::Steps(_)));
}

#[test]
fn an_order_of_the_project_is_changed_where_it_stands() {
    for (tool, ask, expected) in [
        (
            &NPM,
            (ROOT, "brindle", "overrides", Some("1.2.0")),
            "npm pkg set overrides.brindle=1.3.0, npm update brindle",
        ),
        (
            &YARN,
            (ROOT, "larch/brindle", "resolutions", Some("1.2.0")),
            "npm pkg set resolutions.larch/brindle=1.3.0, yarn up --recursive brindle",
        ),
        (
            &YARN_CLASSIC,
            (ROOT, "brindle", "resolutions", Some("^1.0.0")),
            "npm pkg set 'resolutions.brindle=^1.3.0', yarn install",
        ),
        (
            &BUN,
            (ROOT, "brindle", "overrides", Some("1.2.0")),
            "bun pm pkg set overrides.brindle=1.3.0, bun update brindle",
        ),
        (
            &PNPM,
            (ROOT, "brindle", "overrides", Some("1.2.0")),
            "package.json:7: 1.3.0, pnpm update brindle",
        ),
    ] {
        assert_eq!(typed_with(tool, false, &[ask], false), expected);
    }
}
