//! Which registries the configuration of a project names for packages of which a lockfile gives no address
//! (pnpm documentation, "registries" and "namedRegistries"; npm documentation, "npmrc" and "scope"; Yarn
//! documentation, "npmRegistryServer" and "npmScopes").
//!
//! What is configured on a machine or by variables is not known here.

use std::collections::BTreeMap;

use super::origin::{self, Origin};
use super::yaml::{Documents, Yaml};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::text::without_credentials;
use crate::lockfile::tool::PNPM_WORKSPACE;
use crate::source::PackageSource;

const NPMRC: &str = ".npmrc";

/// The names of registries that pnpm knows without configuration, and which are the public one (pnpm
/// documentation, "namedRegistries").
const PUBLIC_NAMES: &[&str] = &["npmjs"];

/// What a configuration says about one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Setting {
    Address(String),
    /// It depends on a variable, is said in two ways, or does not read: in the file of this name. Packages
    /// of it are matched, and nobody is asked about them.
    Unclear(String),
}

/// The registries that a configuration names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::lockfile) struct Registries {
    default: Option<Setting>,
    /// By scopes, with `@`.
    scopes: BTreeMap<String, Setting>,
    /// By the names that lockfiles have for them.
    names: BTreeMap<String, Setting>,
}

impl Registries {
    /// Those of pnpm: in the folder of the lockfile, and in that of the workspace's settings, both with `/`
    /// at their end.
    pub(in crate::lockfile) fn of_pnpm(files: &dyn ManifestFiles, workspace: &str) -> Self {
        let mut registries = Self::default();
        if let Some(source) = files.read(&format!("{workspace}{PNPM_WORKSPACE}")) {
            registries.add_workspace(&source.text);
        }
        let mut folders = vec![""];
        folders.extend(Some(workspace).filter(|folder| !folder.is_empty()));
        for folder in folders {
            if let Some(source) = files.read(&format!("{folder}{NPMRC}")) {
                registries.add_npmrc(&source.text);
            }
        }
        registries
    }

    /// Those of Yarn 2 and later, from `.yarnrc.yml`.
    pub(in crate::lockfile) fn of_yarn(file: &str, settings: Yaml<'_>) -> Self {
        let mut registries = Self::default();
        if let Some(value) = settings.get("npmRegistryServer") {
            set(&mut registries.default, of_yaml(file, value));
        }
        let scopes = settings.get("npmScopes").and_then(Yaml::mapping);
        for (scope, of_scope) in scopes.into_iter().flatten() {
            if let Some(value) = of_scope.get("npmRegistryServer") {
                registries.add_scope(&format!("@{}", scope.text()), of_yaml(file, value));
            }
        }
        registries
    }

    /// Those of a file that does not read, so far as it may name any.
    pub(in crate::lockfile) fn of_unreadable(file: &str, text: &str) -> Self {
        let names_some = text.to_ascii_lowercase().contains("registr");
        let default = names_some.then(|| Setting::Unclear(file.to_owned()));
        Self { default, ..Self::default() }
    }

    /// A package of the registry of its scope, or of the default one.
    pub(in crate::lockfile) fn origin(&self, name: &str, version: &str) -> Origin {
        let scope = name.split_once('/').map(|(scope, _)| scope);
        let of_scope = scope.and_then(|scope| self.scopes.get(scope));
        match of_scope.or(self.default.as_ref()) {
            None => origin::of_package(name, version, None),
            Some(Setting::Address(registry)) => of_registry(name, version, registry),
            Some(Setting::Unclear(file)) => {
                of_source(name, version, PackageSource::OtherRegistry(file.clone()))
            }
        }
    }

    /// A package of a registry with a name.
    pub(in crate::lockfile) fn origin_at(
        &self,
        registry: &str,
        name: &str,
        version: &str,
    ) -> Origin {
        let address = match self.names.get(registry) {
            None if PUBLIC_NAMES.contains(&registry) => {
                return origin::of_package(name, version, None);
            }
            Some(Setting::Address(address)) => {
                let origin = of_registry(name, version, address);
                match origin.source {
                    PackageSource::OtherRegistry(address) => Some(address),
                    _ => return origin,
                }
            }
            None | Some(Setting::Unclear(_)) => None,
        };
        let registry = registry.to_owned();
        of_source(name, version, PackageSource::NamedRegistry { name: registry, address })
    }

