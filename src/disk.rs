//! What the operating system says about files, in words.

use std::fs::File;
use std::io;

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

    use super::in_words;

    #[test]
    fn no_room_is_said_plainly() {
        assert!(in_words(&ErrorKind::StorageFull.into()).starts_with("the disk is full: "));
        assert!(in_words(&ErrorKind::QuotaExceeded.into()).starts_with("the quota"));
        assert_eq!(in_words(&Error::other("it is gone")), "it is gone");
    }
}
