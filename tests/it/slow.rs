//! What takes long: `cargo test -- --skip slow::` leaves it out.

mod compilers;
mod executed;
pub(crate) mod exports;
mod fetched_packages;
mod generated;
mod imports;
mod installed_packages;
mod mutated;
mod oracle;
mod package_managers;
mod plug_n_play;
mod truth;
