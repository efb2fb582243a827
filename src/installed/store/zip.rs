//! Archives as Yarn keeps them.

use std::io::Cursor;

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::unpacking::{Refused, Unpacking};

/// The bits of a mode that say what kind of file it is, and the value for a regular one (inode(7)).
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Unpacks everything that is in a zip file.
///
/// # Errors
///
/// It is damaged, holds a link or anything else that is no file, or [`Unpacking::add`] refuses one.
pub(in crate::installed) fn unpack_zip(bytes: &[u8], to: &mut Unpacking) -> Result<(), Refused> {
    let damaged = |error: ZipError| Refused::Damaged(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    // The library keeps the last of several entries of one name, and says nothing.
    if archive.has_duplicate_names() {
        return Err(Refused::Damaged("it holds two entries of one name".to_owned()));
    }
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if entry.is_dir() {
            continue;
        }
        if !is_regular(entry.unix_mode()) {
            return Err(Refused::NotRegular(name));
        }
        to.add(&name, entry)?;
    }
    Ok(())
}

/// Whether a mode is that of a regular file. Where there is none, or none that says the kind, it is.
fn is_regular(mode: Option<u32>) -> bool {
    mode.is_none_or(|mode| matches!(mode & KIND, 0 | REGULAR))
}
