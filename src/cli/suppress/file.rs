//! The file of the policy: found, amended, replaced whole, and put back if need be.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::disk;
use crate::policy::amendment::{Amendment, EMPTY_POLICY};
use crate::policy::{FILE_NAME, Policy, discovery};
use crate::problem::{Problem, SourceText};
use crate::settings::{CheckSettings, shown};

/// Where the policy lies, and what it says.
pub(super) struct PolicyFile {
    path: PathBuf,
    /// `None` if there is no file yet.
    text: Option<String>,
    today: Date,
}

/// A policy with one entry more.
pub(super) struct Amended {
    file: PolicyFile,
    text: String,
}

impl PolicyFile {
    /// The policy that decides, or where one would lie: in the first folder that is checked.
    pub(super) fn find(settings: &CheckSettings) -> Result<Self, Problem> {
        let start = settings.paths.first().map_or(Path::new("."), PathBuf::as_path);
        let folder = if start.is_dir() { start } else { start.parent().unwrap_or(Path::new(".")) };
        let found = match &settings.policy {
            Some(path) => Some(path.clone()),
            None => discovery::find(folder)
                .map_err(|error| Problem::in_file(FILE_NAME, error.to_string()))?,
        };
        let today = settings.clock.today();
        let Some(path) = found else {
            return Ok(Self { path: folder.join(FILE_NAME), text: None, today });
        };
        // What a link leads to is replaced, not the link.
        let unreadable = |error: io::Error| Problem::in_file(shown(&path), error.to_string());
        let path = path.canonicalize().map_err(unreadable)?;
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        Ok(Self { path, text: Some(text), today })
    }

    /// The policy with the entry, which has to read well.
    pub(super) fn amended(self, amendment: &Amendment) -> Result<Amended, Vec<Problem>> {
        let before = self.text.as_deref().unwrap_or(EMPTY_POLICY);
        let name = shown(&self.path);
        let text =
            amendment.apply(before).map_err(|error| Problem::in_file(&name, error.to_string()))?;
        let source = SourceText::new(name, text.clone());
        Policy::parse(Arc::new(source), self.today).map_err(|error| error.0)?;
        Ok(Amended { file: self, text })
    }
}

impl Amended {
    pub(super) fn path(&self) -> PathBuf {
        self.file.path.clone()
    }

    /// The line of the new entry.
    pub(super) fn place(&self) -> String {
        let line = self
            .text
            .rfind("[[suppress]]")
            .map_or(1, |start| self.text[..start].matches('\n').count() + 1);
        format!("{}:{line}", shown(&self.file.path))
    }

    /// The new entry alone.
    pub(super) fn entry(&self) -> String {
        let start = self.text.rfind("[[suppress]]").unwrap_or(0);
        self.text[start..].to_owned()
    }

    pub(super) fn write(&self) -> Result<(), Problem> {
        self.replace(&self.text)
    }

    /// Puts back what was there before.
    pub(super) fn take_back(&self) -> Result<(), Problem> {
        match &self.file.text {
            Some(text) => self.replace(text),
            None => fs::remove_file(&self.file.path).map_err(|error| self.unwritable(&error)),
        }
    }

    /// Replaces the file whole; a reader sees the old text or the new one.
    fn replace(&self, text: &str) -> Result<(), Problem> {
        let replaced = disk::replace(&self.file.path, |file| {
            file.write_all(text.as_bytes())?;
            self.copy_permissions(file)
        });
        replaced.map_err(|error| self.unwritable(&error))
    }

    /// Those of the file that is replaced; a new one is readable, as files of a repository are.
    fn copy_permissions(&self, file: &fs::File) -> io::Result<()> {
        match fs::metadata(&self.file.path) {
            Ok(metadata) => file.set_permissions(metadata.permissions()),
            Err(_) => crate::disk::make_readable(file),
        }
    }

    fn unwritable(&self, error: &io::Error) -> Problem {
        let reason = disk::in_words(error);
        Problem::in_file(shown(&self.file.path), format!("the policy cannot be written: {reason}"))
    }
}
