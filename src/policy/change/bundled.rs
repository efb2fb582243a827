//! `bundled` in `[npm]`: a word about an archive counts as it was given at the base, and no longer.

use super::ChangeLog;
use crate::policy::ComparedArchive;

const KEY: &str = "`bundled` in [npm]";

/// The words that count, in the order of the head: those that both sides give, compared on the earlier of
/// both days.
pub(super) fn merge(
    base: &[ComparedArchive],
    head: &[ComparedArchive],
    log: &mut ChangeLog,
) -> Vec<ComparedArchive> {
    for gone in base.iter().filter(|archive| counterpart(head, archive).is_none()) {
        log.tightened(format!("{KEY} no longer answers for {gone}"), Some(&gone.location));
    }
    let mut effective = Vec::new();
    for archive in head {
        let Some(before) = counterpart(base, archive) else {
            let text = format!("{KEY} answers for {archive}, compared on {}", archive.compared);
            log.loosened(text, Some(&archive.location));
            continue;
        };
        let text = format!(
            "the day in {KEY} on which {archive} was compared goes from {} to {}",
            before.compared, archive.compared
        );
        let days = [before.compared, archive.compared];
        let compared = log.stricter(Ord::min, days, text, Some(&archive.location));
        if before.why == archive.why {
            effective.push(ComparedArchive { compared, ..archive.clone() });
        } else {
            let text = format!("the reason in {KEY} for {archive} is changed");
            log.loosened(text, Some(&archive.location));
            effective.push(ComparedArchive { compared, ..before.clone() });
        }
    }
    effective
}

fn counterpart<'side>(
    side: &'side [ComparedArchive],
    archive: &ComparedArchive,
) -> Option<&'side ComparedArchive> {
    side.iter().find(|other| other.package == archive.package)
}
