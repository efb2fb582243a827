//! From TOML to a [`Policy`]: the tables, their defaults, and every mistake at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use toml::de::DeValue;

use super::lockfiles::LockfilesTable;
use super::raw::{self, Table, escaped};
use super::reader::Reader;
use super::{
    CargoPolicy, DatabasePolicy, Gate, HistoryPolicy, IncidentPolicy, NpmPolicy, Policy,
    PolicyError, RegistryPolicy, TicketPolicy,
};
use super::{automatic, suppression};
use crate::problem::{Problem, SourceText};

/// The largest policy that is read, in bytes.
pub(super) const LARGEST: usize = 1024 * 1024;

/// The version of the policy language that is read.
const SCHEMA: i64 = 1;

const TABLES: &[&str] = &[
    "schema",
    "gate",
    "ticket",
    "incident",
    "history",
    "database",
    "registries",
    "lockfiles",
    "evidence",
    "cargo",
    "npm",
    "suppress",
];

impl Policy {
    /// The policy that applies without a file: every vulnerability blocks, and none starts an
    /// incident, because no component is declared to handle customer data.
    pub fn strict_default() -> Self {
        Self {
            source: None,
            gate: Gate::default(),
            ticket: TicketPolicy::default(),
            incident: None,
            history: HistoryPolicy::default(),
            database: DatabasePolicy::default(),
            registries: RegistryPolicy::default(),
            excluded_lockfiles: Vec::new(),
            unlocked_libraries_are_gaps: false,
            cargo: CargoPolicy::default(),
            npm: NpmPolicy::default(),
            automatic: BTreeSet::new(),
            suppressions: Vec::new(),
        }
    }

    /// Reads a policy. `today` decides how far ahead an attested claim may reach; an expired claim
    /// is not an error here.
    ///
    /// # Errors
    ///
    /// Every problem, in the order of the text, each with its place.
    pub fn parse(source: Arc<SourceText>, today: Date) -> Result<Self, PolicyError> {
        if source.text.len() > LARGEST {
            return Err(PolicyError(vec![too_large(&source.path)]));
        }
        let document = raw::parse(&source);
        let mut reader = Reader::new(&source, document.syntax);
        let root = Table::new("the policy", 0..0, &document.entries);
        let mut policy = Self::strict_default();
        if read_schema(&mut reader, &root) {
            policy.read(&mut reader, &root, today);
        }
        reader.finish()?;
        policy.source = Some(source);
        Ok(policy)
    }

    fn read(&mut self, reader: &mut Reader, root: &Table<'_, '_>, today: Date) {
        reader.only_keys(root, TABLES);
        if let Some(entry) = root.get("gate") {
            self.gate = Gate::read(reader, entry.value);
        }
        if let Some(entry) = root.get("ticket") {
            self.ticket = TicketPolicy::read(reader, entry.value);
        }
        if let Some(entry) = root.get("incident") {
            self.incident = Some(IncidentPolicy::read(reader, entry.value));
        }
        if let Some(entry) = root.get("history") {
            self.history = HistoryPolicy::read(reader, entry.value);
        }
        if let Some(entry) = root.get("database") {
            self.database = DatabasePolicy::read(reader, entry.value);
        }
        if let Some(entry) = root.get("registries") {
            self.registries = RegistryPolicy::read(reader, entry.value);
        }
        if let Some(entry) = root.get("lockfiles") {
            let table = LockfilesTable::read(reader, entry.value);
            self.excluded_lockfiles = table.exclude;
            self.unlocked_libraries_are_gaps = table.libraries_are_gaps;
        }
        if let Some(entry) = root.get("evidence") {
            self.automatic = automatic::read(reader, entry.value);
        }
        if let Some(entry) = root.get("cargo") {
            self.cargo = CargoPolicy::read(reader, entry.value);
        }
        if let Some(entry) = root.get("npm") {
            self.npm = NpmPolicy::read(reader, entry.value, today);
        }
        if let Some(entry) = root.get("suppress") {
            self.suppressions = suppression::read_all(reader, entry.value, today);
        }
    }
}

/// The problem of a file that is too large for a policy.
pub(super) fn too_large(path: &str) -> Problem {
    Problem::in_file(path, "the policy is larger than 1 MiB")
        .help("check that this is the right file: a policy has a few hundred lines at most")
}

/// Reads `schema`. `false` if it is a version of the language that this program does not know.
fn read_schema(reader: &mut Reader, root: &Table<'_, '_>) -> bool {
    let Some(entry) = root.get("schema") else {
        let problem = reader
            .problem(0..0, "the policy does not say which `schema` it is written in")
            .label("`schema` is missing")
            .help(format!("begin the file with schema = {SCHEMA}"));
        reader.note_missing(problem);
        return true;
    };
    let DeValue::Integer(number) = entry.value.get_ref() else {
        let example = format!("schema = {SCHEMA}");
        reader.wrong_type::<()>("`schema`", entry.value, "a number", &example);
        return true;
    };
    if i64::from_str_radix(number.as_str(), number.radix()) == Ok(SCHEMA) {
        return true;
    }
    let message =
        format!("this version of lockgate does not know schema {}", escaped(number.as_str()));
    let problem = reader
        .problem(entry.value.span(), message)
        .label("unknown schema")
        .help(format!("write schema = {SCHEMA}, or use a lockgate that knows this schema"));
    reader.note(problem);
    false
}

#[cfg(test)]
mod tests;
