use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::graph::DependencyGraph;
use crate::graph::scope::scopes;
use crate::lockfile::sample::{Files, lockfile};
use crate::package::Ecosystem;
use crate::scope::Scope;

use DependencyKind::{Build, Development, Normal, Unknown};

const APP: &str = "[package]\nname = \"app\"\n";

/// The kinds of the edge from `app` to `x` after learning from these manifests.
fn kinds(files: &[(&str, &str)]) -> BTreeSet<DependencyKind> {
    kinds_of("x 1.0.0", files)
}

fn kinds_of(dependency: &str, files: &[(&str, &str)]) -> BTreeSet<DependencyKind> {
    let mut lockfile =
        lockfile(Ecosystem::Cargo, &["app 0.1.0", dependency], 1, &[(0, 1, Unknown)]);
    learn(&mut lockfile, &read_workspace(&Files(files)));
    assert!(lockfile.edges.iter().all(|edge| (edge.from, edge.to) == (0, 1)));
    lockfile.edges.iter().map(|edge| edge.kind).collect()
}

#[test]
fn every_table_and_spelling_tells_its_kind() {
    for (table, kind) in [
        ("[dependencies]\nx = \"1\"", Normal),
        ("[dependencies.x]\nversion = \"1\"", Normal),
        ("dependencies.x = \"1\"", Normal),
        ("dependencies = { x = { version = \"1\", optional = true } }", Normal),
        ("[build-dependencies]\nx = \"1\"", Build),
        ("[build_dependencies]\nx = \"1\"", Build),
        ("[dev-dependencies]\nx = \"1\"", Development),
        ("[dev_dependencies]\nx = \"1\"", Development),
        ("[target.'cfg(windows)'.dependencies]\nx = \"1\"", Normal),
        ("[target.x86_64-unknown-linux-gnu.build-dependencies]\nx = \"1\"", Build),
        ("[target.'cfg(unix)'.dev-dependencies.x]\nversion = \"1\"", Development),
        ("[dev-dependencies]\nalias = { version = \"1\", package = \"x\" }", Development),
        ("[dependencies.alias]\npackage = \"x\"", Normal),
    ] {
        let text = if table.starts_with("dependencies") {
            format!("{table}\n{APP}")
        } else {
            format!("{APP}{table}\n")
        };
        assert_eq!(kinds(&[("Cargo.toml", &text)]), [kind].into(), "{table}");
    }
}

#[test]
fn what_is_asked_for_in_several_ways_gets_every_kind() {
    let text = format!(
        "{APP}[dependencies]\nx = \"1\"\n[dev-dependencies]\nalso-x = {{ package = \"x\" }}\n\
         [target.'cfg(unix)'.build-dependencies]\nx = \"1\"\n"
    );
    assert_eq!(kinds(&[("Cargo.toml", &text)]), [Normal, Build, Development].into());
}

#[test]
fn a_hyphen_and_an_underscore_are_the_same() {
    for (asked, locked) in [("foo-bar", "foo_bar 1.0.0"), ("foo_bar", "foo-bar 1.0.0")] {
        let text = format!("{APP}[dev-dependencies]\n{asked} = \"1\"\n");
        assert_eq!(kinds_of(locked, &[("Cargo.toml", &text)]), [Development].into(), "{asked}");
    }
    let text = format!("{APP}[dev-dependencies]\nFoo = \"1\"\n");
    assert_eq!(kinds_of("foo 1.0.0", &[("Cargo.toml", &text)]), [Unknown].into());
}

#[test]
fn a_manifest_that_is_absent_or_does_not_read_teaches_nothing() {
    for files in [
        &[][..],
        &[("Cargo.toml", "[dev-dependencies]\nx = \"1\"\n")],
        &[("Cargo.toml", "[package]\nname = \"other\"\n[dev-dependencies]\nx = \"1\"\n")],
        &[("Cargo.toml", "[package]\nname = \"app\"\n[dev-dependencies]\nx = \"1\"\nx = \"1\"\n")],
        &[("Cargo.toml", "[package]\nname = \"app\"\n[dev-dependencies]\ny = \"1\"\n")],
        &[("Cargo.toml", "<<<<<<< ours\n")],
    ] {
        assert_eq!(kinds(files), [Unknown].into(), "{files:?}");
    }
}

