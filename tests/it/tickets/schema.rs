//! Whether a request is one that GitHub accepts: `fixtures/github/routes.json`.

use std::fs;

use serde_json::Value;

use crate::harness::repository;
use crate::server::Recorded;

/// The routes that are used.
pub(crate) struct Schema {
    routes: Vec<Value>,
}

impl Schema {
    pub(crate) fn load() -> Self {
        let text = fs::read_to_string(repository().join("fixtures/github/routes.json")).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        Self { routes: schema["routes"].as_array().unwrap().clone() }
    }

    /// What is wrong with a request; `path` begins behind the address of the API.
    pub(crate) fn check(&self, request: &Recorded, path: &str) -> Result<(), String> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let route = self
            .routes
            .iter()
            .find(|route| route["method"] == request.method && fits(route, path))
            .ok_or_else(|| format!("there is no route {} {path}", request.method))?;
        check_query(route, query)?;
        if request.body.is_empty() {
            return match route["required"].as_array() {
                None => Ok(()),
                Some(required) => Err(format!("no body, but {required:?} is required")),
            };
        }
        let body: Value =
            serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
        check_body(route, &body)
    }
}

fn fits(route: &Value, path: &str) -> bool {
    let pattern: Vec<&str> = route["path"].as_str().unwrap().split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    pattern.len() == parts.len()
        && pattern.iter().zip(&parts).all(|(pattern, part)| match *pattern {
            "{number}" => part.parse::<u64>().is_ok(),
            wildcard if wildcard.starts_with('{') => !part.is_empty(),
            word => word == *part,
        })
}

fn check_query(route: &Value, query: &str) -> Result<(), String> {
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = route["query"]
            .as_array()
            .is_some_and(|known| known.iter().any(|known| known == name.as_ref()));
        if !known || value.is_empty() {
            return Err(format!("the query `{name}={value}` means nothing"));
        }
    }
    Ok(())
}

fn check_body(route: &Value, body: &Value) -> Result<(), String> {
    let fields = body.as_object().ok_or("the body is no object")?;
    for required in route["required"].as_array().into_iter().flatten() {
        if !fields.contains_key(required.as_str().unwrap()) {
            return Err(format!("{required} is missing"));
        }
    }
    for (name, value) in fields {
        let rule =
            route["fields"].get(name).ok_or_else(|| format!("there is no field `{name}`"))?;
        check_field(name, rule, value)?;
    }
    Ok(())
}

fn check_field(name: &str, rule: &Value, value: &Value) -> Result<(), String> {
    let is_of_type = match rule["type"].as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "array" => value.as_array().is_some_and(|entries| entries.iter().all(Value::is_string)),
        other => panic!("no type {other}"),
    };
    if !is_of_type {
        return Err(format!("`{name}` is of the wrong type: {value}"));
    }
    if let Some(words) = rule["words"].as_array()
        && !words.contains(value)
    {
        return Err(format!("`{name}` cannot be {value}"));
    }
    let limit = |key: &str| rule[key].as_u64().map(|limit| usize::try_from(limit).unwrap());
    let length = value.as_str().map_or(0, |text| text.chars().count());
    if limit("longest").is_some_and(|longest| length > longest) {
        return Err(format!("`{name}` has {length} characters"));
    }
    let entries = value.as_array().map_or(&[][..], Vec::as_slice);
    if limit("most").is_some_and(|most| entries.len() > most) {
        return Err(format!("`{name}` has {} entries", entries.len()));
    }
    let long = limit("longest_entry").is_some_and(|longest| {
        entries.iter().any(|entry| entry.as_str().unwrap().chars().count() > longest)
    });
    if long {
        return Err(format!("`{name}` has an entry that is too long"));
    }
    Ok(())
}
