use proptest::prelude::*;
use serde_json::{Map, Value};

use super::plain;

#[test]
fn comments_and_trailing_commas_become_blanks() {
    for (text, expected) in [
        (r#"{"a": 1}"#, r#"{"a": 1}"#),
        ("[1,]", "[1 ]"),
        ("{\"a\": [1, 2,\n],\n}", "{\"a\": [1, 2 \n] \n}"),
        ("[1, // one,\n2]", "[1,        \n2]"),
        ("[1, /* a\r\nb */ ]", "[1      \r\n     ]"),
        ("// ü\n[]", "     \n[]"),
        ("[] // end", "[]       "),
        (r#"["//", "/*", ",]", "\",]"]"#, r#"["//", "/*", ",]", "\",]"]"#),
        (r#"["a\\",]"#, r#"["a\\" ]"#),
        ("[1 /* , */, /**/ ]", "[1               ]"),
    ] {
        assert_eq!(plain(text), expected, "{text}");
    }
}

/// A comment hides nothing that a package manager reads.
#[test]
fn a_comment_of_one_line_ends_at_every_end_of_a_line() {
    assert_eq!(plain("//a\r[1]"), "   \r[1]");
    for separator in ["\u{2028}", "\u{2029}"] {
        let text = format!("//a{separator}[1]");
        assert_eq!(plain(&text), format!("   {separator}[1]"));
    }
    assert_eq!(plain("//\u{2027}\n[1]"), "     \n[1]");
}

#[test]
fn what_is_neither_comment_nor_trailing_comma_stays_and_is_refused() {
    for text in [
        "[,]",
        "{,}",
        "[1,,]",
        "[1,,2]",
        ",",
        "[1],",
        "{\"a\":,}",
        "[1 / 2]",
        "[1 /* 2]",
        "/",
        "/*",
        "/*/",
        "[1,",
        "\"a",
        "\"\\",
    ] {
        assert!(serde_json::from_str::<Value>(&plain(text)).is_err(), "{text}");
    }
}

/// Writes a value with what a reader of JSON does not take wherever it may stand.
fn write(value: &Value, noise: &mut impl Iterator<Item = u8>, text: &mut String) {
    let mut pad = |text: &mut String| {
        let pads = ["", " ", "\n", "// \",]}\n", "/* [\" */", "/**/", "//\r", "/*\u{2028}ü*/"];
        text.push_str(pads[usize::from(noise.next().unwrap_or(0)) % pads.len()]);
    };
    pad(text);
    match value {
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { "," });
                write(item, noise, text);
            }
            close(!items.is_empty(), ']', noise, text);
        }
        Value::Object(entries) => {
            text.push('{');
            for (position, (key, item)) in entries.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { "," });
                write(&Value::String(key.clone()), noise, text);
                text.push(':');
                write(item, noise, text);
            }
            close(!entries.is_empty(), '}', noise, text);
        }
        other => text.push_str(&other.to_string()),
    }
}

fn close(has_values: bool, bracket: char, noise: &mut impl Iterator<Item = u8>, text: &mut String) {
    if has_values && noise.next().unwrap_or(0) % 2 == 1 {
        text.push_str(", /* , */ ");
    }
    text.push(bracket);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z/*,\\]}\"\\\\ü\n]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z/*,\\]}\"]{0,4}", inner, 0..6)
                .prop_map(|entries| Value::from(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #[test]
    fn a_document_reads_like_the_same_one_without_comments(
        value in any_value(),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut text = String::new();
        write(&value, &mut noise.into_iter(), &mut text);
        let plain = plain(&text);
        prop_assert_eq!(plain.len(), text.len());
        prop_assert_eq!(serde_json::from_str::<Value>(&plain).unwrap(), value);
    }

    #[test]
    fn plain_json_stays_as_it_is(value in any_value(), is_pretty in any::<bool>()) {
        let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
        prop_assert_eq!(&*plain(&text), &*text);
    }

    #[test]
    fn any_text_keeps_its_length_and_its_lines(
        text in "\\PC*",
        json in "[\\[\\]{}:,\"/* \n\r\\\\a1ü\u{2028}]{0,60}",
    ) {
        for text in [text, json] {
            let plain = plain(&text);
            prop_assert_eq!(plain.len(), text.len());
            let breaks = |text: &str| text.match_indices(['\n', '\r']).map(|(at, _)| at).collect::<Vec<_>>();
            prop_assert_eq!(breaks(&plain), breaks(&text));
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&plain).unwrap(), value);
            }
        }
    }
}
