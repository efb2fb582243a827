//! Whether a server offers less than is stored: an older copy must not pass for a new one.

use jiff::Timestamp;

use super::state::FetchedSource;
use super::{ACCEPT, UpdateError, Updater, records};
use crate::database::SourceInfo;
use crate::database::collection::Collection;

impl Updater<'_> {
    /// Refuses a source that has lost many of its records, or its newest ones. If a few are gone,
    /// every check remarks on it until the source changes again.
    pub(super) fn check_loss(
        &self,
        old: Option<&FetchedSource>,
        content: &mut Collection,
    ) -> Result<(), UpdateError> {
        let (Some(old), false) = (old, self.accept_shrink) else {
            return Ok(());
        };
        let after: u64 = content.sources.iter().map(records).sum();
        let before: u64 = old.sources.iter().map(records).sum();
        // Fewer than nine tenths.
        if after.saturating_mul(10) < before.saturating_mul(9) {
            return Err(UpdateError::Shrunk { before, after });
        }
        self.check_newest(&old.sources, &content.sources)?;
        if after < before {
            let lost = before - after;
            let remark =
                format!("it offers {lost} records fewer than before; if that is right, {ACCEPT}");
            content.sources.iter_mut().for_each(|info| info.remarks.push(remark.clone()));
        }
        Ok(())
    }

    /// Refuses sources whose newest record is older than the newest stored one.
    pub(super) fn check_newest<'info>(
        &self,
        old: &[SourceInfo],
        new: impl IntoIterator<Item = &'info SourceInfo>,
    ) -> Result<(), UpdateError> {
        for info in new {
            let same = old.iter().find(|old| old.name == info.name && old.kind == info.kind);
            self.check_time(same.and_then(|old| old.newest_record), info.newest_record)?;
        }
        Ok(())
    }

    /// Refuses anything older than the stored state. A time in the future proves nothing.
    pub(super) fn check_time(
        &self,
        before: Option<Timestamp>,
        after: Option<Timestamp>,
    ) -> Result<(), UpdateError> {
        match before.filter(|before| *before <= self.now) {
            Some(before) if !self.accept_shrink && after.is_none_or(|after| after < before) => {
                Err(UpdateError::WentBack { before, after })
            }
            _ => Ok(()),
        }
    }

    /// Whether "not modified" needs proof: if no record is younger than the policy's limit for the age of
    /// a database, everything is requested again.
    pub(super) fn doubts(&self, state: &FetchedSource) -> bool {
        let newest = state.sources.iter().filter_map(|info| info.newest_record).max();
        newest.is_some_and(|newest| self.now.duration_since(newest) > self.max_age)
    }
}
