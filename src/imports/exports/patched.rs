//! Code that puts something else in the place of what the language brings.
//!
//! A package hands its objects to functions of `Object`, and keeps properties in them: whoever replaces such a
//! function, or gives `Object.prototype` a setter, gets hold of them.

use super::super::answer::{Answer, perhaps};
use super::super::graph::Via;
use super::super::search::Imports;

impl Imports {
    /// A module that says that it replaces something of the language.
    pub(super) fn patching_language(&self) -> Option<Answer> {
        let patching = (0..self.graph.modules.len())
            .find(|module| self.may_say(&self.graph.modules[*module].path, patches))?;
        let why = "it replaces functions of the language, which may get hold of what is exported";
        Some(perhaps(why, self.steps(&Via::Module(patching, 1))))
    }
}

/// What the functions of packages and the helpers of compilers rely on.
const OBJECTS: &[&str] = &["Function", "Object", "Promise", "Reflect", "WeakMap"];

/// `Object.freeze = …`, `Object.prototype.name = …`, `define(Object.prototype, …)`
fn patches(text: &[u8]) -> bool {
    const PROTOTYPE: &[u8] = b".prototype";
    OBJECTS.iter().any(|object| {
        memchr::memmem::find_iter(text, object).any(|start| {
            let before = text[..start].trim_ascii_end();
            let is_word = !text[..start].last().is_some_and(|byte| is_of_name(*byte));
            let rest = &text[start + object.len()..];
            let of = rest.strip_prefix(PROTOTYPE).unwrap_or(rest);
            let is_argument = before.ends_with(b"(") && of.trim_ascii_start().starts_with(b",");
            is_word && (is_argument || is_assigned(rest))
        })
    }) || memchr::memmem::find(text, b"__defineSetter__").is_some()
}

/// Whether a property comes next, or the thing itself, and is assigned.
fn is_assigned(rest: &[u8]) -> bool {
    let mut rest = rest.trim_ascii_start();
    loop {
        if let Some(name) = rest.strip_prefix(b".") {
            let name = name.trim_ascii_start();
            let end = name.iter().position(|byte| !is_of_name(*byte)).unwrap_or(name.len());
            rest = name[end..].trim_ascii_start();
        } else if let Some(computed) = rest.strip_prefix(b"[") {
            let end = computed.iter().position(|byte| *byte == b']').unwrap_or(0);
            rest = computed[end..].strip_prefix(b"]").unwrap_or_default().trim_ascii_start();
        } else {
            break;
        }
    }
    let rest =
        [&b"&&"[..], b"||", b"??"].iter().find_map(|it| rest.strip_prefix(*it)).unwrap_or(rest);
    rest.strip_prefix(b"=").is_some_and(|rest| !matches!(rest.first(), Some(b'=' | b'>')))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

#[cfg(test)]
mod tests {
    use super::patches;

    #[test]
    fn what_replaces_something_of_the_language_is_told() {
        for (text, expected) in [
            ("Object.freeze = f", true),
            ("Object . freeze=f", true),
            ("globalThis.Object = f", true),
            ("Object[name] = f", true),
            ("Object.prototype.all = f", true),
            ("Object.prototype['all'] = f", true),
            ("Object.defineProperty(Object.prototype, 'all', {})", true),
            ("Object.assign( Object.prototype , all)", true),
            ("Object.assign(Object, { freeze })", true),
            ("Object.freeze ??= f", true),
            ("Object.prototype.hasOwnProperty.call = f", true),
            ("Function.prototype.call = f", true),
            ("Reflect.set(Function.prototype, 'parse', f)", true),
            ("all.__defineSetter__('all', f)", true),
            ("Object.freeze == f", false),
            ("if (Object.freeze === f) {}", false),
            ("Object.prototype.toString.call(a)", false),
            ("a === Object.prototype, b", false),
            ("Object.create(Object.prototype)", false),
            ("MyObject.freeze = f", false),
            ("const keys = Object.keys", false),
        ] {
            assert_eq!(patches(text.as_bytes()), expected, "{text}");
        }
    }
}
