//! What the stages of a run hand on besides their results.

use crate::problem::Gap;

/// What was not known, and what there is to say besides.
#[derive(Debug, Default)]
pub struct Notes {
    /// What keeps the gate closed: the answer can be wrong because of it.
    pub gaps: Vec<Gap>,
    /// What changes nothing, in the order in which it is listed.
    pub remarks: Vec<String>,
}

impl Notes {
    /// Adds what a stage has noted.
    pub fn add(
        &mut self,
        gaps: impl IntoIterator<Item = Gap>,
        remarks: impl IntoIterator<Item = String>,
    ) {
        self.gaps.extend(gaps);
        self.remarks.extend(remarks);
    }
}
