//! Where a locked package comes from, which decides whether its name means anything to an advisory.

mod address;

pub use self::address::RegistryAddress;

/// The origin of a locked package.
///
/// A package of the ecosystem's public registry is matched by name. So is one of another registry,
/// which mostly mirrors the public one, unless the policy says that it holds packages of its own. A
/// workspace member, a copy in the repository or a git repository that happens to share a public name
/// may be somebody else's code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageSource {
    /// The ecosystem's default public registry.
    PublicRegistry,
    /// Another registry, without credentials: the address of its index (Cargo), or of the archive that
    /// it serves (npm).
    OtherRegistry(String),
    /// Another registry that the lockfile names by a word (pnpm), and the address of the archive there,
    /// where the configuration says it.
    NamedRegistry { name: String, address: Option<String> },
    /// A git repository, or an archive that a git host makes of one.
    Git(String),
    /// A folder or an archive on this machine, a workspace member, or a link.
    Local,
    /// An archive from an address that does not look like a registry's.
    Archive(String),
    /// A package of a registry that advisories of the ecosystem are not about (Deno's JSR), or modules
    /// that are fetched by their addresses.
    Elsewhere(String),
}

impl PackageSource {
    /// Whether it is the public registry.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::PublicRegistry)
    }

    /// Whether a registry has it: under one name and version that has one archive.
    pub fn is_of_registry(&self) -> bool {
        match self {
            Self::PublicRegistry | Self::OtherRegistry(_) | Self::NamedRegistry { .. } => true,
            Self::Git(_) | Self::Local | Self::Archive(_) | Self::Elsewhere(_) => false,
        }
    }

    /// The registry that is not the public one, as a person would name it in the policy: what stands
    /// before the package's name, or the host of an archive.
    pub fn registry(&self) -> Option<String> {
        match self {
            Self::OtherRegistry(address) => {
                let registry = registry_of(address);
                // One that can be read in two ways could not be named: its host can.
                let can_be_named = RegistryAddress::of_registry(&registry).is_ok();
                Some(if can_be_named { registry } else { host_of(address).to_owned() })
            }
            Self::NamedRegistry { name, .. } => Some(format!("{name}:")),
            Self::Archive(address) => Some(host_of(address).to_owned()),
            Self::PublicRegistry | Self::Git(_) | Self::Local | Self::Elsewhere(_) => None,
        }
    }
}

/// What stands before `/<name>/-/<file>` in the address of a registry's archive (npm), or the address
/// of an index, without its end.
fn registry_of(address: &str) -> String {
    let plain = address.split(['?', '#']).next().unwrap_or(address);
    let bare = ["registry+", "sparse+"]
        .iter()
        .find_map(|prefix| plain.strip_prefix(prefix))
        .unwrap_or(plain);
    let Some((package, _)) = bare.split_once("/-/") else {
        return bare.trim_end_matches('/').to_owned();
    };
    let Some((before, _)) = package.rsplit_once('/') else {
        return host_of(bare).to_owned();
    };
    let registry = match before.rsplit_once('/') {
        Some((registry, scope)) if scope.starts_with('@') || scope.starts_with("%40") => registry,
        _ => before,
    };
    registry.trim_end_matches('/').to_owned()
}

/// Scheme and host of an address.
fn host_of(address: &str) -> &str {
    let start = address.find("://").map_or(0, |position| position + 3);
    let end = address[start..].find(['/', '?', '#']);
    end.map_or(address, |length| &address[..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_what_stands_before_the_name() {
        for (address, registry) in [
            ("https://npm.example.com/glim/-/glim-1.0.0.tgz", "https://npm.example.com"),
            ("https://npm.example.com/all/glim/-/glim-1.0.0.tgz", "https://npm.example.com/all"),
            ("https://npm.example.com/all/@s/glim/-/glim-1.0.0.tgz", "https://npm.example.com/all"),
            ("https://npm.example.com/@s%2fglim/-/glim-1.0.0.tgz", "https://npm.example.com"),
            ("http://localhost:4873/glim/-/glim-1.0.0.tgz?x=1", "http://localhost:4873"),
            ("https://npm.example.com/a/..%2fb/glim/-/glim-1.0.0.tgz", "https://npm.example.com"),
            ("sparse+https://crates.example.com/index/", "https://crates.example.com/index"),
            ("https://crates.example.com/index.git", "https://crates.example.com/index.git"),
        ] {
            let source = PackageSource::OtherRegistry(address.to_owned());
            assert_eq!(source.registry().as_deref(), Some(registry), "{address}");
        }
        let archive = PackageSource::Archive("https://files.example.com/a/glim.tgz".to_owned());
        assert_eq!(archive.registry().as_deref(), Some("https://files.example.com"));
        assert_eq!(PackageSource::Local.registry(), None);
        assert_eq!(PackageSource::PublicRegistry.registry(), None);
    }
}
