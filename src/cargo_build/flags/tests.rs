use super::*;
use crate::policy::CargoPolicy;

const LINUX: &str = "x86_64-unknown-linux-gnu";

fn member(name: &str, features: &[&str]) -> Member {
    Member {
        name: name.into(),
        id: String::new(),
        features: features
            .iter()
            .map(|feature| (*feature).to_owned())
            .collect(),
        is_published_library: false,
        manifest: std::path::PathBuf::new(),
    }
}

/// What a file adds to a matrix of one cell for Linux: cells with their lines, then what is unclear.
fn found(path: &str, text: &str) -> Vec<String> {
    let members = [member("app", &["tls"]), member("tool", &["fast"])];
    let placed = Placed {
        text: "app".into(),
        location: Location { file: "p".into(), line: 1 },
    };
    let policy = CargoPolicy { packages: vec![placed], ..CargoPolicy::default() };
    let ingredients = Ingredients {
        policy: &policy,
        members: &members,
        host: LINUX,
        configured: &[],
        ordered: &[],
        environment: None,
        flags_reach_all: true,
    };
    let cells = ingredients.cells().unwrap();
    let conditions = ["cfg(tokio_unstable)".to_owned(), "cfg(panic = \"abort\")".to_owned()].into();
    let flags =
        scan(&[SourceText::new(path, text)], &[], &ingredients, &cells, &conditions).unwrap();
    let line = |place: &Option<Location>| place.as_ref().map_or(0, |place| place.line);
    let cells = flags
        .cells
        .iter()
        .map(|cell| format!("{cell} ({}, {})", line(&cell.target_from), line(&cell.features_from)));
    let unclear = flags
        .unclear
        .iter()
        .map(|flags| format!("unclear in {}", line(&flags.location)));
    cells.chain(unclear).collect()
}

#[test]
fn what_a_file_ships_is_added_to_the_matrix() {
    let yaml = "ci/release.yml";
    for (text, expected) in [
        ("cargo build", &[][..]),
        ("cargo build --target x86_64-unknown-linux-gnu", &[]),
        ("cargo build --no-default-features", &[]),
        ("cargo build --features fast", &[]),
        (
            "cargo build --all-features",
            &["x86_64-unknown-linux-gnu with all features (0, 1)"],
        ),
        (
            "a\ncargo build -F tls",
            &["x86_64-unknown-linux-gnu with default features and app/tls (0, 2)"],
        ),
        (
            "cargo build --target wasm32-wasip1",
            &["wasm32-wasip1 with default features (1, 0)"],
        ),
        (
            "runs-on: windows-latest\ncargo build",
            &["x86_64-pc-windows-msvc with default features (1, 0)"],
        ),
        ("runs-on: windows-latest\ncargo test", &[]),
        ("cargo build --features nowhere", &["unclear in 1"]),
        ("cargo build $FLAGS", &["unclear in 1"]),
        ("cargo build --target $TARGET", &["unclear in 1"]),
        ("cargo build --target ${{ matrix.target }}", &["unclear in 1"]),
        (
            "target: [wasm32-wasip1]\ncargo build --target ${{ matrix.target }}",
            &["wasm32-wasip1 with default features (1, 0)"],
        ),
        (
            "runs-on: windows-latest\ncargo build --target ${{ matrix.target }}",
            &["x86_64-pc-windows-msvc with default features (1, 0)", "unclear in 2"],
        ),
        (
            "matrix: ${{ fromJSON(x) }} wasm32-wasip1\ncargo build --target ${{ matrix.target }}",
            &["wasm32-wasip1 with default features (1, 0)", "unclear in 2"],
        ),
        ("RUSTFLAGS: --cfg tokio_unstable", &["unclear in 1"]),
        ("RUSTFLAGS: --cfg loom", &[]),
        ("RUSTFLAGS: -C panic=abort", &["unclear in 1"]),
        ("RUSTFLAGS: -C opt-level=3", &[]),
        ("cargo build --config build.target=x", &["unclear in 1"]),
        ("cargo build --config profile.release.lto=true", &[]),
        (
            "CARGO_BUILD_TARGET: wasm32-wasip1",
            &["wasm32-wasip1 with default features (1, 0)"],
        ),
        ("CARGO_BUILD_TARGET: ${{ inputs.target }}", &["unclear in 1"]),
        ("CARGO_ALIAS_SHIP: build --all-features", &["unclear in 1"]),
        (
            "target: [wasm32-wasip1]\ncargo build --target ${{ matrix.target }}-extra",
            &["wasm32-wasip1 with default features (1, 0)", "unclear in 2"],
        ),
        (
            "cargo build --example demo",
            &["x86_64-unknown-linux-gnu with default features, with examples (0, 1)"],
        ),
        (
            "platforms: linux/s390x",
            &["s390x-unknown-linux-gnu with default features (1, 0)"],
        ),
    ] {
        assert_eq!(found(yaml, text), expected, "{text}");
    }
}

#[test]
fn an_alias_ships_what_it_stands_for() {
    let members = [member("app", &["tls"])];
    let policy = CargoPolicy::default();
    let ingredients = Ingredients {
        policy: &policy,
        members: &members,
        host: LINUX,
        configured: &[],
        ordered: &[],
        environment: None,
        flags_reach_all: true,
    };
    let cells = ingredients.cells().unwrap();
    for (text, expected) in
        [("build --features tls", 1), ("run --package xtask --", 0), ("clippy --all-features", 0)]
    {
        let location = Location { file: ".cargo/config.toml".into(), line: 2 };
        let alias = Placed { text: text.into(), location };
        let flags = scan(&[], &[alias], &ingredients, &cells, &BTreeSet::new()).unwrap();
        assert_eq!(flags.cells.len(), expected, "{text}");
    }
}

#[test]
fn a_command_without_flags_has_the_default_features() {
    let members = [member("app", &["default", "tls"])];
    let location = Location { file: "lockgate.toml".into(), line: 3 };
    let features =
        crate::policy::ShippedFeatures { default: false, all: false, names: vec![], location };
    let policy = CargoPolicy { features: Some(features), ..CargoPolicy::default() };
    let ingredients = Ingredients {
        policy: &policy,
        members: &members,
        host: LINUX,
        configured: &[],
        ordered: &[],
        environment: None,
        flags_reach_all: true,
    };
    let cells = ingredients.cells().unwrap();
    for (text, expected) in [("cargo build", 1), ("cargo build --no-default-features", 0)] {
        let file = SourceText::new("Makefile", text);
        let flags = scan(&[file], &[], &ingredients, &cells, &BTreeSet::new()).unwrap();
        assert_eq!(flags.cells.len(), expected, "{text}");
    }
}

#[test]
fn the_targets_of_dist_ship() {
    let text = "[dist]\ntargets = [\"aarch64-apple-darwin\"]\n";
    assert_eq!(
        found("dist-workspace.toml", text),
        ["aarch64-apple-darwin with default features (2, 0)"]
    );
}
