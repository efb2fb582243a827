//! What loads modules, or leads to what does: Node.js's own names and the properties that lead from one to
//! another (Node.js documentation, "Modules: `CommonJS` modules", "Modules: `node:module` API", "Process").

use smol_str::SmolStr;

/// What a value may be, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// `require`, or what `createRequire` returns for the module itself.
    Require,
    /// `require` of a module that lies somewhere else.
    RequireElsewhere,
    /// The object `module`.
    ModuleObject,
    /// The object `module` of another module.
    OtherModule,
    /// The built-in module `module`.
    ModuleBuiltin,
    /// `createRequire`
    CreateRequire,
    /// `import.meta`
    ImportMeta,
    /// `process`
    Process,
    /// `process.getBuiltinModule`
    GetBuiltin,
    /// `process.binding`
    Binding,
    /// `globalThis` by any of its names.
    Global,
    /// `eval`, `Function`, and what else compiles text.
    Compiler,
    /// What starts a program or a worker from the path of a module.
    Starter,
    /// What looks modules up by the name that it is called with, such as `require.resolve`.
    Finder,
    /// A module that something loads, or what it exports under this path.
    Loaded { load: u32, path: Vec<SmolStr> },
    /// A promise of a module.
    Promised { load: u32 },
}

/// What a property of an origin is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// Something that is followed further.
    Is(Origin),
    /// Nothing that loads a module.
    Harmless,
    /// Something that can load any module.
    Loader,
}

/// Names by which a runtime is told what else to load, or where.
pub(super) const SETTINGS: &[&str] = &["NODE_OPTIONS", "NODE_PATH", "execArgv"];

/// Modules that put paths together, and addresses.
pub(super) const PATHS: &[&str] = &["path", "node:path", "path/posix", "node:path/posix", "pathe"];
pub(super) const URLS: &[&str] = &["url", "node:url"];

/// Names that are bound nowhere, and what they stand for.
pub(super) const GLOBALS: &[(&str, Origin)] = &[
    ("require", Origin::Require),
    ("__non_webpack_require__", Origin::Require),
    ("module", Origin::ModuleObject),
    ("process", Origin::Process),
    ("globalThis", Origin::Global),
    ("global", Origin::Global),
    ("window", Origin::Global),
    ("self", Origin::Global),
    ("eval", Origin::Compiler),
    ("Function", Origin::Compiler),
    ("Worker", Origin::Starter),
    ("SharedWorker", Origin::Starter),
    ("importScripts", Origin::Starter),
];

/// Properties of `module` that load nothing.
const OF_MODULE: &[&str] = &[
    "exports",
    "id",
    "filename",
    "loaded",
    "path",
    "hot",
    "isPreloading",
    "nodeType",
    "webpackPolyfill",
    "deprecate",
    "accept",
    "i",
    "l",
    "name",
    "uri",
    "url",
    "meta",
    "config",
];

/// Properties of the built-in module `module` that load nothing.
const OF_MODULE_BUILTIN: &[&str] = &[
    "builtinModules",
    "isBuiltin",
    "globalPaths",
    "SourceMap",
    "findSourceMap",
    "enableCompileCache",
    "flushCompileCache",
    "getCompileCacheDir",
    "constants",
    "stripTypeScriptTypes",
    "_nodeModulePaths",
    "_findPath",
];

/// Parts of Node.js that compile and start nothing (Node.js, `process.binding`, which is deprecated).
pub(super) const HARMLESS_BINDINGS: &[&str] = &[
    "buffer",
    "config",
    "constants",
    "crypto",
    "fs",
    "http_parser",
    "os",
    "tty_wrap",
    "util",
    "uv",
    "zlib",
];

/// Properties of `require` that load nothing.
const OF_REQUIRE: &[&str] = &["length", "name", "amd", "toUrl", "specified", "defined"];

impl Origin {
    /// Whether it loads modules, starts them or compiles text when it is called.
    pub(super) fn loads(&self) -> bool {
        !matches!(self, Self::Loaded { .. } | Self::Promised { .. } | Self::Process | Self::Global)
    }

