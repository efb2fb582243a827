//! Statements of other people: which files are read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| {
        Problem::in_file(&name, format!("the VEX document cannot be read: {error}"))
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::in_file(&name, "the VEX document is larger than 16 MiB")
            .help("leave out what is not about this project"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::in_file(&name, "the VEX document is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Arc::new(SourceText::new(name, text)))
}
