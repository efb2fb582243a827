//! `exports` and `imports` of a manifest under every condition (Node.js documentation, "Modules:
//! Packages", "Package entry points", "Subpath patterns", "Conditional exports").
//!
//! Node.js takes one key, one condition and the first element of a list that is well-formed. Tools
//! differ in each of these, so everything counts that a tool may take.

use serde_json::Value;

/// Where `.` or `./…` leads, as it is written.
pub(super) fn exported(exports: &Value, subpath: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Value::Object(keys) = exports else {
        if subpath == "." {
            leaves(exports, None, &mut found);
        }
        return found;
    };
    for (key, value) in keys {
        if !key.starts_with('.') {
            if subpath == "." {
                leaves(value, None, &mut found);
            }
        } else if let Some(star) = matched(key, subpath) {
            leaves(value, star, &mut found);
        }
    }
    found
}

/// Where `#…` leads: files from the manifest's folder, and packages.
pub(super) fn imported(imports: &Value, specifier: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in imports.as_object().into_iter().flatten() {
        if let Some(star) = matched(key, specifier) {
            leaves(value, star, &mut found);
        }
    }
    found
}

/// Everything that is exported, patterns as they are written: with a `*`, or a slash at the end.
pub(super) fn all(exports: &Value) -> Vec<String> {
    let mut found = Vec::new();
    leaves(exports, None, &mut found);
    found
}

/// Whether a key stands for a subpath. Inside: what its `*` stands for, or what lies below the folder that
/// it names.
#[expect(clippy::option_option, reason = "a key without a pattern matches without a part")]
pub(super) fn matched<'subpath>(
    key: &str,
    subpath: &'subpath str,
) -> Option<Option<&'subpath str>> {
    if key == subpath {
        return Some(None);
    }
    if let Some((start, end)) = key.split_once('*') {
        return subpath.strip_prefix(start)?.strip_suffix(end).map(Some);
    }
    let below = subpath.strip_prefix(key).filter(|_| key.ends_with('/'))?;
    Some(Some(below))
}

fn leaves(value: &Value, star: Option<&str>, found: &mut Vec<String>) {
    match value {
        Value::String(target) => found.push(match star {
            Some(star) if target.contains('*') => target.replace('*', star),
            Some(star) if target.ends_with('/') => format!("{target}{star}"),
            _ => target.clone(),
        }),
        Value::Array(list) => list.iter().for_each(|value| leaves(value, star, found)),
        Value::Object(keys) => keys.values().for_each(|value| leaves(value, star, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_condition_and_every_key_that_matches_counts() {
        let exports = json!({
            ".": { "node": { "import": "./n.mjs", "require": "./n.cjs" }, "default": "./d.js" },
            "./feature/*": { "worker": "./src/*.worker.js", "default": ["./src/*.js", "./lib/*.js"] },
            "./feature/*.js": "./src/*.js",
            "./feature/private/*": null,
            "./old/": "./legacy/",
            "./both": [{ "import": "./both.mjs" }, "./both.js", null],
        });
        for (subpath, expected) in [
            (".", &["./d.js", "./n.mjs", "./n.cjs"][..]),
            ("./feature/a", &["./src/a.worker.js", "./src/a.js", "./lib/a.js"]),
            (
                "./feature/a/b.js",
                &["./src/a/b.js.worker.js", "./src/a/b.js.js", "./lib/a/b.js.js", "./src/a/b.js"],
            ),
            (
                "./feature/private/x",
                &["./src/private/x.worker.js", "./src/private/x.js", "./lib/private/x.js"],
            ),
            ("./old/x/y", &["./legacy/x/y"]),
            ("./both", &["./both.mjs", "./both.js"]),
            ("./none", &[]),
        ] {
            let mut found = exported(&exports, subpath);
            let mut expected = expected.to_vec();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{subpath}");
        }
    }

    #[test]
    fn exports_without_keys_are_those_of_the_package_itself() {
        for exports in
            [json!("./x.js"), json!(["./x.js"]), json!({ "node": { "default": "./x.js" } })]
        {
            assert_eq!(exported(&exports, "."), ["./x.js"]);
            assert_eq!(exported(&exports, "./x"), [""; 0]);
        }
    }

    #[test]
    fn imports_lead_to_files_and_packages() {
        let imports = json!({
            "#dep": { "node": "glim", "default": "./polyfill.js" },
            "#internal/*.js": "./src/*.js",
        });
        let mut found = imported(&imports, "#dep");
        found.sort();
        assert_eq!(found, ["./polyfill.js", "glim"]);
        assert_eq!(imported(&imports, "#internal/a/b.js"), ["./src/a/b.js"]);
        assert_eq!(imported(&json!(["#dep"]), "#dep"), [""; 0]);
    }
}
