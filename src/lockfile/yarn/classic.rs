//! `yarn.lock` of Yarn 1: a syntax that looks like YAML and is not (Yarn source, `src/lockfile`).

mod document;
mod syntax;

#[cfg(test)]
mod tests;
