//! Which CVSS vectors are valid: those that the specification of their own version admits.
//!
//! The library that scores them fills gaps with "none" and takes the last of two values, so that a
//! damaged vector gets a low score. Only vectors that are valid by the tables here reach it.

/// A metric: its name, and the values it can have.
type Metric = (&'static str, &'static str);

/// A version of CVSS, from its specification.
struct VectorRules {
    /// What a vector begins with.
    prefix: &'static str,
    /// The metrics that make up the base score: all of them are required.
    base: &'static [Metric],
    /// Optional metrics. A list of lists, because CVSS 2 has groups.
    others: &'static [&'static [Metric]],
    /// Whether the metrics must be in the order of the tables.
    is_ordered: bool,
    /// Whether a group of metrics must be complete or absent.
    has_whole_groups: bool,
    /// Whether the library includes the other metrics in its score.
    scores_others: bool,
}

/// "A Complete Guide to the Common Vulnerability Scoring System Version 2.0" (FIRST, 2007), section
/// 2.4: the metrics stand "in a predetermined order", and one of a group that is not used is `ND`.
const VERSION_2: VectorRules = VectorRules {
    prefix: "",
    base: &[
        ("AV", "L A N"),
        ("AC", "H M L"),
        ("Au", "M S N"),
        ("C", "N P C"),
        ("I", "N P C"),
        ("A", "N P C"),
    ],
    others: &[
        &[("E", "U POC F H ND"), ("RL", "OF TF W U ND"), ("RC", "UC UR C ND")],
        &[
            ("CDP", "N L LM MH H ND"),
            ("TD", "N L M H ND"),
            ("CR", "L M H ND"),
            ("IR", "L M H ND"),
            ("AR", "L M H ND"),
        ],
    ],
    is_ordered: true,
    has_whole_groups: true,
    scores_others: false,
};

/// "Common Vulnerability Scoring System v3.0: Specification Document" (FIRST), section 6.
const VERSION_3_0: VectorRules = VectorRules { prefix: "CVSS:3.0/", ..VERSION_3_1 };

/// "Common Vulnerability Scoring System version 3.1: Specification Document" (FIRST), section 6: all
/// base metrics, no metric twice, in any order.
const VERSION_3_1: VectorRules = VectorRules {
    prefix: "CVSS:3.1/",
    base: &[
        ("AV", "N A L P"),
        ("AC", "L H"),
        ("PR", "N L H"),
        ("UI", "N R"),
        ("S", "U C"),
        ("C", "N L H"),
        ("I", "N L H"),
        ("A", "N L H"),
    ],
    others: &[&[
        ("E", "X U P F H"),
        ("RL", "X O T W U"),
        ("RC", "X U R C"),
        ("CR", "X L M H"),
        ("IR", "X L M H"),
        ("AR", "X L M H"),
        ("MAV", "X N A L P"),
        ("MAC", "X L H"),
        ("MPR", "X N L H"),
        ("MUI", "X N R"),
        ("MS", "X U C"),
        ("MC", "X N L H"),
        ("MI", "X N L H"),
        ("MA", "X N L H"),
    ]],
    is_ordered: false,
    has_whole_groups: false,
    scores_others: false,
};

/// "Common Vulnerability Scoring System version 4.0: Specification Document" (FIRST), section 7,
/// table 23: all base metrics, no metric twice, in the order of that table.
const VERSION_4_0: VectorRules = VectorRules {
    prefix: "CVSS:4.0/",
    base: &[
        ("AV", "N A L P"),
        ("AC", "L H"),
        ("AT", "N P"),
        ("PR", "N L H"),
        ("UI", "N P A"),
        ("VC", "H L N"),
        ("VI", "H L N"),
        ("VA", "H L N"),
        ("SC", "H L N"),
        ("SI", "H L N"),
        ("SA", "H L N"),
    ],
    others: &[&[
        ("E", "X A P U"),
        ("CR", "X H M L"),
        ("IR", "X H M L"),
        ("AR", "X H M L"),
        ("MAV", "X N A L P"),
        ("MAC", "X L H"),
        ("MAT", "X N P"),
        ("MPR", "X N L H"),
        ("MUI", "X N P A"),
        ("MVC", "X H L N"),
        ("MVI", "X H L N"),
        ("MVA", "X H L N"),
        ("MSC", "X H L N"),
        ("MSI", "X S H L N"),
        ("MSA", "X S H L N"),
        ("S", "X N P"),
        ("AU", "X N Y"),
        ("R", "X A U I"),
        ("V", "X D C"),
        ("RE", "X L M H"),
        ("U", "X Clear Green Amber Red"),
    ]],
    is_ordered: true,
    has_whole_groups: false,
    scores_others: true,
};

/// The part of a sound vector that its score is computed from. `None`: its specification refuses it.
///
/// A CVSS 2 vector may be in one pair of parentheses, as the American vulnerability database
/// writes it, or follow `CVSS:2.0/`, as in some others: neither leaves doubt about any metric.
pub(super) fn scored_part(text: &str) -> Option<String> {
    let versions = [&VERSION_3_0, &VERSION_3_1, &VERSION_4_0];
    if let Some(rules) = versions.iter().find(|rules| text.starts_with(rules.prefix)) {
        return rules.scored_part(&text[rules.prefix.len()..]);
    }
    let in_parentheses = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let bare = in_parentheses.or_else(|| text.strip_prefix("CVSS:2.0/")).unwrap_or(text);
    VERSION_2.scored_part(bare)
}

impl VectorRules {
    fn scored_part(&self, metrics: &str) -> Option<String> {
        let mut places = Vec::new();
        let mut scored: Vec<&str> = Vec::new();
        for metric in metrics.split('/') {
            let (name, value) = metric.split_once(':')?;
            let place = self.place(name, value)?;
            if places.contains(&place) {
                return None;
            }
            places.push(place);
            if self.scores_others || place < self.base.len() {
                scored.push(metric);
            }
        }
        let is_sound = (0..self.base.len()).all(|place| places.contains(&place))
            && (!self.is_ordered || places.is_sorted())
            && (!self.has_whole_groups || self.are_groups_whole(&places));
        is_sound.then(|| format!("{}{}", self.prefix, scored.join("/")))
    }

    /// The position of a metric in the tables, if they have it and its value.
    fn place(&self, name: &str, value: &str) -> Option<usize> {
        let others = self.others.iter().copied().flatten();
        let mut metrics = self.base.iter().chain(others).enumerate();
        let (place, (_, values)) = metrics.find(|(_, (known, _))| *known == name)?;
        values.split(' ').any(|known| known == value).then_some(place)
    }

    fn are_groups_whole(&self, places: &[usize]) -> bool {
        let mut start = self.base.len();
        self.others.iter().all(|group| {
            let group = start..start + group.len();
            start = group.end;
            let given = group.clone().filter(|place| places.contains(place)).count();
            given == 0 || given == group.len()
        })
    }
}

#[cfg(test)]
mod tests;
