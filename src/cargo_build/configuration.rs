//! The repository's own configuration of Cargo: `.cargo/config.toml` in the workspace's folder and
//! in those above it (Cargo book, "Configuration").
//!
//! Cargo is never started where it would read these files, because they can name programs to run.
//! The settings that affect what is built are read here instead: sources on disk and addresses of
//! registries are passed on to Cargo, and the default target becomes part of the matrix. A key
//! that affects the resolution in another way is refused; every other key has no effect here.

mod include;
mod sources;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::sources::Sources;
use super::BuildProblem;
use crate::disk::{self, NotRead};
use crate::policy::LocatedWord;
use crate::problem::{Location, SourceText};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// File names in Cargo's order of preference.
const NAMES: &[&str] = &["config", "config.toml"];

/// Tables and keys that affect the resolution in ways that are not examined.
const REFUSED: &[(&str, &str)] = &[
    ("patch", "it replaces packages outside of Cargo.toml"),
    ("paths", "it replaces packages with folders"),
    ("unstable", "it turns on unstable parts of Cargo"),
];

/// The repository's relevant configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryConfiguration {
    /// The configuration to pass on to Cargo, as TOML. May be empty.
    pub handed_on: String,
    /// Default targets (`build.target`).
    pub ordered: Vec<LocatedWord>,
}

/// A configuration file that was read.
struct File {
    source: Arc<SourceText>,
    /// The parent of the folder that contains the file, which its paths are relative to.
    base: PathBuf,
    /// The name of the file's own folder: `.cargo`, unless another file includes it.
    folder_name: String,
    is_included: bool,
}

impl RepositoryConfiguration {
    /// Reads every file that Cargo would read in `folder`, except the one in Cargo's home folder, which
    /// Cargo reads itself. Paths must not leave `repository`. `shown` formats a path for
    /// messages.
    pub(super) fn read(
        folder: &Path,
        repository: &Path,
        home: Option<&Path>,
        shown: &dyn Fn(&Path) -> String,
    ) -> Result<Self, BuildProblem> {
        let mut configuration = Self::default();
        let mut sources = Sources::default();
        let folders: Vec<&Path> = folder.ancestors().collect();
        // The nearest file takes precedence.
        for base in folders.into_iter().rev() {
            if let Some(file) = read_file(base, home, shown)? {
                configuration.take_in(&file, repository, &mut sources)?;
            }
        }
        configuration.handed_on = sources.into_toml();
        Ok(configuration)
    }

    /// The file of one folder, which applies if Cargo is started there. Sources in it are not passed
    /// on.
    pub(super) fn read_one(
        folder: &Path,
        home: Option<&Path>,
        shown: &dyn Fn(&Path) -> String,
    ) -> Result<Self, BuildProblem> {
        let mut configuration = Self::default();
        if let Some(file) = read_file(folder, home, shown)? {
            configuration.take_in(&file, folder, &mut Sources::default())?;
        }
        Ok(configuration)
    }

    /// Adds the configuration of another folder, except for sources.
    pub(super) fn add(&mut self, other: Self) {
        self.ordered.extend(other.ordered);
    }

    fn take_in(
        &mut self,
        file: &File,
        repository: &Path,
        sources: &mut Sources,
    ) -> Result<(), BuildProblem> {
        let document = DeTable::parse(&file.source.text).map_err(|error| {
            file.refuse(error.span().map_or(0, |span| span.start), error.message())
        })?;
        let table = document.into_inner();
        if let Some(include) = table.get("include") {
            self.take_in_included(file, include, repository, sources)?;
        }
        for (key, value) in &table {
            if let Some((_, reason)) = REFUSED.iter().find(|(name, _)| name == key.get_ref()) {
                return Err(file.refuse(key.span().start, reason));
            }
            match key.get_ref().as_ref() {
                "build" => self.take_in_build(file, value),
                "source" => sources.take_in(file, value, repository)?,
                "registries" => sources.take_in_registries(value),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes in what a file includes, which the file itself overrides.
    fn take_in_included(
        &mut self,
        file: &File,
        include: &Spanned<DeValue<'_>>,
        repository: &Path,
        sources: &mut Sources,
    ) -> Result<(), BuildProblem> {
        if file.is_included {
            let reason = "it is included, and includes other files";
            return Err(file.refuse(include.span().start, reason));
        }
        for (path, offset) in include::paths(file, include, repository)? {
            let (Some(folder), shown) = (path.parent(), file.beside(&path)) else {
                return Err(file.refuse(offset, "it includes a folder"));
            };
            let included = File {
                source: read_text(&path, shown)?,
                base: folder.parent().unwrap_or(folder).to_owned(),
                folder_name: name_of(folder),
                is_included: true,
            };
            self.take_in(&included, repository, sources)?;
        }
        Ok(())
    }

    fn take_in_build(&mut self, file: &File, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return;
        };
        if let Some(targets) = table.get("target") {
            let words = file.words(targets);
            self.ordered.extend(words.into_iter().filter(|word| word.text != "host-tuple"));
        }
    }
}

impl File {
    fn location(&self, offset: usize) -> Location {
        Location { file: self.source.path.clone(), line: self.source.line_at(offset) }
    }

    fn placed(&self, text: &str, offset: usize) -> LocatedWord {
        LocatedWord { text: text.to_owned(), location: self.location(offset) }
    }

    /// What people call a file that this one includes.
    fn beside(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.base).unwrap_or(path);
        let shown = self.source.path.trim_end_matches(|it| it != '/');
        let above = shown.trim_end_matches('/').trim_end_matches(&self.folder_name);
        format!("{above}{}", inside.to_string_lossy().replace('\\', "/"))
    }

    fn refuse(&self, offset: usize, reason: &str) -> BuildProblem {
        let reason = format!("this configuration of Cargo is not looked through: {reason}");
        BuildProblem::Configured { location: self.location(offset), reason }
    }

    /// A text, or a list of them.
    fn words(&self, value: &Spanned<DeValue<'_>>) -> Vec<LocatedWord> {
        let elements = match value.get_ref() {
            DeValue::Array(elements) => elements.iter().collect(),
            _ => vec![value],
        };
        let word = |value: &Spanned<DeValue<'_>>| {
            let text = value.get_ref().as_str()?;
            Some(self.placed(text, value.span().start))
        };
        elements.into_iter().filter_map(word).collect()
    }
}

fn read_file(
    base: &Path,
    home: Option<&Path>,
    shown: &dyn Fn(&Path) -> String,
) -> Result<Option<File>, BuildProblem> {
    let folder = base.join(".cargo");
    if home.is_some_and(|home| folder == home) {
        return Ok(None);
    }
    let Some(path) = NAMES.iter().map(|name| folder.join(name)).find(|path| path.exists()) else {
        return Ok(None);
    };
    let source = read_text(&path, shown(&path))?;
    let folder_name = name_of(&folder);
    Ok(Some(File { source, base: base.to_owned(), folder_name, is_included: false }))
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_text(path: &Path, shown: String) -> Result<Arc<SourceText>, BuildProblem> {
    let location = Location { file: shown, line: 1 };
    let refuse = |reason: String| BuildProblem::Configured { location: location.clone(), reason };
    let text = disk::read_text(path, MAX_BYTES).map_err(|error| match error {
        NotRead::NotRegular => refuse("it is not a regular file".to_owned()),
        NotRead::TooLarge => refuse("it is larger than any configuration".to_owned()),
        error => refuse(error.to_string()),
    })?;
    Ok(Arc::new(SourceText::new(location.file.clone(), text)))
}

#[cfg(test)]
mod tests;
