//! Path patterns in the syntax of a .gitignore file.

use ignore::gitignore::GitignoreBuilder;

/// Whether a line would be a valid exclusion in a .gitignore file.
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
