//! The part of a package URL that says where a package comes from (purl specification, "Qualifiers").
//!
//! Without a qualifier every reader assumes that a package comes from the public registry.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::lockfile::LockedPackage;
use crate::source::PackageSource;

/// Characters that are not encoded in a qualifier: RFC 3986's unreserved characters, colons and slashes.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'/');

/// npm's words for git hosts (npm documentation, "package-spec").
const HOSTS: &[(&str, &str)] = &[
    ("github:", "https://github.com/"),
    ("gitlab:", "https://gitlab.com/"),
    ("bitbucket:", "https://bitbucket.org/"),
    ("gist:", "https://gist.github.com/"),
];

/// The package URL. `None` for a project, and for a copy in the repository: neither is a
/// package of any registry.
pub(super) fn package_url(package: &LockedPackage) -> Option<String> {
    let purl = package.id.purl();
    let qualifiers: Vec<(&str, String)> = match &package.source {
        PackageSource::PublicRegistry => return Some(purl),
        PackageSource::Local | PackageSource::Elsewhere(_) => return None,
        PackageSource::Git(address) if address.starts_with("http") => {
            vec![("download_url", address.clone())]
        }
        PackageSource::Git(address) => vec![("vcs_url", vcs_url(address))],
        PackageSource::Archive(address) => vec![("download_url", address.clone())],
        PackageSource::NamedRegistry { address: None, name } => {
            vec![("repository_url", format!("{name}:"))]
        }
        PackageSource::OtherRegistry(address)
        | PackageSource::NamedRegistry { address: Some(address), .. } => {
            let archive = address.contains("/-/").then(|| ("download_url", address.clone()));
            let registry = PackageSource::OtherRegistry(address.clone()).registry();
            let registry = registry.map(|registry| ("repository_url", registry));
            archive.into_iter().chain(registry).collect()
        }
    };
    let qualifiers: Vec<String> = qualifiers
        .iter()
        .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, ENCODED)))
        .collect();
    Some(format!("{purl}?{}", qualifiers.join("&")))
}

/// A repository and the locked commit, in SPDX's syntax: `git+https://host/path@commit` (SPDX
/// specification 2.3, "Package download location field").
fn vcs_url(address: &str) -> String {
    let (place, fragment) = address.split_once('#').unwrap_or((address, ""));
    let place = place.split('?').next().unwrap_or(place);
    let is_commit = fragment.len() >= 7 && fragment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = if is_commit { format!("@{fragment}") } else { String::new() };
    let at_host =
        HOSTS.iter().find_map(|(word, host)| Some(format!("{host}{}", place.strip_prefix(word)?)));
    let address = match (at_host, place.strip_prefix("git@")) {
        (Some(address), _) => address,
        // `git@host:path` is the spelling of ssh.
        (None, Some(rest)) => format!("ssh://{}", rest.replacen(':', "/", 1)),
        (None, None) if !place.contains(':') => format!("https://github.com/{place}"),
        (None, None) => place.to_owned(),
    };
    let tool = if address.starts_with("git+") { "" } else { "git+" };
    format!("{tool}{address}{commit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::sample::lockfile;
    use crate::package::Ecosystem;

    fn purl(source: PackageSource) -> Option<String> {
        let mut lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "@s/glim 1.0.0"], 1, &[]);
        lockfile.packages[1].source = source;
        package_url(&lockfile.packages[1])
    }

    #[test]
    fn a_package_url_says_where_a_package_comes_from() {
        let other = |address: &str| PackageSource::OtherRegistry(address.to_owned());
        for (source, qualifiers) in [
            (PackageSource::PublicRegistry, ""),
            (
                other("https://npm.harbour.example/all/@s/glim/-/glim-1.0.0.tgz"),
                "?download_url=https://npm.harbour.example/all/%40s/glim/-/glim-1.0.0.tgz\
                 &repository_url=https://npm.harbour.example/all",
            ),
            (
                other("https://crates.harbour.example/index/"),
                "?repository_url=https://crates.harbour.example/index",
            ),
            (
                PackageSource::Archive("https://files.harbour.example/glim.tgz?a=1&b=2".into()),
                "?download_url=https://files.harbour.example/glim.tgz%3Fa%3D1%26b%3D2",
            ),
            (
                PackageSource::Git("https://git.harbour.example/glim/tarball/v1".into()),
                "?download_url=https://git.harbour.example/glim/tarball/v1",
            ),
        ] {
            let expected = format!("pkg:npm/%40s/glim@1.0.0{qualifiers}");
            assert_eq!(purl(source), Some(expected));
        }
        assert_eq!(purl(PackageSource::Local), None);
    }

    #[test]
    fn a_repository_is_named_with_its_commit() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (address, expected) in [
            (
                "git+https://git.harbour.example/glim?branch=main#C",
                "git+https://git.harbour.example/glim@C",
            ),
            (
                "git+ssh://git.harbour.example/glim.git#C",
                "git+ssh://git.harbour.example/glim.git@C",
            ),
            ("git://git.harbour.example/glim.git#C", "git+git://git.harbour.example/glim.git@C"),
            ("ssh://git.harbour.example/glim#C", "git+ssh://git.harbour.example/glim@C"),
            (
                "git@git.harbour.example:acme/glim.git#C",
                "git+ssh://git.harbour.example/acme/glim.git@C",
            ),
            ("github:acme/glim#C", "git+https://github.com/acme/glim@C"),
            ("acme/glim#C", "git+https://github.com/acme/glim@C"),
            (
                "git+https://git.harbour.example/glim#semver:^1.0.0",
                "git+https://git.harbour.example/glim",
            ),
            ("git+https://git.harbour.example/glim", "git+https://git.harbour.example/glim"),
        ] {
            let address = address.replace("#C", &format!("#{commit}"));
            let expected = expected.replace("@C", &format!("@{commit}"));
            assert_eq!(vcs_url(&address), expected, "{address}");
        }
        let git = PackageSource::Git(format!("git+https://git.harbour.example/glim#{commit}"));
        let expected = format!(
            "pkg:npm/%40s/glim@1.0.0?vcs_url=git%2Bhttps://git.harbour.example/glim%40{commit}"
        );
        assert_eq!(purl(git), Some(expected));
    }
}
