//! The project's own checklists, which a policy names under `[incident]`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::incident::{ChecklistFile, LARGEST_CHECKLIST, PLACEHOLDERS};
use super::{Policy, PolicyError, Template};
use crate::disk::{self, NotRead};
use crate::problem::{Problem, SourceText};

/// Reads every checklist that a policy names. `folder` is the policy's folder, `display_path` the policy's path
/// for messages.
///
/// # Errors
///
/// Everything that is wrong with any of them: it is missing, lies outside of the folder, is larger
/// than 16 KiB, is not text, or contains an unknown placeholder.
pub(super) fn read(
    policy: &mut Policy,
    folder: &Path,
    display_path: &str,
) -> Result<(), PolicyError> {
    let Some(source) = policy.source.clone() else {
        return Ok(());
    };
    let Some(incident) = policy.incident.as_mut() else {
        return Ok(());
    };
    let mut problems = Vec::new();
    for file in incident.checklists() {
        let text = match read_text(folder, &file.path) {
            Ok(text) => text,
            Err(reason) => {
                problems.push(unreadable(&source, file, &reason));
                continue;
            }
        };
        let source = SourceText::new(beside(display_path, &file.path), text);
        match Template::parse(&Arc::new(source), PLACEHOLDERS) {
            Ok(template) => file.template = Some(Arc::new(template)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(PolicyError(problems)) }
}

fn unreadable(policy: &Arc<SourceText>, file: &ChecklistFile, reason: &str) -> Problem {
    let path = super::raw::escaped(&file.path);
    Problem::at(
        policy,
        file.span.clone(),
        format!("the checklist `{path}` cannot be read: {reason}"),
    )
    .label("named here")
    .help("name a Markdown file below the folder of the policy, or leave the key out")
}

/// The path of a file next to the policy, for messages.
fn beside(policy: &str, path: &str) -> String {
    match policy.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

fn read_text(folder: &Path, path: &str) -> Result<String, String> {
    let words = |error: io::Error| error.to_string();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    let folder = folder.canonicalize().map_err(words)?;
    // A link may lead anywhere, and the file's text would be published in an issue.
    let file = folder.join(path).canonicalize().map_err(words)?;
    if !file.starts_with(&folder) {
        return Err("it lies outside of the folder of the policy".to_owned());
    }
    let read = disk::read(&file, LARGEST_CHECKLIST as u64);
    read.and_then(|bytes| Ok(String::from_utf8(bytes)?)).map_err(|error| match error {
        NotRead::Failed(error) => words(error),
        NotRead::NotRegular => "it is not a file".to_owned(),
        NotRead::TooLarge => "it is larger than 16 KiB".to_owned(),
        NotRead::NotUtf8(_) => "it is not written in UTF-8".to_owned(),
    })
}
