//! The files of a release, as named on the command line: a file, or a name with its digest.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::statement::{Digests, Subject};

/// The read size for files.
const CHUNK_BYTES: usize = 64 * 1024;

/// The text between a name and its digest.
const SEPARATOR: &str = "=sha256:";

/// Why a file of the release cannot be named.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", .file.display())]
    Unreadable {
        file: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("{} is not a regular file", .0.display())]
    NoFile(PathBuf),
    /// Its file name is not text.
    #[error("the name of {} is not text: write NAME=sha256:DIGEST", .0.display())]
    NoName(PathBuf),
    /// The text after `=sha256:` is not a digest.
    #[error("`{0}`: a SHA-256 digest has 64 hexadecimal digits")]
    NoDigest(String),
    /// Two have the same name but different digests.
    #[error("two subjects are called `{0}`: name one of them otherwise, as NAME=sha256:DIGEST")]
    SameName(String),
}

/// Reads the arguments and computes the digests of files. Sorted by name, without duplicates.
///
/// # Errors
///
/// A file cannot be read, or names are not valid.
pub fn subjects(typed: &[String]) -> Result<Vec<Subject>, SubjectError> {
    let mut subjects: Vec<Subject> =
        typed.iter().map(|text| subject(text)).collect::<Result<_, _>>()?;
    subjects.sort_by(|left, right| (&left.name, &left.digest).cmp(&(&right.name, &right.digest)));
    subjects.dedup();
    let twice = subjects.windows(2).find(|pair| pair[0].name == pair[1].name);
    match twice {
        Some(pair) => Err(SubjectError::SameName(pair[0].name.clone())),
        None => Ok(subjects),
    }
}

fn subject(text: &str) -> Result<Subject, SubjectError> {
    let Some((name, digest)) = text.rsplit_once(SEPARATOR) else {
        return of_file(Path::new(text));
    };
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if name.is_empty() || !is_digest {
        return Err(SubjectError::NoDigest(text.to_owned()));
    }
    let digest = Digests { sha256: digest.to_ascii_lowercase() };
    Ok(Subject { digest, name: name.to_owned() })
}

fn of_file(path: &Path) -> Result<Subject, SubjectError> {
    let unreadable = |source| SubjectError::Unreadable { file: path.to_owned(), source };
    // Never open a pipe or a device: reading it might never end.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(SubjectError::NoFile(path.to_owned()));
    }
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| SubjectError::NoName(path.to_owned()))?;
    let digest = digest_of(path).map_err(unreadable)?;
    Ok(Subject { digest, name: name.to_owned() })
}

/// The digest of a file of any size.
fn digest_of(path: &Path) -> io::Result<Digests> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(Digests { sha256: format!("{:x}", hasher.finalize()) }),
            Ok(length) => hasher.update(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn named(name: &str) -> String {
        format!("{name}{SEPARATOR}{DIGEST}")
    }

    #[test]
    fn a_file_is_named_without_its_folder_and_identified_by_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.tar");
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let [subject] = &subjects(&[path.to_str().unwrap().to_owned()]).unwrap()[..] else {
            panic!("one file, one subject");
        };
        assert_eq!((subject.name.as_str(), &subject.digest), ("app.tar", &Digests::of(&bytes)));
    }

    #[test]
    fn names_are_sorted_and_each_is_there_once() {
        let found = subjects(&[named("b"), named("a=b c"), named("b")]).unwrap();
        let names: Vec<&str> = found.iter().map(|subject| subject.name.as_str()).collect();
        assert_eq!(names, ["a=b c", "b"]);
        assert_eq!(found[0].digest.sha256, DIGEST.to_ascii_lowercase());
    }

    #[test]
    fn an_argument_that_names_nothing_is_an_error() {
        let other = format!("b{SEPARATOR}{}", "0".repeat(64));
        for (typed, said) in [
            (vec!["not-there".to_owned()], "not-there cannot be read"),
            (vec![".".to_owned()], "not a regular file"),
            (vec![String::new()], "cannot be read"),
            (vec![format!("a{SEPARATOR}12")], "64 hexadecimal digits"),
            (vec![named("")], "64 hexadecimal digits"),
            (vec![format!("{}g", &named("a")[..named("a").len() - 1])], "64 hexadecimal digits"),
            (vec![named("b"), other], "two subjects are called `b`"),
        ] {
            let error = subjects(&typed).unwrap_err().to_string();
            assert!(error.contains(said), "{typed:?}: {error}");
        }
    }
}
