//! Filters: programs that git runs over the content of files before it compares them
//! (git documentation, "gitattributes", "filter").

use std::collections::BTreeSet;
use std::process::Command;

use super::{GitError, Repository};

/// An empty variable: a filter with an empty command does nothing.
const EMPTY: &str = "LOCKGATE_NO_FILTER";

/// A variable with the value `false`.
const NO: &str = "LOCKGATE_NOT_REQUIRED";

/// The keys of a filter: its programs, and whether it is required.
const KEYS: &[(&str, &str)] =
    &[("clean", EMPTY), ("smudge", EMPTY), ("process", EMPTY), ("required", NO)];

impl Repository {
    /// Runs a git command that may read checked-out files. It takes them unchanged:
    /// the filters of the configuration are not started.
    pub(super) fn run_without_filters(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut settings = Vec::new();
        for filter in self.filters()? {
            for (key, variable) in KEYS {
                // Git splits it at its last `=`, but `-c` at the first, which may be part of the name of a
                // filter (git documentation, "git", `--config-env`).
                settings.push(format!("--config-env=filter.{filter}.{key}={variable}"));
            }
        }
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let all = [&settings[..], arguments].concat();
        let mut command: Command = self.command(&all);
        command.env(EMPTY, "").env(NO, "false");
        super::answer(command, arguments, None, None)
    }

    /// The names of the configured filters.
    fn filters(&self) -> Result<BTreeSet<String>, GitError> {
        let arguments = ["config", "-z", "--name-only", "--get-regexp", r"^filter\."];
        let output = match self.run(&arguments, None) {
            Ok(output) => output,
            // There are none.
            Err(GitError::Refused { .. }) => return Ok(BTreeSet::new()),
            Err(error) => return Err(error),
        };
        let mut filters = BTreeSet::new();
        for name in output.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let name = std::str::from_utf8(name).ok();
            let filter = name
                .and_then(|name| name.strip_prefix("filter."))
                .and_then(|rest| rest.rsplit_once('.'))
                .map(|(filter, _)| filter.to_owned());
            filters.insert(filter.ok_or_else(|| GitError::Unexpected("config".to_owned()))?);
        }
        Ok(filters)
    }
}
