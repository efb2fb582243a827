//! The CVSS vector of a record, in its own spelling.
//!
//! The `rustsec` crate reads vectors with a library that fills in missing parts of damaged ones, and
//! refuses the whole record for one that it cannot read at all. Both hide something: the first the
//! severity of the record, the second that a locked package is affected.

use std::borrow::Cow;

use toml::{Table, Value};

use super::requirements::front_matter;
use crate::severity::Severity;

/// The severity of a record, and its text without an invalid vector.
pub(super) fn take(text: &str) -> (Severity, Cow<'_, str>) {
    let untouched = (Severity::UNKNOWN, Cow::Borrowed(text));
    let Ok(mut table) = toml::from_str::<Table>(&front_matter(text)) else {
        return untouched;
    };
    let Some(Value::String(vector)) = entry(&mut table, |advisory| advisory.get("cvss").cloned())
    else {
        return untouched;
    };
    if let Some(severity) = Severity::from_vector(&vector) {
        return (severity, Cow::Borrowed(text));
    }
    entry(&mut table, |advisory| advisory.remove("cvss"));
    let after = text.find("\n```").map_or("", |end| &text[end..]);
    (Severity::UNKNOWN, Cow::Owned(format!("{}\n{table}{after}", super::FENCE)))
}

fn entry<T>(table: &mut Table, act: impl FnOnce(&mut Table) -> Option<T>) -> Option<T> {
    act(table.get_mut("advisory")?.as_table_mut()?)
}
