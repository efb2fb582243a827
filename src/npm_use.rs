//! What of npm's development packages a repository may use in what it ships.
//!
//! What npm leaves out of an installation is still shipped where a bundler, a framework or a copy takes
//! it in, and it is installed where npm is not told to leave it out. Which tools do so no list can say.
//! So every text that git keeps is searched, whatever it is called, for the names of the packages and for
//! commands that install; only what is known to add nothing is passed over: files that say what is left
//! out, texts for people, configurations of tools that only check, and tests, as long as nothing outside
//! of them leads to them.
//!
//! What this rests on, and does not see: code that puts the name of a package together while it runs,
//! packages that are copied under another name, scripts that are kept elsewhere, and what a platform
//! installs that is told nothing by the repository.

mod commands;
mod containers;
mod files;
mod inline;
mod keeping;
mod leads;
mod lookup;
mod manifest;
mod mentions;
mod names;
mod path_aliases;
mod places;
mod production;
mod production_imports;
mod programs;
mod scope;
mod scripts;
mod search;
mod settings;
mod shell;
mod shipped;
mod tools;
mod words;
mod workflow;

pub use self::production_imports::ProductionImport;
pub use self::search::{NpmUse, Request};