    fn add_npmrc(&mut self, text: &str) {
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
            let (key, value) = (plain(key), plain(value));
            match key.strip_suffix("registry") {
                Some("") => set(&mut self.default, setting(NPMRC, &value)),
                Some(scope) if scope.starts_with('@') && scope.ends_with(':') => {
                    self.add_scope(scope.trim_end_matches(':'), setting(NPMRC, &value));
                }
                _ => {}
            }
        }
    }

    fn add_workspace(&mut self, text: &str) {
        let Ok(documents) = Documents::read(text) else {
            *self = Self::of_unreadable(PNPM_WORKSPACE, text);
            return;
        };
        let Some(settings) = documents.iter().next() else {
            return;
        };
        if let Some(value) = settings.get("registry") {
            set(&mut self.default, of_yaml(PNPM_WORKSPACE, value));
        }
        let named = settings.get("namedRegistries").and_then(Yaml::mapping);
        for (name, value) in named.into_iter().flatten() {
            self.add_name(&name.text(), of_yaml(PNPM_WORKSPACE, value));
        }
        let registries = settings.get("registries").and_then(Yaml::mapping);
        for (key, value) in registries.into_iter().flatten() {
            match &*key.text() {
                "default" => set(&mut self.default, of_yaml(PNPM_WORKSPACE, value)),
                scope if scope.starts_with('@') => {
                    self.add_scope(scope, of_yaml(PNPM_WORKSPACE, value));
                }
                address => self.add_described(&setting(PNPM_WORKSPACE, address), value),
            }
        }
    }

    /// Adds what pnpm 11.23 and later say about the registry at an address.
    fn add_described(&mut self, registry: &Setting, described: Yaml<'_>) {
        let scopes = described.get("scopes").and_then(Yaml::sequence);
        for scope in scopes.into_iter().flatten().filter_map(Yaml::scalar) {
            match &*scope.text() {
                // Which packages have no scope, and whether it is meant for those alone, is not said.
                "@" => set(&mut self.default, Setting::Unclear(PNPM_WORKSPACE.to_owned())),
                scope => self.add_scope(scope, registry.clone()),
            }
        }
        if let Some(name) = described.get("prefix").and_then(Yaml::scalar) {
            self.add_name(&name.text(), registry.clone());
        }
    }

    fn add_scope(&mut self, scope: &str, found: Setting) {
        let mut known = self.scopes.remove(scope);
        set(&mut known, found);
        self.scopes.extend(known.map(|known| (scope.to_owned(), known)));
    }

    fn add_name(&mut self, name: &str, found: Setting) {
        let name = name.trim_end_matches(':');
        let mut known = self.names.remove(name);
        set(&mut known, found);
        self.names.extend(known.map(|known| (name.to_owned(), known)));
    }
}

/// Which of two settings of several files counts differs between versions.
fn set(known: &mut Option<Setting>, found: Setting) {
    let merged = match known.take() {
        None => found,
        Some(before) if before == found => found,
        Some(Setting::Unclear(file)) => Setting::Unclear(file),
        Some(Setting::Address(_)) => match found {
            Setting::Unclear(file) => Setting::Unclear(file),
            Setting::Address(_) => Setting::Unclear("two registries".to_owned()),
        },
    };
    *known = Some(merged);
}

fn of_yaml(file: &str, value: Yaml<'_>) -> Setting {
    let text = value.scalar().map(|scalar| scalar.text().into_owned());
    setting(file, text.as_deref().unwrap_or_default())
}

fn setting(file: &str, value: &str) -> Setting {
    let is_web = value.starts_with("https://") || value.starts_with("http://");
    if is_web && !value.contains("${") {
        Setting::Address(without_credentials(value.trim_end_matches('/')))
    } else {
        Setting::Unclear(file.to_owned())
    }
}

/// A package of a registry of which only the address is written.
pub(in crate::lockfile) fn of_registry(name: &str, version: &str, registry: &str) -> Origin {
    let own = name.rsplit('/').next().unwrap_or(name);
    let address = format!("{}/{name}/-/{own}-{version}.tgz", registry.trim_end_matches('/'));
    let origin = origin::of_package(name, version, Some(&address));
    match origin.source {
        PackageSource::PublicRegistry | PackageSource::OtherRegistry(_) => origin,
        // A registry is configured for it, whatever its address looks like.
        _ => of_source(name, version, PackageSource::OtherRegistry(address)),
    }
}

