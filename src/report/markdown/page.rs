//! A page that never exceeds GitHub's limit, and counts what it leaves out.

/// A comment has at most 65,536 characters, a step summary 1 MiB: the smaller limit is used for both.
/// Counted in bytes, of which there are never fewer than characters.
pub(super) const LIMIT: usize = 65_536;
/// Reserved, so that each section can say what it left out.
const RESERVE: usize = 2_000;

/// A part of the page.
pub(super) struct Section {
    /// The text above the items. Ends with a line feed.
    pub(super) heading: String,
    /// Each ends with a line feed.
    pub(super) items: Vec<String>,
    /// The text below the items.
    pub(super) end: String,
    /// The most items, even if there is room for more: other sections need it as well.
    pub(super) most: usize,
    /// The word for the items, in the plural.
    pub(super) what: &'static str,
}

/// The page so far.
pub(super) struct Page {
    text: String,
}

impl Page {
    pub(super) fn starting_with(head: &str) -> Self {
        Self { text: head.to_owned() }
    }

    /// Adds as much of a section as fits. An empty one adds nothing.
    pub(super) fn add(&mut self, section: &Section) {
        if section.items.is_empty() {
            return;
        }
        let room = (LIMIT - RESERVE).saturating_sub(self.text.len() + 1);
        let mut taken = section.heading.len() + section.end.len();
        let fitting = section.items.iter().take(section.most).take_while(|item| {
            taken += item.len();
            taken <= room
        });
        let fitting: Vec<&str> = fitting.map(String::as_str).collect();
        let left_out = section.items.len() - fitting.len();
        if !fitting.is_empty() {
            self.text.push('\n');
            self.text += &section.heading;
            self.text += &fitting.concat();
            self.text += &section.end;
        }
        if left_out > 0 {
            let left_out = left_out.to_string();
            self.text.extend(["\n_", &left_out, " more ", section.what, " left out_\n"]);
        }
    }

    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(items: usize, length: usize, most: usize) -> Section {
        Section {
            heading: "### Findings\n".into(),
            items: vec!["x".repeat(length) + "\n"; items],
            end: "end\n".into(),
            most,
            what: "findings",
        }
    }

    #[test]
    fn items_that_do_not_fit_are_counted() {
        let mut page = Page::starting_with("head\n");
        page.add(&section(3, 1, 2));
        assert_eq!(
            page.finish(),
            "head\n\n### Findings\nx\nx\nend\n\n_1 more findings left out_\n"
        );
    }

    #[test]
    fn the_page_stays_within_the_limit() {
        let mut page = Page::starting_with("head\n");
        for _ in 0..8 {
            page.add(&section(100, 1_000, 100));
        }
        let text = page.finish();
        assert!(text.len() <= LIMIT && text.len() > LIMIT - 2 * RESERVE, "{}", text.len());
        assert!(text.ends_with("_100 more findings left out_\n"));
    }

    #[test]
    fn an_empty_section_leaves_no_trace() {
        let mut page = Page::starting_with("head\n");
        page.add(&section(0, 0, 1));
        assert_eq!(page.finish(), "head\n");
    }
}