#[test]
fn members_inherit_names_from_their_workspace() {
    let root = "[workspace]\nmembers = [\"m\"]\n[workspace.dependencies]\n\
                alias = { version = \"1\", package = \"x\" }\nx = \"1\"\n";
    for (member, kind) in [
        ("[dev-dependencies]\nalias = { workspace = true }\n", Development),
        ("[dev-dependencies]\nalias.workspace = true\n", Development),
        ("[build-dependencies]\nx.workspace = true\n", Build),
        // Not inherited, so the name is its own.
        ("[dev-dependencies]\nalias = \"1\"\n", Unknown),
    ] {
        let member = format!("{APP}{member}");
        let files = [("Cargo.toml", root), ("m/Cargo.toml", &member)];
        assert_eq!(kinds(&files), [kind].into(), "{member}");
    }
}

#[test]
fn a_name_that_cannot_be_told_may_be_any() {
    let root = "[workspace]\nmembers = [\"m\"]\n";
    let member =
        format!("{APP}[dependencies]\nalias.workspace = true\n[dev-dependencies]\nx = \"1\"\n");
    let files = [("Cargo.toml", root), ("m/Cargo.toml", &member)];
    assert_eq!(kinds(&files), [Development, Unknown].into());
    let member = format!("{APP}[dependencies]\ny = \"1\"\n[dev-dependencies]\nx = \"1\"\n");
    let files = [("Cargo.toml", root), ("m/Cargo.toml", &member)];
    assert_eq!(kinds(&files), [Development, Unknown].into(), "`y` is not locked");
    let member = format!("{APP}[dev-dependencies]\ny = \"1\"\nx = \"1\"\n");
    let files = [("Cargo.toml", root), ("m/Cargo.toml", &member)];
    assert_eq!(kinds(&files), [Development].into(), "and nothing is weaker than development");
}

#[test]
fn a_workspace_inside_another_one_inherits_from_itself() {
    let root = "[package]\nname = \"outer\"\n[dependencies]\napp = { path = \"inner\" }\n\
                [workspace.dependencies]\nalias = { package = \"other\" }\n";
    let inner = format!(
        "{APP}[workspace.dependencies]\nalias = {{ package = \"x\" }}\n\
         [dev-dependencies]\nalias.workspace = true\n"
    );
    assert_eq!(kinds(&[("Cargo.toml", root), ("inner/Cargo.toml", &inner)]), [Development].into());
}

#[test]
fn members_are_found_by_glob_by_path_and_through_each_other() {
    let member = format!("{APP}[dev-dependencies]\nx = \"1\"\n");
    let through = "[package]\nname = \"other\"\n[target.'cfg(unix)'.dependencies]\n\
                   app = { path = \"../deep/app\" }\n";
    for (root, other, place) in [
        ("[workspace]\nmembers = [\"m/*\"]\n", None, "m/app/Cargo.toml"),
        ("[workspace.dependencies]\napp = { path = \"m\" }\n", None, "m/Cargo.toml"),
        (
            "[package]\nname = \"o\"\n[dependencies]\napp = { path = \"./m\" }\n",
            None,
            "m/Cargo.toml",
        ),
        ("[dependencies]\no = { path = \"o\" }\n", Some("o/Cargo.toml"), "deep/app/Cargo.toml"),
        ("[workspace]\nmembers = [\"../app\"]\n", None, "../app/Cargo.toml"),
    ] {
        let mut files = vec![("Cargo.toml", root), (place, member.as_str())];
        files.extend(other.map(|path| (path, through)));
        assert_eq!(kinds(&files), [Development].into(), "{root}");
    }
}

#[test]
fn manifests_or_projects_of_one_name_teach_nothing() {
    let root = "[workspace]\nmembers = [\"m\", \"n\"]\n";
    let member = format!("{APP}[dev-dependencies]\nx = \"1\"\n");
    let files =
        [("Cargo.toml", root), ("m/Cargo.toml", member.as_str()), ("n/Cargo.toml", &member)];
    assert_eq!(kinds(&files), [Unknown].into());

    let mut two = lockfile(
        Ecosystem::Cargo,
        &["app 0.1.0", "app 0.2.0", "x 1.0.0"],
        2,
        &[(0, 2, Unknown), (1, 2, Unknown)],
    );
    learn(&mut two, &read_workspace(&Files(&[("Cargo.toml", &member)])));
    assert!(two.edges.iter().all(|edge| edge.kind == Unknown), "{:?}", two.edges);
}

