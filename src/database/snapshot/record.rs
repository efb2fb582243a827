//! One package's record: its ecosystem and name, then everything known about it.

use crate::package::Ecosystem;

/// A record in its file format.
///
/// The name comes first and outside the document, so that a record of another name with
/// the same fingerprint is recognised without parsing it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PackageRecord<'bytes> {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: &'bytes str,
    /// [`crate::database::PackageAdvisories`] in the wire format of the `postcard` crate, version 1, which
    /// has no field names: with them reading took three times as long.
    pub(super) document: &'bytes [u8],
}

impl<'bytes> PackageRecord<'bytes> {
    /// The ecosystem's number, the length of the name (little-endian), the name, the document.
    ///
    /// `None`: the name is longer than 4 GiB.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let name_length = u32::try_from(self.name.len()).ok()?;
        let mut bytes = vec![ecosystem_number(self.ecosystem)];
        bytes.extend(name_length.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes.extend(self.document);
        Some(bytes)
    }

    pub(super) fn decode(bytes: &'bytes [u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first()?;
        let (name_length, rest) = rest.split_first_chunk::<4>()?;
        let name_length = usize::try_from(u32::from_le_bytes(*name_length)).ok()?;
        let (name, document) = rest.split_at_checked(name_length)?;
        let ecosystem =
            *Ecosystem::ALL.iter().find(|ecosystem| ecosystem_number(**ecosystem) == *number)?;
        Some(Self { ecosystem, name: std::str::from_utf8(name).ok()?, document })
    }
}

/// Part of the format: a number is never reused for another ecosystem.
fn ecosystem_number(ecosystem: Ecosystem) -> u8 {
    match ecosystem {
        Ecosystem::Cargo => 1,
        Ecosystem::Npm => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        for (ecosystem, name) in [(Ecosystem::Cargo, "time"), (Ecosystem::Npm, "@scope/名\0")] {
            let record = PackageRecord { ecosystem, name, document: b"{}" };
            let bytes = record.encode().unwrap();
            assert_eq!(PackageRecord::decode(&bytes), Some(record));
        }
    }

    #[test]
    fn a_record_without_a_whole_name_is_refused() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\x01\x05\0\0\0time",
            b"\x01\x02\0\0\0\xff\xff",
            b"\x09\x01\0\0\0a{}",
        ] {
            assert_eq!(PackageRecord::decode(bytes), None, "{bytes:?}");
        }
    }
}
