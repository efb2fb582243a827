//! The address of GitHub, and the credentials for it.

use std::time::Duration;

use url::Url;

use crate::network::Secret;

/// GitHub's own API (GitHub documentation, "Getting started with the REST API").
const PUBLIC_API: &str = "https://api.github.com";

/// The pause between two writes that GitHub asks for (documentation, "Best practices for using the
/// REST API": at least one second).
const PAUSE: Duration = Duration::from_secs(1);

/// The address of GitHub, and the credentials for it.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) api: Url,
    pub(super) token: Secret,
    pub(super) pause: Duration,
    repository: String,
}

/// A missing or invalid setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// There is no repository.
    #[error("no repository is named")]
    NoRepository,
    /// It is not `owner/name`.
    #[error("`{0}` is not a repository: write owner/name")]
    Repository(String),
    /// There is no token.
    #[error("there is no token")]
    NoToken,
    /// The address of the API is invalid.
    #[error("`{0}` is not the address of an API")]
    Api(String),
    /// The pause between two writes is not a number of milliseconds.
    #[error("`{0}` is not a number of milliseconds")]
    Pause(String),
}

/// Settings from the environment and the command line, not checked yet.
#[derive(Clone, Debug, Default)]
pub struct ConnectionSettings {
    /// `owner/name`
    pub repository: Option<String>,
    pub token: Option<Secret>,
    /// The address of the API, such as `https://github.example.com/api/v3`.
    pub api: Option<String>,
    /// Milliseconds between two writes.
    pub pause: Option<String>,
}

impl Connection {
    /// Checks the settings, and adds the defaults of GitHub's own site.
    pub fn new(settings: ConnectionSettings) -> Result<Self, ConnectionError> {
        let repository = settings.repository.ok_or(ConnectionError::NoRepository)?;
        if !is_repository(&repository) {
            return Err(ConnectionError::Repository(repository));
        }
        let token = settings.token.ok_or(ConnectionError::NoToken)?;
        let api = settings.api.unwrap_or_else(|| PUBLIC_API.to_owned());
        let url: Url =
            api.trim_end_matches('/').parse().map_err(|_| ConnectionError::Api(api.clone()))?;
        if !url.has_host() || !url.username().is_empty() || url.query().is_some() {
            return Err(ConnectionError::Api(crate::network::redacted(&url)));
        }
        let pause = match settings.pause {
            None => PAUSE,
            Some(text) => {
                text.parse().map(Duration::from_millis).map_err(|_| ConnectionError::Pause(text))?
            }
        };
        Ok(Self { api: url, token, pause, repository })
    }

    /// `owner/name`
    pub fn repository(&self) -> &str {
        &self.repository
    }
}

/// Names of owners and repositories must not lead to another path of the API.
fn is_repository(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name != "."
            && name != ".."
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(repository: &str, api: Option<&str>) -> Result<Connection, ConnectionError> {
        Connection::new(ConnectionSettings {
            repository: Some(repository.to_owned()),
            token: Some(Secret::new("hunter2")),
            api: api.map(str::to_owned),
            pause: None,
        })
    }

    #[test]
    fn a_repository_is_an_owner_and_a_name() {
        assert!(connect("octocat/demo.rs", None).is_ok());
        for wrong in ["octocat", "", "a/b/c", "a/..", "../b", "a/b?c", "a b/c", "/b", "a/"] {
            let refused = connect(wrong, None).map(|_| ());
            assert_eq!(refused, Err(ConnectionError::Repository(wrong.to_owned())));
        }
    }

    #[test]
    fn the_api_may_be_that_of_an_enterprise_server() {
        let connection = connect("a/b", Some("https://github.test/api/v3/")).unwrap();
        assert_eq!(connection.api.as_str(), "https://github.test/api/v3");
        for wrong in ["github.test", "", "https://u:hunter2@github.test/", "data:x"] {
            let error = connect("a/b", Some(wrong)).map(|_| ()).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_token_is_never_printed() {
        let connection = connect("a/b", None).unwrap();
        assert!(!format!("{connection:?}").contains("hunter2"));
    }
}
