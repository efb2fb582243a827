//! The `[evidence]` table: which proofs clear a finding without a written claim.

use std::collections::BTreeSet;

use super::ClaimKind;
use super::raw::Value;
use super::reader::Reader;

/// Reads `[evidence]`.
pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> BTreeSet<ClaimKind> {
    let Some(table) = reader.table("`[evidence]`", value, "[evidence]") else {
        return BTreeSet::new();
    };
    reader.only_keys(&table, &["auto"]);
    let Some(entry) = table.get("auto") else {
        return BTreeSet::new();
    };
    let provable: Vec<_> = ClaimKind::all().filter(|kind| kind.row().may_be_automatic).collect();
    let Some(array) = entry.value.get_ref().as_array() else {
        let words: Vec<_> = provable.iter().map(|kind| format!("\"{}\"", kind.as_str())).collect();
        let example = format!("auto = [{}]", words.join(", "));
        reader.wrong_type::<()>("`auto`", entry.value, "a list", &example);
        return BTreeSet::new();
    };
    array
        .iter()
        .filter_map(|value| reader.word("a proof in `auto`", value, &provable, ClaimKind::as_str))
        .collect()
}
