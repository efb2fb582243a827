//! The `[incident]` table: which findings start an incident, and whom to notify.

use std::sync::Arc;

use jiff::SignedDuration;

use super::glob::check_glob;
use super::raw::{Table, Value, escaped};
use super::reader::Reader;
use super::ticket::{read_assignees, read_label, read_text};
use super::{IssueRules, NamePattern, Template};
use crate::problem::Location;

const KEYS: &[&str] = &[
    "lockfiles",
    "projects",
    "label",
    "assignees",
    "public",
    "deadline",
    "authority",
    "internal",
    "customers",
    "checklist",
];

/// The placeholders of a checklist. docs/incidents.md documents their values.
pub const PLACEHOLDERS: &[&str] = &[
    "advisory",
    "title",
    "package",
    "severity",
    "why",
    "lockfiles",
    "fix",
    "found",
    "exposure",
    "deadline",
    "authority",
    "internal",
    "customers",
];

/// The largest checklist, in bytes: an issue contains it together with lockgate's text.
pub(super) const LARGEST_CHECKLIST: usize = 16 * 1024;

/// The time limit of article 33 of the General Data Protection Regulation for notifying the
/// authority.
const DEADLINE: SignedDuration = SignedDuration::from_hours(72);

/// The `[incident]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentPolicy {
    /// Globs, relative to the policy's folder, of lockfiles whose every package handles customer
    /// data.
    pub lockfiles: Vec<String>,
    /// Names of projects (workspace members) that handle customer data.
    pub projects: Vec<NamePattern>,
    /// The label by which lockgate finds its incident issues again.
    pub label: String,
    /// The accounts a new incident is assigned to.
    pub assignees: Vec<String>,
    /// Whether incidents are opened in a public repository.
    pub public: bool,
    /// The time from the confirmation to the deadline for notifying the authority.
    pub deadline: SignedDuration,
    /// The data protection authority.
    pub authority: Option<Contact>,
    /// The team's own contact for incidents.
    pub internal: Option<Contact>,
    /// The way to reach customers.
    pub customers: Option<Contact>,
    /// The checklist for customer data; `None` for the built-in one.
    pub data_checklist: Option<ChecklistFile>,
    /// The checklist for credentials; `None` for the built-in one.
    pub credential_checklist: Option<ChecklistFile>,
}

/// Somebody to notify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    /// How to reach them.
    pub contact: String,
}

/// The project's own checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistFile {
    /// Its path, relative to the policy's folder.
    pub path: String,
    /// Where the policy names it.
    pub location: Location,
    /// The bytes of the policy that name it.
    pub span: std::ops::Range<usize>,
    /// Its content; `None` until [`super::discovery::load`] has read it.
    pub template: Option<Arc<Template>>,
}

impl Default for IncidentPolicy {
    fn default() -> Self {
        Self {
            lockfiles: Vec::new(),
            projects: Vec::new(),
            label: "incident".to_owned(),
            assignees: Vec::new(),
            public: false,
            deadline: DEADLINE,
            authority: None,
            internal: None,
            customers: None,
            data_checklist: None,
            credential_checklist: None,
        }
    }
}

impl IncidentPolicy {
    /// How incident issues are written. The author and the limit come from `[ticket]`.
    pub fn issues(&self, tickets: &IssueRules) -> IssueRules {
        IssueRules {
            label: self.label.clone(),
            labels: Vec::new(),
            assignees: self.assignees.clone(),
            milestone: None,
            ..tickets.clone()
        }
    }

    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut policy = Self::default();
        let Some(table) = reader.table("`[incident]`", value, "[incident]") else {
            return policy;
        };
        reader.only_keys(&table, KEYS);
        policy.lockfiles = read_globs(reader, &table);
        policy.projects = read_projects(reader, &table);
        if let Some(label) =
            table.get("label").and_then(|entry| read_label(reader, "`label`", entry.value))
        {
            policy.label = label;
        }
        policy.assignees = read_assignees(reader, &table);
        if let Some(entry) = table.get("public") {
            policy.public = reader.boolean("`public`", entry.value).unwrap_or_default();
        }
        if let Some(duration) =
            table.get("deadline").and_then(|entry| reader.duration("`deadline`", entry.value))
        {
            policy.deadline = duration;
        }
        policy.authority = read_contact(reader, &table, "authority", "`authority`", AUTHORITY);
        policy.internal = read_contact(reader, &table, "internal", "`internal`", INTERNAL);
        policy.customers = read_contact(reader, &table, "customers", "`customers`", CUSTOMERS);
        policy.read_checklists(reader, &table);
        policy
    }

    fn read_checklists(&mut self, reader: &mut Reader, table: &Table<'_, '_>) {
        let example = "checklist = { data = \"security/data.md\" }";
        let Some(table) = table
            .get("checklist")
            .and_then(|entry| reader.table("`checklist`", entry.value, example))
        else {
            return;
        };
        reader.only_keys(&table, &["data", "credentials"]);
        self.data_checklist = read_checklist(reader, &table, "data");
        self.credential_checklist = read_checklist(reader, &table, "credentials");
    }

    /// The project's own checklists.
    pub(super) fn checklists(&mut self) -> impl Iterator<Item = &mut ChecklistFile> {
        self.data_checklist.iter_mut().chain(self.credential_checklist.iter_mut())
    }
}

