//! Drafts for publication: a notice to customers, and a release note.
//!
//! Both state only the facts, and nothing about whether data was accessed: only people can
//! say that.

use std::collections::BTreeSet;

use super::IncidentKind;
use super::contacts::{customers, to_fill_in};
use super::context::{IncidentContext, Span};
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

pub fn render(context: &IncidentContext<'_>, reader: Reader) -> String {
    match reader {
        Reader::Customers => notice(context),
        Reader::ReleaseNotes => release_note(context),
    }
}

fn notice(context: &IncidentContext<'_>) -> String {
    let packages = names(&context.packages());
    let happened = match context.kind() {
        IncidentKind::Data => format!(
            "We used {packages}, third-party software with a vulnerability that became known as {}. \
             {}",
            identifiers(context),
            if context.is_rated_grave() {
                "It could have let somebody read or alter data.".to_owned()
            } else {
                to_fill_in("what it could have let somebody do")
            }
        ),
        IncidentKind::Credentials => format!(
            "We used {packages}, third-party software that turned out to be malicious and is known \
             as {}. It could have taken credentials of ours.",
            identifiers(context)
        ),
    };
    let paragraphs = [
        format!("# Notice: {}", to_fill_in("in a few plain words, what this is about")),
        to_fill_in("to whom"),
        format!("## What happened\n\n{happened}\n\n{}", exposed(context)),
        format!(
            "## What it means for you\n\n{}\n\n{}",
            to_fill_in(
                "whether data of yours was accessed or altered, which, and whose; or that \
                        there is no sign of it, and what was looked at"
            ),
            to_fill_in("the likely consequences for you and for the people whose data it is")
        ),
        format!("## What we have done\n\n{}\n\n{}", fixed(context), to_fill_in("what else")),
        format!(
            "## What you can do\n\n{}",
            match context.kind() {
                IncidentKind::Data => to_fill_in("what you advise, or that nothing is needed"),
                IncidentKind::Credentials => {
                    to_fill_in("which keys and tokens to replace, or that nothing is needed")
                }
            }
        ),
        format!("## Whom to ask\n\n{}", customers(context.policy())),
    ];
    paragraphs.join("\n\n")
}

fn release_note(context: &IncidentContext<'_>) -> String {
    let packages = names(&context.packages());
    let severity = match context.severity().level {
        SeverityLevel::Unknown => "no source says how severe".to_owned(),
        level => level.to_string(),
    };
    let mut lines = vec![match context.kind() {
        IncidentKind::Data => format!(
            "{packages}: vulnerability {} ({severity}), {}",
            identifiers(context),
            about(context)
        ),
        IncidentKind::Credentials => {
            format!("{packages}: malicious package {}, {}", identifiers(context), about(context))
        }
    }];
    lines.push(exposed(context));
    lines.push(fixed(context));
    lines.push(to_fill_in("what users have to do, or that an update is enough"));
    if let Some(url) = context.url() {
        lines.push(format!("Read more: {}", link(url)));
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
    format!("### Security\n\n{}", lines.join("\n"))
}

fn about(context: &IncidentContext<'_>) -> String {
    match context.title() {
        "" => to_fill_in("what it allows"),
        title => code(title),
    }
}

fn exposed(context: &IncidentContext<'_>) -> String {
    let Some(Span { since, until, is_uncertain }) = context.span() else {
        let when = to_fill_in("from when to when; the history is unknown");
        return format!("We used an affected version {when}.");
    };
    let used = if is_uncertain { "used, or may have used," } else { "used" };
    let mut sentences = vec![match until {
        Some(until) => format!("We {used} an affected version from {since} to {until}."),
        None => format!("We have {used} an affected version since {since}."),
    }];
    let releases: Vec<Release> = context.releases().cloned().collect();
    if let Some(shipped) = shipped(&releases) {
        sentences.push(format!("It was part of {shipped}."));
    }
    if !context.gaps.is_empty() {
        sentences.push(to_fill_in("check these dates: not everything could be known"));
    }
    sentences.join(" ")
}

fn fixed(context: &IncidentContext<'_>) -> String {
    let fixed = context.fixed_in();
    let versions = names(&fixed.into_iter().map(str::to_owned).collect());
    match (context.findings.is_empty(), versions.is_empty()) {
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

fn identifiers(context: &IncidentContext<'_>) -> String {
    let identifiers = context.identifiers();
    let shown: Vec<String> = identifiers.iter().map(|id| code(id.as_str())).collect();
    shown.join(", ")
}

fn names(names: &BTreeSet<String>) -> String {
    let names = few(names.iter().map(|name| code(name)));
    names.join(", ")
}
