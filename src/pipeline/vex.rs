//! Statements of other people: which files are read.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{self, NotRead};
use crate::problem::{Problem, SourceText};
use crate::settings::shown;
use crate::vex::{self, LARGEST, Statements};

/// Reads every document that was named. One that cannot be read in full is an error, not a document
/// without statements.
pub fn read(paths: &[PathBuf]) -> Result<Statements, Vec<Problem>> {
    let mut statements = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match text(path).and_then(|source| vex::read(&source)) {
            Ok(read) => statements.extend(read),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(Statements::new(statements)) } else { Err(problems) }
}

fn text(path: &Path) -> Result<Arc<SourceText>, Problem> {
    let name = shown(path);
    // It may be a pipe: what another program prints.
    let opened = File::open(path).map_err(NotRead::from);
    let bytes = opened.and_then(|file| disk::read_to_end(file, LARGEST));
    let text = bytes.and_then(|bytes| Ok(String::from_utf8(bytes)?)).map_err(|error| {
        let problem = |said: &str| Problem::in_file(&name, format!("the VEX document {said}"));
        match error {
            NotRead::TooLarge => {
                problem("is larger than 16 MiB").help("leave out what is not about this project")
            }
            NotRead::NotUtf8(_) => problem("is not UTF-8"),
            error => problem(&format!("cannot be read: {error}")),
        }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Arc::new(SourceText::new(name, text)))
}
