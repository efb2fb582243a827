//! Drafts for publication: a notice to customers, and a release note.
//!
//! Both state only the facts, and nothing about whether data was accessed: only people can
//! say that.

use std::collections::BTreeSet;

use super::IncidentKind;
use super::contacts::{customers, to_fill_in};
use super::dossier::{Dossier, Span};
use super::exposure::shipped;
use crate::history::Release;
use crate::markdown::{code, few, link};
use crate::severity::SeverityLevel;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A notice that is sent to each customer.
    Customers,
    /// An entry for the notes of a release.
    ReleaseNotes,
}

pub fn render(dossier: &Dossier<'_>, reader: Reader) -> String {
    match reader {
        Reader::Customers => notice(dossier),
        Reader::ReleaseNotes => release_note(dossier),
    }
}

fn notice(dossier: &Dossier<'_>) -> String {
    let packages = names(&dossier.packages());
    let happened = match dossier.kind() {
        IncidentKind::Data => format!(
            "We used {packages}, third-party software with a vulnerability that became known as {}. \
             {}",
            identifiers(dossier),
            if dossier.is_said_to_be_grave() {
                "It could have let somebody read or alter data.".to_owned()
            } else {
                to_fill_in("what it could have let somebody do")
            }
        ),
        IncidentKind::Credentials => format!(
            "We used {packages}, third-party software that turned out to be malicious and is known \
             as {}. It could have taken credentials of ours.",
            identifiers(dossier)
        ),
    };
    let paragraphs = [
        format!("# Notice: {}", to_fill_in("in a few plain words, what this is about")),
        to_fill_in("to whom"),
        format!("## What happened\n\n{happened}\n\n{}", exposed(dossier)),
        format!(
            "## What it means for you\n\n{}\n\n{}",
            to_fill_in(
                "whether data of yours was accessed or altered, which, and whose; or that \
                        there is no sign of it, and what was looked at"
            ),
            to_fill_in("the likely consequences for you and for the people whose data it is")
        ),
        format!("## What we have done\n\n{}\n\n{}", fixed(dossier), to_fill_in("what else")),
        format!(
            "## What you can do\n\n{}",
            match dossier.kind() {
                IncidentKind::Data => to_fill_in("what you advise, or that nothing is needed"),
                IncidentKind::Credentials => {
                    to_fill_in("which keys and tokens to replace, or that nothing is needed")
                }
            }
        ),
        format!("## Whom to ask\n\n{}", customers(dossier.policy())),
    ];
    paragraphs.join("\n\n")
}

fn release_note(dossier: &Dossier<'_>) -> String {
    let packages = names(&dossier.packages());
    let severity = match dossier.severity().level {
        SeverityLevel::Unknown => "no source says how severe".to_owned(),
        level => level.to_string(),
    };
    let mut lines = vec![match dossier.kind() {
        IncidentKind::Data => format!(
            "{packages}: vulnerability {} ({severity}), {}",
            identifiers(dossier),
            about(dossier)
        ),
        IncidentKind::Credentials => {
            format!("{packages}: malicious package {}, {}", identifiers(dossier), about(dossier))
        }
    }];
    lines.push(exposed(dossier));
    lines.push(fixed(dossier));
    lines.push(to_fill_in("what users have to do, or that an update is enough"));
    if let Some(url) = dossier.url() {
        lines.push(format!("Read more: {}", link(url)));
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
    format!("### Security\n\n{}", lines.join("\n"))
}

fn about(dossier: &Dossier<'_>) -> String {
    match dossier.title() {
        "" => to_fill_in("what it allows"),
        title => code(title),
    }
}

fn exposed(dossier: &Dossier<'_>) -> String {
    let Some(Span { since, until, is_uncertain }) = dossier.span() else {
        let when = to_fill_in("from when to when; no history could be told");
        return format!("We used an affected version {when}.");
    };
    let used = if is_uncertain { "used, or may have used," } else { "used" };
    let mut sentences = vec![match until {
        Some(until) => format!("We {used} an affected version from {since} to {until}."),
        None => format!("We have {used} an affected version since {since}."),
    }];
    let releases: Vec<Release> = dossier.releases().cloned().collect();
    if let Some(shipped) = shipped(&releases) {
        sentences.push(format!("It was part of {shipped}."));
    }
    if !dossier.gaps.is_empty() {
        sentences.push(to_fill_in("check these dates: not everything could be known"));
    }
    sentences.join(" ")
}

fn fixed(dossier: &Dossier<'_>) -> String {
    let fixed = dossier.fixed_in();
    let versions = names(&fixed.into_iter().map(str::to_owned).collect());
    match (dossier.findings.is_empty(), versions.is_empty()) {
        (true, _) => format!(
            "No affected version is locked any more; since {}.",
            to_fill_in("the release that carries the fix, and when every environment had it")
        ),
        (false, false) => format!(
            "It is fixed in {versions}; {}.",
            to_fill_in("an affected version is still locked: say when it will be replaced")
        ),
        (false, true) => to_fill_in("no patched version is known: say what is done instead"),
    }
}

fn identifiers(dossier: &Dossier<'_>) -> String {
    let identifiers = dossier.identifiers();
    let shown: Vec<String> = identifiers.iter().map(|id| code(id.as_str())).collect();
    shown.join(", ")
}

fn names(names: &BTreeSet<String>) -> String {
    let names = few(names.iter().map(|name| code(name)));
    names.join(", ")
}
