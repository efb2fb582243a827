//! `yarn.lock`, which is written in three formats: a syntax of its own (Yarn 1), YAML (Yarn 2 to 4,
//! "berry"), and JSON (Yarn 6). The text says which one it is.

pub mod classic;
mod descriptor;
mod fit;
mod requirements;
mod resolutions;
mod unasked;
mod workspace;
