use super::*;

fn member(name: &str, features: &[&str]) -> Member {
    Member {
        name: name.into(),
        id: format!("path+file:///work/{name}#0.1.0"),
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        dependencies: BTreeMap::new(),
        manifest: PathBuf::from("Cargo.toml"),
    }
}

fn placed(text: &str) -> LocatedWord {
    LocatedWord { text: text.into(), location: Location { file: "lockgate.toml".into(), line: 4 } }
}

fn workspace() -> Vec<Member> {
    vec![member("library", &["tls", "log"]), member("server", &["tls"]), member("tools", &[])]
}

/// The cells in words, or the error.
fn cells(policy: &CargoPolicy, ordered: &[LocatedWord], flags_reach_all: bool) -> Vec<String> {
    let members = workspace();
    let ingredients =
        Ingredients { policy, members: &members, ordered, environment: None, flags_reach_all };
    let beside = |cell: &Cell| {
        let names = cell.beside.join(" ");
        if names.is_empty() { names } else { format!(" (beside {names})") }
    };
    match ingredients.cells() {
        Ok(cells) => cells
            .iter()
            .map(|cell| format!("{}{}: {cell}", cell.members.join(" "), beside(cell)))
            .collect(),
        Err(problem) => vec![problem.to_string()],
    }
}

fn features(default: bool, all: bool, names: &[&str]) -> CargoPolicy {
    let features = ShippedFeatures {
        default,
        all,
        names: names.iter().map(|name| placed(name)).collect(),
        location: Location { file: "lockgate.toml".into(), line: 3 },
    };
    CargoPolicy { features: Some(features), ..CargoPolicy::default() }
}

#[test]
fn the_default_matrix_is_everything_that_could_be_built() {
    let everything = ["library server tools: every target with all features"];
    assert_eq!(cells(&CargoPolicy::default(), &[], true), everything);
    // Cargo's default target is one of all targets.
    assert_eq!(cells(&CargoPolicy::default(), &[placed("wasm32-wasip2")], true), everything);
}

#[test]
fn packages_that_are_not_shipped_are_built_beside_those_that_are() {
    let server = CargoPolicy { packages: vec![placed("server")], ..CargoPolicy::default() };
    assert_eq!(
        cells(&server, &[], true),
        ["server (beside library tools): every target with all features"]
    );
    let two = CargoPolicy {
        packages: vec![placed("tools"), placed("server")],
        is_alone: true,
        ..CargoPolicy::default()
    };
    assert_eq!(
        cells(&two, &[], true),
        ["server: every target with all features", "tools: every target with all features"]
    );
}

#[test]
fn cargos_default_target_is_added_to_those_of_the_policy() {
    let policy =
        CargoPolicy { targets: vec![placed("aarch64-apple-darwin")], ..CargoPolicy::default() };
    let all = "library server tools:";
    assert_eq!(
        cells(&policy, &[], true),
        [format!("{all} aarch64-apple-darwin with all features")]
    );
    let ordered = [placed("wasm32-wasip2"), placed("aarch64-apple-darwin")];
    assert_eq!(
        cells(&policy, &ordered, true),
        [
            format!("{all} aarch64-apple-darwin with all features"),
            format!("{all} wasm32-wasip2 with all features"),
        ]
    );
}

#[test]
fn features_are_those_of_the_policy_for_every_package_that_has_them() {
    let host = "library server tools: every target with";
    for (features, reach_all, expected) in [
        (features(true, true, &[]), true, "all features"),
        (features(true, false, &["tls"]), true, "default features and library/tls, server/tls"),
        (features(false, false, &["server/tls"]), true, "no default features and server/tls"),
        (features(false, false, &[]), false, "default features"),
    ] {
        assert_eq!(cells(&features, &[], reach_all), [format!("{host} {expected}")]);
    }
}

#[test]
fn an_unknown_name_in_the_matrix_is_refused_with_its_line() {
    let nobody = CargoPolicy { packages: vec![placed("client")], ..CargoPolicy::default() };
    assert_eq!(
        cells(&nobody, &[], true),
        ["lockgate.toml:4: no package of this workspace is shipped, so nothing is known about \
             it"]
    );
    let misspelt = features(true, false, &["server/log"]);
    assert_eq!(
        cells(&misspelt, &[], true),
        ["lockgate.toml:4: no package that is shipped has the feature `server/log`"]
    );
}
