//! Which addresses may be requested, and how redirects are followed.

use url::{Host, Url};

use crate::network::{NetworkError, Request, Secret, redacted};

/// More redirects than any honest server needs.
pub(super) const MAX_REDIRECTS: usize = 5;

/// The next address to request.
#[derive(Clone)]
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) authorization: Option<Secret>,
    /// The address for errors: the first one and the current one.
    pub(super) name: String,
    began: String,
}

impl Hop {
    pub(super) fn first(request: &Request) -> Result<Self, NetworkError> {
        let name = redacted(&request.url);
        if !is_permitted(&request.url) {
            return Err(NetworkError::Insecure { url: name });
        }
        let mut url = request.url.clone();
        if request.authorization.is_some() {
            remove_user(&mut url);
        }
        Ok(Self { url, authorization: request.authorization.clone(), began: name.clone(), name })
    }

    /// The address that `location` points to, relative to this one (RFC 9110, section 10.2.2).
    ///
    /// Credentials are dropped for good when a redirect leaves their server, even if a later one leads back.
    pub(super) fn follow(&self, location: &str) -> Result<Self, NetworkError> {
        let mut url = self.url.join(location).map_err(|error| NetworkError::Unexpected {
            url: self.name.clone(),
            reason: format!("the server redirects to something that is not an address: {error}"),
        })?;
        let same_server = url.origin() == self.url.origin();
        if !same_server || self.url.username().is_empty() {
            remove_user(&mut url);
        }
        let name = format!("{} (redirected to {})", self.began, redacted(&url));
        let less_secure = self.url.scheme() == "https" && url.scheme() != "https";
        if less_secure || !is_permitted(&url) {
            return Err(NetworkError::Insecure { url: name });
        }
        Ok(Self {
            url,
            authorization: self.authorization.clone().filter(|_| same_server),
            name,
            began: self.began.clone(),
        })
    }

    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }
}

fn remove_user(url: &mut Url) {
    // Addresses that cannot hold a user have none to remove.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// HTTPS, or plain HTTP that does not leave this machine.
pub(super) fn is_permitted(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Hop;
    use crate::network::{NetworkError, Request, Secret, Validators};

    fn hop(url: &str) -> Result<Hop, NetworkError> {
        Hop::first(&Request {
            url: url.parse().unwrap(),
            validators: Validators::default(),
            max_bytes: 1,
            authorization: Some(Secret::new("Bearer hunter2")),
        })
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for (url, permitted) in [
            ("https://mirror.test/", true),
            ("http://127.0.0.1:80/", true),
            ("http://127.8.9.1/", true),
            ("http://[::1]:8080/", true),
            ("http://localhost:8080/", true),
            ("http://LOCALHOST/", true),
            ("http://mirror.test/", false),
            ("http://127.0.0.1.mirror.test/", false),
            ("http://localhost.mirror.test/", false),
            ("http://127.0.0.1@mirror.test/", false),
            ("http://0.0.0.0/", false),
            ("http://192.168.0.1/", false),
            ("ftp://127.0.0.1/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(hop(url).is_ok(), permitted, "{url}");
        }
    }

    #[test]
    fn credentials_stay_with_their_server_for_good() {
        let first = hop("https://mirror.test/a").unwrap();
        let same = first.follow("/b").unwrap();
        assert!(same.authorization.is_some());
        for elsewhere in
            ["https://other.test/", "https://mirror.test:8443/a", "https://sub.mirror.test/a"]
        {
            let other = same.follow(elsewhere).unwrap();
            assert!(other.authorization.is_none(), "{elsewhere}");
            let back = other.follow("https://mirror.test/b").unwrap();
            assert!(back.authorization.is_none(), "{elsewhere}");
        }
    }

    #[test]
    fn a_redirect_never_leads_to_a_less_secure_place() {
        let secure = hop("https://mirror.test/a").unwrap();
        for location in ["http://mirror.test/a", "http://127.0.0.1/a", "file:///etc/passwd"] {
            let refused = secure.follow(location).map(|_| ());
            assert!(matches!(refused, Err(NetworkError::Insecure { .. })), "{location}");
        }
        let local = hop("http://127.0.0.1/a").unwrap();
        assert!(local.follow("http://mirror.test/").is_err());
        assert!(local.follow("https://mirror.test/").is_ok());
    }

    #[test]
    fn a_redirect_is_named_without_what_is_secret_in_it() {
        let hop = hop("https://mirror.test/a?token=hunter2").unwrap();
        let next = hop.follow("https://u:hunter2@store.test/b?sig=hunter2#hunter2").unwrap();
        assert_eq!(next.name, "https://mirror.test/a (redirected to https://store.test/b)");
        assert_eq!(next.url.as_str(), "https://store.test/b?sig=hunter2#hunter2");
    }
}
