//! JSON without duplicate keys. Each reader chooses the meaning of a duplicate key
//! (RFC 8259, section 4), so that one reader could be shown a pass and another one a block. Some readers
//! ignore case (Go's `encoding/json`, `Unmarshal`), so case is ignored here.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StrictError {
    /// It is not JSON.
    Syntax(String),
    /// It is JSON with a duplicate key.
    Ambiguous(String),
}

/// Reads JSON. More than 128 nested levels are a syntax error.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, StrictError> {
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(value)) => Ok(value),
        Err(error) if error.classify() == Category::Data => {
            Err(StrictError::Ambiguous(error.to_string()))
        }
        Err(error) => Err(StrictError::Syntax(error.to_string())),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        let mut folded = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if !folded.insert(fold(&key)) {
                return Err(A::Error::custom(format!("the key `{key}` occurs twice")));
            }
            values.insert(key, value);
        }
        Ok(Value::Object(values))
    }
}

/// Case folding of a key. Upper case first, because `ſ` becomes `S` there.
pub(super) fn fold(key: &str) -> String {
    key.to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duplicate_key_is_distinguished_from_invalid_json() {
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"[{"b":{"a":1,"\u0061":2}}]"#,
            r#"{"payload":1,"Payload":2}"#,
            r#"{"x":[{"payloadType":1,"PAYLOADTYPE":2}]}"#,
            "{\"keyid\":1,\"\u{212a}eyid\":2}",
            "{\"signatures\":1,\"\u{17f}ignatures\":2}",
        ] {
            assert!(matches!(parse(twice.as_bytes()), Err(StrictError::Ambiguous(_))), "{twice}");
        }
        let deep = "[".repeat(1000);
        for broken in ["", "{", r#"{"a":1}{"a":1}"#, r#"{"a":01}"#, "\u{feff}{}", &deep] {
            assert!(matches!(parse(broken.as_bytes()), Err(StrictError::Syntax(_))), "{broken}");
        }
        assert!(matches!(parse(b"{\"a\":\"\xff\"}"), Err(StrictError::Syntax(_))));
    }

    fn is_ambiguous(value: &Value) -> bool {
        match value {
            Value::Object(map) => {
                let folded: BTreeSet<String> = map.keys().map(|key| fold(key)).collect();
                folded.len() < map.len() || map.values().any(is_ambiguous)
            }
            Value::Array(values) => values.iter().any(is_ambiguous),
            _ => false,
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn unambiguous_json_is_read_unchanged(value in json()) {
            prop_assume!(!is_ambiguous(&value));
            prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
        }
    }
}
