//! Archives of locked packages, from the registries that npm's configuration names.

use std::cell::OnceCell;
use std::path::Path;

use url::Url;

use super::refresh::Surroundings;
use crate::database::asked::npm_config::{Registries, Registry};
use crate::installed::{Archives, WantedArchive};
use crate::network::{Fetch, Fetched, NetworkError, Request, Validators};
use crate::problem::Problem;
use crate::settings::npm_variables;

/// The most bytes of an archive.
const LARGEST: u64 = 512 << 20;

/// Fetches archives. The network is made with the first of them.
pub struct RegistryArchives<'run> {
    /// The folder whose configuration says which registries there are.
    folder: &'run Path,
    surroundings: &'run Surroundings<'run>,
    network: OnceCell<Result<Box<dyn Fetch>, Problem>>,
}

impl std::fmt::Debug for RegistryArchives<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RegistryArchives").field("folder", &self.folder).finish()
    }
}

impl<'run> RegistryArchives<'run> {
    pub fn new(folder: &'run Path, surroundings: &'run Surroundings<'run>) -> Self {
        Self { folder, surroundings, network: OnceCell::new() }
    }

    fn network(&self) -> Result<&dyn Fetch, String> {
        let network = self.network.get_or_init(|| (self.surroundings.connect)());
        network.as_ref().map(AsRef::as_ref).map_err(|problem| problem.message.clone())
    }

    fn fetch_all(&self, wanted: &[WantedArchive]) -> Result<Vec<Result<Vec<u8>, String>>, String> {
        let names = wanted.iter().map(|archive| archive.package.name.as_str());
        let registries = Registries::read(self.folder, names, &npm_variables(), &[])
            .map_err(|error| error.to_string())?;
        let requests: Vec<Result<Request, String>> =
            wanted.iter().map(|archive| request(archive, &registries)).collect();
        let sent: Vec<Request> = requests.iter().flatten().cloned().collect();
        let mut answers = self.network()?.get_all(&sent).into_iter();
        let answered = requests.into_iter().map(|request| {
            request?;
            let answer = answers.next().ok_or("nothing was answered")?;
            content(answer)
        });
        Ok(answered.collect())
    }
}

impl Archives for RegistryArchives<'_> {
    fn fetch(&self, wanted: &[WantedArchive]) -> Vec<Result<Vec<u8>, String>> {
        let fetched = self.fetch_all(wanted);
        fetched.unwrap_or_else(|cause| vec![Err(cause); wanted.len()])
    }
}

fn content(answer: Result<Fetched<Vec<u8>>, NetworkError>) -> Result<Vec<u8>, String> {
    match answer {
        Ok(Fetched::New { content, .. }) => Ok(content),
        Ok(Fetched::NotModified) => Err("the server says that it is here already".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Where an archive is asked for. Credentials go to the registry alone that they are configured for.
fn request(archive: &WantedArchive, registries: &Registries) -> Result<Request, String> {
    let name = archive.package.name.as_str();
    let registry = registries.of(name);
    let url = match (&archive.address, registry) {
        (Some(address), _) => {
            address.parse().map_err(|error| format!("`{}`: {error}", address.escape_debug()))?
        }
        (None, Some(registry)) => served_at(registry, name, &archive.package.version)
            .ok_or("its name or version can be no part of an address")?,
        (None, None) => return Err("no registry is configured for it".to_owned()),
    };
    let authorization = registry.filter(|registry| is_below(&url, &registry.url));
    Ok(Request {
        authorization: authorization.and_then(|registry| registry.authorization.clone()),
        url,
        validators: Validators::default(),
        max_bytes: LARGEST,
    })
}

/// The address under which registries serve an archive: `<name>/-/<name without scope>-<version>.tgz`. Build
/// metadata is no part of it.
fn served_at(registry: &Registry, name: &str, version: &str) -> Option<Url> {
    let own = name.rsplit('/').next().unwrap_or(name);
    let version = version.split('+').next().unwrap_or(version);
    let mut url = registry.url.clone();
    let mut segments = url.path_segments_mut().ok()?;
    segments.pop_if_empty().extend(name.split('/'));
    segments.push("-").push(&format!("{own}-{version}.tgz"));
    drop(segments);
    Some(url)
}

fn is_below(url: &Url, registry: &Url) -> bool {
    url.origin() == registry.origin() && url.path().starts_with(registry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_lies_where_registries_serve_it() {
        let registry = |url: &str| Registry { url: url.parse().unwrap(), authorization: None };
        for (url, name, version, expected) in [
            ("https://npm.example/", "glim", "1.0.0", "https://npm.example/glim/-/glim-1.0.0.tgz"),
            (
                "https://npm.example/all/",
                "@s/glim",
                "1.0.0-a+b",
                "https://npm.example/all/@s/glim/-/glim-1.0.0-a.tgz",
            ),
            ("https://npm.example/", "..", "1?x#y", "https://npm.example/-/..-1%3Fx%23y.tgz"),
        ] {
            let found = served_at(&registry(url), name, version).unwrap();
            assert_eq!(found.as_str(), expected, "{name}");
        }
    }

    #[test]
    fn credentials_go_to_their_registry_alone() {
        let registry: Url = "https://npm.example/own/".parse().unwrap();
        for (url, expected) in [
            ("https://npm.example/own/glim/-/glim-1.0.0.tgz", true),
            ("https://npm.example/glim/-/glim-1.0.0.tgz", false),
            ("http://npm.example/own/glim/-/glim-1.0.0.tgz", false),
            ("https://npm.example.evil.example/own/glim/-/glim-1.0.0.tgz", false),
        ] {
            assert_eq!(is_below(&url.parse().unwrap(), &registry), expected, "{url}");
        }
    }
}
