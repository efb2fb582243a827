//! Files, as every part of the program wants them: where they stand, read up to a limit, replaced whole,
//! and what the operating system says about them in words.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::string::FromUtf8Error;

/// Why a file was not read in full.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error(transparent)]
    Failed(#[from] io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is not a regular file")]
    NotRegular,
    #[error("it is too large")]
    TooLarge,
    #[error("stream did not contain valid UTF-8")]
    NotUtf8(#[from] FromUtf8Error),
}

/// A regular file of at most `limit` bytes. Nothing else is opened: a pipe or a device might never end.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, NotRead> {
    if !fs::metadata(path)?.is_file() {
        return Err(NotRead::NotRegular);
    }
    read_to_end(File::open(path)?, limit)
}

/// What is left to read, if that is at most `limit` bytes. What a file says about its size does not count:
/// it may grow, and some lie.
pub fn read_to_end(from: impl Read, limit: u64) -> Result<Vec<u8>, NotRead> {
    let mut bytes = Vec::new();
    let length = from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if length as u64 > limit { Err(NotRead::TooLarge) } else { Ok(bytes) }
}

/// The text of a regular file of at most `limit` bytes, without a byte order mark.
pub fn read_text(path: &Path, limit: u64) -> Result<String, NotRead> {
    let text = String::from_utf8(read(path, limit)?)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The folder of a file; of a bare name the current one.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Puts a file in the place of `path` once `fill` has written it: whoever reads it has the old one or
/// the new one, whole.
pub fn replace(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut temporary = tempfile::NamedTempFile::new_in(folder_of(path))?;
    fill(temporary.as_file_mut())?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The reason why a file could not be written. That there is no room is said first and plainly: it
/// is the one reason that nothing but making room mends.
pub fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => format!("the disk is full: {error}"),
        io::ErrorKind::QuotaExceeded => format!("the quota on the disk is used up: {error}"),
        _ => error.to_string(),
    }
}

/// Temporary files are private to their owner; what is written for others has to be readable.
#[cfg(unix)]
pub fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

/// Elsewhere they are readable as they are.
#[cfg(not(unix))]
pub fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use std::io::Write;
    use std::path::Path;

    use super::{NotRead, folder_of, in_words, read_text, replace};

    #[test]
    fn a_text_is_read_in_full_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (bytes, expected) in [
            (&b"four"[..], Ok("four")),
            (b"\xEF\xBB\xBFx", Ok("x")),
            (b"", Ok("")),
            (b"fives", Err("it is too large")),
            (b"\xFF", Err("stream did not contain valid UTF-8")),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let read = read_text(&path, 4).map_err(|error| error.to_string());
            assert_eq!(read.as_deref(), expected.map_err(str::to_owned).as_ref().copied());
        }
        assert!(matches!(read_text(folder.path(), 4), Err(NotRead::NotRegular)));
        let absent = folder.path().join("absent");
        assert!(matches!(read_text(&absent, 4), Err(NotRead::Failed(_))));
    }

    #[test]
    fn a_bare_name_lies_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("lockgate.toml")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/lockgate.toml")), Path::new("a"));
    }

    #[test]
    fn a_file_that_cannot_be_written_to_its_end_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let full = replace(&path, |file| {
            file.write_all(b"ne")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn no_room_is_said_plainly() {
        assert!(in_words(&ErrorKind::StorageFull.into()).starts_with("the disk is full: "));
        assert!(in_words(&ErrorKind::QuotaExceeded.into()).starts_with("the quota"));
        assert_eq!(in_words(&Error::other("it is gone")), "it is gone");
    }
}
