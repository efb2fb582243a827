use super::*;

fn parse(text: &str) -> CargoToml {
    CargoToml::parse(&SourceText::new("Cargo.toml", text)).unwrap()
}

#[test]
fn every_line_that_asks_for_something_is_known() {
    let manifest = parse(
        "[package]\nname = \"app\"\n[features]\ndefault = [\n  \"tls\",\n]\n\
         tls = [\"dep:rustls\"]\n[dependencies]\nrustls = { version = \"1\", optional = true }\n\
         clock = { package = \"time\", version = \"1\", default-features = false,\n  \
         features = [\"local-offset\"] }\n[target.'cfg(windows)'.dev-dependencies]\n\
         mock = \"1\"\n[workspace.dependencies]\nlog = \"1\"\n",
    );
    assert_eq!(manifest.name(), Some("app"));
    let features: Vec<_> = manifest
        .features
        .iter()
        .flat_map(|feature| std::iter::once(&feature.name).chain(&feature.values))
        .map(|word| (word.text.as_str(), word.line))
        .collect();
    assert_eq!(features, [("default", 4), ("tls", 5), ("tls", 7), ("dep:rustls", 7)]);
    let shared = &manifest.workspace.as_ref().unwrap().dependencies;
    let dependencies: Vec<_> = manifest
        .dependencies
        .iter()
        .chain(shared.values())
        .map(|known| (known.key.as_str(), known.package(), known.line))
        .collect();
    assert_eq!(
        dependencies,
        [("clock", "time", 10), ("rustls", "rustls", 9), ("mock", "mock", 13), ("log", "log", 15)]
    );
    let clock = &manifest.dependencies[0];
    assert!(clock.is_without_default_features);
    assert_eq!(clock.features[0].line, 11);
    assert_eq!(manifest.dependencies[2].table, DependencyTable::Development);
}

#[test]
fn what_is_put_in_the_place_of_packages_is_named_as_its_registry_names_it() {
    let manifest = parse(
        "[patch.crates-io]\nquill = { path = \"own\" }\nalias = { package = \"reed\", git = \"g\" }\n\
         [replace]\n\"tern:1.2.3\" = { path = \"tern\" }\n",
    );
    let replaced = manifest.replacements.iter();
    let replaced: Vec<_> = replaced.map(|it| (it.package.as_str(), it.path.as_deref())).collect();
    assert_eq!(replaced, [("reed", None), ("quill", Some("own")), ("tern", Some("tern"))]);
}

#[test]
fn what_cargo_refuses_counts_as_absent() {
    let manifest = parse(
        "package = 1\nproject = { name = \"app\" }\nworkspace = 2\nfeatures = 3\n\
         [dependencies]\na = 1\nb = { version = 1, path = 2, features = \"x\", workspace = \"yes\" }\n",
    );
    assert_eq!(manifest.package.as_ref().unwrap().name.as_deref(), Some("app"));
    assert!(manifest.name().is_none() && manifest.has_workspace);
    assert_eq!((&manifest.workspace, manifest.resolver), (&None, None));
    let plain = |key: &str, line| Dependency { key: key.into(), line, ..Dependency::default() };
    let b = Dependency { origin: Origin::Path, ..plain("b", 7) };
    assert_eq!(manifest.dependencies, [plain("a", 6), b]);
}

#[test]
fn what_is_not_toml_says_whether_it_may_ask_for_something() {
    for (text, names_dependencies) in [("[package\n", false), ("[dependencies\n", true)] {
        let error = CargoToml::parse(&SourceText::new("Cargo.toml", text)).unwrap_err();
        assert_eq!(error.names_dependencies, names_dependencies);
    }
}

#[test]
fn the_resolver_is_what_is_written_or_what_the_edition_says() {
    use CargoResolverVersion::{V1, V2, V3};
    for (text, expected) in [
        ("[workspace]", Some(V1)),
        ("[workspace]\nresolver = \"2\"", Some(V2)),
        ("[workspace]\nresolver = \"4\"", None),
        ("[workspace]\nresolver = 2", None),
        ("[package]", Some(V1)),
        ("[project]\nedition = \"2021\"", Some(V2)),
        ("[project]\n[package]", None),
        ("[package]\nedition = \"2018\"", Some(V1)),
        ("[package]\nedition = \"2021\"", Some(V2)),
        ("[package]\nedition = \"2024\"", Some(V3)),
        ("[package]\nedition = \"2030\"", None),
        ("[package]\nedition = 2021", None),
        ("[package]\nedition = \"2024\"\nresolver = \"1\"", Some(V1)),
        ("[package]\nedition = \"2021\"\n[workspace]\nresolver = \"3\"", Some(V3)),
        ("[package]\nedition.workspace = true\n[workspace.package]\nedition = \"2024\"", Some(V3)),
        ("[package]\nedition.workspace = true\n[workspace]", Some(V1)),
        ("[package]\nedition = { version = \"2024\" }", None),
        ("cargo-features = []\n[package]\nedition = \"2024\"", Some(V3)),
        ("cargo-features = [\"different-binary-name\"]\n[package]\nedition = \"2024\"", None),
    ] {
        assert_eq!(parse(text).resolver, expected, "{text}");
    }
}
