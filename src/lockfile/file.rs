//! Reading a lockfile from disk, with limits.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::manifest::ManifestFiles;
use super::tool::{NPM, Tool};
use super::{FORMATS, Lockfile, LockfileError, LockfileFormat};
use crate::problem::{Gap, Problem, SourceText};

/// What is to be done about lockfiles of these names, which are known and not read.
pub fn not_read_help<'name>(names: impl IntoIterator<Item = &'name str>) -> String {
    let ways: BTreeSet<String> = names.into_iter().map(way_to_be_read).collect();
    let ways: Vec<String> = ways.into_iter().collect();
    format!("{}, or leave it out with `[lockfiles] exclude` in the policy", ways.join("; "))
}

/// What is typed so that a lockfile that is read stands in the place of the one with this name.
fn way_to_be_read(name: &str) -> String {
    let is_read = |name: &str| FORMATS.iter().any(|format| format.reads(name));
    let writes_one = |tool: &&Tool| tool.lockfiles.iter().any(|name| is_read(name));
    let Some(tool) = Tool::of_lockfile(name).filter(writes_one) else {
        let command = NPM.commands.lock;
        return format!(
            "type `{command}` in its folder, which writes a package-lock.json, and remove {name}"
        );
    };
    let binary = tool.binary_lockfile.filter(|(binary, _)| *binary == name);
    let command = binary.map_or(tool.commands.lock, |(_, command)| command);
    format!("type `{command}` in its folder and remove {name}")
}

/// The largest lockfile that is read, in bytes. A lockfile of 100,000 packages has some 50 MB.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Reads the lockfile at `path`, which is shown as `shown`, and the manifests around it. Also gives where
/// they do not fit.
///
/// The format follows from the file name; a file of another name is recognised by its content.
pub fn read(
    path: &Path,
    shown: &str,
    manifests: &dyn ManifestFiles,
) -> Result<(Lockfile, Vec<Gap>), LockfileError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    refuse_unread(&name, shown)?;
    let source = Arc::new(SourceText::new(shown, read_text(path, shown)?));
    format_of(&name, &source)?.read(&source, manifests)
}

/// The format of a file by its name, which ends in that of a lockfile: `web.package-lock.json` is one as
/// well. Of several formats of one name the first: `text` tells them apart, see [`read`].
pub fn format_of_name(name: &str) -> Option<&'static dyn LockfileFormat> {
    formats_of_name(name).next()
}

fn formats_of_name(name: &str) -> impl Iterator<Item = &'static dyn LockfileFormat> {
    FORMATS.iter().copied().filter(move |format| {
        format.reads(name) || format.file_names().iter().any(|known| name.ends_with(known))
    })
}

/// The names of the lockfiles that are read, each once.
pub fn names() -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    let all = FORMATS.iter().flat_map(|format| format.file_names().iter().copied());
    all.filter(|name| seen.insert(*name)).collect()
}

/// Refuses a lockfile that is known by its name and not read, whatever is in it.
fn refuse_unread(name: &str, shown: &str) -> Result<(), LockfileError> {
    match Tool::of_lockfile(name).filter(|_| format_of_name(name).is_none()) {
        Some(tool) => {
            let message =
                format!("this lockfile is of {}, which lockgate does not read", tool.word);
            let help = not_read_help([name]);
            Err(LockfileError::Unsupported(Problem::in_file(shown, message).help(help)))
        }
        None => Ok(()),
    }
}

fn format_of(
    name: &str,
    source: &Arc<SourceText>,
) -> Result<&'static dyn LockfileFormat, LockfileError> {
    let named: Vec<&'static dyn LockfileFormat> = formats_of_name(name).collect();
    let is_it = |format: &&&dyn LockfileFormat| format.recognises(&source.text);
    // What none of them recognises the first one refuses, with the line.
    if let Some(format) = named.iter().find(|format| named.len() == 1 || is_it(format)) {
        return Ok(*format);
    }
    if let Some(first) = named.first() {
        return Ok(*first);
    }
    FORMATS.iter().copied().find(|format| format.recognises(&source.text)).ok_or_else(|| {
        LockfileError::Unsupported(
            Problem::in_file(&source.path, "this is no lockfile that lockgate knows")
                .help(format!("lockgate reads {}", names().join(", "))),
        )
    })
}

fn read_text(path: &Path, shown: &str) -> Result<String, LockfileError> {
    let unreadable = |error: io::Error| {
        let problem = Problem::in_file(shown, format!("the lockfile cannot be read: {error}"));
        LockfileError::Unsupported(problem.help("nothing was checked; mend the file and run again"))
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(LockfileError::Unsupported(
            Problem::in_file(shown, "the lockfile is not a regular file")
                .help("give a folder to search, or the lockfile itself"),
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(MAX_BYTES)).unwrap_or(0));
    let mut file = fs::File::open(path).map_err(unreadable)?;
    // The size is checked on what is read: a file may grow, and some files lie about their size.
    file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        let megabytes = MAX_BYTES / (1024 * 1024);
        return Err(LockfileError::Unsupported(
            Problem::in_file(shown, format!("the lockfile is larger than {megabytes} MiB"))
                .help("a lockfile of 100,000 packages has some 50 MB: find out what this is"),
        ));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(shown, &error))
}

fn not_utf8(shown: &str, error: &std::string::FromUtf8Error) -> LockfileError {
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = memchr::memchr_iter(b'\n', valid).count() + 1;
    LockfileError::Syntax(
        Problem::in_file(shown, format!("the lockfile is not UTF-8: see line {line}"))
            .help("let the package manager write it again"),
    )
}

#[cfg(test)]
mod tests;
