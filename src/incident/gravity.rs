//! The impact of a vulnerability on data: whether its CVSS vector allows high impact on
//! confidentiality or integrity over the network.
//!
//! Without a decisive vector, the worst is assumed: see [`why_grave`].

use std::collections::BTreeSet;

use cvss::v2::metric::base as v2;
use cvss::v3::metric::base as v3;
use cvss::v4::MetricType;
use cvss::{Cvss, v4};

use crate::finding::Finding;
use crate::severity::{Severity, SeverityLevel, parse_vector};

/// The impact that a vector allows over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allows {
    confidentiality: bool,
    integrity: bool,
}

/// Why a vulnerability could let somebody read or alter data over the network, as a part of a
/// sentence; `None` if its vectors say that it could not.
///
/// One vector that allows it is enough, even if other databases disagree. An unreadable vector
/// allows it. Without any vector it is assumed if the severity is high,
/// critical or unknown.
pub fn why_grave(finding: &Finding) -> Option<String> {
    why_grave_by(&finding.severity, finding.vectors.iter().map(String::as_str))
}

/// Whether a CVSS vector says that somebody could read or alter data over the network. A mere
/// assumption is not a fact, and must not be published.
pub fn is_rated_grave<'v>(mut vectors: impl Iterator<Item = &'v str>) -> bool {
    vectors.any(|vector| parse_vector(vector).is_some_and(|parsed| allowed(&parsed).is_some()))
}

/// [`why_grave`] from the values of an advisory, without a finding.
pub fn why_grave_by<'v>(
    severity: &'v Severity,
    vectors: impl Iterator<Item = &'v str>,
) -> Option<String> {
    let vectors: BTreeSet<&str> = vectors.chain(severity.vector.as_deref()).collect();
    if vectors.is_empty() {
        return without_vector(severity.level);
    }
    vectors.into_iter().find_map(|vector| match parse_vector(vector) {
        None => Some(format!("its CVSS vector {vector} cannot be read, so it counts as grave")),
        Some(parsed) => allowed(&parsed).map(|what| {
            format!("its CVSS vector {vector} allows high impact on {what} over the network")
        }),
    })
}

fn without_vector(level: SeverityLevel) -> Option<String> {
    match level {
        SeverityLevel::Critical | SeverityLevel::High => Some(format!(
            "its severity is {level} and no CVSS vector says that data is out of reach"
        )),
        SeverityLevel::Unknown => {
            Some("nobody says how severe it is, so it counts as grave".to_owned())
        }
        SeverityLevel::Medium | SeverityLevel::Low => None,
    }
}

fn allowed(vector: &Cvss) -> Option<&'static str> {
    let Allows { confidentiality, integrity } = match vector {
        Cvss::CvssV20(vector) => version_2(vector),
        Cvss::CvssV30(vector) | Cvss::CvssV31(vector) => version_3(vector),
        Cvss::CvssV40(vector) => version_4(vector),
        // An unknown version of CVSS: assume the worst.
        _ => Allows { confidentiality: true, integrity: true },
    };
    match (confidentiality, integrity) {
        (true, true) => Some("confidentiality and integrity"),
        (true, false) => Some("confidentiality"),
        (false, true) => Some("integrity"),
        (false, false) => None,
    }
}

/// CVSS 2.0, sections 2.1.1, 2.1.4 and 2.1.5: "complete" is its word for high. A missing metric
/// counts as the worst.
fn version_2(vector: &cvss::v2::Vector) -> Allows {
    let is_remote = vector.av.is_none_or(|vector| vector == v2::AccessVector::Network);
    let confidentiality =
        vector.c.is_none_or(|impact| impact == v2::ConfidentialityImpact::Complete);
    let integrity = vector.i.is_none_or(|impact| impact == v2::IntegrityImpact::Complete);
    Allows { confidentiality: is_remote && confidentiality, integrity: is_remote && integrity }
}

/// CVSS 3.1, sections 2.1.1, 2.3.1 and 2.3.2.
fn version_3(vector: &cvss::v3::Vector) -> Allows {
    let is_remote = vector.av.is_none_or(|vector| vector == v3::AttackVector::Network);
    let confidentiality = vector.c.is_none_or(|impact| impact == v3::Confidentiality::High);
    let integrity = vector.i.is_none_or(|impact| impact == v3::Integrity::High);
    Allows { confidentiality: is_remote && confidentiality, integrity: is_remote && integrity }
}

/// CVSS 4.0, sections 2.1.1 and 2.2: impact on the vulnerable system and on subsequent ones.
fn version_4(vector: &v4::Vector) -> Allows {
    let is = |wanted: MetricType, value: &str| {
        // The crate gives access to the metrics of this version only by name.
        let metric = vector.metrics().find(|(metric, _)| *metric == wanted);
        metric.is_none_or(|(_, given)| format!("{given:?}") == value)
    };
    let is_remote = is(MetricType::AV, "Network");
    Allows {
        confidentiality: is_remote && (is(MetricType::VC, "High") || is(MetricType::SC, "High")),
        integrity: is_remote && (is(MetricType::VI, "High") || is(MetricType::SI, "High")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_vector(vector: &str) -> Option<&'static str> {
        allowed(&parse_vector(vector).unwrap())
    }

    #[test]
    fn a_vector_is_grave_for_data_that_can_be_reached_over_the_network() {
        for (vector, what) in [
            ("AV:N/AC:L/Au:N/C:C/I:N/A:N", Some("confidentiality")),
            ("AV:N/AC:L/Au:N/C:P/I:C/A:N", Some("integrity")),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:C", None),
            ("AV:A/AC:L/Au:N/C:C/I:C/A:C", None),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some("confidentiality and integrity")),
            ("CVSS:3.1/AV:N/AC:H/PR:H/UI:R/S:C/C:L/I:H/A:N", Some("integrity")),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", None),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N", None),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N",
                Some("confidentiality"),
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:N",
                Some("confidentiality and integrity"),
            ),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:H/SC:L/SI:L/SA:H", None),
            ("CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", None),
        ] {
            assert_eq!(of_vector(vector), what, "{vector}");
        }
    }

    #[test]
    fn without_a_vector_the_worst_is_assumed() {
        for (level, is_grave) in [
            (SeverityLevel::Critical, true),
            (SeverityLevel::High, true),
            (SeverityLevel::Unknown, true),
            (SeverityLevel::Medium, false),
            (SeverityLevel::Low, false),
        ] {
            assert_eq!(without_vector(level).is_some(), is_grave, "{level}");
        }
    }
}
