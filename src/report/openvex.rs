//! OpenVEX 0.2.0: what can be exploited, for scanners that read it together with a product (OpenVEX
//! specification, "OpenVEX Documents").

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use super::json::formatter::PrintableFormatter;
use super::vex::{Statement, Status, document_uuid, statements};
use super::{Reporter, Style};
use crate::advisory_id::AdvisoryId;
use crate::outcome::Outcome;

const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// The OpenVEX report. The style has no effect.
#[derive(Debug)]
pub(super) struct OpenVex;

impl Reporter for OpenVex {
    fn name(&self) -> &'static str {
        "openvex"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let statements = statements(outcome);
        let mut statements: Vec<OpenVexStatement<'_>> =
            statements.iter().map(OpenVexStatement::of).collect();
        let content = serde_json::to_vec(&statements)?;
        // A document's id depends on its content, not on its time.
        for statement in &mut statements {
            statement.timestamp = Some(outcome.now);
        }
        let document = Document {
            context: CONTEXT,
            id: format!("urn:uuid:{}", document_uuid(&content)),
            author: "lockgate",
            role: "automatic dependency gate",
            timestamp: outcome.now,
            version: 1,
            tooling: concat!("lockgate ", env!("CARGO_PKG_VERSION")),
            statements,
        };
        let formatter = PrintableFormatter::default();
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
        document.serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Document<'o> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'static str,
    role: &'static str,
    timestamp: Timestamp,
    version: u32,
    tooling: &'static str,
    statements: Vec<OpenVexStatement<'o>>,
}

/// One statement. The reason for "not affected" is `justification` for programs and
/// `impact_statement` for people: what was checked, for which builds, by which version. Other statuses
/// must not have it (OpenVEX specification, "Statement Fields"); they have the same text in
/// `status_notes`.
#[derive(Serialize)]
struct OpenVexStatement<'o> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
    vulnerability: Vulnerability<'o>,
    products: Vec<Product<'o>>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact_statement: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_notes: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_statement: Option<&'o str>,
}

#[derive(Serialize)]
struct Vulnerability<'o> {
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: &'o str,
    aliases: Vec<&'o str>,
}

/// A product, and the package in it.
#[derive(Serialize)]
struct Product<'o> {
    #[serde(rename = "@id")]
    id: &'o str,
    subcomponents: [Component<'o>; 1],
}

#[derive(Serialize)]
struct Component<'o> {
    #[serde(rename = "@id")]
    id: &'o str,
}

impl<'o> OpenVexStatement<'o> {
    fn of(statement: &'o Statement<'_>) -> Self {
        let finding = statement.finding;
        let (status, justification) = match statement.status {
            Status::NotAffected(claim) => {
                let answer = claim.row().vex.as_ref();
                ("not_affected", answer.map(|answer| answer.justification.as_str()))
            }
            Status::UnderInvestigation => ("under_investigation", None),
            Status::Affected => ("affected", None),
        };
        let subcomponent = || Component { id: &statement.package };
        Self {
            timestamp: None,
            vulnerability: Vulnerability {
                id: finding.id.url(),
                name: finding.id.as_str(),
                aliases: finding.aliases.iter().map(AdvisoryId::as_str).collect(),
            },
            products: statement
                .products
                .iter()
                .map(|product| Product { id: product, subcomponents: [subcomponent()] })
                .collect(),
            status,
            justification,
            impact_statement: justification.is_some().then_some(&statement.detail),
            status_notes: justification.is_none().then_some(&statement.detail),
            action_statement: (statement.status == Status::Affected).then_some(&statement.action),
        }
    }
}
