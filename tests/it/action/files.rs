//! The files by which a step hands something over (GitHub documentation, "Environment files").

use std::collections::BTreeMap;

/// `key=value`, or `key<<END` with the lines up to `END`. Anything else fails the step, as it does on
/// GitHub (actions/runner, `FileCommandManager`).
pub(super) fn key_values(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut values = BTreeMap::new();
    let mut lines = text.split(['\n', '\r']);
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let equals = line.find('=');
        let heredoc = line.find("<<");
        match (equals, heredoc) {
            (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
                values.insert(line[..equals].to_owned(), line[equals + 1..].to_owned());
            }
            (_, Some(heredoc)) => {
                let end = &line[heredoc + 2..];
                let mut value = Vec::new();
                loop {
                    match lines.next() {
                        Some(line) if line == end => break,
                        Some(line) => value.push(line),
                        None => return Err(format!("`{end}` does not come")),
                    }
                }
                values.insert(line[..heredoc].to_owned(), value.join("\n"));
            }
            _ => return Err(format!("`{line}` is no output")),
        }
    }
    Ok(values)
}

#[test]
fn values_have_one_line_or_an_end_of_their_own() {
    let values = key_values("a=b<<c=d\ne<<END\none\na=two\nEND\n\nf=\n").unwrap();
    let expected = [("a", "b<<c=d"), ("e", "one\na=two"), ("f", "")];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(values, BTreeMap::from(expected));
    for wrong in ["verdict", "a<<END\nb"] {
        assert!(key_values(wrong).is_err(), "{wrong}");
    }
}
