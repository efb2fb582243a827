use super::*;
use crate::cargo_build::{CargoView, Cell, CellFeatures, SimulatedView};

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
        target: target.into(),
        features: CellFeatures::DEFAULT,
        members: vec!["app".into()],
        target_from: None,
        features_from: None,
    };
    let cargo = CargoView { packages: packages(cargo), ..CargoView::default() };
    let simulated = SimulatedView { packages: packages(simulated), ..SimulatedView::default() };
    ResolvedCell { cell, purpose, cargo, simulated }
}

/// `absent`, or the target of the cell and who sees it.
fn said(presence: &Presence<'_>) -> String {
    match presence {
        Presence::Absent => "absent".to_owned(),
        Presence::Present(cell) => cell.cell.target.clone(),
        Presence::Disputed { cell, seen_by } => format!("{}: {seen_by}", cell.cell.target),
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
        assert_eq!(said(&builds.package(&key(package), purpose)), expected, "{package}");
    }
    for (feature, expected) in [("x", "linux"), ("y", "linux: the simulation"), ("z", "absent")] {
        assert_eq!(said(&builds.feature(&key("both"), feature)), expected, "{feature}");
    }
}

#[test]
fn the_shortest_way_in_is_told() {
    let mut found = cell("linux", Purpose::Shipping, "app tool a b c", "");
    found.cargo.starts = [key("app"), key("tool")].into();
    let edges = [("app", "a"), ("a", "b"), ("b", "c"), ("tool", "b"), ("c", "a")];
    for (from, to) in edges {
        found
            .cargo
            .dependencies
            .entry(key(from))
            .or_default()
            .insert(key(to));
    }
    assert_eq!(found.chain(&key("c")), Some(vec![key("tool"), key("b"), key("c")]));
    assert_eq!(found.chain(&key("app")), Some(vec![key("app")]));
    assert_eq!(found.chain(&key("nowhere")), None);
}
