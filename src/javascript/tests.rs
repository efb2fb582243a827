use super::module::Requested;
use super::{Texts, read};

/// What is loaded, as a line of words.
fn loads(path: &str, text: &str) -> String {
    let loads = read(path, text, Texts::OfPrograms).loads;
    let words = loads.iter().map(|load| match &load.what {
        Requested::Module(specifier) => format!("{specifier}:{}", load.line),
        Requested::Beginning(start) => format!("{start}*:{}", load.line),
        Requested::Elsewhere(specifier) => format!("elsewhere-{specifier}:{}", load.line),
        Requested::Generated => format!("generated:{}", load.line),
        Requested::Program => format!("program:{}", load.line),
        Requested::Anything(reason) => format!("{reason:?}:{}", load.line),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The same in order, each word once, without what is loaded to find out paths.
fn doubts(text: &str) -> String {
    let all = loads("a.js", text);
    let mut all: Vec<&str> = all.split(' ').filter(|word| !word.starts_with("path:")).collect();
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}

/// What is used of `pkg`, as a line of words: `*` is all of it.
fn uses(text: &str) -> String {
    let module = read("a.ts", text, Texts::OfPrograms);
    let mut words: Vec<String> = module
        .uses
        .iter()
        .filter(|used| {
            matches!(&module.loads[used.load as usize].what, Requested::Module(name) if name == "pkg")
        })
        .map(|used| if used.path.is_empty() { "*".to_owned() } else { used.path.join(".") })
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
        ("require.resolve('pkg')", "pkg:1 pkg/*:1"),
        ("import.meta.resolve('pkg')", "pkg:1 pkg/*:1"),
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
            "worker_threads:1 pkg:1 pkg/*:1",
        ),
        ("require('child_process').fork(__dirname + '/child.js')", "child_process:1 ./child.js:1"),
        ("function f(require) { require('pkg') }", "pkg:1"),
        ("declare const require: any; require('pkg')", "pkg:1"),
        ("declare function require(name: string): any; require(name)", "Computed:1"),
        ("declare const window: any; window.require(name)", "Computed:1"),
        ("declare const module: any; module.require(name)", "Computed:1"),
        ("var require = require || null; require(name)", "Computed:1"),
        ("for (const it of all) { var module = it; f(module[name]) }", ""),
        ("if (c) var require = it; require(name)", "Computed:1"),
        ("f(); var require = it; function f() { require(name) }", "Computed:1"),
        ("if (typeof module === 'undefined') { var module = {} } module.require('pkg')", "pkg:1"),
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
        ("require('pkg' + (1 + 1))", "pkg*:1"),
        ("require((1310720993).toString(36))", "Computed:1"),
        ("const all = { a: 'pkg', b: 'other' }; require(all[x])", "pkg:1 other:1"),
        ("const all = ['pkg', 'other']; import(all[0])", "pkg:1 other:1"),
        ("const all = { a: 'pkg' }; all[y] = z; require(all[x])", "Computed:1"),
        ("const all = { a: 'pkg' }; f(all); require(all[x])", "Computed:1"),
        ("const all = { a: 'pkg', ...more }; require(all[x])", "Computed:1"),
        ("export const all = { a: 'pkg' }; require(all[x])", "Computed:1"),
        ("const all = ['pkg']; all.push(name); require(all[x])", "Computed:1"),
        ("import.meta.glob('./pages/*.js')", "./pages/*:1"),
        ("with (a) { require('pkg') }", "Computed:1 pkg:1"),
        ("require('p'.concat('kg'))", "pkg:1"),
        (
            "const path = require('path'); require(path.join(__dirname, 'lib', name))",
            "./lib/*:1 path:1",
        ),
        ("import { join as j } from 'path'; import(j(__dirname, 'lib', name))", "path:1 ./lib/*:1"),
        ("require('./locales/' + name)", "./locales/*:1"),
        ("require('pkg-' + name)", "pkg-*:1"),
        ("import(`./pages/${name}.js`)", "./pages/*:1"),
        ("require(name)", "Computed:1"),
        ("let n = 'a'; n = 'b'; require(n)", "Computed:1"),
        ("const path = require('path'); require(path.join(folder, 'package.json'))", "path:1"),
        ("require('./data.json'); require('pkg/data.json')", "pkg/data.json:1 ./data.json:1"),
        ("require('./' + name + '.json')", ""),
        ("require('data.json'); require('@scope/data.json')", "@scope/data.json:1 data.json:1"),
        ("load(require)", "HandedOn:1"),
        ("const all = { require }", "HandedOn:1"),
        ("const M = require('module'); M._load('pkg')", "Loader:1 module:1"),
        ("Module = require('module'); Module.wrap(f)", "module:1 HandedOn:1"),
        ("require[x]('pkg')", "Loader:1"),
        ("require.call(null, 'pkg')", "Loader:1"),
        ("module.constructor._load('pkg')", "Loader:1"),
        ("eval('1')", "generated:1"),
        ("(0, eval)('1')", ""),
        ("Function('return this')()", ""),
        ("new Function('return import(\"pkg\")')", "generated:1 elsewhere-pkg:1"),
        ("new Function('name', 'return import(name)')", "generated:1 Computed:1"),
        ("eval('require')(name)", "generated:1 Computed:1"),
        ("Function('require', code)(f)", "generated:1"),
        ("require(__filename + '/../a')", "./a:1"),
        (
            "const { resolve } = require('path'); const here = resolve(__filename, '..'); require(resolve(here, 'a'))",
            "./a:1 path:1",
        ),
        (
            "const path = require('path'); require(path.join(require.resolve('p'), '..', 'a'))",
            "p:1 p/*:1 Computed:1 path:1",
        ),
        ("require(require.resolve('p'))", "p:1 p/*:1"),
        ("require(require.resolve('p') + name)", "p:1 p/*:1 Computed:1"),
        (
            "const path = require('path'); require(path.join(__dirname, platform, '../../a.js'))",
            "Computed:1 path:1",
        ),
        ("require('./' + relative(a))", "Computed:1"),
        ("eval(text)", "generated:1"),
        ("require('vm').runInThisContext(text)", "generated:1 vm:1"),
        ("typeof require; require.main === module; module.exports = 1", ""),
    ] {
        assert_eq!(loads("a.js", text), expected, "{text}");
    }
}

#[test]
fn a_text_that_is_another_program_as_a_script_is_read_as_both() {
    let text = "await /1; require(name); 2/g;";
    assert_eq!(doubts(text), "Computed:1");
    assert_eq!(doubts("async () => { await f(); require('pkg') }"), "pkg:1");
}

#[test]
fn code_in_a_text_counts_as_compiled_wherever_the_compiler_comes_from() {
    for (text, expected) in [
        ("run[key]('name', 'return import(name)')", "generated:1"),
        ("const code = 'return imp' + 'ort(name)'", "generated:1"),
        ("Reflect.get(f, 'constructor')", "generated:1"),
        ("'constructor.constructor'.split('.')", "generated:1"),
        ("const { arguments: given } = arguments.callee.caller", "HandedOn:1 Loader:1"),
        ("export * from 'node:module'", "HandedOn:1 node:module:1"),
        ("require('x').spawn(name)", "program:1 x:1"),
        ("run(`node -r ${name}`)", "program:1"),
        ("run('node --require=' + name)", "program:1"),
        ("say(`node ${version} is too old`)", ""),
        ("const u = new URL(import.meta.url); u.pathname = x; import(u.href)", "Computed:1"),
        ("require(new URL('x:pkg').pathname)", "Computed:1"),
    ] {
        assert_eq!(doubts(text), expected, "{text}");
    }
}

#[test]
fn a_program_is_known_by_its_name_and_what_runs_others_by_its_arguments() {
    for (call, is_known) in [
        ("exec('git status ' + name)", true),
        ("exec(`git ${name}`)", true),
        ("spawn('git', args)", true),
        ("exec('git' + name)", false),
        ("exec(command)", false),
        ("spawn(name, [])", false),
        ("exec('node a.js')", true),
        ("exec('node ' + name)", false),
        ("spawn('node', ['a.js'], { stdio: 'inherit', cwd: folder })", true),
        ("spawn('node', [name])", false),
        ("spawn('node', ['-'], { input: text })", false),
        ("spawn(process.execPath, ['a.js'])", false),
        ("exec('A=1 ' + name)", false),
        ("exec('cd x && ' + name)", false),
        ("exec('git log | ' + name)", false),
        ("exec(`cd ${folder} && ${name}`)", false),
        ("exec('./node_modules/.bin/' + name)", false),
        ("f(exec)", false),
        ("const all = { exec }", false),
        ("promisify(exec)('git status')", true),
        ("promisify(exec)(name)", false),
        ("process.env.NODE_OPTIONS = name", false),
        ("fork('./a.js', [], { execArgv: [name] })", false),
    ] {
        let text = format!("const {{ exec, spawn, fork }} = require('child_process'); {call}");
        assert_eq!(!doubts(&text).contains("program:1"), is_known, "{call}");
    }
    for (text, is_known) in [
        ("import { $ } from 'execa'; await $`git ${name}`", true),
        ("import { $ } from 'execa'; await $`node ${name}`", false),
        ("import { $ } from 'execa'; await $`${name}`", false),
        ("import { $ } from 'execa'; await $`cd ${folder} && node ${name}`", false),
        ("import spawn from 'cross-spawn'; spawn(name)", false),
    ] {
        assert_eq!(!doubts(text).contains("program:1"), is_known, "{text}");
    }
}

#[test]
fn texts_that_may_be_run_are_kept_however_they_are_put_together() {
    for text in [
        "const { spawn } = require('child_process'); spawn('node', ['-r', ['p', 'kg'].join('')])",
        "const { exec } = require('child_process'); exec('p' + 'kg')",
        "f('return import(\"pkg\")')",
    ] {
        let texts = read("a.js", text, Texts::OfPrograms).texts;
        assert!(texts.iter().any(|kept| kept.contains("pkg")), "{text}: {texts:?}");
    }
}

#[test]
fn what_looks_like_a_known_function_is_not_trusted_unless_it_is_one() {
    for (text, expected) in [
        ("require(path.join(__dirname, 'lib', name))", "Computed:1"),
        ("const join = (a, b) => b; require(join('./', 'x'))", "Computed:1"),
        ("const path = { resolve: f }; require(path.resolve('./x'))", "Computed:1"),
        ("require(' pkg'.trim())", "Computed:1"),
        ("const r = { resolve: () => name }; require(r.resolve('pkg'))", "Computed:1"),
        ("class URL {} new Worker(new URL('./x', import.meta.url))", "Computed:1"),
        ("const p = require('path'); require(p.resolve('node_modules/pkg'))", "Computed:1"),
        ("const p = require('path'); require(p.resolve(__dirname, '/x'))", "Computed:1"),
        ("import(new URL(name, base))", "Computed:1"),
        ("const p = require('path'); require(p.resolve(__dirname, name))", "Computed:1"),
        ("require('/' + name)", "Computed:1"),
        ("import('file:' + name)", "Computed:1"),
        ("import('@/' + name)", "Computed:1"),
        ("import('#' + name)", "Computed:1"),
    ] {
        assert_eq!(doubts(text), expected, "{text}");
    }
}

#[test]
fn what_loads_from_another_folder_may_load_any_package_of_the_name() {
    for (text, expected) in [
        ("require.main.require('pkg')", "elsewhere-pkg:1"),
        ("process.mainModule.require('pkg')", "elsewhere-pkg:1"),
        ("module.parent.require(name)", "Loader:1"),
        ("require.resolve('pkg', { paths })", "elsewhere-pkg:1"),
        ("require.resolve(name)", "Computed:1"),
        ("require.resolve('.', { paths })", "Loader:1"),
        (
            "const { createRequire } = require('module'); createRequire(file)('pkg')",
            "elsewhere-pkg:1 module:1",
        ),
    ] {
        assert_eq!(doubts(text), expected, "{text}");
    }
}

#[test]
fn what_loads_is_known_by_its_name_wherever_it_is_looked_up() {
    for (text, expected) in [
        ("f(process).mainModule.require('pkg')", "elsewhere-pkg:1"),
        ("const { mainModule } = f(process); mainModule.require('pkg')", "elsewhere-pkg:1"),
        ("x['main' + 'Module'].require(name)", "Loader:1"),
        ("Reflect.get(process, 'mainModule')", "Loader:1"),
        ("this.eval(text)", "generated:1"),
        ("[].constructor.constructor(text)()", "generated:1"),
        ("Object.getPrototypeOf(async () => {}).constructor(text)", "generated:1"),
        ("const { constructor: C } = () => {}; C(text)", "generated:1"),
        ("function f() { return new this.constructor(text) }", ""),
        ("if (a.constructor === Object || a.constructor.name) {}", ""),
        ("A.prototype.constructor = A", ""),
        (
            "const m = await import('node:module'); m.createRequire(__filename)('pkg')",
            "node:module:1 pkg:1",
        ),
        ("import('module').then(m => m._load(name))", "Loader:1 module:1"),
        ("arguments[1]('pkg')", "HandedOn:1"),
        ("const f = () => arguments[1]", "HandedOn:1"),
        ("function f() { return arguments[1] }", ""),
        ("f.caller.arguments[1]", "Loader:1"),
        ("require`pkg`", "HandedOn:1"),
        ("f`${require}`", "HandedOn:1"),
        ("require.extensions['.x'] = f", "Loader:1"),
        ("site.getThis().require(name)", "Loader:1"),
        ("site.getThis().name", ""),
        ("process.binding(name)", "generated:1"),
        ("process.binding && process.binding('util')", ""),
        ("import('data:text/javascript,' + name)", "Computed:1"),
        ("import('data:text/javascript,1')", "data:text/javascript,1:1 generated:1"),
        ("process[name]", "Loader:1"),
        ("f(require.resolve)", "HandedOn:1"),
    ] {
        assert_eq!(doubts(text), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_parsed_may_load_anything() {
    assert_eq!(loads("a.js", "import {"), "NotParsed:1");
    assert_eq!(read("a.js", "import { from 'pkg'", Texts::OfPrograms).names, ["pkg"]);
    let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
    assert_eq!(loads("a.js", &deep), "NotParsed:1");
    for token in ["!", "a=>", "new ", "1+"] {
        assert_eq!(loads("a.js", &format!("{}1", token.repeat(400_000))), "NotParsed:1", "{token}");
    }
}

#[test]
fn a_file_is_read_in_its_language() {
    for (path, text, expected) in [
        ("a.cjs", "with (a) { require('pkg') }", "Computed:1 pkg:1"),
        ("a.js", "#!/usr/bin/env node\nreturn require('pkg')", "pkg:2"),
        (
            "a.tsx",
            "const a: A = <B/>; require('pkg')",
            "react/jsx-runtime:1 react/jsx-dev-runtime:1 pkg:1",
        ),
        ("a.ts", "const a = <A>b; require('pkg')", "pkg:1"),
        ("a.d.ts", "import 'pkg'", ""),
        (
            "a.vue",
            "<template/>\n<script>\nimport 'pkg'\n</script>",
            "pkg:3 vue:1 vue/server-renderer:1",
        ),
        (
            "a.astro",
            "---\nimport 'pkg'\n---\n<p/>",
            "pkg:2 astro:1 astro/compiler-runtime:1 astro/runtime/server/index.js:1",
        ),
        (
            "a.html",
            "<p onclick=\"import(x)\">\n<script type=module>\nimport 'pkg'</script>",
            "pkg:3 NotParsed:1",
        ),
        (
            "a.svelte",
            "{#await import('pkg')}",
            "svelte:1 svelte/internal:1 svelte/internal/client:1 svelte/internal/server:1 \
             svelte/internal/disclose-version:1",
        ),
        ("a.json", "{}", ""),
        ("bin/a", "require('pkg')", "pkg:1"),
        ("LICENSE", "You may import this", ""),
        ("a.coffee", "x = require name", "NotParsed:1"),
        ("a.unknown", "no code", ""),
        ("a.py", "import os", ""),
    ] {
        assert_eq!(loads(path, text), expected, "{path}");
    }
}

#[test]
fn what_is_used_of_a_module_is_followed_through_names() {
    for (text, expected) in [
        ("import p from 'pkg'; p.a()", "a"),
        ("import * as p from 'pkg'; p.a.b()", "a a.b"),
        ("import { a as b } from 'pkg'; b()", "a"),
        ("import { a } from 'pkg'; f(a)", "a"),
        ("import { default as p } from 'pkg'; p.a()", "a"),
        ("const p = require('pkg'); p['a']()", "a"),
        ("const { a, b: { c } } = require('pkg')", "a b b.c"),
        ("const p = require('pkg'), q = p; q.a()", "a"),
        ("let a; ({ a } = require('pkg')); a()", "a"),
        ("require('pkg').default.a()", "a"),
        ("require('pkg')()", "*"),
        ("new (require('pkg').A)()", "A"),
        ("const p = __importStar(require('pkg')); p.a()", "a"),
        ("var p = _interopRequireDefault(require('pkg')); (0, p.default)()", "*"),
        (
            "const t = require('tslib'); const p = t.__importDefault(require('pkg')); p.default.a()",
            "a",
        ),
        ("const p = await import('pkg'); p.a()", "a"),
        ("import('pkg').then(({ a }) => a())", "a"),
        ("import('pkg').then(p => p.a())", "a"),
        ("Promise.resolve().then(() => __importStar(require('pkg'))).then(p => p.a())", "a"),
        ("import p from 'pkg'; typeof p; if (p) {}", ""),
        ("import p from 'pkg'; <T>p; (p as any).a()", "a"),
    ] {
        assert_eq!(uses(text), expected, "{text}");
    }
}

#[test]
fn a_module_that_nothing_follows_is_used_in_any_way() {
    for (text, expected) in [
        ("import p from 'pkg'; f(p)", "*"),
        ("import p from 'pkg'; p[x]()", "*"),
        ("let p = require('pkg'); while (p) p = p.a", "a a.a a.a.a a.a.a.a a.a.a.a.a"),
        ("const { a, ...rest } = require('pkg')", "* a"),
        ("import p from 'pkg'; const all = { ...p }", "*"),
        ("import p from 'pkg'; const all = [p]", "*"),
        ("import p from 'pkg'; this.p = p", "*"),
        ("const f = () => require('pkg')", "*"),
        ("function f() { return require('pkg') }", "*"),
        ("import p from 'pkg'; for (const k in p) {}", "*"),
        ("import('pkg').then(f)", "*"),
        ("export default import('pkg')", "*"),
        ("import p from 'pkg'; export { p }", "*"),
        ("export * from 'pkg'", "*"),
        ("export * as p from 'pkg'", "*"),
        ("export { a } from 'pkg'", "a"),
        ("module.exports = require('pkg')", "*"),
        ("exports.p = require('pkg')", "*"),
        ("module.exports = { p: require('pkg') }", "*"),
        ("export const p = require('pkg')", "*"),
    ] {
        assert_eq!(uses(text), expected, "{text}");
    }
}
