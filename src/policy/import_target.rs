//! What a claim says is not imported: `"lodash"`, `"lodash/template"`, `"lodash#template"`.

use std::fmt;

/// A package of npm, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTarget {
    /// Its name in the registry.
    pub package: String,
    pub part: ImportedPart,
}

/// What of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedPart {
    /// Any of its modules.
    Package,
    /// A module of it, by the path that code imports it by.
    Module(String),
    /// Something that it exports, by the properties that lead to it.
    Export(Vec<String>),
}

impl ImportTarget {
    /// Reads one. `None` if the text has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let (path, export) = match text.split_once('#') {
            Some((path, export)) => (path, Some(export)),
            None => (text, None),
        };
        let slash = if path.starts_with('@') {
            path.match_indices('/').nth(1)
        } else {
            path.match_indices('/').next()
        };
        let (package, module) = match slash {
            Some((place, _)) => (&path[..place], Some(&path[place + 1..])),
            None => (path, None),
        };
        let part = match (module, export) {
            (None, None) => ImportedPart::Package,
            (Some(module), None) if is_path(module) => ImportedPart::Module(module.to_owned()),
            (None, Some(export)) => ImportedPart::Export(properties(export)?),
            _ => return None,
        };
        is_package_name(package).then(|| Self { package: package.to_owned(), part })
    }
}

impl fmt::Display for ImportTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.package)?;
        match &self.part {
            ImportedPart::Package => Ok(()),
            ImportedPart::Module(module) => write!(formatter, "/{module}"),
            ImportedPart::Export(properties) => write!(formatter, "#{}", properties.join(".")),
        }
    }
}

/// Whether a text may name an npm package. Patterns are refused: each is named by itself.
pub(super) fn is_package_name(text: &str) -> bool {
    let fits = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(fits)
    };
    match text.strip_prefix('@') {
        Some(scoped) => {
            scoped.split_once('/').is_some_and(|(scope, name)| fits(scope) && fits(name))
        }
        None => fits(text),
    }
}

fn is_path(module: &str) -> bool {
    let mut steps = module.split('/');
    steps.all(|step| !step.is_empty() && step != "." && step != ".." && !step.contains('*'))
}

/// The names of `a.b`. Each is an identifier of JavaScript, or close enough to one.
fn properties(export: &str) -> Option<Vec<String>> {
    let fits = |name: &&str| {
        let is_start = |first: char| first.is_alphabetic() || first == '_' || first == '$';
        let is_part = |next: char| next.is_alphanumeric() || next == '_' || next == '$';
        name.starts_with(is_start) && name.chars().all(is_part)
    };
    let names: Vec<&str> = export.split('.').collect();
    let all_fit = names.iter().all(fits);
    all_fit.then(|| names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_a_module_or_an_export_is_named() {
        use ImportedPart::{Export, Module, Package};
        for (text, package, part) in [
            ("lodash", "lodash", Package),
            ("@acme/left", "@acme/left", Package),
            ("lodash/template", "lodash", Module("template".into())),
            ("@acme/left/lib/a.js", "@acme/left", Module("lib/a.js".into())),
            ("lodash#template", "lodash", Export(vec!["template".into()])),
            ("@acme/left#A.b", "@acme/left", Export(vec!["A".into(), "b".into()])),
        ] {
            let target = ImportTarget { package: package.into(), part };
            assert_eq!(ImportTarget::parse(text).as_ref(), Some(&target));
            assert_eq!(target.to_string(), text);
        }
        for wrong in [
            "",
            "#a",
            "lodash#",
            "lodash/",
            "lodash/../x",
            "lodash/a#b",
            "lo*",
            "@acme",
            "lodash#a..b",
        ] {
            assert_eq!(ImportTarget::parse(wrong), None, "{wrong}");
        }
    }
}
