//! The `[history]` table: which tags are releases to which environment.

use std::collections::BTreeMap;

use super::NamePattern;
use super::raw::{Value, escaped};
use super::reader::Reader;

/// The `[history]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryPolicy {
    /// The patterns of the tags that were released to each environment.
    pub environments: BTreeMap<String, Vec<NamePattern>>,
}

const EXAMPLE: &str = "environments = { production = \"v*\", staging = [\"rc-*\", \"staging-*\"] }";

impl HistoryPolicy {
    /// Reads `[history]`.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut history = Self::default();
        let Some(table) = reader.table("`[history]`", value, "[history]") else {
            return history;
        };
        reader.only_keys(&table, &["environments"]);
        let Some(entry) = table.get("environments") else {
            return history;
        };
        let Some(environments) = reader.table("`environments`", entry.value, EXAMPLE) else {
            return history;
        };
        for environment in environments.entries() {
            let patterns = read_patterns(reader, environment.key, environment.value);
            history.environments.insert(environment.key.to_owned(), patterns);
        }
        history
    }
}

/// One pattern, or a list of them.
fn read_patterns(reader: &mut Reader, name: &str, value: &Value<'_>) -> Vec<NamePattern> {
    let what = format!("`{}` in `environments`", escaped(name));
    let values = if value.get_ref().as_array().is_some() {
        reader.elements(&what, value, EXAMPLE)
    } else {
        std::slice::from_ref(value)
    };
    let patterns = values
        .iter()
        .filter_map(|value| reader.string(&what, value, "a pattern of tags, such as \"v*\""));
    patterns.map(NamePattern::new).collect()
}
