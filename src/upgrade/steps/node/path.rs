//! Places: keys of `package.json`, keys of YAML, and folders.

/// A place in `package.json`, as `npm pkg` takes it: names with dots in them stand in brackets.
pub(super) fn path(parts: &[&str]) -> String {
    let mut path = String::new();
    for part in parts {
        let is_bracketed = part.contains(['.', '[', ']']);
        let before = match (is_bracketed, path.is_empty()) {
            (true, _) => "[",
            (false, true) => "",
            (false, false) => ".",
        };
        path.push_str(before);
        path.push_str(part);
        path.push_str(if is_bracketed { "]" } else { "" });
    }
    path
}

/// A key of YAML (YAML 1.2, "Plain Style", "Single-Quoted Style").
pub(super) fn yaml_key(key: &str) -> String {
    let is_plain = key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@/._->".contains(&byte));
    if is_plain { key.to_owned() } else { format!("'{}'", key.replace('\'', "''")) }
}

/// A folder below, or beside, another one.
pub(super) fn joined(folder: &str, below: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in below.split('/') {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            ("" | ".", _) => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_dots_stand_in_brackets() {
        for (parts, expected) in [
            (&["overrides", "larch", "brindle"][..], "overrides.larch.brindle"),
            (&["overrides", "larch.core", "brindle"], "overrides[larch.core].brindle"),
            (&["dependencies", "@acme/tool"], "dependencies.@acme/tool"),
            (&["dependencies", "brindle.js"], "dependencies[brindle.js]"),
        ] {
            assert_eq!(path(parts), expected);
        }
    }

    #[test]
    fn a_key_of_yaml_is_quoted_unless_it_is_plain() {
        for (key, expected) in [
            ("larch>brindle", "larch>brindle"),
            ("@acme/larch>brindle", "'@acme/larch>brindle'"),
            ("7larch>brindle", "'7larch>brindle'"),
            ("la'rch: x", "'la''rch: x'"),
        ] {
            assert_eq!(yaml_key(key), expected);
        }
    }

    #[test]
    fn a_folder_beside_another_one_is_named_from_where_it_was_started() {
        for (folder, below, expected) in [
            ("", "packages/dock", "packages/dock"),
            ("web", "packages/dock", "web/packages/dock"),
            ("web", "../lib", "lib"),
            ("", "../lib", "../lib"),
            ("../web", "../lib", "../lib"),
        ] {
            assert_eq!(joined(folder, below), expected);
        }
    }
}
