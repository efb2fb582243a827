use super::*;

fn member(name: &str, features: &[&str], is_published_library: bool) -> Member {
    Member {
        name: name.into(),
        id: format!("path+file:///work/{name}#0.1.0"),
        features: features
            .iter()
            .map(|feature| (*feature).to_owned())
            .collect(),
        is_published_library,
        manifest: PathBuf::from("Cargo.toml"),
    }
}

fn placed(text: &str) -> Placed {
    Placed {
        text: text.into(),
        location: Location { file: "lockgate.toml".into(), line: 4 },
    }
}

fn workspace() -> Vec<Member> {
    vec![
        member("library", &["tls", "log"], true),
        member("server", &["tls"], false),
        member("tools", &[], false),
    ]
}

/// The cells in words, or what is wrong. Of `configured` the first two are only spoken of, the others
/// are built for.
fn cells(policy: &CargoPolicy, configured: &[Placed], flags_reach_all: bool) -> Vec<String> {
    let members = workspace();
    let ingredients = Ingredients {
        policy,
        members: &members,
        host: "x86_64-unknown-linux-gnu",
        configured,
        ordered: &configured[configured.len().min(2)..],
        environment: None,
        flags_reach_all,
    };
    match ingredients.cells() {
        Ok(cells) => cells
            .iter()
            .map(|cell| format!("{}: {cell}", cell.members.join(" ")))
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
fn by_itself_everything_is_shipped_for_the_host_and_a_published_library_with_all_features() {
    assert_eq!(
        cells(&CargoPolicy::default(), &[], true),
        [
            "library server tools: x86_64-unknown-linux-gnu with default features",
            "library: x86_64-unknown-linux-gnu with all features",
        ]
    );
}

#[test]
fn targets_of_the_configuration_are_added_unless_the_policy_names_its_own() {
    let server = CargoPolicy { packages: vec![placed("server")], ..CargoPolicy::default() };
    let configured = [placed("wasm32-wasip1"), placed("x86_64-unknown-linux-gnu")];
    assert_eq!(
        cells(&server, &configured, true),
        [
            "server: x86_64-unknown-linux-gnu with default features",
            "server: wasm32-wasip1 with default features",
        ]
    );
    let named = CargoPolicy { targets: vec![placed("aarch64-apple-darwin")], ..server };
    assert_eq!(
        cells(&named, &configured, true),
        ["server: aarch64-apple-darwin with default features"]
    );
    let ordered = [&configured[..], &[placed("wasm32-wasip2")]].concat();
    assert_eq!(
        cells(&named, &ordered, true),
        [
            "server: aarch64-apple-darwin with default features",
            "server: wasm32-wasip2 with default features",
        ],
        "a plain `cargo build` builds for it"
    );
}

#[test]
fn features_are_those_of_the_policy_for_every_package_that_has_them() {
    let host = "library server tools: x86_64-unknown-linux-gnu with";
    for (features, reach_all, expected) in [
        (features(true, true, &[]), true, "all features"),
        (
            features(true, false, &["tls"]),
            true,
            "default features and library/tls, server/tls",
        ),
        (
            features(false, false, &["server/tls"]),
            true,
            "no default features and server/tls",
        ),
        (features(false, false, &[]), false, "default features"),
    ] {
        assert_eq!(cells(&features, &[], reach_all), [format!("{host} {expected}")]);
    }
}

#[test]
fn a_matrix_that_names_what_is_not_there_is_refused_with_its_line() {
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
