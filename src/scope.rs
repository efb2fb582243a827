//! What needs a package: running, building, or only development.

use std::fmt;

/// What needs a package. Decided by reachability over the graph, see [`crate::graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Nothing but development needs it.
    Development,
    /// Building needs it, running does not.
    Build,
    /// Running needs it, or nothing proves that it does not.
    Runtime,
}

impl Scope {
    /// The word in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Build => "build",
            Self::Runtime => "runtime",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The scope of a finding: a word to show, and what may be decided by it.
///
/// What is shown follows the dependencies that the lockfile records. Whoever decides gets
/// [`FindingScope::proven`], or has to say what becomes of a doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingScope {
    recorded: Scope,
    doubt: Option<UnrecordedPeers>,
}

/// Why a scope is not proven: the lockfile does not say what is wanted as a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnrecordedPeers {
    /// Which lockfiles leave peers out, with an article.
    pub lockfile: &'static str,
}

impl FindingScope {
    /// The recorded dependencies are all there are.
    pub fn certain(scope: Scope) -> Self {
        Self { recorded: scope, doubt: None }
    }

    /// More than what is recorded may need the package. What running needs already is certain.
    pub fn doubtful(recorded: Scope, doubt: UnrecordedPeers) -> Self {
        Self { recorded, doubt: (recorded != Scope::Runtime).then_some(doubt) }
    }

    /// What may be decided by: run time, unless it is certain that running does not need it.
    pub fn proven(self) -> Scope {
        if self.doubt.is_some() { Scope::Runtime } else { self.recorded }
    }

    /// The scope that is not proven, and why.
    pub fn doubted(self) -> Option<(Scope, UnrecordedPeers)> {
        Some((self.recorded, self.doubt?))
    }

    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        self.recorded.as_str()
    }
}

impl fmt::Display for FindingScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.recorded.fmt(formatter)
    }
}

impl fmt::Display for UnrecordedPeers {
    /// `a lockfile of Yarn 1 does not record peers, and they are installed for production`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} does not record peers, and they are installed for production",
            self.lockfile
        )
    }
}
