//! What one module loads and uses.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What one module loads, and what it uses of that. Depends on nothing but its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// What it may load, in the order of the text.
    pub loads: Vec<Load>,
    /// What it does with modules that it loads.
    pub uses: Vec<Use>,
    /// Texts in it that may be the name of a module, once each.
    pub names: Vec<SmolStr>,
    /// Those that stand in a list of modules, which bundlers load.
    pub listed: Vec<SmolStr>,
    /// Paths in it that begin in its own folder or lead up, once each: `./worker.js`, `../lib/task`. Whoever is told one
    /// may load or start what lies there.
    pub paths: Vec<SmolStr>,
    /// Words of short texts in it that may be commands, once each: `glim` and `build` of `glim build`.
    pub commands: Vec<SmolStr>,
    /// Whether it starts other programs: then [`Module::texts`] may name them.
    pub starts_programs: bool,
    /// The texts in it that were kept, once each.
    pub texts: Vec<SmolStr>,
}

/// Which texts of a module are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// All of them.
    All,
    /// Those of modules that start programs or compile code while they run.
    OfPrograms,
}

/// A place that may load another module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub what: Requested,
    /// The line, counted from 1.
    pub line: u32,
    /// Whether whoever loads this module loads that one as well: no condition stands before it, and no
    /// compiler leaves it out.
    pub is_certain: bool,
}

/// What is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Requested {
    /// The module that a specifier leads to. A path in the module's own folder begins with `./`.
    Module(SmolStr),
    /// Any module whose specifier begins so.
    Beginning(SmolStr),
    /// The same, looked up from a folder that nobody knows.
    Elsewhere(SmolStr),
    /// What text that is compiled while the module runs can name.
    Generated,
    /// What a program that is started can load, whose name or arguments are computed.
    Program,
    /// Whatever there is.
    Anything(Reason),
}

/// Why nothing says what is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The specifier is computed while the module runs.
    Computed,
    /// The function that loads is handed to something else.
    HandedOn,
    /// A part of Node.js that can load anything is used.
    Loader,
    /// A program is started whose name or arguments are computed.
    Started,
    /// What is loaded is not there, and something may make it.
    Missing,
    /// The folder from which something is loaded has links in it.
    Linked,
    /// It is a copy of a package that no lockfile knows.
    NotLocked,
    /// The text cannot be parsed.
    NotParsed,
}

impl Requested {
    /// Whether it names nothing that could be followed.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Generated | Self::Program | Self::Anything(_) => true,
            Self::Module(_) | Self::Beginning(_) | Self::Elsewhere(_) => false,
        }
    }
}

impl Reason {
    /// Whether there is code that a person can look at, and not something that is yet to come or lies elsewhere.
    pub fn is_reviewable(self) -> bool {
        match self {
            Self::Computed | Self::HandedOn | Self::Loader | Self::Started | Self::NotParsed => {
                true
            }
            Self::Missing | Self::Linked | Self::NotLocked => false,
        }
    }

    /// It in words, for a place that has been named.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Computed => "what is loaded there is computed while it runs",
            Self::HandedOn => "what loads modules is handed on there",
            Self::Loader => "a part of Node.js that can load anything is used there",
            Self::Started => {
                "which program is started there, and with what, is computed while it runs"
            }
            Self::Missing => "what is loaded there does not exist yet",
            Self::Linked => "a link leads on from the folder that something is loaded from there",
            Self::NotLocked => "what is loaded there is a copy of a package that no lockfile knows",
            Self::NotParsed => "it cannot be parsed",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.in_words())
    }
}

/// Something that a module does with what it loads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Use {
    /// The position in [`Module::loads`].
    pub load: u32,
    /// The properties that lead to what is used: `["a", "b"]` for `pkg.a.b`, none for the module itself.
    /// `default` is left out: what it is differs from tool to tool.
    pub path: Vec<SmolStr>,
    pub line: u32,
}
