//! CycloneDX 1.6: every locked package (a software bill of materials), and what can be exploited
//! (VEX), in one document (CycloneDX specification, JSON reference of version 1.6).

mod address;
mod components;
mod vulnerabilities;

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use super::json::formatter::PrintableFormatter;
use super::vex::document_uuid;
use super::{Reporter, Style};
use crate::outcome::Outcome;
use components::{Component, Dependency, Parts};
use vulnerabilities::Vulnerability;

/// The CycloneDX report. The style has no effect.
#[derive(Debug)]
pub(super) struct CycloneDx;

impl Reporter for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let parts = Parts::of(outcome);
        let statements = super::vex::statements(outcome);
        let content = Content {
            components: parts.components(),
            dependencies: parts.dependencies(),
            vulnerabilities: statements
                .iter()
                .map(|statement| Vulnerability::of(statement, &parts))
                .collect(),
        };
        let bom = Bom {
            format: "CycloneDX",
            spec_version: "1.6",
            serial_number: format!("urn:uuid:{}", document_uuid(&serde_json::to_vec(&content)?)),
            version: 1,
            metadata: Metadata::of(outcome, &parts),
            content,
        };
        let formatter = PrintableFormatter::default();
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
        bom.serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'o> {
    #[serde(rename = "bomFormat")]
    format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata<'o>,
    #[serde(flatten)]
    content: Content<'o>,
}

/// The content that the serial number identifies.
#[derive(Serialize)]
struct Content<'o> {
    components: Vec<Component<'o>>,
    dependencies: Vec<Dependency<'o>>,
    vulnerabilities: Vec<Vulnerability<'o>>,
}

#[derive(Serialize)]
struct Metadata<'o> {
    timestamp: Timestamp,
    tools: Tools,
    component: Component<'o>,
}

impl<'o> Metadata<'o> {
    fn of(outcome: &Outcome, parts: &'o Parts<'_>) -> Self {
        let lockgate = Component::tool("lockgate", env!("CARGO_PKG_VERSION"));
        Self {
            timestamp: outcome.now,
            tools: Tools { components: [lockgate] },
            component: parts.subject(),
        }
    }
}

#[derive(Serialize)]
struct Tools {
    components: [Component<'static>; 1],
}
