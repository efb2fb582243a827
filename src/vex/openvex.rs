//! OpenVEX 0.2.0 (OpenVEX specification).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Age, NamedPackage, Statement, json};
use crate::policy::Justification;
use crate::problem::{Problem, SourceText};

/// The context of documents of this version.
pub(super) const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

#[derive(Deserialize)]
struct WireDocument<'text> {
    timestamp: Option<String>,
    #[serde(borrow)]
    statements: Vec<&'text RawValue>,
}

#[derive(Deserialize)]
struct WireStatement {
    vulnerability: WireVulnerability,
    #[serde(default)]
    products: Vec<WireProduct>,
    status: String,
    timestamp: Option<String>,
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

/// The statements, in their order.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Vec<Statement>, Problem> {
    let document: WireDocument<'_> = json::read(source, &source.text)?;
    let mut statements = Vec::new();
    let time_of_all = document.timestamp.as_deref().and_then(json::time);
    for (order, raw) in document.statements.into_iter().enumerate() {
        let wire: WireStatement = json::read(source, raw.get())?;
        let own_time = wire.timestamp.as_deref().and_then(json::time);
        let age = Age {
            // An unreadable time may be any time.
            time: own_time.or(time_of_all.filter(|_| wire.timestamp.is_none())),
            is_own: wire.timestamp.is_some(),
            order: Some(order),
        };
        statements.push(statement(source, raw.get(), wire, age)?);
    }
    Ok(statements)
}

fn statement(
    source: &Arc<SourceText>,
    raw: &str,
    wire: WireStatement,
    age: Age,
) -> Result<Statement, Problem> {
    let clears = match wire.status.as_str() {
        "not_affected" | "fixed" => true,
        "affected" | "under_investigation" => false,
        _ => {
            let message = "a statement of OpenVEX with a `status` that it does not know";
            return Err(json::refuse(source, raw, message.to_owned()));
        }
    };
    let unknown = || {
        let message = "a statement of OpenVEX with a `justification` that it does not know";
        json::refuse(source, raw, message.to_owned())
    };
    let word = |word: String| {
        let mut all = Justification::ALL.iter();
        all.find(|known| known.as_str() == word).copied().ok_or_else(unknown)
    };
    let vulnerability = wire.vulnerability;
    let names = [vulnerability.name, vulnerability.id];
    let names = names.into_iter().flatten().chain(vulnerability.aliases);
    Ok(Statement {
        location: json::location(source, raw),
        format: "OpenVEX",
        status: wire.status,
        clears,
        age,
        justification: wire.justification.filter(|_| clears).map(word).transpose()?,
        vulnerabilities: names.filter_map(|name| name.parse().ok()).collect(),
        packages: wire.products.iter().flat_map(packages).collect(),
        products: products(&wire.products),
        named: wire.products.iter().filter_map(|it| it.component.name()).collect(),
        words: wire.impact_statement.or(wire.status_notes),
    })
}

/// The products that limit the statement; empty if it applies to the packages everywhere.
fn products(products: &[WireProduct]) -> BTreeSet<String> {
    let is_package = |product: &&WireProduct| product.subcomponents.is_empty();
    if products.iter().any(|product| is_package(&product)) {
        return BTreeSet::new();
    }
    let named = products.iter().map(|product| product.component.name());
    named.collect::<Option<_>>().unwrap_or_default()
}

impl WireComponent {
    /// Its package URL, otherwise its id.
    fn name(&self) -> Option<String> {
        self.identifiers.purl.clone().or_else(|| self.id.clone())
    }
}

/// The components of a product, or the product itself if it names none.
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
