//! Claims about what is built, beyond the tables under `fixtures/built/`.

#[cfg(unix)]
mod effects;
