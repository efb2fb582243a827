//! The `[gate]` tables: for each key and scope the stricter side wins, considering fallbacks.

use super::ChangeLog;
use crate::policy::{Gate, GateDecision, GateKey};
use crate::scope::Scope;

/// The tables, the one that the others fall back to first.
const TABLES: [Scope; 3] = [Scope::Runtime, Scope::Build, Scope::Development];

/// The gate that decides: never looser than the base, never stricter than the stricter of both.
pub(super) fn merge(base: &Gate, head: &Gate, log: &mut ChangeLog) -> Gate {
    let mut gate = Gate::default();
    for table in TABLES {
        for (key, _) in GateKey::DEFAULTS {
            let before = base.decide(*key, table);
            let after = head.decide(*key, table);
            add_stricter(&mut gate, table, &before, &after);
            let falls_back = table != Scope::Runtime
                && before.action == base.decide(*key, Scope::Runtime).action
                && after.action == head.decide(*key, Scope::Runtime).action;
            if !falls_back {
                note(table, &before, &after, log);
            }
        }
    }
    gate
}

/// Adds the line of the stricter decision, if the merged table does not have it already.
fn add_stricter(
    gate: &mut Gate,
    table: Scope,
    before: &GateDecision<'_>,
    after: &GateDecision<'_>,
) {
    let key = before.key;
    let action = before.action.max(after.action);
    // If both sides agree, show the line in the current file.
    let rule = [after, before]
        .into_iter()
        .filter(|decision| decision.action == action)
        .find_map(|decision| decision.rule);
    let Some(rule) = rule else { return };
    if rule.table == table || gate.decide(key, table).action != action {
        gate.rules.insert((table, key), rule.clone());
    }
}

fn note(table: Scope, before: &GateDecision<'_>, after: &GateDecision<'_>, log: &mut ChangeLog) {
    let whom = match table {
        Scope::Runtime => "",
        Scope::Build => " for what only building needs",
        Scope::Development => " for what only development needs",
    };
    let text = format!(
        "`{}` goes from \"{}\" to \"{}\"{whom}",
        before.key.as_str(),
        before.action.as_str(),
        after.action.as_str()
    );
    let rule = after.rule.or(before.rule);
    let actions = [before.action, after.action];
    log.stricter(Ord::max, actions, text, rule.map(|rule| &rule.location));
}
