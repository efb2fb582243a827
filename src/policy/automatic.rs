//! The `[evidence]` table: which proofs clear a finding without a written claim.

use std::collections::BTreeSet;

use super::Claim;
use super::raw::Value;
use super::reader::Reader;

/// The claims that may be proved without being written: those that need no word of a person.
const PROVABLE: &[Claim] = &[Claim::NotBuilt, Claim::Platform];

/// Reads `[evidence]`.
pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> BTreeSet<Claim> {
    const EXAMPLE: &str = "auto = [\"not-built\", \"platform\"]";
    let Some(table) = reader.table("`[evidence]`", value, "[evidence]") else {
        return BTreeSet::new();
    };
    reader.only_keys(&table, &["auto"]);
    let Some(entry) = table.get("auto") else {
        return BTreeSet::new();
    };
    let Some(array) = entry.value.get_ref().as_array() else {
        reader.wrong_type::<()>("`auto`", entry.value, "a list", EXAMPLE);
        return BTreeSet::new();
    };
    array
        .iter()
        .filter_map(|value| reader.word("a proof in `auto`", value, PROVABLE, Claim::as_str))
        .collect()
}
