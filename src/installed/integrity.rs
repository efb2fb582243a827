//! Checksums of archives as lockfiles of npm's world write them (W3C, "Subresource Integrity", "The
//! integrity attribute").

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Kinds of checksums, the strongest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

const KINDS: &[(&str, Kind)] = &[
    ("sha1", Kind::Sha1),
    ("sha256", Kind::Sha256),
    ("sha384", Kind::Sha384),
    ("sha512", Kind::Sha512),
];

/// The strongest checksums that are given for an archive: one of them has to be its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Integrity {
    kind: Kind,
    digests: Vec<Vec<u8>>,
}

impl Integrity {
    /// Reads a list of checksums. `None` where none is of a known kind, and whole.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = text.split_ascii_whitespace();
        let known: Vec<(Kind, Vec<u8>)> = words.filter_map(checksum).collect();
        let kind = known.iter().map(|(kind, _)| *kind).max()?;
        let strongest = known.into_iter().filter(|(of, _)| *of == kind);
        Some(Self { kind, digests: strongest.map(|(_, digest)| digest).collect() })
    }

    /// A name for the archive of this checksum, of letters and digits.
    pub(super) fn key(&self) -> String {
        let digits = self.digests.iter().flatten().map(|byte| format!("{byte:02x}"));
        format!("{:?}{}", self.kind, digits.collect::<String>()).to_lowercase()
    }

    /// Whether it is that of these bytes.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        self.digests.contains(&self.kind.digest(bytes))
    }
}

fn checksum(word: &str) -> Option<(Kind, Vec<u8>)> {
    let word = word.split_once('?').map_or(word, |(word, _)| word);
    let (name, digest) = word.split_once('-')?;
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == name)?;
    let digest = STANDARD.decode(digest).ok()?;
    (digest.len() == kind.digest(b"").len()).then_some((*kind, digest))
}

impl Kind {
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: &str, digest: &[u8]) -> String {
        format!("{kind}-{}", STANDARD.encode(digest))
    }

    #[test]
    fn the_strongest_checksum_decides() {
        let strong = written("sha512", &Sha512::digest(b"glim"));
        let weak = written("sha1", &Sha1::digest(b"glim"));
        let other = written("sha512", &Sha512::digest(b"other"));
        for (text, is_of) in [
            (strong.clone(), true),
            (weak.clone(), true),
            (format!("{strong}?options"), true),
            (format!("{weak} {other}"), false),
            (format!("{other} {strong}"), true),
            (written("sha256", &Sha256::digest(b"glim")), true),
            (written("sha384", &Sha384::digest(b"other")), false),
        ] {
            let integrity = Integrity::parse(&text).unwrap();
            assert_eq!(integrity.is_of(b"glim"), is_of, "{text}");
            assert!(integrity.key().bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn what_is_no_whole_checksum_is_none() {
        for text in ["", "sha512-", "md5-rL0Y20zC+Fzt72VPzMSk2A==", "sha512-AAAA", "sha1-//8=", "x"]
        {
            assert_eq!(Integrity::parse(text), None, "{text}");
        }
    }
}
