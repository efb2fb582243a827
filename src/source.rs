//! Where a locked package comes from, which decides whether its name means anything to an advisory.

/// The origin of a locked package.
///
/// Only a package from the ecosystem's public registry may be matched by name: a workspace member
/// or a private package that happens to share a public name is somebody else's code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageSource {
    /// The ecosystem's default public registry.
    PublicRegistry,
    /// Another registry, by its address as the lockfile spells it, without credentials.
    OtherRegistry(String),
    /// A git repository.
    Git(String),
    /// A folder or an archive on this machine, a workspace member, or a link.
    Local,
    /// An archive from an address that is no registry.
    Archive(String),
}

impl PackageSource {
    /// Whether an advisory for the public registry may be matched by name alone.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::PublicRegistry)
    }
}
