//! The `[registries]` table: which registries mirror the public one, and which have packages of their
//! own.

use super::raw::{Value, escaped};
use super::reader::Reader;
use crate::source::{PackageSource, RegistryAddress};

const KEYS: &[&str] = &["mirrors", "private"];
const EXAMPLES: [&str; 2] = [
    "mirrors = [\"https://registry.example.com/public\"]",
    "private = [\"https://registry.example.com/ours\"]",
];

/// The declared registries other than the public one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryPolicy {
    /// Those that mirror the public one.
    pub mirrors: Vec<RegistryAddress>,
    /// Those with packages of their own, which the advisories of the public registry are not about.
    pub private: Vec<RegistryAddress>,
}

/// The policy's classification of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryStanding {
    /// It mirrors the public one.
    Mirror,
    /// It has packages of its own.
    Private,
    /// The policy does not say.
    Unnamed,
}

impl RegistryPolicy {
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let Some(table) = reader.table("`[registries]`", value, "[registries]") else {
            return Self::default();
        };
        reader.only_keys(&table, KEYS);
        let mut lists = [Vec::new(), Vec::new()];
        for ((key, example), list) in KEYS.iter().zip(EXAMPLES).zip(&mut lists) {
            if let Some(entry) = table.get(key) {
                let elements = reader.elements(&format!("`{key}`"), entry.value, example);
                *list = addresses(reader, elements);
            }
        }
        let [mirrors, private] = lists;
        Self { mirrors, private }
    }

    /// The policy's classification of a package's registry, unless it is the public one. A rule about
    /// a part of a registry overrides one about all of it, and if both apply to
    /// the same part the package is matched.
    pub fn standing(&self, source: &PackageSource) -> RegistryStanding {
        match source {
            PackageSource::OtherRegistry(address) | PackageSource::Archive(address) => {
                self.standing_at(address)
            }
            PackageSource::NamedRegistry { name, address } => {
                let by_name = self.standing_at(&format!("{name}:"));
                let by_address = address.as_deref().map(|address| self.standing_at(address));
                // Of a mirror packages are matched, whatever else is said about it.
                match (by_name, by_address.unwrap_or(RegistryStanding::Unnamed)) {
                    (RegistryStanding::Unnamed, standing) => standing,
                    (_, RegistryStanding::Mirror) => RegistryStanding::Mirror,
                    (standing, _) => standing,
                }
            }
            PackageSource::PublicRegistry
            | PackageSource::Git(_)
            | PackageSource::Local
            | PackageSource::Elsewhere(_) => RegistryStanding::Unnamed,
        }
    }

    fn standing_at(&self, address: &str) -> RegistryStanding {
        if self.mirrors.is_empty() && self.private.is_empty() {
            return RegistryStanding::Unnamed;
        }
        let Ok(address) = RegistryAddress::read(address) else {
            return RegistryStanding::Unnamed;
        };
        let depth = |list: &[RegistryAddress]| {
            let covering = list.iter().filter(|registry| registry.covers(&address));
            covering.map(RegistryAddress::depth).max()
        };
        match (depth(&self.mirrors), depth(&self.private)) {
            (None, None) => RegistryStanding::Unnamed,
            (mirror, private) if private > mirror => RegistryStanding::Private,
            _ => RegistryStanding::Mirror,
        }
    }
}

fn addresses(reader: &mut Reader, values: &[Value<'_>]) -> Vec<RegistryAddress> {
    let mut addresses = Vec::new();
    for value in values {
        let Some(text) = reader.string("a registry", value, "its address") else {
            continue;
        };
        if let Ok(address) = RegistryAddress::of_registry(text) {
            addresses.push(address);
            continue;
        }
        let message = format!("`{}` is not the address of a registry", escaped(text));
        let problem = reader
            .problem(value.span(), message)
            .label("not an address of scheme, host and path, and not a name with a colon")
            .help(
                "write scheme, host and path alone, such as https://registry.example.com/public, or a \
                 registry that pnpm has a name for as the lockfile does, such as `work:`",
            );
        reader.note(problem);
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registries(addresses: &[&str]) -> Vec<RegistryAddress> {
        let read = addresses.iter().map(|text| RegistryAddress::of_registry(text));
        read.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_registry_with_a_name_is_known_by_that_or_by_its_address() {
        use RegistryStanding::{Mirror, Private, Unnamed};
        let policy = RegistryPolicy {
            mirrors: registries(&["hub:", "https://a.example"]),
            private: registries(&["work:", "https://b.example"]),
        };
        for (name, address, standing) in [
            ("work", None, Private),
            ("work", Some("https://c.example/glim/-/glim-1.0.0.tgz"), Private),
            ("work", Some("https://a.example/glim/-/glim-1.0.0.tgz"), Mirror),
            ("hub", Some("https://b.example/glim/-/glim-1.0.0.tgz"), Mirror),
            ("gh", Some("https://b.example/glim/-/glim-1.0.0.tgz"), Private),
            ("gh", Some("https://c.example/glim/-/glim-1.0.0.tgz"), Unnamed),
            ("gh", None, Unnamed),
        ] {
            let address = address.map(str::to_owned);
            let source = PackageSource::NamedRegistry { name: name.to_owned(), address };
            assert_eq!(policy.standing(&source), standing, "{source:?}");
        }
    }

    #[test]
    fn a_rule_about_a_part_overrides_a_rule_about_all() {
        use RegistryStanding::{Mirror, Private, Unnamed};
        let policy = RegistryPolicy {
            mirrors: registries(&[
                "hub:",
                "https://a.example/npm",
                "https://b.example",
                "https://c.example",
            ]),
            private: registries(&[
                "work:",
                "https://a.example",
                "https://b.example/@acme",
                "https://c.example",
            ]),
        };
        for (address, standing) in [
            ("https://a.example/npm/glim/-/glim-1.0.0.tgz", Mirror),
            ("https://a.example/ours/glim/-/glim-1.0.0.tgz", Private),
            ("https://b.example/glim/-/glim-1.0.0.tgz", Mirror),
            ("https://b.example/@acme/glim/-/glim-1.0.0.tgz", Private),
            ("https://b.example/@acme%2fglim/-/glim-1.0.0.tgz", Private),
            ("https://b.example/@acme-too/glim/-/glim-1.0.0.tgz", Mirror),
            ("https://c.example/glim/-/glim-1.0.0.tgz", Mirror),
            ("https://d.example/glim/-/glim-1.0.0.tgz", Unnamed),
            ("https://a.example//ours/glim/-/glim-1.0.0.tgz", Unnamed),
            ("nonsense", Unnamed),
            ("work:", Private),
            ("hub:", Mirror),
            ("gh:", Unnamed),
            ("work:lark", Unnamed),
        ] {
            let source = PackageSource::OtherRegistry(address.to_owned());
            assert_eq!(policy.standing(&source), standing, "{address}");
            let source = PackageSource::Archive(address.to_owned());
            assert_eq!(policy.standing(&source), standing, "{address}");
        }
        let git = PackageSource::Git("https://a.example/ours/glim".to_owned());
        assert_eq!(policy.standing(&git), Unnamed);
    }
}
