//! The modules in pages and files of frameworks: the script blocks of HTML, Vue and Svelte, the head of Astro.
//!
//! Vue documentation, "SFC Syntax Specification"; Svelte documentation, ".svelte files"; Astro
//! documentation, "Components".

/// One module in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block<'text> {
    pub(super) text: &'text str,
    /// Where it begins in the file.
    pub(super) start: usize,
}

/// Every script block, and the head between `---`.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = head(text).into_iter().collect();
    let mut position = 0;
    while let Some(open) = find_tag(text, "<script", position) {
        let Some(body) = text[open..].find('>').map(|end| open + end + 1) else { break };
        let end = find_tag(text, "</script", body).unwrap_or(text.len());
        if is_run(&text[open..body]) {
            found.push(Block { text: &text[body..end], start: body });
        }
        position = end;
    }
    found
}

/// Types of blocks that hold data, or text for something else (HTML standard, "The `script` element").
const OF_DATA: &[&str] =
    &["json", "importmap", "speculationrules", "template", "html", "x-handlebars", "x-mustache"];

/// Whether a block is run, by its opening tag. One of a type that nobody knows counts.
fn is_run(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let kind = tag.split_once("type=").map_or("", |(_, rest)| rest.trim_start_matches(['"', '\'']));
    let kind = kind.split(['"', '\'', ' ', '>']).next().unwrap_or_default();
    !OF_DATA.iter().any(|data| kind.ends_with(data))
}

fn head(text: &str) -> Option<Block<'_>> {
    let body = text.trim_start_matches('\u{feff}').trim_start().strip_prefix("---")?;
    let start = text.len() - body.len();
    let end = body.find("\n---").map_or(text.len(), |end| start + end);
    Some(Block { text: &text[start..end], start })
}

/// Where a tag begins, in whatever case it is written.
fn find_tag(text: &str, tag: &str, from: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[from..];
    let fits = |window: &[u8]| window.eq_ignore_ascii_case(tag.as_bytes());
    bytes.windows(tag.len()).position(fits).map(|place| from + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_blocks_and_the_head_are_modules() {
        let vue = "<template><a/></template>\n<script setup lang=\"ts\">\nimport a\n</SCRIPT>\n<script>b</script>";
        let texts: Vec<&str> = blocks(vue).iter().map(|block| block.text).collect();
        assert_eq!(texts, ["\nimport a\n", "b"]);
        let astro = "---\nimport a\n---\n<p/>";
        let [head] = blocks(astro)[..] else { panic!("one block") };
        assert_eq!((head.text, head.start), ("\nimport a", 3));
        let page =
            "<script type=\"application/json\">{</script><script type=module>import a</script>";
        assert_eq!(blocks(page).len(), 1);
        assert_eq!(blocks("<script>never closed")[0].text, "never closed");
    }
}
