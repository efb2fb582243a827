use super::module::{Fate, Requested};
use super::{Texts, read};

/// What is loaded, as a line of words.
fn loads(path: &str, text: &str) -> String {
    let loads = read(path, text, Texts::OfPrograms).loads;
    let words = loads.iter().map(|load| match &load.what {
        Requested::Module(specifier) => format!("{specifier}:{}", load.line),
        Requested::Beginning(start) => format!("{start}*:{}", load.line),
        Requested::Generated => format!("generated:{}", load.line),
        Requested::Anything(reason) => format!("{reason:?}:{}", load.line),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What is used of `pkg`, as a line of words: `a.b()` is called, `a.b!` escapes, `a.b^` is exported.
fn uses(text: &str) -> String {
    let module = read("a.ts", text, Texts::OfPrograms);
    let mut words: Vec<String> = module
        .uses
        .iter()
        .filter(|used| {
            matches!(&module.loads[used.load as usize].what, Requested::Module(name) if name == "pkg")
        })
        .map(|used| {
            let mark = match used.fate {
                Fate::Called => "()",
                Fate::Escapes => "!",
                Fate::Exported => "^",
            };
            format!("{}{mark}", used.path.join("."))
        })
        .collect();
    words.sort();
    words.dedup();
    words.join(" ")
}

#[test]
fn every_form_of_an_import_is_a_load() {
    for (text, expected) in [
        ("import 'pkg'", "pkg:1"),
        ("import a from 'pkg'", "pkg:1"),
        ("import * as a from 'pkg'", "pkg:1"),
        ("\nimport { a } from 'pkg'", "pkg:2"),
        ("import { type A } from 'pkg'", "pkg:1"),
        ("import type { A } from 'pkg'", ""),
        ("export type { A } from 'pkg'", ""),
        ("export { a } from 'pkg'", "pkg:1"),
        ("export * from 'pkg'", "pkg:1"),
        ("import a = require('pkg')", "pkg:1"),
        ("import('pkg')", "pkg:1"),
        ("import(`pkg`)", "pkg:1"),
        ("require('pkg')", "pkg:1"),
        ("(0, require)('pkg')", "pkg:1"),
        ("module.require('pkg')", "pkg:1"),
        ("module['require']('pkg')", "pkg:1"),
        ("require.main.require('pkg')", "pkg:1"),
        ("process.mainModule.require('pkg')", "pkg:1"),
        ("require.resolve('pkg')", "pkg:1"),
        ("import.meta.resolve('pkg')", "pkg:1"),
        ("const r = require; r('pkg')", "pkg:1"),
        ("let r; r = typeof require === 'function' && require; r('pkg')", "pkg:1"),
        (
            "import { createRequire } from 'node:module'; createRequire(import.meta.url)('pkg')",
            "node:module:1 pkg:1",
        ),
        (
            "import m from 'module'; const r = m.createRequire(__filename); r('pkg')",
            "module:1 pkg:1",
        ),
        ("process.getBuiltinModule('module').createRequire(__filename)('pkg')", "module:1 pkg:1"),
        ("new Worker(new URL('./w.js', import.meta.url))", "./w.js:1"),
        (
            "import { Worker } from 'worker_threads'; new Worker(require.resolve('pkg'))",
            "worker_threads:1 pkg:1",
        ),
        ("require('child_process').fork(__dirname + '/child.js')", "child_process:1 ./child.js:1"),
        ("function f(require) { require('pkg') }", "pkg:1"),
    ] {
        assert_eq!(loads("a.ts", text), expected, "{text}");
    }
}

#[test]
fn what_can_be_computed_is_known_and_the_rest_is_anything() {
    for (text, expected) in [
        ("require('p' + 'kg')", "pkg:1"),
        ("const name = `p${'kg'}`; require(name)", "pkg:1"),
        ("require(x ? 'pkg' : 'other')", "pkg:1 other:1"),
        ("require(['p', 'kg'].join(''))", "pkg:1"),
        ("require('p'.concat('kg'))", "pkg:1"),
        ("require(path.join(__dirname, 'lib', name))", "./lib/*:1"),
        ("require('./locales/' + name)", "./locales/*:1"),
        ("require('pkg-' + name)", "pkg-*:1"),
        ("import(`./pages/${name}.js`)", "./pages/*:1"),
        ("require(name)", "Computed:1"),
        ("let n = 'a'; n = 'b'; require(n)", "Computed:1"),
        ("require(path.join(folder, 'package.json'))", ""),
        ("load(require)", "HandedOn:1"),
        ("const all = { require }", "HandedOn:1"),
        ("const M = require('module'); M._load('pkg')", "module:1 Loader:1"),
        ("Module = require('module'); Module._load('pkg')", "module:1 HandedOn:1"),
        ("require[x]('pkg')", "Loader:1"),
        ("require.call(null, 'pkg')", "Loader:1"),
        ("module.constructor._load('pkg')", "Loader:1"),
        ("eval('1')", ""),
        ("Function('return this')()", ""),
        ("new Function('return import(\"pkg\")')", "generated:1"),
        ("eval(text)", "generated:1"),
        ("require('vm').runInThisContext(text)", "generated:1 vm:1"),
        ("typeof require; require.main === module; module.exports = 1", ""),
    ] {
        assert_eq!(loads("a.js", text), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_parsed_may_load_anything() {
    assert_eq!(loads("a.js", "import {"), "NotParsed:1");
    assert_eq!(read("a.js", "import { from 'pkg'", Texts::OfPrograms).names, ["pkg"]);
    let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
    assert_eq!(loads("a.js", &deep), "NotParsed:1");
}

#[test]
fn a_file_is_read_in_its_language() {
    for (path, text, expected) in [
        ("a.cjs", "with (a) { require('pkg') }", "pkg:1"),
        ("a.js", "#!/usr/bin/env node\nreturn require('pkg')", "pkg:2"),
        (
            "a.tsx",
            "const a: A = <B/>; require('pkg')",
            "react/jsx-runtime:1 react/jsx-dev-runtime:1 pkg:1",
        ),
        ("a.ts", "const a = <A>b; require('pkg')", "pkg:1"),
        ("a.d.ts", "import 'pkg'", ""),
        ("a.vue", "<template/>\n<script>\nimport 'pkg'\n</script>", "pkg:3"),
        ("a.astro", "---\nimport 'pkg'\n---\n<p/>", "pkg:2"),
        ("a.json", "{}", ""),
    ] {
        assert_eq!(loads(path, text), expected, "{path}");
    }
}

#[test]
fn what_is_used_of_a_module_is_followed_through_names() {
    for (text, expected) in [
        ("import p from 'pkg'; p.a()", "a()"),
        ("import * as p from 'pkg'; p.a.b()", "a() a.b()"),
        ("import { a as b } from 'pkg'; b()", "a()"),
        ("import { a } from 'pkg'; f(a)", "a! a()"),
        ("import { default as p } from 'pkg'; p.a()", "a()"),
        ("const p = require('pkg'); p['a']()", "a()"),
        ("const { a, b: { c } } = require('pkg')", "a() b() b.c()"),
        ("const p = require('pkg'), q = p; q.a()", "a()"),
        ("let a; ({ a } = require('pkg')); a()", "a()"),
        ("require('pkg').default.a()", "a()"),
        ("require('pkg')()", "()"),
        ("new (require('pkg').A)()", "A()"),
        ("const p = __importStar(require('pkg')); p.a()", "a()"),
        ("var p = _interopRequireDefault(require('pkg')); (0, p.default)()", "()"),
        (
            "const t = require('tslib'); const p = t.__importDefault(require('pkg')); p.default.a()",
            "a()",
        ),
        ("const p = await import('pkg'); p.a()", "a()"),
        ("import('pkg').then(({ a }) => a())", "a()"),
        ("import('pkg').then(p => p.a())", "a()"),
        ("Promise.resolve().then(() => __importStar(require('pkg'))).then(p => p.a())", "a()"),
        ("import p from 'pkg'; typeof p; if (p) {}", ""),
        ("import p from 'pkg'; <T>p; (p as any).a()", "a()"),
    ] {
        assert_eq!(uses(text), expected, "{text}");
    }
}

#[test]
fn a_module_that_nothing_follows_is_used_in_any_way() {
    for (text, expected) in [
        ("import p from 'pkg'; f(p)", "!"),
        ("import p from 'pkg'; p[x]()", "!"),
        (
            "let p = require('pkg'); while (p) p = p.a",
            "a() a.a() a.a.a() a.a.a.a() a.a.a.a.a! a.a.a.a.a()",
        ),
        ("const { a, ...rest } = require('pkg')", "! a()"),
        ("import p from 'pkg'; const all = { ...p }", "!"),
        ("import p from 'pkg'; const all = [p]", "!"),
        ("import p from 'pkg'; this.p = p", "!"),
        ("const f = () => require('pkg')", "!"),
        ("function f() { return require('pkg') }", "!"),
        ("import p from 'pkg'; for (const k in p) {}", "!"),
        ("import('pkg').then(f)", "!"),
        ("export default import('pkg')", "^"),
        ("import p from 'pkg'; export { p }", "^"),
        ("export * from 'pkg'", "^"),
        ("export * as p from 'pkg'", "^"),
        ("export { a } from 'pkg'", "a^"),
        ("module.exports = require('pkg')", "^"),
        ("exports.p = require('pkg')", "^"),
        ("module.exports = { p: require('pkg') }", "^"),
        ("export const p = require('pkg')", "^"),
    ] {
        assert_eq!(uses(text), expected, "{text}");
    }
}
