//! `deno.json`: whether it asks for packages, and which folders are its workspace (Deno documentation,
//! "deno.json and package.json", "Workspaces and monorepos").

use std::path::Path;

use serde_json::{Map, Value};

use super::{Files, Text, glob};
use crate::lockfile::node::jsonc;
use crate::lockfile::tool;

/// How addresses of packages begin. Those of JSR may need packages of npm.
const PACKAGES: [&str; 2] = ["npm:", "jsr:"];

/// What one manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Whether a package is installed for it.
    pub(super) asks: bool,
    /// The folders of its workspace.
    members: Vec<String>,
}

impl Manifest {
    /// Reads the manifest of a folder. `None` without one.
    pub(super) fn read(files: &dyn Files, folder: &Path) -> Option<Self> {
        let texts = tool::DENO.configuration.iter().map(|name| files.text(&folder.join(name)));
        match texts.into_iter().find(|text| *text != Text::Absent)? {
            Text::Absent => None,
            Text::Unreadable => Some(Self { asks: true, ..Self::default() }),
            Text::Read(text) => Some(Self::of(text.trim_start_matches('\u{feff}'))),
        }
    }

    fn of(text: &str) -> Self {
        let Ok(values) = serde_json::from_str::<Map<String, Value>>(&jsonc::plain(text)) else {
            let asks = PACKAGES.iter().any(|start| text.contains(&format!("\"{start}")));
            return Self { asks, ..Self::default() };
        };
        let table = |key: &str| values.get(key).and_then(Value::as_object);
        let scopes = table("scopes").into_iter().flat_map(Map::values).filter_map(Value::as_object);
        let mut imports = table("imports").into_iter().chain(scopes).flat_map(Map::values);
        let workspace = values.get("workspace").map(|it| it.get("members").unwrap_or(it));
        let members = workspace.and_then(Value::as_array).into_iter().flatten();
        Self {
            asks: imports.any(|import| {
                let is_package = |text: &str| PACKAGES.iter().any(|start| text.starts_with(start));
                import.as_str().is_some_and(is_package)
            }),
            members: members.filter_map(|member| Some(member.as_str()?.to_owned())).collect(),
        }
    }

    /// Whether `folder` is in the workspace of this manifest, which lies in `root`.
    pub(super) fn has_member(&self, root: &Path, folder: &Path) -> bool {
        self.members.iter().any(|member| glob::matches(root, member, folder, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_asks_if_it_imports_a_package() {
        for (text, asks) in [
            (r#"{"imports": {"glim": "npm:glim@1"}}"#, true),
            (
                r#"{"imports": {"heron": "jsr:@heron/heron@1"}, // why
                 "tasks": {},}"#,
                true,
            ),
            (r#"{"scopes": {"./old/": {"glim": "npm:glim@1"}}}"#, true),
            (r#"{"imports": {"glim": "./glim.ts", "far": "https://example.com/npm:x"}}"#, false),
            (r#"{"tasks": {"lint": "npm:glim"}}"#, false),
            ("{}", false),
            (r#"{"imports": {{imports}}, "x": "npm:glim""#, true),
            ("{{", false),
        ] {
            assert_eq!(Manifest::of(text).asks, asks, "{text}");
        }
    }

    #[test]
    fn a_workspace_is_a_list_of_folders() {
        for text in [
            r#"{"workspace": ["./api", "libs/*"]}"#,
            r#"{"workspace": {"members": ["./api", "libs/*"]}}"#,
        ] {
            let manifest = Manifest::of(text);
            for (folder, is_member) in
                [("/r/api", true), ("/r/libs/a", true), ("/r/other", false), ("/r", false)]
            {
                let found = manifest.has_member(Path::new("/r"), Path::new(folder));
                assert_eq!(found, is_member, "{text} {folder}");
            }
        }
    }
}