#[test]
fn the_line_that_asks_is_known() {
    let mut lockfile = lockfile(Ecosystem::Cargo, &["app 0.1.0", "x 1.0.0"], 1, &[(0, 1, Unknown)]);
    let text = format!("{APP}\n[dependencies]\n# a remark\nx = \"1\"\n");
    learn(&mut lockfile, &read_workspace(&Files(&[("Cargo.toml", &text)])));
    let declared = &lockfile.declarations[0];
    assert_eq!(
        (declared.edge.kind, declared.location.to_string()),
        (Normal, "Cargo.toml:6".into())
    );
}

#[test]
fn a_circle_of_paths_comes_to_an_end() {
    let text =
        format!("{APP}[dependencies]\nx = {{ path = \".\" }}\napp = {{ path = \"a/..\" }}\n");
    assert_eq!(kinds(&[("Cargo.toml", &text)]), [Normal].into());
}

/// A workspace of three members and four registry packages, and what its manifests ask for.
fn any_workspace() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    // Member, table, dependency.
    proptest::collection::vec((0..3_usize, 0..3_usize, 0..4_usize), 0..10)
}

/// The scopes of the four packages. The lockfile is as cargo would write it for `requests`, and does
/// not know of the `late` ones.
fn scopes_of(
    requests: &[(usize, usize, usize)],
    late: &[(usize, usize, usize)],
    renamed: bool,
) -> Vec<Scope> {
    let mut texts: Vec<String> = Vec::new();
    for member in 0..3 {
        let mut text = format!("[package]\nname = \"member-{member}\"\n");
        for (table, name) in
            ["dependencies", "build-dependencies", "dev-dependencies"].iter().enumerate()
        {
            writeln!(text, "[{name}]").unwrap();
            let asked: BTreeSet<usize> = requests
                .iter()
                .chain(late)
                .filter(|(from, of_table, _)| (*from, *of_table) == (member, table))
                .map(|(_, _, to)| *to)
                .collect();
            for to in asked {
                if renamed {
                    writeln!(text, "r{to} = {{ package = \"x{to}\" }}").unwrap();
                } else {
                    writeln!(text, "x{to} = \"1\"").unwrap();
                }
            }
        }
        texts.push(text);
    }
    let edges: BTreeSet<(usize, usize)> =
        requests.iter().map(|(from, _, to)| (*from, 3 + to)).collect();
    // The packages depend on each other in a row, so that scopes spread.
    let edges: Vec<_> =
        edges.into_iter().chain([(3, 4), (5, 6)]).map(|(from, to)| (from, to, Unknown)).collect();
    let names = [
        "member-0 0.1.0",
        "member-1 0.1.0",
        "member-2 0.1.0",
        "x0 1.0.0",
        "x1 1.0.0",
        "x2 1.0.0",
        "x3 1.0.0",
    ];
    let mut lockfile = lockfile(Ecosystem::Cargo, &names, 3, &edges);
    let files = Files(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"m*\"]\n"),
        ("m0/Cargo.toml", &texts[0]),
        ("m1/Cargo.toml", &texts[1]),
        ("m2/Cargo.toml", &texts[2]),
    ]);
    learn(&mut lockfile, &read_workspace(&files));
    scopes(&DependencyGraph::new(&lockfile))[3..].to_vec()
}

proptest! {
    #[test]
    fn what_a_member_asks_for_at_run_time_is_never_of_a_lesser_scope(
        requests in any_workspace(),
        member in 0..3_usize,
        dependency in 0..4_usize,
        renamed in any::<bool>(),
        is_locked in any::<bool>(),
    ) {
        let added = (member, 0, dependency);
        let found = if is_locked {
            let all: Vec<_> = requests.iter().copied().chain([added]).collect();
            scopes_of(&all, &[], renamed)
        } else {
            scopes_of(&requests, &[added], renamed)
        };
        prop_assert_eq!(found[dependency], Scope::Runtime);
    }

    #[test]
    fn asking_for_more_never_lessens_a_scope(
        requests in any_workspace(),
        added in (0..3_usize, 0..3_usize, 0..4_usize),
    ) {
        let more: Vec<_> = requests.iter().copied().chain([added]).collect();
        let before = scopes_of(&requests, &[], false);
        let after = scopes_of(&more, &[], false);
        // A package that nothing asked for counts as run time, and may be learnt to be less.
        let asked: BTreeSet<usize> = requests.iter().map(|(_, _, to)| *to).collect();
        for package in asked {
            prop_assert!(after[package] >= before[package], "{package}");
        }
    }
}
