//! Which rules unify features (Cargo book, "Features", "Feature resolver version 2"; "Rust version",
//! resolver 3).

use std::fs;
use std::path::Path;

use guppy::graph::cargo::CargoResolverVersion;
use serde::Deserialize;

use crate::cargo_build::BuildProblem;

#[derive(Deserialize)]
struct Root {
    workspace: Option<WorkspaceTable>,
    #[serde(alias = "project")]
    package: Option<PackageTable>,
    #[serde(rename = "cargo-features", default)]
    unstable: Vec<String>,
}

#[derive(Deserialize)]
struct WorkspaceTable {
    resolver: Option<String>,
    package: Option<Shared>,
}

#[derive(Deserialize)]
struct Shared {
    edition: Option<String>,
}

#[derive(Deserialize)]
struct PackageTable {
    resolver: Option<String>,
    edition: Option<Edition>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Edition {
    Own(String),
    /// `edition.workspace = true`
    Shared {
        workspace: bool,
    },
}

/// The resolver of a workspace, and whether its root is no package.
pub(super) fn read(manifest: &Path) -> Result<(CargoResolverVersion, bool), BuildProblem> {
    let unreadable = |reason: &dyn ToString| BuildProblem::Unreadable {
        program: "Cargo.toml".to_owned(),
        reason: reason.to_string(),
    };
    let text = fs::read_to_string(manifest).map_err(|error| unreadable(&error))?;
    let root: Root = toml::from_str(&text).map_err(|error| unreadable(&error.message()))?;
    let is_virtual = root.package.is_none();
    match version(&root) {
        Some(version) => Ok((version, is_virtual)),
        None => Err(unreadable(&"it asks for a resolver that is not known here")),
    }
}

fn version(root: &Root) -> Option<CargoResolverVersion> {
    if !root.unstable.is_empty() {
        return None;
    }
    let workspace = root.workspace.as_ref();
    let package = root.package.as_ref();
    let written = package
        .and_then(|package| package.resolver.as_deref())
        .or_else(|| workspace.and_then(|workspace| workspace.resolver.as_deref()));
    let edition = match package.and_then(|package| package.edition.as_ref()) {
        Some(Edition::Own(edition)) => Some(edition.as_str()),
        Some(Edition::Shared { workspace: true }) => workspace
            .and_then(|workspace| workspace.package.as_ref())
            .and_then(|shared| shared.edition.as_deref()),
        Some(Edition::Shared { workspace: false }) | None => None,
    };
    match (written, edition) {
        (Some("1"), _) | (None, None | Some("2015" | "2018")) => Some(CargoResolverVersion::V1),
        (Some("2"), _) | (None, Some("2021")) => Some(CargoResolverVersion::V2),
        (Some("3"), _) | (None, Some("2024")) => Some(CargoResolverVersion::V3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<CargoResolverVersion> {
        version(&toml::from_str(text).unwrap())
    }

    #[test]
    fn the_resolver_is_what_is_written_or_what_the_edition_says() {
        use CargoResolverVersion::{V1, V2, V3};
        for (text, expected) in [
            ("[workspace]", Some(V1)),
            ("[workspace]\nresolver = \"2\"", Some(V2)),
            ("[workspace]\nresolver = \"4\"", None),
            ("[package]", Some(V1)),
            ("[package]\nedition = \"2018\"", Some(V1)),
            ("[package]\nedition = \"2021\"", Some(V2)),
            ("[package]\nedition = \"2024\"", Some(V3)),
            ("[package]\nedition = \"2030\"", None),
            ("[package]\nedition = \"2024\"\nresolver = \"1\"", Some(V1)),
            ("[package]\nedition = \"2021\"\n[workspace]\nresolver = \"3\"", Some(V3)),
            (
                "[package]\nedition.workspace = true\n[workspace.package]\nedition = \"2024\"",
                Some(V3),
            ),
            ("cargo-features = [\"different-binary-name\"]\n[package]\nedition = \"2024\"", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
