use super::*;
use crate::cargo_build::{CargoView, Cell, CellFeatures, SimulatedView, Target};

fn key(name: &str) -> PackageKey {
    PackageKey { name: name.into(), version: "1.0.0".into() }
}

/// `alpha+x` is the package `alpha` with its feature `x`.
fn packages(text: &str) -> BuiltPackages {
    let package = |word: &str| {
        let mut parts = word.split('+');
        let name = parts.next().unwrap_or_default();
        (key(name), parts.map(str::to_owned).collect())
    };
    text.split_whitespace().map(package).collect()
}

fn cell(target: &str, purpose: Purpose, cargo: &str, simulated: &str) -> ResolvedCell {
    let cell = Cell {
        target: Target::Triple(target.into()),
        features: CellFeatures::DEFAULT,
        of_dependencies: Vec::new(),
        members: vec!["app".into()],
        beside: Vec::new(),
        target_from: None,
        features_from: None,
        development_from: None,
    };
    let cargo = CargoView { packages: packages(cargo), ..CargoView::default() };
    let simulated = SimulatedView { packages: packages(simulated), ..SimulatedView::default() };
    ResolvedCell { cell, purpose, cargo: cargo.into(), simulated }
}

/// `absent`, or the target of the cell and who sees it.
fn words(presence: &Presence<'_>) -> String {
    match presence {
        Presence::Absent => "absent".to_owned(),
        Presence::Present(cell) => cell.cell.target.to_string(),
        Presence::Disputed { cell, seen_by } => format!("{}: {seen_by}", cell.cell.target),
        Presence::OnOtherMachine(cell) => format!("{}: on another machine", cell.cell.target),
    }
}

#[test]
fn it_is_absent_only_if_neither_resolver_sees_it_anywhere() {
    use Purpose::{Development, Shipping};
    let builds = ResolvedBuilds {
        cells: vec![
            cell("linux", Shipping, "app both+x only-cargo", "app both+x+y only-simulated"),
            cell("linux", Development, "app mock", "app mock"),
            cell("windows", Shipping, "app late only-cargo", "app late only-simulated both+y"),
        ],
        ..ResolvedBuilds::default()
    };
    for (package, purpose, expected) in [
        ("both", Shipping, "linux"),
        ("late", Shipping, "windows"),
        ("only-cargo", Shipping, "linux: cargo"),
        ("only-simulated", Shipping, "linux: the simulation"),
        ("mock", Shipping, "absent"),
        ("mock", Development, "linux"),
        ("nowhere", Shipping, "absent"),
    ] {
        assert_eq!(words(&builds.package(&key(package), purpose)), expected, "{package}");
    }
    for (feature, expected) in [("x", "linux"), ("y", "linux: the simulation"), ("z", "absent")] {
        assert_eq!(words(&builds.feature(&key("both"), feature)), expected, "{feature}");
    }
}

#[test]
fn a_package_for_another_build_machine_is_not_absent() {
    let mut windows = cell("windows", Purpose::Development, "app", "app");
    windows.simulated.on_target = packages("resources+icons app");
    let linux = cell("linux", Purpose::Shipping, "app", "app");
    let builds = ResolvedBuilds { cells: vec![linux, windows], ..ResolvedBuilds::default() };
    let of = |package: &str| words(&builds.package(&key(package), Purpose::Shipping));
    assert_eq!(of("resources"), "windows: on another machine");
    assert_eq!(of("app"), "linux");
    assert_eq!(of("nowhere"), "absent");
    assert_eq!(words(&builds.feature(&key("resources"), "icons")), "windows: on another machine");
}

#[test]
fn the_shortest_way_in_is_returned() {
    let mut found = cell("linux", Purpose::Shipping, "app tool a b c", "");
    let mut view = CargoView { starts: [key("app"), key("tool")].into(), ..CargoView::default() };
    let edges = [("app", "a"), ("a", "b"), ("b", "c"), ("tool", "b"), ("c", "a")];
    for (from, to) in edges {
        view.dependencies.entry(key(from)).or_default().insert(key(to));
    }
    found.cargo = view.into();
    assert_eq!(found.chain(&key("c")), Some(vec![key("tool"), key("b"), key("c")]));
    assert_eq!(found.chain(&key("app")), Some(vec![key("app")]));
    assert_eq!(found.chain(&key("nowhere")), None);
}
