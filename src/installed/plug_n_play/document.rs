//! What Yarn writes about packages that it installs without `node_modules` (Yarn documentation, "Plug'n'Play
//! specification", "Manifest reference").
//!
//! The data is JSON: in a file of its own, or in a program. That is read, and never run.

use serde::Deserialize;

/// The data, as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(default)]
    pub(super) enable_top_level_fallback: bool,
    /// Packages that see no others than their own: names, each with references.
    #[serde(default)]
    pub(super) fallback_exclusion_list: Vec<(String, Vec<String>)>,
    /// What every other package sees besides its own.
    #[serde(default)]
    pub(super) fallback_pool: Vec<(String, Option<Target>)>,
    /// Names, each with its instances. The root of the projects has no name.
    pub(super) package_registry_data: Vec<(Option<String>, Vec<Instance>)>,
}

/// A reference and what it stands for. The root of the projects has none.
pub(super) type Instance = (Option<String>, Package);

#[derive(Debug, Deserialize)]
pub(super) struct Package {
    /// From the folder of the file, with a slash at the end.
    #[serde(rename = "packageLocation")]
    pub(super) location: String,
    /// `None` is for what it wants beside itself and nobody provides.
    #[serde(default, rename = "packageDependencies")]
    pub(super) dependencies: Vec<(String, Option<Target>)>,
    /// Whether files in its folder are those of the package around it.
    #[serde(default, rename = "discardFromLookup")]
    pub(super) discard_from_lookup: bool,
}

/// What a name stands for.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Target {
    /// The package of that name, under this reference.
    Reference(String),
    /// A package of another name, and its reference.
    Alias(String, String),
}

impl Target {
    /// The name and the reference of the package that a name stands for.
    pub(super) fn locator<'a>(&'a self, name: &'a str) -> (&'a str, &'a str) {
        match self {
            Self::Reference(reference) => (name, reference),
            Self::Alias(name, reference) => (name, reference),
        }
    }
}

impl Document {
    /// Reads the file that holds nothing but the data.
    pub(super) fn of_data(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Reads the data in a program. `None`: it stands elsewhere.
    pub(super) fn of_program(text: &str) -> Option<Result<Self, String>> {
        if let Some((_, behind)) = text.split_once("RAW_RUNTIME_STATE =")
            && let Some((_, literal)) = behind.split_once('\'')
        {
            return Some(unquoted(literal).and_then(|data| Self::of_data(&data)));
        }
        // Yarn 2 and 3 write the data as a value of the program.
        let (_, behind) = text.split_once("hydrateRuntimeState({")?;
        let data = &text[text.len() - behind.len() - 1..];
        let first = serde_json::Deserializer::from_str(data).into_iter().next()?;
        Some(first.map_err(|error| error.to_string()))
    }
}

/// The text of a literal in single quotes, from behind the first one on: Yarn writes a backslash before line
/// breaks, which are not part of it, and before quotes and backslashes.
fn unquoted(literal: &str) -> Result<String, String> {
    let mut text = String::with_capacity(literal.len());
    let mut characters = literal.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => return Ok(text),
            '\\' => match characters.next() {
                Some('\n') => {}
                Some(quoted @ ('\'' | '\\')) => text.push(quoted),
                other => return Err(format!("a backslash before {other:?}")),
            },
            other => text.push(other),
        }
    }
    Err("the data has no end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"{
  "enableTopLevelFallback": true,
  "ignorePatternData": "(^\\.yarn\\/it's$)",
  "fallbackExclusionList": [["app", ["workspace:."]]],
  "fallbackPool": [["lefty", "npm:1.0.0"]],
  "packageRegistryData": [
    [null, [[null, { "packageLocation": "./", "packageDependencies": [
      ["lo", ["glim", "npm:1.0.0"]], ["glim", "npm:1.0.0"], ["rust", null]], "linkType": "SOFT" }]]]
  ]
}"#;

    fn check(document: &Document) {
        assert!(document.enable_top_level_fallback);
        assert_eq!(document.fallback_exclusion_list[0].1, ["workspace:."]);
        let (name, references) = &document.package_registry_data[0];
        assert_eq!((name, &references[0].0), (&None, &None));
        let package = &references[0].1;
        let locators = package
            .dependencies
            .iter()
            .map(|(name, target)| target.as_ref().map(|target| target.locator(name)));
        let expected = [Some(("glim", "npm:1.0.0")), Some(("glim", "npm:1.0.0")), None];
        assert!(locators.eq(expected), "{package:?}");
    }

    #[test]
    fn the_data_is_read_wherever_it_stands() {
        check(&Document::of_data(DATA).unwrap());
        let quoted = DATA.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\\n");
        let program =
            format!("const RAW_RUNTIME_STATE =\n'{quoted}';\n\nfunction $$SETUP_STATE() {{}}");
        check(&Document::of_program(&program).unwrap().unwrap());
        let program =
            format!("return hydrateRuntimeState({DATA}, {{basePath: basePath || __dirname}});");
        check(&Document::of_program(&program).unwrap().unwrap());
    }

    #[test]
    fn what_is_not_as_yarn_writes_it_is_refused() {
        assert!(
            Document::of_program("hydrateRuntimeState(JSON.parse(read('.pnp.data.json')))")
                .is_none()
        );
        for program in [
            "RAW_RUNTIME_STATE = '{}'",
            "RAW_RUNTIME_STATE = '{",
            "RAW_RUNTIME_STATE = '\\x7b'",
            "hydrateRuntimeState({ packageRegistryData: [] })",
        ] {
            assert!(Document::of_program(program).unwrap().is_err(), "{program}");
        }
    }
}
