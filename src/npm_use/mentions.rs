//! Where a name is found.

use crate::problem::Location;

/// Where one name is found first, in each form.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    pub(super) import: Option<Location>,
    pub(super) word: Option<Location>,
    pub(super) path: Option<Location>,
    /// Where a text names it that is not read as a module.
    pub(super) outside: Option<Location>,
    /// The same, where it may be a setting of a tool.
    pub(super) in_settings: Option<Location>,
    /// Whether one of those names something in it.
    pub(super) with_path: bool,
    /// Whether it stands behind the folder that packages are installed in there.
    pub(super) in_folder: bool,
    pub(super) is_for_checks: bool,
}

impl Mentions {
    /// Notes a place in a text that is no module.
    pub(super) fn note_outside(&mut self, location: Location, is_in_scripts: bool) {
        if !is_in_scripts {
            self.in_settings.get_or_insert_with(|| location.clone());
        }
        self.outside.get_or_insert(location);
    }
}

/// Whether the word that begins there has the folder in it that packages are installed in.
pub(super) fn is_in_folder(text: &str, start: usize) -> bool {
    word_at(text, start).contains("node_modules/")
}

/// Whether the word that begins there has a slash in it, other than that behind a scope.
pub(super) fn has_path(text: &str, start: usize) -> bool {
    let word = word_at(text, start);
    word.matches('/').count() > usize::from(word.starts_with('@'))
}

fn word_at(text: &str, start: usize) -> &str {
    let is_end = |next: char| next.is_whitespace() || "\"'`,;()<>=".contains(next);
    text[start..].split(is_end).next().unwrap_or_default()
}

/// The line in which a byte lies, and its number.
pub(super) fn line_at(text: &str, start: usize) -> (&str, u32) {
    let before = &text[..start];
    let begin = before.rfind('\n').map_or(0, |place| place + 1);
    let end = text[start..].find('\n').map_or(text.len(), |place| start + place);
    let number = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    (&text[begin..end], u32::try_from(number).unwrap_or(u32::MAX))
}