fn of_source(name: &str, version: &str, source: PackageSource) -> Origin {
    Origin { name: name.into(), version: version.into(), source, called: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::sample::Files;

    const PUBLIC: &str = "public";

    fn shown(origin: &Origin) -> String {
        assert_eq!((origin.version.as_str(), &origin.called), ("1.0.0", &None));
        match &origin.source {
            PackageSource::PublicRegistry => PUBLIC.to_owned(),
            PackageSource::OtherRegistry(address) => address.clone(),
            PackageSource::NamedRegistry { name, address } => {
                format!("{name}: {}", address.as_deref().unwrap_or_default())
            }
            source => format!("{source:?}"),
        }
    }

    const GLIM: &str = "https://npm.harbour.example/glim/-/glim-1.0.0.tgz";
    const ACME: &str = "https://npm.harbour.example/@acme/glim/-/glim-1.0.0.tgz";

    #[test]
    fn pnpm_takes_a_package_from_the_registry_of_its_scope() {
        let workspace = PNPM_WORKSPACE;
        for (file, text, plain, scoped) in [
            (NPMRC, "", PUBLIC, PUBLIC),
            (NPMRC, "registry=https://npm.harbour.example/\n", GLIM, ACME),
            (NPMRC, "@acme:registry = \"https://npm.harbour.example\"\n", PUBLIC, ACME),
            (NPMRC, "@acme:registry=${ACME}\n", PUBLIC, ".npmrc"),
            (NPMRC, "registry=https://npm.harbour.example/${PATH}\n", ".npmrc", ".npmrc"),
            (NPMRC, "@other:registry=https://npm.harbour.example\n", PUBLIC, PUBLIC),
            (NPMRC, ";registry=https://npm.harbour.example\n", PUBLIC, PUBLIC),
            (NPMRC, "//npm.harbour.example/:_authToken=secret\n", PUBLIC, PUBLIC),
            (workspace, "registry: https://npm.harbour.example\n", GLIM, ACME),
            (workspace, "registries:\n  '@acme': https://npm.harbour.example\n", PUBLIC, ACME),
            (workspace, "registries:\n  default: https://npm.harbour.example\n", GLIM, ACME),
            (
                workspace,
                "registries:\n  https://npm.harbour.example/:\n    scopes: ['@acme']\n",
                PUBLIC,
                ACME,
            ),
            (
                workspace,
                "registries:\n  https://npm.harbour.example/:\n    scopes: ['@']\n",
                workspace,
                workspace,
            ),
            (workspace, "registries: &a\n\t- 1\n", workspace, workspace),
            (workspace, "packages: &a\n\t- 1\n", PUBLIC, PUBLIC),
        ] {
            let registries = Registries::of_pnpm(&Files(&[(file, text)]), "");
            assert_eq!(shown(&registries.origin("glim", "1.0.0")), plain, "{text}");
            assert_eq!(shown(&registries.origin("@acme/glim", "1.0.0")), scoped, "{text}");
        }
    }

    #[test]
    fn a_named_registry_of_pnpm_is_at_the_address_that_the_workspace_says() {
        let named = "namedRegistries:\n  work: https://npm.harbour.example\n";
        let described = "registries:\n  https://npm.harbour.example:\n    prefix: work\n";
        let variable = "namedRegistries:\n  work: https://${HOST}\n";
        let moved = "namedRegistries:\n  npmjs: https://npm.harbour.example\n";
        let both = format!("{named}{}", described.replace("harbour", "other"));
        let at = |name: &str| format!("{name}: {GLIM}");
        for (text, name, expected) in [
            ("", "work", "work: ".to_owned()),
            ("", "npmjs", PUBLIC.to_owned()),
            (named, "work", at("work")),
            (named, "other", "other: ".to_owned()),
            (described, "work", at("work")),
            (variable, "work", "work: ".to_owned()),
            (&both, "work", "work: ".to_owned()),
            (moved, "npmjs", at("npmjs")),
        ] {
            let registries = Registries::of_pnpm(&Files(&[(PNPM_WORKSPACE, text)]), "");
            assert_eq!(shown(&registries.origin_at(name, "glim", "1.0.0")), expected, "{text}");
        }
    }

    #[test]
    fn files_that_contradict_each_other_leave_it_open() {
        let files = [
            (NPMRC, "registry=https://npm.harbour.example\n"),
            ("../.npmrc", "registry=https://npm.other.example\n"),
            ("../pnpm-workspace.yaml", "packages: []\n"),
        ];
        let registries = Registries::of_pnpm(&Files(&files), "../");
        assert_eq!(shown(&registries.origin("glim", "1.0.0")), "two registries");
        let registries = Registries::of_pnpm(&Files(&files[..1]), "../");
        assert_eq!(shown(&registries.origin("glim", "1.0.0")), GLIM);
    }

    #[test]
    fn the_public_registry_is_public_under_all_its_names() {
        let text = format!("registry={}", npmrc_config_rs::registry::DEFAULT_REGISTRY);
        let registries = Registries::of_pnpm(&Files(&[(NPMRC, &text)]), "");
        assert_eq!(shown(&registries.origin("@acme/glim", "1.0.0")), PUBLIC);
    }
}
