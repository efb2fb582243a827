//! `yarn.lock`, which is written in three formats: a syntax of its own (Yarn 1), YAML (Yarn 2 to 4,
//! "berry"), and JSON (Yarn 6). The text says which one it is.

mod answers;
pub mod berry;
pub mod classic;
mod configuration;
mod descriptor;
mod entries;
mod extensions;
mod fit;
mod locator;
mod requirements;
mod resolution;
mod resolutions;
mod unasked;
mod workspace;
pub mod zpm;

#[cfg(test)]
mod sample;
