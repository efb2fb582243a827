//! The JSON report, version 1: for programs. Keys are added, never renamed; see `docs/output.md`.

mod evidence;
pub(super) mod formatter;
mod statements;
mod wire;

use std::io;

use serde::Serialize;

use crate::outcome::Outcome;
use crate::report::{Reporter, Style};

use formatter::PrintableFormatter;
use wire::Report;

/// The JSON report. The style has no effect.
#[derive(Debug)]
pub(super) struct Json;

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut serializer =
            serde_json::Serializer::with_formatter(&mut *out, PrintableFormatter::default());
        Report::of(outcome).serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}
