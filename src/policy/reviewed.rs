//! `reviewed`: places in code that a claim leaves open, and that a person has looked at.
//!
//! Such a word is bound to the code of the place: its hash changes with the package, its version, its archive and
//! the code around the place, and then nobody has looked at what is there now.

use std::fmt;

use sha2::{Digest, Sha256};

use super::raw::{Value, escaped};
use super::reader::Reader;
use crate::problem::Location;

/// A place that a person has reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Where it was. In its file it may have moved since.
    pub site: Location,
    /// Its code at that time.
    pub hash: CodeHash,
    /// Why the claim holds all the same, in the person's words.
    pub why: String,
}

/// A place that leaves a claim open, and that a person can review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPlace {
    pub site: Location,
    /// The package that it is in, with its version. `None`: the repository.
    pub package: Option<String>,
    /// Why it leaves the claim open.
    pub reason: String,
    pub hash: CodeHash,
}

impl OpenPlace {
    /// It as a person has reviewed it.
    pub fn reviewed(&self, why: &str) -> Reviewed {
        Reviewed { site: self.site.clone(), hash: self.hash.clone(), why: why.to_owned() }
    }
}

/// The SHA-256 of the code of a place, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeHash(String);

/// What the hash of a place depends on.
#[derive(Clone, Copy, Debug)]
pub struct Code<'run> {
    /// The package with its version. Empty: the repository.
    pub package: &'run str,
    /// The checksums of its archive in the lockfile.
    pub checksums: &'run [&'run str],
    /// The code around the place, without what changes nothing.
    pub text: &'run str,
    /// How many places of the file have this code around them.
    pub places: usize,
}

impl CodeHash {
    pub fn of(code: &Code<'_>) -> Self {
        let Code { package, checksums, text, places } = code;
        let mut hash = Sha256::new();
        let places = places.to_string();
        let parts = [*package, places.as_str()].into_iter().chain(checksums.iter().copied());
        for part in parts.chain([*text]) {
            // The length in front of each part keeps it apart from the next one.
            hash.update(part.len().to_string());
            hash.update("\n");
            hash.update(part);
        }
        Self(format!("{:x}", hash.finalize()))
    }

    fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

const EXAMPLE: &str =
    "reviewed = [{ site = \"node_modules/express/lib/view.js:81\", hash = \"…\", why = \"…\" }]";
const SITE: &str = "site = \"node_modules/express/lib/view.js:81\"";
const WHY: &str = "why = \"it loads view engines, and ours is ejs\"";
const HASH: &str = "hash = \"…\", as `lockgate suppress` with --reviewed prints it";

impl Reviewed {
    pub(super) fn read_all(reader: &mut Reader, value: &Value<'_>) -> Vec<Self> {
        let elements = reader.elements("`reviewed`", value, EXAMPLE);
        elements.iter().filter_map(|element| Self::read(reader, element)).collect()
    }

    fn read(reader: &mut Reader, value: &Value<'_>) -> Option<Self> {
        let table = reader.table("an entry of `reviewed`", value, EXAMPLE)?;
        reader.only_keys(&table, &["site", "hash", "why"]);
        let site = reader.required(&table, "site", SITE).and_then(|entry| {
            let text = reader.string("`site`", entry.value, SITE)?;
            let site = parse_site(text);
            if site.is_none() {
                let message = format!("`site` cannot be `{}`", escaped(text));
                let problem = reader.problem(entry.value.span(), message);
                reader.note(problem.label("not a file and a line").help(format!("write {SITE}")));
            }
            site
        });
        let hash = reader.required(&table, "hash", HASH).and_then(|entry| {
            let text = reader.string("`hash`", entry.value, HASH)?;
            let hash = CodeHash::parse(text);
            if hash.is_none() {
                let message = format!("`hash` cannot be `{}`", escaped(text));
                let problem = reader.problem(entry.value.span(), message);
                reader
                    .note(problem.label("not 64 hexadecimal digits").help(format!("write {HASH}")));
            }
            hash
        });
        let why = reader
            .required(&table, "why", WHY)
            .and_then(|entry| reader.prose("`why`", entry.value, WHY));
        Some(Self { site: site?, hash: hash?, why: why?.trim().to_owned() })
    }

    /// Whether it is about this place as it is now.
    pub fn is_about(&self, file: &str, hash: &CodeHash) -> bool {
        self.site.file == file && self.hash == *hash
    }
}

/// `src/load.js:12`
fn parse_site(text: &str) -> Option<Location> {
    let (file, line) = text.trim().rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then(|| Location { file: file.to_owned(), line })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Code<'_> =
        Code { package: "larch 3.0.0", checksums: &["sha512-a"], text: "require(name)", places: 1 };

    #[test]
    fn a_hash_changes_with_everything_that_it_depends_on() {
        let others = [
            Code { package: "larch 3.0.1", ..CODE },
            Code { package: "", ..CODE },
            Code { checksums: &["sha512-b"], ..CODE },
            Code { checksums: &[], ..CODE },
            Code { checksums: &["sha512-a", ""], ..CODE },
            Code { text: "require(names)", ..CODE },
            Code { places: 2, ..CODE },
        ];
        let hash = CodeHash::of(&CODE);
        assert_eq!(CodeHash::parse(hash.as_str()), Some(hash.clone()));
        for other in others {
            assert_ne!(CodeHash::of(&other), hash, "{other:?}");
        }
    }

    #[test]
    fn a_place_is_the_same_code_in_the_same_file_in_any_line() {
        let hash = CodeHash::of(&CODE);
        let site = parse_site("src/load.js:12").unwrap();
        let reviewed = Reviewed { site, hash: hash.clone(), why: "only ejs".to_owned() };
        assert!(reviewed.is_about("src/load.js", &hash));
        assert!(!reviewed.is_about("src/other.js", &hash));
        assert!(!reviewed.is_about("src/load.js", &CodeHash::of(&Code { places: 2, ..CODE })));
    }

    #[test]
    fn a_site_is_a_file_and_a_line() {
        assert_eq!(parse_site("C:/a.js:7").unwrap().file, "C:/a.js");
        for text in ["src/load.js", "src/load.js:", "src/load.js:0", ":3", "src/load.js:-1"] {
            assert!(parse_site(text).is_none(), "{text}");
        }
    }
}
