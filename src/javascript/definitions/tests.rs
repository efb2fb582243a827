use super::*;
use crate::javascript::Reach;

/// Whether calling an export of a module leads to another one.
fn leads(text: &str, from: &str, to: &str) -> bool {
    let found = definitions("a.js", text).unwrap().linked(0, &|_| Vec::new());
    Reach::of(&[to.to_owned()], &[found]).export(from).is_some()
}

#[test]
fn an_export_leads_to_what_it_mentions() {
    for (about, text) in [
        (
            "by its name",
            "function bad() {} function ok() { bad() } exports.bad = bad; exports.ok = ok",
        ),
        (
            "through another",
            "const bad = () => 1; const via = () => bad(); exports.bad = bad; exports.ok = () => via()",
        ),
        (
            "as an argument",
            "function bad() {} exports.bad = bad; exports.ok = (all) => all.map(bad)",
        ),
        (
            "under another name",
            "function bad() {} const other = bad; exports.bad = bad; exports.ok = () => other()",
        ),
        ("through the exports", "exports.bad = () => 1; exports.ok = () => exports.bad()"),
        (
            "through the object that holds it",
            "const all = {}; all.bad = () => 1; all.ok = (name) => all[name](); module.exports = all",
        ),
        (
            "through a copy of the object",
            "const all = { bad() {} }; const copy = { ...all }; module.exports = { ...all, ok: (name) => copy[name]() }",
        ),
        (
            "in a class",
            "function bad() {} class Reader { read() { return bad() } } exports.bad = bad; exports.ok = () => new Reader().read()",
        ),
        (
            "by destructuring",
            "const all = { bad() {} }; exports.bad = all.bad; exports.ok = () => { const { bad: it } = all; return it() }",
        ),
        ("as an export of a module", "export function bad() {} export const ok = () => bad()"),
        (
            "under the name of an export",
            "function inner() {} export { inner as bad }; export function ok() { return inner() }",
        ),
        (
            "in a wrapper",
            "(function () { function bad() {} function ok() { bad() } this.bad = bad; exports.bad = bad; exports.ok = ok }).call(this)",
        ),
        (
            "in a function that a call makes",
            "const make = (f) => () => f(); function bad() {} exports.bad = bad; exports.ok = make(bad)",
        ),
        (
            "by a property of this",
            "exports.bad = function () {}; exports.ok = function () { return this.bad() }",
        ),
        (
            "as a getter of a compiler",
            "const m = require('./m'); exports.bad = m.bad; Object.defineProperty(exports, 'ok', { enumerable: true, get: function () { return m.bad } })",
        ),
        (
            "in the modules of a bundle",
            "var all = { 1: function (module, exports, need) { exports.bad = () => 1 }, 2: function (module, exports, need) { const one = need(1); exports.ok = () => one.bad() } }; function load(id) { const module = { exports: {} }; all[id](module, module.exports, load); return module.exports } module.exports = load(2)",
        ),
        (
            "by what it returns",
            "function bad() {} exports.bad = bad; exports.ok = () => ({ run: bad })",
        ),
    ] {
        assert!(leads(text, "ok", "bad"), "{about}: {text}");
    }
}

#[test]
fn an_export_that_mentions_nothing_of_it_does_not() {
    for (about, text) in [
        ("two functions", "function bad() {} function ok() {} exports.bad = bad; exports.ok = ok"),
        ("an object of functions", "module.exports = { bad() {}, ok() {} }"),
        (
            "a wrapper",
            "(function () { function bad() {} function ok() {} exports.bad = bad; exports.ok = ok })()",
        ),
        (
            "a variable of its own",
            "exports.bad = () => 1; exports.ok = (bad) => { const other = bad; return other }",
        ),
        (
            "a wrapper with a result",
            "module.exports = (function () { const all = {}; all.bad = () => 1; all.ok = () => 2; return all })()",
        ),
        ("a module", "export function bad() {} export function ok() {}"),
    ] {
        assert!(!leads(text, "ok", "bad"), "{about}: {text}");
    }
}

#[test]
fn what_a_module_calls_when_it_is_loaded_is_known() {
    let on_load = |text: &str| {
        let found = definitions("a.js", text).unwrap().linked(0, &|_| Vec::new());
        Reach::of(&["bad".to_owned()], &[found]).on_load
    };
    for text in [
        "function bad() {} exports.bad = bad; bad()",
        "function bad() {} function set() { bad() } exports.bad = bad; set()",
        "function bad() {} exports.bad = bad; process.on('message', (text) => bad(text))",
    ] {
        assert!(on_load(text).is_some(), "{text}");
    }
    assert_eq!(on_load("function bad() {} exports.bad = bad; exports.ok = () => bad()"), None);
}
