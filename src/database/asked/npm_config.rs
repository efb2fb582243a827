//! Which registry npm would use for a package, and with which credentials.
//!
//! npm decides about the address: from `npm_config_…` variables, then the project's, the user's
//! and the machine's `.npmrc` (npm documentation, "config", "npmrc"). An unreadable address
//! is an error and never replaced by the default: that would disclose a private scope.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use npmrc_config_rs::registry::{
    DEFAULT_REGISTRY, extract_scope, parse_registry_url, scope_registry_key,
};
use npmrc_config_rs::{Credentials, LoadOptions, NpmrcConfig, nerf_dart};
use url::Url;

use crate::network::Secret;

/// A registry and its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// Its address, with a slash at the end.
    pub url: Url,
    /// The value of the `Authorization` header.
    pub authorization: Option<Secret>,
}

/// The registries of one project.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    /// For every package whose scope has none of its own. `None` if no npm package is locked.
    default: Option<Registry>,
    /// The scopes in use that have a registry of their own, such as `@acme`.
    scoped: BTreeMap<String, Registry>,
    /// Those that the policy names, by the policy's address.
    by_policy: BTreeMap<Url, Registry>,
}

/// Why npm's configuration does not determine a registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NpmConfigError {
    /// A file cannot be read.
    #[error("cannot read npm's configuration: {0}")]
    Unreadable(String),
    /// A registry's address is invalid.
    #[error("npm's configuration: `{key}` is not the address of a registry")]
    Address { key: String },
}

impl NpmConfigError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "check the .npmrc files and their permissions",
            Self::Address { .. } => {
                "write it as https://…; a variable in it must be set where lockgate runs"
            }
        }
    }
}

/// The settings that npm reads from the environment, by their key in `.npmrc`.
#[derive(Clone, Default)]
pub struct NpmVariables(BTreeMap<String, String>);

impl NpmVariables {
    /// Extracts npm's settings from environment variables: `npm_config_registry` in any case, without empty
    /// ones, with `_` replaced by `-` except in keys of credentials (`@npmcli/config`, `loadEnv`).
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        const PREFIX: &str = "npm_config_";
        let settings = variables.into_iter().filter_map(|(name, value)| {
            let prefix = name.get(..PREFIX.len())?;
            if !prefix.eq_ignore_ascii_case(PREFIX) || value.is_empty() {
                return None;
            }
            let key = &name[PREFIX.len()..];
            let key = if key.starts_with("//") {
                key.to_owned()
            } else {
                let (first, rest) = key.split_at_checked(1)?;
                format!("{first}{}", rest.replace('_', "-")).to_lowercase()
            };
            Some((key, value))
        });
        Self(settings.collect())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

impl Registries {
    /// Reads npm's configuration for a project, as far as the named packages need it.
    pub fn read<'name>(
        folder: &Path,
        names: impl Iterator<Item = &'name str>,
        variables: &NpmVariables,
        by_policy: &[Url],
    ) -> Result<Self, NpmConfigError> {
        let mut names = names.peekable();
        if names.peek().is_none() {
            return Ok(Self::default());
        }
        let options = LoadOptions {
            cwd: Some(folder.to_owned()),
            global_prefix: variables.get("prefix").map(PathBuf::from),
            user_config: variables.get("userconfig").map(PathBuf::from),
            ..LoadOptions::default()
        };
        let config = NpmrcConfig::load_with_options(options)
            .map_err(|error| NpmConfigError::Unreadable(error.to_string()))?;
        let settings = Settings { config, variables };
        let in_use: BTreeSet<&str> = names.filter_map(extract_scope).collect();
        let mut scoped = BTreeMap::new();
        for scope in in_use {
            if let Some(registry) = settings.registry(&scope_registry_key(scope))? {
                scoped.insert(scope.to_owned(), registry);
            }
        }
        let default = match settings.registry("registry")? {
            Some(registry) => registry,
            None => settings.registry_at("registry", DEFAULT_REGISTRY)?,
        };
        let by_policy = by_policy
            .iter()
            .map(|url| Ok((url.clone(), settings.registry_at("url", url.as_str())?)))
            .collect::<Result<_, _>>()?;
        Ok(Self { default: Some(default), scoped, by_policy })
    }

    /// The registry for a package.
    pub fn of(&self, package: &str) -> Option<&Registry> {
        self.own_of_scope(package).or(self.default.as_ref())
    }

    /// The registry for a package if the policy replaces the default by `url`.
    pub fn of_named(&self, package: &str, url: &Url) -> Option<&Registry> {
        self.own_of_scope(package).or_else(|| self.by_policy.get(url))
    }

    /// The registry of a package's scope, if it has one of its own.
    pub fn own_of_scope(&self, package: &str) -> Option<&Registry> {
        self.scoped.get(extract_scope(package)?)
    }
}

#[cfg(test)]
impl Registries {
    pub(super) fn for_tests(default: &str, scoped: &[(&str, &str)]) -> Self {
        let registry =
            |address: &str| Registry { url: address.parse().unwrap(), authorization: None };
        let scoped = scoped.iter();
        Self {
            by_policy: BTreeMap::new(),
            default: Some(registry(default)),
            scoped: scoped
                .map(|(scope, address)| ((*scope).to_owned(), registry(address)))
                .collect(),
        }
    }
}

/// Files and variables together.
struct Settings<'variables> {
    config: NpmrcConfig,
    variables: &'variables NpmVariables,
}

impl Settings<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.variables.get(key).or_else(|| self.config.get(key))
    }

    fn registry(&self, key: &str) -> Result<Option<Registry>, NpmConfigError> {
        self.get(key).map(|address| self.registry_at(key, address)).transpose()
    }

    fn registry_at(&self, key: &str, address: &str) -> Result<Registry, NpmConfigError> {
        let url = parse_registry_url(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
            .filter(|_| !address.contains("${"))
            .ok_or_else(|| NpmConfigError::Address { key: key.to_owned() })?;
        Ok(Registry { authorization: self.authorization(&url), url })
    }

    /// The credentials for an address, or for the nearest one above it (`npm-registry-fetch`,
    /// `lib/auth.js`). Credentials with a variable's name left in them do not count: npm leaves `${TOKEN}`
    /// unchanged if the variable is not set.
    fn authorization(&self, registry: &Url) -> Option<Secret> {
        let mut place = registry.clone();
        loop {
            if let Some(header) = self.authorization_at(&place) {
                return (!header.contains("${")).then(|| Secret::new(header));
            }
            if place.path() == "/" {
                return None;
            }
            place.path_segments_mut().ok()?.pop_if_empty().pop().push("");
        }
    }

    fn authorization_at(&self, place: &Url) -> Option<String> {
        if let Some(token) = self.variables.get(&format!("{}:_authToken", nerf_dart(place))) {
            return Some(format!("Bearer {token}"));
        }
        match self.config.credentials_for(place)? {
            Credentials::Token { token, .. } => Some(format!("Bearer {token}")),
            other => Some(format!("Basic {}", other.basic_auth_header()?)),
        }
    }
}

#[cfg(test)]
mod tests;
