//! What is looked for where somebody asks what is loaded: modules, and names in texts that are none.

use super::super::inline;
use super::super::mentions::{has_path, is_in_folder, line_at};
use super::super::words::{self, Reading};
use super::Search;
use crate::javascript;

impl Search<'_> {
    /// Whether the policy says that a file is built from the sources.
    pub(super) fn is_built(&self, path: &str) -> bool {
        self.built.matched_path_or_any_parents(path, false).is_ignore()
    }

    /// Whether a file is read as a module: because of its name, or because of what it holds.
    pub(super) fn holds_module(&self, path: &str, text: &str) -> bool {
        !self.is_built(path)
            && (javascript::is_module(path) || javascript::may_be_script(path, text))
    }

    /// Whether the names in a file count although it is no module.
    pub(super) fn is_outside(&self, path: &str) -> bool {
        !javascript::is_module(path) && !javascript::declares_types(path) && !self.is_built(path)
    }

    /// Looks for code in commands, and for names among the words of data: commands may stand there.
    pub(super) fn look_outside(&mut self, path: &str, reading: Reading, text: &str) {
        if !self.request.for_imports || reading == Reading::Prose {
            return;
        }
        let text = words::unescaped(text);
        let files = self.files;
        if let Some(start) = inline::computed_load(&text) {
            let (_, line) = line_at(&text, start);
            self.computed.get_or_insert_with(|| files.location(path, line));
        }
        if reading != Reading::Data {
            return;
        }
        let mentions = &mut self.mentions;
        words::scan(&text, Reading::Words, self.spellings, &mut |number, _, start| {
            let (_, line) = line_at(&text, start);
            let mention = &mut mentions[number];
            mention.note_outside(files.location(path, line), false);
            mention.with_path |= has_path(&text, start);
            mention.in_folder |= is_in_folder(&text, start);
        });
    }
}
