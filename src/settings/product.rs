//! What is checked, as other tools name it.

/// The repository and its commit as a package URL, where GitHub Actions says so (GitHub documentation,
/// "Default environment variables"; purl specification, type `github`: names in lower case).
pub(super) fn product() -> Option<String> {
    package_url(&variable("GITHUB_REPOSITORY")?, &variable("GITHUB_SHA")?)
}

fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "settings are the home of the environment")]
    std::env::var(name).ok()
}

fn package_url(repository: &str, commit: &str) -> Option<String> {
    let (owner, name) = repository.split_once('/')?;
    let is_name = |text: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_whole = is_name(owner) && is_name(name) && is_commit;
    is_whole.then(|| format!("pkg:github/{owner}/{name}@{commit}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_repository_is_named_by_its_commit() {
        assert_eq!(
            package_url("Acme/Shop", COMMIT),
            Some(format!("pkg:github/acme/shop@{COMMIT}"))
        );
    }

    #[test]
    fn what_is_no_repository_and_commit_names_nothing() {
        for (repository, commit) in [
            ("shop", COMMIT),
            ("acme/", COMMIT),
            ("a/b/c", COMMIT),
            ("acme/shop", "main"),
            ("a b/c", COMMIT),
        ] {
            assert_eq!(package_url(repository, commit), None, "{repository} {commit}");
        }
    }
}
