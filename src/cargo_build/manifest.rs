//! Where a Cargo.toml asks for dependencies and turns on features: the lines that evidence names.
//!
//! Only lines are learnt here. What is built is what the resolvers say.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// What a Cargo.toml asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name; `None` for the root of a workspace that is no package.
    pub package: Option<String>,
    pub dependencies: Vec<DeclaredDependency>,
    /// `[features]`.
    pub features: Vec<DeclaredFeature>,
}

/// A dependency, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredDependency {
    /// The name it has in this manifest.
    pub key: String,
    /// The name in the registry.
    pub package: String,
    /// Whether it stands in `[workspace.dependencies]`, for the members to take over.
    pub is_shared: bool,
    /// Whether it stands in `[dev-dependencies]`.
    pub is_development: bool,
    /// Whether its default features are on.
    pub default_features: bool,
    /// The line of its key.
    pub location: Location,
    /// Features that are turned on.
    pub features: Vec<Placed>,
}

/// An entry of `[features]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFeature {
    /// Its name, and the line of it.
    pub name: Placed,
    /// What it turns on.
    pub values: Vec<Placed>,
}

/// The tables that hold dependencies (Cargo book, "Specifying Dependencies"; the spelling with `_` is
/// deprecated and still read).
const TABLES: &[(&str, bool)] = &[
    ("dependencies", false),
    ("build-dependencies", false),
    ("build_dependencies", false),
    ("dev-dependencies", true),
    ("dev_dependencies", true),
];

impl Manifest {
    /// Reads a manifest. What does not read teaches nothing: evidence then names other lines.
    pub(super) fn read(source: &Arc<SourceText>) -> Self {
        let Ok(document) = DeTable::parse(&source.text) else {
            return Self::default();
        };
        let table = document.into_inner();
        let lines = Lines(source);
        let mut manifest = Self::default();
        let package = table.get("package").or_else(|| table.get("project"));
        let name = package.and_then(|package| field(package, "name"));
        manifest.package = name.and_then(|name| name.get_ref().as_str()).map(str::to_owned);
        manifest.read_dependencies(&lines, &table);
        for (_, target) in entries(table.get("target")) {
            if let Some(table) = target.get_ref().as_table() {
                manifest.read_dependencies(&lines, table);
            }
        }
        let shared = table.get("workspace").and_then(|workspace| field(workspace, "dependencies"));
        for (key, value) in entries(shared) {
            let dependency = lines.dependency(key, value, false);
            manifest.dependencies.push(DeclaredDependency { is_shared: true, ..dependency });
        }
        for (name, values) in entries(table.get("features")) {
            manifest.features.push(DeclaredFeature {
                name: lines.placed(name.get_ref(), name.span().start),
                values: lines.words(Some(values)),
            });
        }
        manifest
    }

    fn read_dependencies(&mut self, lines: &Lines<'_>, table: &DeTable<'_>) {
        for (name, is_development) in TABLES {
            for (key, value) in entries(table.get(*name)) {
                self.dependencies.push(lines.dependency(key, value, *is_development));
            }
        }
    }
}

type Key<'text> = Spanned<std::borrow::Cow<'text, str>>;

fn entries<'table, 'text>(
    value: Option<&'table Spanned<DeValue<'text>>>,
) -> impl Iterator<Item = (&'table Key<'text>, &'table Spanned<DeValue<'text>>)> {
    value.and_then(|value| value.get_ref().as_table()).into_iter().flatten()
}

fn field<'table, 'text>(
    value: &'table Spanned<DeValue<'text>>,
    key: &str,
) -> Option<&'table Spanned<DeValue<'text>>> {
    value.get_ref().as_table()?.get(key)
}

/// Turns bytes into lines.
struct Lines<'text>(&'text SourceText);

impl Lines<'_> {
    fn placed(&self, text: &str, offset: usize) -> Placed {
        let location = Location { file: self.0.path.clone(), line: self.0.line_at(offset) };
        Placed { text: text.to_owned(), location }
    }

    fn words(&self, value: Option<&Spanned<DeValue<'_>>>) -> Vec<Placed> {
        let array = value.and_then(|value| value.get_ref().as_array());
        let elements = array.into_iter().flat_map(|array| array.iter());
        let word = |element: &Spanned<DeValue<'_>>| {
            Some(self.placed(element.get_ref().as_str()?, element.span().start))
        };
        elements.filter_map(word).collect()
    }

    fn dependency(
        &self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        is_development: bool,
    ) -> DeclaredDependency {
        let Placed { text, location } = self.placed(key.get_ref(), key.span().start);
        let package = field(value, "package").and_then(|package| package.get_ref().as_str());
        let defaults =
            field(value, "default-features").or_else(|| field(value, "default_features"));
        let is_off =
            defaults.is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(false)));
        DeclaredDependency {
            package: package.map_or_else(|| text.clone(), str::to_owned),
            key: text,
            is_shared: false,
            is_development,
            default_features: !is_off,
            location,
            features: self.words(field(value, "features")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_asks_for_something_is_known() {
        let text = "[package]\nname = \"app\"\n[features]\ndefault = [\n  \"tls\",\n]\n\
                    tls = [\"dep:rustls\"]\n[dependencies]\nrustls = { version = \"1\", optional = true }\n\
                    clock = { package = \"time\", version = \"1\", default-features = false,\n  \
                    features = [\"local-offset\"] }\n[target.'cfg(windows)'.dev-dependencies]\n\
                    mock = \"1\"\n[workspace.dependencies]\nlog = \"1\"\n";
        let source = Arc::new(SourceText::new("app/Cargo.toml", text));
        let manifest = Manifest::read(&source);
        assert_eq!(manifest.package.as_deref(), Some("app"));
        let features: Vec<_> = manifest
            .features
            .iter()
            .flat_map(|feature| std::iter::once(&feature.name).chain(&feature.values))
            .map(|placed| (placed.text.as_str(), placed.location.line))
            .collect();
        assert_eq!(features, [("default", 4), ("tls", 5), ("tls", 7), ("dep:rustls", 7)]);
        let dependencies: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|known| (known.key.as_str(), known.package.as_str(), known.location.line))
            .collect();
        assert_eq!(
            dependencies,
            [
                ("clock", "time", 10),
                ("rustls", "rustls", 9),
                ("mock", "mock", 13),
                ("log", "log", 15)
            ]
        );
        let clock = &manifest.dependencies[0];
        assert!(!clock.default_features);
        assert_eq!(clock.features[0].location.line, 11);
        assert!(manifest.dependencies[2].is_development);
        assert!(manifest.dependencies[3].is_shared);
    }

    #[test]
    fn a_manifest_that_does_not_read_teaches_nothing() {
        let source = Arc::new(SourceText::new("Cargo.toml", "[package\n"));
        assert_eq!(Manifest::read(&source), Manifest::default());
    }
}
