//! JavaScript and TypeScript, read without running them: which modules a text loads, and what it uses of
//! them.
//!
//! A name that may stand for `require` is followed wherever it goes, a value that cannot be computed stands for
//! any module, and a text that cannot be parsed may do anything. What a text does with a module is followed
//! from name to name; as soon as the module itself is handed to something else it may be used in any way.

mod aliases;
mod assignments;
mod certain;
mod code;
mod collected;
mod constants;
mod embedded;
mod first_line;
mod globals;
mod helpers;
mod language;
mod loads;
mod module;
mod outline;
mod paths;
mod programs;
mod reading;
mod tables;
mod texts;

pub use self::code::code_around;
pub use self::first_line::runs_more;
pub use self::language::{declares_types, is_module, is_run_when_loaded};
pub use self::module::{Load, Module, Reason, Requested, Texts, Use};
pub use self::outline::{
    Holder, How, Mention, Outline, Part, Quality, Source, Store, Trait, Value, outline, plain_name,
};
pub use self::reading::{may_be_script, read, unread};

#[cfg(test)]
mod tests;
