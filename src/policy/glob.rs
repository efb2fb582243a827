//! Patterns of paths, written as in a .gitignore file.

use ignore::gitignore::GitignoreBuilder;

/// Whether a line of a .gitignore file would mean something, and mean "exclude this".
pub(super) fn check_glob(text: &str) -> Result<(), String> {
    if text.starts_with('#') {
        return Err("a `#` begins a comment".to_owned());
    }
    if text.starts_with('!') {
        return Err("a `!` would include, not exclude".to_owned());
    }
    match GitignoreBuilder::new("").add_line(None, text) {
        Ok(_) => Ok(()),
        Err(ignore::Error::Glob { err, .. }) => Err(err),
        Err(error) => Err(error.to_string()),
    }
}
