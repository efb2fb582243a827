//! A self-contained HTML page: it opens from a disk or an artifact, makes no network
//! requests, and lets a person filter, sort, search and see how a package gets in.
//!
//! The findings are embedded as JSON and only ever set as text. The page's own policy (W3C
//! "Content Security Policy Level 3") allows only this script and this style, by their digests,
//! so that injected code could not run.

mod data;

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::summary::{basis, decision, word};
use super::{Reporter, Style};
use crate::outcome::Outcome;
use data::Data;

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("html/drawing.js"),
    include_str!("html/finding.js"),
    include_str!("html/list.js"),
);

/// The HTML report. The style has no effect.
#[derive(Debug)]
pub(super) struct Html;

impl Reporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let basis = basis(outcome).replace('\u{a0}', " ");
        let footer = format!(
            "lockgate {} · {}",
            env!("CARGO_PKG_VERSION"),
            outcome.now.strftime("%Y-%m-%d %H:%M UTC"),
        );
        let page = fill(
            PAGE,
            &[
                ("policy", &security_policy()),
                ("style", STYLE),
                ("script", SCRIPT),
                ("answer", outcome.verdict.answer.as_str()),
                ("word", word(outcome.verdict.answer)),
                ("decision", &escaped(&decision(outcome))),
                ("basis", &escaped(&basis)),
                ("footer", &escaped(&footer)),
                ("data", &data::embedded(&Data::of(outcome))?),
            ],
        );
        out.write_all(page.as_bytes())
    }
}

/// The template with its `{{name}}`s filled in. Values are not searched for placeholders.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or(("", part));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        filled.push_str(rest);
    }
    filled
}

fn security_policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        digest(STYLE),
        digest(SCRIPT),
    )
}

fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Escaped text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests;
