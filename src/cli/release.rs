//! The options of `lockgate check` that are about a release.

use clap::Args;

use crate::attestation::statement::Subject;
use crate::attestation::subject::subjects;
use crate::problem::Problem;
use crate::report::ATTESTATION;
use crate::settings::ReportTarget;

/// The options of `check` that are about a release.
#[derive(Debug, Default, Args)]
pub struct ReleaseOfCheck {
    /// Decide about a release: what a ticket lets pass must be tracked, and not be overdue
    #[arg(long, conflicts_with_all = ["base", "base_from_event"])]
    release: bool,
    /// What is released, a file or NAME=sha256:DIGEST, for --report attestation; repeatable
    #[arg(long, value_name = "SUBJECT", requires = "release")]
    subject: Vec<String>,
}

impl ReleaseOfCheck {
    /// What is released, with digests where that is to be attested. `None` if the check is not for a
    /// release.
    pub(super) fn subjects(
        &self,
        reports: &[ReportTarget],
    ) -> Result<Option<Vec<Subject>>, Problem> {
        let is_attested = reports.iter().any(|target| target.reporter.name() == ATTESTATION);
        match (is_attested, self.release, self.subject.is_empty()) {
            (true, false, _) => Err(Problem::in_file(
                "--report attestation",
                "only a check of a release is attested",
            )
            .help("add --release, and --subject for each file that is released")),
            (true, true, true) => Err(Problem::in_file(
                "--report attestation",
                "it is not said what is released, so that the statement would be about nothing",
            )
            .help("name each file: --subject FILE, or --subject NAME=sha256:DIGEST")),
            (false, _, false) => {
                Err(Problem::in_file("--subject", "nothing is written that could be about it")
                    .help("add --report attestation=FILE"))
            }
            (false, is_release, true) => Ok(is_release.then(Vec::new)),
            (true, true, false) => subjects(&self.subject)
                .map(Some)
                .map_err(|error| Problem::in_file("--subject", error.to_string())),
        }
    }
}
