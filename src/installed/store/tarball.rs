//! Archives as registries serve them (npm documentation, "npm pack"): tar files that are compressed, whose
//! files all lie in one folder of any name.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::unpacking::{Refused, Unpacking};

/// The most bytes of what stands before a file for its name and the like, which is read into memory.
const LARGEST_HEADER: u64 = 1 << 20;

/// Unpacks everything that is in an archive into a folder of this name.
///
/// # Errors
///
/// It is damaged, holds a link or anything else that is no file, or [`Unpacking::add`] refuses one.
pub(in crate::installed) fn unpack_tarball(
    bytes: &[u8],
    folder: &str,
    to: &mut Unpacking,
) -> Result<(), Refused> {
    refuse_large_headers(bytes)?;
    let mut archive = Archive::new(MultiGzDecoder::new(bytes));
    for entry in archive.entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let kind = entry.header().entry_type();
        // It says something about all entries, such as the commit that they are of.
        if matches!(kind, EntryType::Directory | EntryType::XGlobalHeader) {
            continue;
        }
        let name = name(&entry)?;
        if !matches!(kind, EntryType::Regular | EntryType::Continuous) {
            return Err(Refused::NotRegular(name));
        }
        // Package managers take the first step off, whatever it is.
        let name = name.strip_prefix("./").unwrap_or(&name);
        if let Some((_, below)) = name.split_once('/') {
            to.add(&format!("{folder}/{below}"), entry)?;
        }
    }
    Ok(())
}

fn name(entry: &Entry<'_, impl Read>) -> Result<String, Refused> {
    let name = entry.path_bytes();
    let name = std::str::from_utf8(&name);
    name.map(str::to_owned).map_err(|error| Refused::Damaged(error.to_string()))
}

/// Refuses what would be read into memory before it could be looked at.
fn refuse_large_headers(bytes: &[u8]) -> Result<(), Refused> {
    let mut archive = Archive::new(MultiGzDecoder::new(bytes));
    for entry in archive.entries().map_err(damaged)?.raw(true) {
        let entry = entry.map_err(damaged)?;
        let kind = entry.header().entry_type();
        let is_header = matches!(
            kind,
            EntryType::XHeader
                | EntryType::XGlobalHeader
                | EntryType::GNULongName
                | EntryType::GNULongLink
        );
        if is_header && entry.size() > LARGEST_HEADER {
            return Err(Refused::TooLarge);
        }
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn damaged(error: io::Error) -> Refused {
    Refused::Damaged(error.to_string())
}
