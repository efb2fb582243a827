//! The formats in which advisory databases write one record.
//!
//! The next format is one file beside this one and one row in [`FORMATS`].

use crate::advisory::format::AdvisoryFormat;
use crate::advisory::osv::OsvJson;
use crate::advisory::rustsec::RustSecMarkdown;

/// Every format, in the order in which they are tried.
pub const FORMATS: &[&dyn AdvisoryFormat] = &[&OsvJson, &RustSecMarkdown];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_belongs_to_one_format() {
        for (file_name, formats) in [
            ("GHSA-35jh-r3h4-6jhm.json", vec![0]),
            ("RUSTSEC-2020-0071.md", vec![1]),
            ("ACME-1.JSON", vec![0]),
            ("LICENSE.txt", vec![]),
            ("support.toml", vec![]),
            ("json", vec![]),
        ] {
            let positions = 0..FORMATS.len();
            let found: Vec<usize> =
                positions.filter(|position| FORMATS[*position].recognises(file_name)).collect();
            assert_eq!(found, formats, "{file_name}");
        }
    }
}
