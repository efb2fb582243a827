//! Which rules unify features (Cargo documentation, "Features", "Feature resolver version 2"; "Rust
//! version", resolver 3).

use guppy::graph::cargo::CargoResolverVersion;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value is one that Cargo refuses, or that is not known here.
pub(super) struct Refused;

/// The resolver that is written, or that follows from the edition.
pub(super) fn of(root: &DeTable<'_>) -> Result<CargoResolverVersion, Refused> {
    let unstable = optional(root, "cargo-features", DeValue::as_array)?;
    if unstable.is_some_and(|unstable| !unstable.is_empty()) {
        return Err(Refused);
    }
    let package = optional(root, "package", DeValue::as_table)?;
    let project = optional(root, "project", DeValue::as_table)?;
    if package.is_some() && project.is_some() {
        return Err(Refused);
    }
    let package = package.or(project);
    let workspace = optional(root, "workspace", DeValue::as_table)?;
    let of_workspace = inside(workspace, "resolver", DeValue::as_str)?;
    let shared = inside(workspace, "package", DeValue::as_table)?;
    let shared = inside(shared, "edition", DeValue::as_str)?;
    let written = inside(package, "resolver", DeValue::as_str)?.or(of_workspace);
    let edition = match package.and_then(|package| package.get("edition")).map(Spanned::get_ref) {
        None => None,
        Some(DeValue::Table(inherited)) => {
            let inherits = optional(inherited, "workspace", DeValue::as_bool)?.ok_or(Refused)?;
            shared.filter(|_| inherits)
        }
        Some(edition) => Some(edition.as_str().ok_or(Refused)?),
    };
    match (written, edition) {
        (Some("1"), _) | (None, None | Some("2015" | "2018")) => Ok(CargoResolverVersion::V1),
        (Some("2"), _) | (None, Some("2021")) => Ok(CargoResolverVersion::V2),
        (Some("3"), _) | (None, Some("2024")) => Ok(CargoResolverVersion::V3),
        _ => Err(Refused),
    }
}

/// A value of one type, or none.
fn optional<'table, 'text, T>(
    table: &'table DeTable<'text>,
    key: &str,
    read: impl FnOnce(&'table DeValue<'text>) -> Option<T>,
) -> Result<Option<T>, Refused> {
    match table.get(key) {
        None => Ok(None),
        Some(value) => read(value.get_ref()).map(Some).ok_or(Refused),
    }
}

/// The same in a table that may be absent.
fn inside<'table, 'text, T>(
    table: Option<&'table DeTable<'text>>,
    key: &str,
    read: impl FnOnce(&'table DeValue<'text>) -> Option<T>,
) -> Result<Option<T>, Refused> {
    table.map_or(Ok(None), |table| optional(table, key, read))
}
