//! What stands for a package in a lockfile of npm must be that package: its name, its version and the
//! address of its archive. npm hands each of them to what reads requests on the command line (npm
//! source, `arborist`, `reify`; `npm-package-arg`), so that a request in their place installs what it
//! asks for, whatever the entry says besides.

use std::ops::Range;
use std::sync::Arc;

use crate::lockfile::LockfileError;
use crate::lockfile::node::json::Str;
use crate::lockfile::node::name;
use crate::lockfile::node::origin::alias;
use crate::lockfile::tool;
use crate::problem::{Problem, SourceText};

/// The schemes of addresses that npm writes: archives on the web, repositories, files.
const SCHEMES: &[&str] = &[
    "http://",
    "https://",
    "git://",
    "git+ssh://",
    "git+https://",
    "git+http://",
    "git+file://",
    "git+rsync://",
    "git+ftp://",
    "ssh://",
    "file:",
];

/// Short names of hosts, which version 1 locks with the commit behind them.
const HOSTS: &[&str] = &["github:", "gitlab:", "bitbucket:", "gist:"];

/// Refuses an entry whose own `name` is no name.
pub(super) fn check_name(
    source: &Arc<SourceText>,
    name: Option<&str>,
    span: &Range<usize>,
) -> Result<(), LockfileError> {
    match name {
        Some(name) if !name::is_valid(name) => {
            let message = format!("`{}` is no name of a package", name.escape_debug());
            Err(refusal(source, span.clone(), message, "npm would read it as a request"))
        }
        _ => Ok(()),
    }
}

/// Refuses an address in `resolved` that is none.
pub(super) fn check_resolved(
    source: &Arc<SourceText>,
    resolved: Option<&Str<'_>>,
    span: &Range<usize>,
) -> Result<(), LockfileError> {
    let Some(resolved) = resolved.filter(|resolved| !resolved.trim().is_empty()) else {
        return Ok(());
    };
    if is_address(resolved.trim()) {
        return Ok(());
    }
    let message = format!("`{}` is no address of a package", shown(resolved));
    let place = resolved
        .offset_in(&source.text)
        .map_or_else(|| span.clone(), |start| start..start + resolved.len());
    Err(refusal(source, place, message, "npm would read it as a request"))
}

/// Refuses what stands in place of a version in an entry of version 1 and is none: there npm also
/// writes exact aliases, addresses, and commits.
pub(super) fn check_version_1(
    source: &Arc<SourceText>,
    version: Option<&Str<'_>>,
    span: &Range<usize>,
) -> Result<(), LockfileError> {
    let Some(version) = version else {
        return Ok(());
    };
    let is_fine = match alias(version) {
        Some((name, version)) => name::is_valid(name) && !version.contains([':', '/']),
        None => !version.contains([':', '/']) || is_address(version) || is_commit(version),
    };
    if is_fine {
        return Ok(());
    }
    let message = format!("`{}` is no version and no address of a package", shown(version));
    Err(refusal(source, span.clone(), message, "npm would read it as a request"))
}

fn refusal(
    source: &Arc<SourceText>,
    span: Range<usize>,
    message: String,
    label: &str,
) -> LockfileError {
    let help = format!(
        "npm writes no such thing: find out who wrote this lockfile, remove it, and {}",
        tool::NPM.write_anew()
    );
    LockfileError::Inconsistent(Problem::at(source, span, message).label(label).help(help))
}

/// As much of a text as fits on a line.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let escaped = text.escape_debug().to_string();
    match escaped.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &escaped[..end]),
        None => escaped,
    }
}

/// Whether a text is an address: it has a scheme, or is what `ssh` takes for one.
fn is_address(text: &str) -> bool {
    let has_scheme = |scheme: &&str| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && text.len() > scheme.len()
    };
    SCHEMES.iter().any(has_scheme) || is_scp(text)
}

/// `git@host:owner/repository.git#commit`.
fn is_scp(text: &str) -> bool {
    text.strip_prefix("git@")
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(host, path)| !host.is_empty() && !host.contains('/') && !path.is_empty())
}

/// `github:owner/repository#commit` and `owner/repository#commit`, with the commit in full.
fn is_commit(text: &str) -> bool {
    let host = HOSTS.iter().find(|host| text.starts_with(**host));
    let rest = host.map_or(text, |host| &text[host.len()..]);
    let Some((repository, commit)) = rest.split_once('#') else {
        return false;
    };
    let is_hash = matches!(commit.len(), 40 | 64) && commit.bytes().all(|b| b.is_ascii_hexdigit());
    let is_place = !repository.is_empty() && !repository.contains(':');
    is_hash && is_place && !repository.starts_with('@')
}
