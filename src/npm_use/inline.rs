//! Code that stands in a command, `node -e "require(…)"`, and what changes where it looks.

/// Programs that run it, and the options by which they are given it.
const RUNTIMES: &[&str] = &["node", "bun", "deno", "tsx"];
const OPTIONS: &[&str] = &[" -e", " -p", "--eval", "--print", "eval ", "<<", "-pe"];

const LOADS: &[&str] = &["require(", "import("];

/// Options by which a runtime is told what else to load.
const LOADERS: &[&str] = &["-r", "--require", "--import", "--loader", "--experimental-loader"];

/// Where a shell puts a word together that says what a runtime loads.
fn computed_word(text: &str) -> Option<usize> {
    if !RUNTIMES.iter().any(|runtime| text.contains(runtime)) && !text.contains("NODE_OPTIONS") {
        return None;
    }
    let is_computed = |word: &str| {
        let inner = word.trim_matches(['"', '\'', '\\', ',', ']']);
        inner.contains(['$', '`', '"', '\'', '\\', '%', '{'])
    };
    let mut found = Vec::new();
    for option in LOADERS {
        for (place, _) in text.match_indices(option) {
            let rest = &text[place + option.len()..];
            let starts = text[..place].ends_with([' ', '\t', '"', '\'', '=', '\n']);
            let Some(word) = rest.strip_prefix([' ', '=']).filter(|_| starts) else { continue };
            let word = word.split_whitespace().next().unwrap_or_default();
            // A module of the repository that says what each name leads to (Node.js documentation, "Modules: `node:module`
            // API", "Customization Hooks").
            let is_own_hook = option.ends_with("loader") && word.starts_with('.');
            if is_computed(word) || is_own_hook {
                found.push(place);
            }
        }
    }
    // A file in the folder of packages whose name is filled in.
    found.extend(text.match_indices("node_modules/").filter_map(|(place, folder)| {
        let rest = text[place + folder.len()..].trim_start_matches(".bin/");
        rest.starts_with(['$', '`', '%']).then_some(place)
    }));
    found.into_iter().min()
}

/// Where code in a command loads something that it does not name in so many words, or from a folder that
/// is given to it.
pub(super) fn computed_load(text: &str) -> Option<usize> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // It adds folders in which every name is looked up (Node.js documentation, "Loading from the global
    // folders").
    if let Some(place) = text.find("NODE_PATH") {
        return Some(place);
    }
    if let Some(place) = computed_word(text) {
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
            ("node -r gl\"\"im app.js", true),
            ("P=gl; node -r ${P}im app.js", true),
            ("exec node -r \"$(echo Z2xpbQ== | base64 -d)\" app.js", true),
            ("ENV P=im\nCMD node -r gl$P app.js", true),
            ("node -r 'glim' app.js", false),
            ("\"start\": \"node --require=glim app.js\"", false),
            ("CMD [\"node\", \"-r\", \"glim\", \"app.js\"]", false),
            ("node node_modules/.bin/$TOOL", true),
            ("git rev-parse -r $x", false),
        ] {
            assert_eq!(computed_load(text).is_some(), is_computed, "{text}");
        }
    }
}
