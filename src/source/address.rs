//! Addresses of registries, compared as addresses are: the same place however it is spelt, and
//! nothing that lies beside it.

use percent_encoding::percent_decode_str;
use url::Url;

/// What Cargo writes before the address of a registry.
const PREFIXES: &[&str] = &["registry+", "sparse+"];

/// The kinds of addresses that a registry can have.
const SCHEMES: &[&str] = &["http", "https", "ssh", "git", "file"];

/// The port of a scheme that the standard of addresses does not know.
const SSH_PORT: u16 = 22;

/// The address of a registry, or of something in it; or the name that a configuration gives a registry,
/// with a colon behind it (pnpm documentation, "namedRegistries").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryAddress {
    text: String,
    is_name: bool,
    scheme: String,
    host: String,
    port: Option<u16>,
    /// The steps of the path, decoded. `None` if a server may take it for another path than the one
    /// that it seems to be.
    steps: Option<Vec<String>>,
}

/// A text is not the address of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a registry")]
pub struct NotAnAddress;

impl RegistryAddress {
    /// Reads the address of a package or an index, in whichever spelling a lockfile has it. User names,
    /// passwords, questions and fragments tell no place apart.
    pub fn read(text: &str) -> Result<Self, NotAnAddress> {
        if let Some(name) = name_in(text) {
            return Ok(Self::of_name(name));
        }
        let bare = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
        let url = Url::parse(bare.trim()).map_err(|_| NotAnAddress)?;
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let known_port = url.port_or_known_default();
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            is_name: false,
            scheme: url.scheme().to_owned(),
            host,
            port: known_port.or((url.scheme() == "ssh").then_some(SSH_PORT)),
            steps: steps(url.path()),
        })
    }

    fn of_name(name: &str) -> Self {
        Self {
            text: format!("{name}:"),
            is_name: true,
            scheme: String::new(),
            host: String::new(),
            port: None,
            steps: Some(Vec::new()),
        }
    }

    /// Reads the address of a registry as a person writes it: nothing but scheme, host and path, or a name
    /// and a colon.
    pub fn of_registry(text: &str) -> Result<Self, NotAnAddress> {
        let address = Self::read(text)?;
        if address.is_name {
            return Ok(address);
        }
        let url = Url::parse(&address.text).map_err(|_| NotAnAddress)?;
        let is_known = SCHEMES.contains(&url.scheme());
        let has_place = url.has_host() || url.scheme() == "file";
        let has_user = !url.username().is_empty() && url.scheme() != "ssh";
        let has_more = has_user
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if is_known && has_place && !has_more && address.steps.is_some() {
            Ok(address)
        } else {
            Err(NotAnAddress)
        }
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many steps its path has: the longer of two that cover an address says more about it.
    pub fn depth(&self) -> usize {
        self.steps.as_ref().map_or(0, Vec::len)
    }

    /// Whether another address is this one or lies below it. `https://a.example/npm` covers neither
    /// `https://a.example/npm-private` nor `https://a.example.evil.example/npm`, and where a path can be
    /// read in two ways nothing covers it.
    pub fn covers(&self, other: &Self) -> bool {
        if self.is_name || other.is_name {
            return self == other;
        }
        let is_same_host =
            (&self.scheme, &self.host, self.port) == (&other.scheme, &other.host, other.port);
        let (Some(own), Some(others)) = (&self.steps, &other.steps) else {
            return false;
        };
        is_same_host && others.starts_with(own)
    }
}

/// The name of a registry in `name:`, which is no beginning of an address.
fn name_in(text: &str) -> Option<&str> {
    let name = text.strip_suffix(':')?;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = !name.is_empty() && name.bytes().all(is_of_name);
    let is_scheme = SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
    (is_name && !is_scheme).then_some(name)
}

