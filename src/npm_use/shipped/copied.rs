//! What container files copy from the machine that builds them.

use std::collections::BTreeSet;

use super::{MODULES, Shipped};
use crate::lockfile::tool;
use crate::npm_use::places;
use crate::problem::SourceText;

impl Shipped {
    /// Whether what a container file copies from the machine may hold what npm installed there: the
    /// folder of the project, or one above it, where nothing leaves `node_modules` out.
    pub(super) fn holds_packages(
        &self,
        container: &SourceText,
        source: &str,
        project: &str,
    ) -> bool {
        let plain = source.trim_start_matches("./").trim_start_matches('/');
        let plain = plain.trim_end_matches('/').trim_end_matches("/.");
        if plain.contains(MODULES) || plain == ".yarn" || places::is_installed(&format!("{plain}/"))
        {
            return true;
        }
        let takes_all = plain.is_empty() || plain == "." || plain.contains(['*', '$', '?', '[']);
        let folder = container.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // A file that is named is none, and neither is a folder beside the project.
        let below = |folder: &str| within(project, folder).map(str::to_owned);
        let is_above = |context: &str| {
            below(context).is_some_and(|rest| takes_all || within(&rest, plain).is_some())
        };
        let contexts: BTreeSet<&str> = ["", folder, project].into_iter().collect();
        let is_copied = contexts.iter().any(|context| is_above(context));
        is_copied && !self.is_left_out(container, folder, project)
    }

    /// Whether each `.dockerignore` that may count leaves out what is installed (Docker documentation,
    /// ".dockerignore files"): the file's own, else that of the root and that of its folder.
    fn is_left_out(&self, container: &SourceText, folder: &str, project: &str) -> bool {
        let modules = |context: &str| {
            let rest = within(project, context)?;
            Some(if rest.is_empty() { MODULES.to_owned() } else { format!("{rest}/{MODULES}") })
        };
        // Yarn keeps archives of what was installed beside the project.
        let has_archives = *self.installer.tool == tool::YARN;
        let archives_left_out = |text: &str| !has_archives || leaves_archives_out(text);
        let leaves_out =
            |context: &str, path: &str| match (modules(context), self.ignore_files.get(path)) {
                (Some(modules), Some(text)) => {
                    leaves_out(text, &modules) && archives_left_out(text)
                }
                (Some(_), None) => false,
                (None, _) => true,
            };
        let own = format!("{}.dockerignore", container.path);
        let at = |folder: &str| {
            let slash = if folder.is_empty() { "" } else { "/" };
            format!("{folder}{slash}.dockerignore")
        };
        if self.ignore_files.contains_key(&own) {
            return leaves_out("", &own) && leaves_out(folder, &own);
        }
        leaves_out("", &at("")) && leaves_out(folder, &at(folder))
    }
}

/// The rest of a path below a folder: `a/b` within `a` is `b`.
fn within<'path>(path: &'path str, folder: &str) -> Option<&'path str> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Whether an ignore file surely leaves out Yarn's archives, and what it unpacked from them.
fn leaves_archives_out(text: &str) -> bool {
    /// What Yarn keeps beside them (Yarn documentation, "What files should be gitignored?").
    const OTHERS: &[&str] = &["patches", "plugins", "releases", "sdks", "versions"];
    let plain = |line: &str| {
        let line = line.trim_start_matches('!').trim_start_matches("**/").trim_start_matches('/');
        line.trim_end_matches('*').trim_end_matches('/').to_owned()
    };
    let lines = || text.lines().map(str::trim);
    let takes_back = lines().filter(|line| line.starts_with('!')).any(|line| {
        let other = plain(line);
        let other = other.strip_prefix(".yarn/").filter(|rest| OTHERS.contains(rest));
        other.is_none() && (line.contains(".yarn") || line.contains('*'))
    });
    let names = |folder: &str| {
        let mut left_out = lines().filter(|line| !line.starts_with('!'));
        left_out.any(|line| plain(line) == folder)
    };
    let leaves_out = names(".yarn") || (names(".yarn/cache") && names(".yarn/unplugged"));
    leaves_out && !takes_back
}

/// Whether an ignore file surely leaves out what is installed at a path.
pub(super) fn leaves_out(text: &str, modules: &str) -> bool {
    let lines = || text.lines().map(str::trim);
    let takes_back =
        lines().any(|line| line.starts_with('!') && (line.contains(MODULES) || line.contains('*')));
    let names_it = lines().any(|line| {
        let plain = line.trim_start_matches('/').trim_end_matches("/**").trim_end_matches('/');
        let plain = plain.trim_end_matches("/*");
        plain == modules || plain == "**/node_modules" || plain == "*" || plain == "**"
    });
    names_it && !takes_back
}