    /// What its property of a name is.
    pub(super) fn property(&self, name: &str) -> Property {
        match self {
            Self::Require => match name {
                "resolve" | "resolveWeak" | "ensure" | "async" | "include" | "paths" => {
                    Property::Is(Self::Finder)
                }
                "main" => Property::Is(Self::OtherModule),
                name if OF_REQUIRE.contains(&name) => Property::Harmless,
                _ => Property::Loader,
            },
            // It resolves as the other does, from another place.
            Self::RequireElsewhere => match name {
                "resolve" => Property::Loader,
                name => match Self::Require.property(name) {
                    Property::Is(Self::Finder) => Property::Loader,
                    other => other,
                },
            },
            Self::ModuleObject => match name {
                "require" => Property::Is(Self::Require),
                name => Self::OtherModule.property(name),
            },
            Self::OtherModule => match name {
                "require" => Property::Is(Self::RequireElsewhere),
                "parent" => Property::Is(Self::OtherModule),
                "constructor" => Property::Is(Self::ModuleBuiltin),
                name if OF_MODULE.contains(&name) => Property::Harmless,
                _ => Property::Loader,
            },
            Self::ModuleBuiltin => match name {
                "createRequire" | "createRequireFromPath" => Property::Is(Self::CreateRequire),
                "default" | "Module" => Property::Is(Self::ModuleBuiltin),
                "_resolveFilename" => Property::Is(Self::Finder),
                name if OF_MODULE_BUILTIN.contains(&name) => Property::Harmless,
                _ => Property::Loader,
            },
            Self::ImportMeta => match name {
                "resolve" | "glob" | "globEager" => Property::Is(Self::Finder),
                "require" => Property::Is(Self::Require),
                _ => Property::Harmless,
            },
            Self::Process => match name {
                "mainModule" => Property::Is(Self::OtherModule),
                "getBuiltinModule" => Property::Is(Self::GetBuiltin),
                "binding" => Property::Is(Self::Binding),
                "_linkedBinding" | "dlopen" | "execve" => Property::Loader,
                _ => Property::Harmless,
            },
            Self::Global => {
                let known = GLOBALS.iter().find(|(global, _)| *global == name);
                known.map_or(Property::Harmless, |(_, origin)| Property::Is(origin.clone()))
            }
            Self::Compiler => match name {
                // `Function.prototype.constructor` is `Function` again.
                "call" | "apply" | "bind" | "constructor" => Property::Is(Self::Compiler),
                _ => Property::Harmless,
            },
            Self::Finder
            | Self::Starter
            | Self::CreateRequire
            | Self::GetBuiltin
            | Self::Binding => match name {
                "call" | "apply" | "bind" => Property::Loader,
                _ => Property::Harmless,
            },
            Self::Promised { .. } => Property::Harmless,
            Self::Loaded { load, path } => {
                let mut path = path.clone();
                if !matches!(name, "default" | "module.exports") {
                    path.push(name.into());
                }
                Property::Is(Self::Loaded { load: *load, path })
            }
        }
    }
}

/// What a property of this name is, whatever it is a property of: `process` and the global object go where
/// nothing follows them, and only these of their properties load modules.
pub(super) fn of_any_object(property: &str) -> Option<Property> {
    Some(match property {
        "mainModule" => Property::Is(Origin::OtherModule),
        "getBuiltinModule" => Property::Is(Origin::GetBuiltin),
        "createRequire" | "createRequireFromPath" => Property::Is(Origin::CreateRequire),
        "eval" | "Function" | "constructor" => Property::Is(Origin::Compiler),
        "_load" | "_linkedBinding" => Property::Loader,
        _ => return None,
    })
}

/// Whether a text that is no name in the code is one of those properties: then it may be looked up by it.
pub(super) fn names_loader(text: &str) -> bool {
    !matches!(text, "Function" | "constructor") && of_any_object(text).is_some()
}

/// Modules of Node.js by which others are loaded or started.
pub(super) fn builtin(specifier: &str) -> Option<Builtin> {
    match specifier.strip_prefix("node:").unwrap_or(specifier) {
        "module" => Some(Builtin::Module),
        "vm" | "repl" | "inspector" | "inspector/promises" => Some(Builtin::Compiles),
        "child_process" => Some(Builtin::StartsPrograms),
        "worker_threads" | "cluster" => Some(Builtin::StartsWorkers),
        "process" => Some(Builtin::Process),
        _ => None,
    }
}

/// What a built-in module does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Module,
    Process,
    Compiles,
    StartsPrograms,
    StartsWorkers,
}

/// Packages that start programs for others.
const STARTERS: &[&str] = &[
    "cross-spawn",
    "execa",
    "foreground-child",
    "nano-spawn",
    "npm-run-all",
    "shelljs",
    "spawn-wrap",
    "tinyexec",
    "tinyspawn",
    "zx",
    "@npmcli/promise-spawn",
    "@npmcli/run-script",
    "@actions/exec",
];

/// Whether a module that loads this may start programs.
pub(super) fn starts_programs(specifier: &str) -> bool {
    let is_builtin =
        matches!(builtin(specifier), Some(Builtin::StartsPrograms | Builtin::StartsWorkers));
    let is_of = |package: &&str| {
        let rest = specifier.strip_prefix(*package);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_builtin || STARTERS.iter().any(is_of)
}