const AUTHORITY: &str = "authority = { name = \"CNIL\", contact = \"https://www.cnil.fr/fr/notifier-une-violation-de-donnees-personnelles\" }";
const INTERNAL: &str = "internal = { name = \"Security\", contact = \"security@example.com\" }";
const CUSTOMERS: &str =
    "customers = { name = \"Status page\", contact = \"https://status.example.com\" }";

fn read_contact(
    reader: &mut Reader,
    table: &Table<'_, '_>,
    key: &str,
    name: &'static str,
    example: &str,
) -> Option<Contact> {
    let entry = table.get(key)?;
    let table = reader.table(name, entry.value, example)?;
    reader.only_keys(&table, &["name", "contact"]);
    reader.required(&table, "name", example);
    reader.required(&table, "contact", example);
    Some(Contact {
        name: read_text(reader, &table, "name", "who it is")?,
        contact: read_text(reader, &table, "contact", "an address")?,
    })
}

fn read_globs(reader: &mut Reader, table: &Table<'_, '_>) -> Vec<String> {
    let Some(entry) = table.get("lockfiles") else {
        return Vec::new();
    };
    let mut globs = Vec::new();
    for value in reader.elements("`lockfiles`", entry.value, "lockfiles = [\"services/**\"]") {
        let Some(text) = reader.string("a pattern in `lockfiles`", value, "\"services/**\"") else {
            continue;
        };
        let checked = if text.starts_with('!') {
            Err("a `!` would take out, not in".to_owned())
        } else {
            check_glob(text)
        };
        let Err(reason) = checked else {
            globs.push(text.to_owned());
            continue;
        };
        let message = format!("`{}` is not a pattern for files: {reason}", escaped(text));
        let problem = reader
            .problem(value.span(), message)
            .label("not a pattern")
            .help("write it as in a .gitignore file, such as \"services/**\"");
        reader.note(problem);
    }
    globs
}

fn read_projects(reader: &mut Reader, table: &Table<'_, '_>) -> Vec<NamePattern> {
    let Some(entry) = table.get("projects") else {
        return Vec::new();
    };
    let example = "projects = [\"harbour-server\"]";
    let values = reader.elements("`projects`", entry.value, example);
    let names = values
        .iter()
        .filter_map(|value| reader.string("a name in `projects`", value, "\"harbour-server\""));
    names.map(NamePattern::new).collect()
}

/// A checklist must be below the policy: a file outside was not reviewed with it.
fn read_checklist(reader: &mut Reader, table: &Table<'_, '_>, key: &str) -> Option<ChecklistFile> {
    let entry = table.get(key)?;
    let path = read_text(reader, table, key, "the path of a Markdown file")?;
    let is_below = !path.starts_with('/')
        && !path.contains('\\')
        && !path.contains(':')
        && path.split('/').all(|part| part != "..");
    if !is_below {
        let problem = reader
            .problem(
                entry.value.span(),
                format!("`{}` is not a path below the policy", escaped(&path)),
            )
            .label("not a relative path")
            .help("write it relative to the folder of the policy, such as \"security/data.md\"");
        reader.note(problem);
        return None;
    }
    Some(ChecklistFile {
        path,
        location: reader.location(entry.value.span().start),
        span: entry.value.span(),
        template: None,
    })
}
