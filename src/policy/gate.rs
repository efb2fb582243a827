//! The `[gate]` tables: what is done about a finding.

use super::raw::{Table, Value};
use super::reader::Reader;
use super::{Gate, GateAction, GateKey, GateRule, Scope};

/// The tables inside `[gate]`, with their names in messages.
const SCOPES: &[(Scope, &str)] =
    &[(Scope::Development, "`[gate.development]`"), (Scope::Build, "`[gate.build]`")];

impl Gate {
    /// Reads `[gate]` and the tables inside it.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut gate = Self::default();
        let Some(table) = reader.table("`[gate]`", value, "[gate]") else {
            return gate;
        };
        let scopes: Vec<_> = SCOPES.iter().map(|(scope, _)| scope.as_str()).collect();
        gate.read_rules(reader, &table, Scope::Runtime, &scopes);
        for (scope, name) in SCOPES {
            let Some(entry) = table.get(scope.as_str()) else {
                continue;
            };
            if let Some(table) = reader.table(name, entry.value, name.trim_matches('`')) {
                gate.read_rules(reader, &table, *scope, &[]);
            }
        }
        gate
    }

    fn read_rules(
        &mut self,
        reader: &mut Reader,
        table: &Table<'_, '_>,
        scope: Scope,
        scopes: &[&str],
    ) {
        let keys = GateKey::DEFAULTS.iter().map(|(key, _)| *key);
        let mut known: Vec<_> = keys.clone().map(GateKey::as_str).collect();
        known.extend(scopes);
        reader.only_keys(table, &known);
        for key in keys {
            let Some(entry) = table.get(key.as_str()) else {
                continue;
            };
            let what = format!("`{}`", key.as_str());
            let action = reader.word(&what, entry.value, GateAction::ALL, GateAction::as_str);
            if let Some(action) = action {
                let location = reader.location(entry.key_span.start);
                self.rules.insert((scope, key), GateRule { action, table: scope, location });
            }
        }
    }
}
