//! Exit codes: what a pipeline may rely on. They never depend on the report format.

use crate::outcome::Outcome;
use crate::verdict::Answer;

/// How the program ends. Ordered by which one wins when there are several.
///
/// An outage is never mistaken for a finding, nor for a pass: only [`Exit::Pass`] opens the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// 0: every lockfile was read, the database is fresh and complete, nothing blocks.
    Pass,
    /// 3: stale, missing or incomplete database, failed look-up, nothing to check. The gate stays
    /// closed.
    Indeterminate,
    /// 1: at least one finding blocks. Wins over 3: what is known to be bad is bad, whatever else
    /// is not known.
    Blocked,
    /// 2: usage, policy or lockfile error. Of lockfiles, what can be read is decided and reported all
    /// the same; else nothing was.
    InvalidInput,
    /// 4: internal error, an output that cannot be written included.
    Internal,
}

impl Exit {
    /// Every way to end, by its code.
    pub const ALL: &'static [Self] =
        &[Self::Pass, Self::Blocked, Self::InvalidInput, Self::Indeterminate, Self::Internal];

    /// The exit code of the process.
    pub const fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Blocked => 1,
            Self::InvalidInput => 2,
            Self::Indeterminate => 3,
            Self::Internal => 4,
        }
    }
}

impl From<Answer> for Exit {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Pass => Self::Pass,
            Answer::Block => Self::Blocked,
            Answer::Indeterminate => Self::Indeterminate,
        }
    }
}

impl From<&Outcome> for Exit {
    /// A lockfile that cannot be read outweighs what was found in the others.
    fn from(outcome: &Outcome) -> Self {
        if outcome.unreadable.is_empty() {
            Self::from(outcome.verdict.answer)
        } else {
            Self::InvalidInput
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_ones() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4]);
        assert_eq!(Exit::from(Answer::Pass).code(), 0);
        assert_eq!(Exit::from(Answer::Block).code(), 1);
        assert_eq!(Exit::from(Answer::Indeterminate).code(), 3);
    }

    #[test]
    fn a_finding_wins_over_a_gap_and_unread_input_over_both() {
        assert_eq!(Exit::Blocked.max(Exit::Indeterminate), Exit::Blocked);
        assert_eq!(Exit::Indeterminate.max(Exit::Pass), Exit::Indeterminate);
        assert_eq!(Exit::InvalidInput.max(Exit::Blocked), Exit::InvalidInput);
        assert_eq!(Exit::Internal.max(Exit::InvalidInput), Exit::Internal);
    }
}
