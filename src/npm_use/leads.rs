//! Which tests something outside of tests leads to.
//!
//! Where a specifier leads is not resolved as a tool would: every file whose path ends as the specifier
//! does is reached, whatever lies above it, and everything in a folder that is named.

use std::collections::BTreeSet;

use super::places;

/// Endings that a specifier may have where the file has another one, or none.
const CODE: &[&str] =
    &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "json", "vue", "svelte"];

/// Words by which a test finds files whose names stand nowhere.
const LISTING: &[&str] =
    &["__dirname", "readdir", "import.meta.dirname", "import.meta.url", "glob"];

/// The ends of the paths that something leads to.
#[derive(Debug, Default)]
pub(super) struct Leads {
    ends: BTreeSet<String>,
    everything: bool,
}

impl Leads {
    /// Takes in a text that is not of tests.
    pub(super) fn add(&mut self, text: &str) {
        self.everything |= places::takes_all_files(text);
        for path in quoted(text).filter(|path| places::leads_to_tests(path)) {
            let steps: Vec<&str> = path.split('/').collect();
            self.lead(&steps[places::first_step_of_tests(&steps)..]);
        }
    }

    /// Takes in a test that is itself led to: whatever it leads to, helpers of any name included.
    pub(super) fn follow(&mut self, text: &str) {
        self.add(text);
        self.everything |= LISTING.iter().any(|word| text.contains(word));
        for path in quoted(text).filter(|path| path.starts_with('.')) {
            self.lead(&path.split('/').collect::<Vec<_>>());
        }
    }

    fn lead(&mut self, steps: &[&str]) {
        let is_open = |step: &&&str| step.contains(['*', '$', '{', '?', '[', '+', '!']);
        let named = steps.iter().filter(|step| !matches!(**step, "" | "." | ".."));
        let named: Vec<&str> = named.take_while(|step| !is_open(step)).copied().collect();
        if named.is_empty() {
            self.everything = true;
            return;
        }
        self.ends.insert(named.join("/"));
    }

    /// Whether something leads to a file.
    pub(super) fn reach(&self, path: &str) -> bool {
        self.everything || self.ends.iter().any(|end| ends_so(path, end))
    }
}

/// Whether a path ends as a specifier does, or lies in the folder that it names.
pub(super) fn ends_so(path: &str, end: &str) -> bool {
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(place, _)| place + 1));
    let mut rests = starts.map(|start| &path[start..]);
    rests.any(|rest| begins_so(rest, end))
}

/// Whether a path is what a specifier names, with another ending perhaps, or lies in the folder that it
/// names.
pub(super) fn begins_so(path: &str, named: &str) -> bool {
    let stem = named.rsplit_once('.').filter(|(_, ending)| CODE.contains(ending));
    let stem = stem.map_or(named, |(stem, _)| stem);
    let after = |name: &str| path.strip_prefix(name).map(|rest| rest.chars().next());
    matches!(after(named), Some(None | Some('/' | '.'))) || after(stem) == Some(Some('.'))
}

/// What stands in quotes or brackets, one after the other.
pub(super) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split(['"', '\'', '`', '(', ')', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_test_that_code_leads_to_is_reached() {
        let mut leads = Leads::default();
        leads.add("import x from '../test/util.js';\nimport y from \"./a.spec\";");
        for (path, is_reached) in [
            ("test/util.js", true),
            ("packages/a/test/util.ts", true),
            ("src/a.spec.ts", true),
            ("test/other.js", false),
            ("src/b.spec.ts", false),
            ("test/my-util.js", false),
        ] {
            assert_eq!(leads.reach(path), is_reached, "{path}");
        }
        leads.follow("require('./other'); require('./deep/x.js')");
        assert!(leads.reach("test/other.js") && leads.reach("test/deep/x.js"));
        assert!(!leads.reach("test/more.js"));
    }

    #[test]
    fn a_name_that_is_put_together_reaches_all_that_it_may() {
        for text in ["import(`../test/${name}.js`)", "require('./test/' + name)", "load('./test')"]
        {
            let mut leads = Leads::default();
            leads.add(text);
            assert!(leads.reach("test/any.js"), "{text}");
            assert!(!leads.reach("src/a.spec.js"), "{text}");
        }
        for text in ["import.meta.glob('./x/*.js')", "import(`./${name}.spec`)"] {
            let mut leads = Leads::default();
            leads.add(text);
            assert!(leads.reach("src/a.spec.js"), "{text}");
        }
        let mut leads = Leads::default();
        leads.follow("fs.readdirSync(__dirname)");
        assert!(leads.reach("test/any.js"));
    }
}
