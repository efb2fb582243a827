//! Code that stands in a command, `node -e "require(…)"`, and what changes where it looks.

/// Programs that run it, and the options by which they are given it.
const RUNTIMES: &[&str] = &["node", "bun", "deno", "tsx"];
const OPTIONS: &[&str] = &[" -e", " -p", "--eval", "--print", "eval ", "<<", "-pe"];

const LOADS: &[&str] = &["require(", "import("];

/// Where code in a command loads something that it does not name in so many words, or from a folder that
/// is given to it.
pub(super) fn computed_load(text: &str) -> Option<usize> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // It adds folders in which every name is looked up (Node.js documentation, "Loading from the global
    // folders").
    if let Some(place) = text.find("NODE_PATH") {
        return Some(place);
    }
    if !has(LOADS) || !has(RUNTIMES) || !has(OPTIONS) {
        return None;
    }
    let places = LOADS.iter().flat_map(|load| text.match_indices(load));
    places
        .filter(|(place, load)| !is_written_out(&text[place + load.len()..]))
        .map(|(place, _)| place)
        .min()
}

/// Whether a text stands there that nothing is filled into.
fn is_written_out(rest: &str) -> bool {
    let rest = rest.trim_start().trim_start_matches('\\');
    let Some(quote) = rest.chars().next().filter(|first| "\"'`".contains(*first)) else {
        return false;
    };
    let Some((written, behind)) = rest[1..].split_once(quote) else { return false };
    let behind = behind.trim_start();
    !written.contains(['$', '%', '{']) && behind.starts_with([')', ','])
}

#[cfg(test)]
mod tests {
    use super::computed_load;

    #[test]
    fn code_that_names_what_it_loads_is_known() {
        for (text, is_computed) in [
            ("node -e \"require('glim')\"", false),
            ("\"x\": \"node -e \\\"require('glim')\\\"\"", false),
            ("for d in $all; do node -e \"require('$d')\"; done", true),
            ("node -p \"all.map(name => require(name))\"", true),
            ("node -e 'import(process.argv[1])' x", true),
            ("node -p \"typeof require('gl' + 'im')\"", true),
            ("from x import(y)", false),
            ("node a.js", false),
            ("NODE_PATH=vendor node a.js", true),
        ] {
            assert_eq!(computed_load(text).is_some(), is_computed, "{text}");
        }
    }
}