/// The steps of a path, unless some of them could be understood otherwise: an empty one, one that leads
/// upwards once it is decoded, one that is encoded twice.
fn steps(path: &str) -> Option<Vec<String>> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if decoded.contains(['%', '\\']) || decoded.contains(char::is_control) {
        return None;
    }
    let inner = decoded.strip_prefix('/').unwrap_or(&decoded);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let steps: Vec<String> = inner.split('/').map(str::to_owned).collect();
    let is_plain = |step: &String| !matches!(step.as_str(), "" | "." | "..");
    steps.iter().all(is_plain).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(text: &str) -> RegistryAddress {
        RegistryAddress::of_registry(text).unwrap()
    }

    fn covers(registry: &RegistryAddress, address: &str) -> bool {
        RegistryAddress::read(address).is_ok_and(|address| registry.covers(&address))
    }

    #[test]
    fn an_address_is_the_same_however_it_is_spelt() {
        let ours = registry("https://npm.harbour.example/ours/");
        assert_eq!(ours.as_str(), "https://npm.harbour.example/ours");
        for address in [
            "https://npm.harbour.example/ours",
            "https://npm.harbour.example/ours/glim/-/glim-1.0.0.tgz",
            "HTTPS://NPM.Harbour.Example:443/ours/glim/-/glim-1.0.0.tgz",
            "https://npm.harbour.example./ours/glim/-/glim-1.0.0.tgz",
            "https://me:secret@npm.harbour.example/ours/glim",
            "https://npm.harbour.example/%6furs/@s%2fglim/-/glim-1.0.0.tgz",
            "https://npm.harbour.example/other/../ours/glim",
            "sparse+https://npm.harbour.example/ours/",
            "registry+https://npm.harbour.example/ours#0123",
            "https://npm.harbour.example/ours/glim?token=1",
        ] {
            assert!(covers(&ours, address), "{address}");
        }
    }

    #[test]
    fn an_address_covers_no_more_than_it_says() {
        let ours = registry("https://npm.harbour.example/ours");
        for address in [
            "https://npm.harbour.example/ours-too/glim",
            "https://npm.harbour.example/",
            "https://npm.harbour.example/public/glim",
            "http://npm.harbour.example/ours/glim",
            "https://npm.harbour.example:8443/ours/glim",
            "https://npm.harbour.example.evil.example/ours/glim",
            "https://evil.example/https://npm.harbour.example/ours/glim",
            "https://npm.harbour.example@evil.example/ours/glim",
            "https://npm.harbour.example/ours/../public/glim",
            "https://npm.harbour.example/ours/%2e%2e/public/glim",
            "https://npm.harbour.example/ours/..%2fpublic/glim",
            "https://npm.harbour.example/ours/%252e%252e/public/glim",
            "https://npm.harbour.example/ours/..%5cpublic/glim",
            "https://npm.harbour.example//ours/glim",
            "https://npm.harbour.example/OURS/glim",
            "no address",
            "",
        ] {
            assert!(!covers(&ours, address), "{address}");
        }
    }

    #[test]
    fn a_registry_of_cargo_may_be_a_git_repository() {
        for (written, locked) in [
            ("ssh://git@git.harbour.example/index", "registry+ssh://git@git.harbour.example/index"),
            ("registry+ssh://git.harbour.example:22/index", "ssh://git.harbour.example/index"),
            ("file:///srv/index", "registry+file:///srv/index"),
            (
                "sparse+https://crates.harbour.example/index/",
                "sparse+https://crates.harbour.example/index/",
            ),
        ] {
            assert!(covers(&registry(written), locked), "{written} {locked}");
        }
    }

    #[test]
    fn a_name_covers_nothing_but_itself() {
        let work = registry("work:");
        assert_eq!(work.as_str(), "work:");
        assert!(covers(&work, "work:"));
        for other in ["Work:", "work-too:", "work:lark", "work://npm.harbour.example", "work"] {
            assert!(!covers(&work, other), "{other}");
        }
        assert!(!covers(&registry("https://npm.harbour.example"), "work:"));
        assert!(covers(&registry("our_own.2:"), "our_own.2:"));
    }

    #[test]
    fn what_is_no_place_of_a_registry_is_refused() {
        for text in [
            "https:",
            "SSH:",
            ":",
            "work: ",
            "work:lark",
            "@acme:",
            "npm.harbour.example",
            "ftp://npm.harbour.example",
            "https://me:secret@npm.harbour.example",
            "https://me@npm.harbour.example",
            "https://npm.harbour.example/?a=1",
            "https://npm.harbour.example/#a",
            "https://npm.harbour.example//ours",
            "https://npm.harbour.example/a%2f..%2fb",
            "",
        ] {
            assert_eq!(RegistryAddress::of_registry(text), Err(NotAnAddress), "{text}");
        }
    }
}
