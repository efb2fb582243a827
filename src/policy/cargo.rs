//! The `[cargo]` table: the owner's declaration of what is shipped. Claims about the build are proved
//! for it.

use super::glob::check_glob;
use super::ignored_line::IgnoredLine;
use super::raw::{Table, Value};
use super::reader::Reader;
use super::words::words;
use crate::problem::Location;
use toml::de::DeValue;

/// The `[cargo]` table. An omitted key means everything that could
/// be built ([`crate::cargo_build::matrix`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CargoPolicy {
    /// Target triples that are shipped. Empty: every target.
    pub targets: Vec<LocatedWord>,
    /// Names of the workspace members that are shipped. Empty: every member.
    pub packages: Vec<LocatedWord>,
    /// Whether each of them is built separately (`cargo build -p`), so that no other member turns on
    /// features for it.
    pub is_alone: bool,
    /// The features they are built with. `None`: every feature.
    pub features: Option<ShippedFeatures>,
    /// The line that declares that development builds (tests, examples, benchmarks) are shipped too.
    pub development: Option<Location>,
    /// Patterns of the files whose commands build the shipped packages, relative to the root of the repository.
    /// Empty: any file may contain such commands.
    pub scripts: Vec<LocatedWord>,
    /// Lines of the repository that do not count, each with a person's reason.
    pub ignored: Vec<IgnoredLine>,
}

/// The features of the packages that are shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedFeatures {
    /// Whether the default features are on.
    pub default: bool,
    /// Whether every feature is on.
    pub all: bool,
    /// Further features: `name` of any shipped package, or `package/name`.
    pub names: Vec<LocatedWord>,
    /// The line of `features`.
    pub location: Location,
}

/// A word of a file, with its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedWord {
    pub text: String,
    pub location: Location,
}

const EXAMPLE: &str = "[cargo]";
const TARGETS: &str = "targets = [\"x86_64-unknown-linux-gnu\"]";
const PACKAGES: &str = "packages = [\"server\"]";
const SCRIPTS: &str = "scripts = [\"server/**\", \".github/workflows/server.yml\"]";
const KEYS: &[&str] =
    &["targets", "packages", "alone", "features", "development", "scripts", "ignore"];
const FEATURES: &str = "features = { default = true, all = false, names = [] }";

impl CargoPolicy {
    /// Reads `[cargo]`.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut cargo = Self::default();
        let Some(table) = reader.table("`[cargo]`", value, EXAMPLE) else {
            return cargo;
        };
        reader.only_keys(&table, KEYS);
        if let Some(entry) = table.get("targets") {
            let help = "write a triple of `rustc --print target-list`; a target of your own, in a \
                        JSON file, cannot be resolved";
            cargo.targets =
                words(reader, ["`targets`", "a target"], entry.value, TARGETS, is_triple, help);
        }
        if let Some(entry) = table.get("packages") {
            let help = "write the name of a workspace member, as its Cargo.toml spells it";
            cargo.packages =
                words(reader, ["`packages`", "a package"], entry.value, PACKAGES, is_name, help);
        }
        if let Some(entry) = table.get("features") {
            let location = reader.location(entry.key_span.start);
            cargo.features = read_features(reader, entry.value, location);
        }
        cargo.is_alone = truth(reader, &table, "alone", false);
        if truth(reader, &table, "development", false) {
            let entry = table.get("development");
            cargo.development = entry.map(|entry| reader.location(entry.key_span.start));
        }
        if let Some(entry) = table.get("scripts") {
            let help = "write it as in a .gitignore file, from the root of the repository";
            let is_pattern = |text: &str| check_glob(text).is_ok();
            cargo.scripts =
                words(reader, ["`scripts`", "a pattern"], entry.value, SCRIPTS, is_pattern, help);
        }
        if let Some(entry) = table.get("ignore") {
            cargo.ignored = IgnoredLine::read(reader, entry.value);
        }
        cargo
    }

    /// Whether it declares something narrower than everything that could be built.
    pub fn is_narrow(&self) -> bool {
        let has_all = self.features.as_ref().is_none_or(|features| features.all);
        !(self.targets.is_empty() && self.packages.is_empty() && has_all) || self.is_alone
    }
}

fn read_features(
    reader: &mut Reader,
    value: &Value<'_>,
    location: Location,
) -> Option<ShippedFeatures> {
    let table = reader.table("`features`", value, FEATURES)?;
    reader.only_keys(&table, &["default", "all", "names"]);
    let default = truth(reader, &table, "default", true);
    let all = truth(reader, &table, "all", false);
    let help = "write a feature as \"tls\", or as \"server/tls\" for one package";
    let names = table.get("names").filter(|entry| !is_empty_list(entry.value));
    let names = names.map_or_else(Vec::new, |entry| {
        words(reader, ["`names`", "a name"], entry.value, "names = [\"tls\"]", is_feature, help)
    });
    Some(ShippedFeatures { default, all, names, location })
}

/// `names = []` means the same as leaving it out, and the documentation writes it.
fn is_empty_list(value: &Value<'_>) -> bool {
    value.get_ref().as_array().is_some_and(|array| array.is_empty())
}

fn truth(reader: &mut Reader, table: &Table<'_, '_>, key: &'static str, default: bool) -> bool {
    let Some(entry) = table.get(key) else {
        return default;
    };
    if let DeValue::Boolean(truth) = entry.value.get_ref() {
        return *truth;
    }
    let example = format!("{key} = {default}");
    reader.wrong_type::<()>(&format!("`{key}`"), entry.value, "true or false", &example);
    default
}

/// Whether a text has the form of a target triple (rustc book, "Platform Support"). Whether the
/// target exists is checked by rustc.
fn is_triple(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_file = text.rsplit_once('.').is_some_and(|(_, end)| end == "json");
    text.contains('-') && !text.starts_with('-') && text.bytes().all(fits) && !is_file
}

/// Whether a text may name a package (Cargo book, "The `name` field").
pub(super) fn is_name(text: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || "-_".contains(character);
    !text.starts_with('-') && text.chars().all(fits) && !text.is_empty()
}

/// Whether a text may name a feature of the packages, or of one of them (Cargo book, "Features":
/// letters, digits, `_`, `-`, `+` and `.`).
fn is_feature(text: &str) -> bool {
    match text.split_once('/') {
        Some((package, feature)) => is_name(package) && is_feature_name(feature),
        None => is_feature_name(text),
    }
}

/// Whether a text may name a feature.
pub(super) fn is_feature_name(text: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || "-_+.".contains(character);
    !text.is_empty() && !text.starts_with(['-', '.', '+']) && text.chars().all(fits)
}

#[cfg(test)]
mod tests;
