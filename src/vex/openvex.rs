//! OpenVEX 0.2.0 (OpenVEX specification).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{NamedPackage, Statement, json};
use crate::policy::Justification;
use crate::problem::{Problem, SourceText};

/// What documents of this version call their context.
pub(super) const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

#[derive(Deserialize)]
struct WireDocument<'text> {
    #[serde(borrow)]
    statements: Vec<&'text RawValue>,
}

#[derive(Deserialize)]
struct WireStatement {
    vulnerability: WireVulnerability,
    #[serde(default)]
    products: Vec<WireProduct>,
    status: String,
    justification: Option<String>,
    impact_statement: Option<String>,
    status_notes: Option<String>,
}

#[derive(Deserialize)]
struct WireVulnerability {
    #[serde(rename = "@id")]
    id: Option<String>,
    name: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Deserialize)]
struct WireProduct {
    #[serde(flatten)]
    component: WireComponent,
    #[serde(default)]
    subcomponents: Vec<WireComponent>,
}

#[derive(Deserialize)]
struct WireComponent {
    #[serde(rename = "@id")]
    id: Option<String>,
    #[serde(default)]
    identifiers: WireIdentifiers,
}

#[derive(Default, Deserialize)]
struct WireIdentifiers {
    purl: Option<String>,
}

/// The statements that say "not affected" or "fixed".
pub(super) fn read(source: &Arc<SourceText>) -> Result<Vec<Statement>, Problem> {
    let document: WireDocument<'_> = json::read(source, &source.text)?;
    let mut statements = Vec::new();
    for raw in document.statements {
        let wire: WireStatement = json::read(source, raw.get())?;
        match wire.status.as_str() {
            "not_affected" | "fixed" => statements.push(statement(source, raw.get(), wire)?),
            "affected" | "under_investigation" => {}
            _ => {
                let message = "a statement of OpenVEX with a `status` that it does not know";
                return Err(json::refuse(source, raw.get(), message.to_owned()));
            }
        }
    }
    Ok(statements)
}

fn statement(
    source: &Arc<SourceText>,
    raw: &str,
    wire: WireStatement,
) -> Result<Statement, Problem> {
    let unknown = || {
        let message = "a statement of OpenVEX with a `justification` that it does not know";
        json::refuse(source, raw, message.to_owned())
    };
    let word = |word: String| {
        let mut all = Justification::ALL.iter();
        all.find(|known| known.as_str() == word)
            .copied()
            .ok_or_else(unknown)
    };
    let vulnerability = wire.vulnerability;
    let names = [vulnerability.name, vulnerability.id];
    let names = names.into_iter().flatten().chain(vulnerability.aliases);
    Ok(Statement {
        location: json::location(source, raw),
        format: "OpenVEX",
        status: wire.status,
        justification: wire.justification.map(word).transpose()?,
        vulnerabilities: names.filter_map(|name| name.parse().ok()).collect(),
        packages: wire.products.iter().flat_map(packages).collect(),
        words: wire.impact_statement.or(wire.status_notes),
    })
}

/// The components of a product, or the product itself where none are named.
fn packages(product: &WireProduct) -> Vec<NamedPackage> {
    let components = if product.subcomponents.is_empty() {
        std::slice::from_ref(&product.component)
    } else {
        &product.subcomponents
    };
    let purl = |component: &WireComponent| {
        let purl = component.identifiers.purl.as_ref();
        NamedPackage::parse(purl.or(component.id.as_ref())?)
    };
    components.iter().filter_map(purl).collect()
}
