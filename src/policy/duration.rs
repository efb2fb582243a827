//! Durations in a policy: `90m`, `24h`, `2d`, `3w`.

use jiff::fmt::friendly::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo};

/// The longest duration a policy may ask for: ten years of 365 days.
const LONGEST: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

/// Why a text is not a valid duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It is not written as a duration.
    #[error("is not a duration")]
    Unreadable,
    /// It is zero or negative.
    #[error("is not longer than zero")]
    NotPositive,
    /// It is longer than ten years.
    #[error("is longer than ten years")]
    TooLong,
}

/// Reads a duration: a day is 24 hours and a week is 7 days. Months and years, which have no fixed
/// length, are refused.
pub fn parse(text: &str) -> Result<SignedDuration, DurationError> {
    let duration = SpanParser::new()
        .parse_span(text.trim())
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| DurationError::Unreadable)?;
    if duration <= SignedDuration::ZERO {
        return Err(DurationError::NotPositive);
    }
    if duration > LONGEST {
        return Err(DurationError::TooLong);
    }
    Ok(duration)
}

/// A duration to the minute, in the syntax of the policy.
pub fn written(duration: SignedDuration) -> String {
    match duration.as_mins() {
        minutes if minutes % (24 * 60) == 0 => format!("{}d", minutes / (24 * 60)),
        minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
        minutes => format!("{minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_duration_is_read_back_unchanged() {
        for text in ["90m", "36h", "2d"] {
            assert_eq!(written(parse(text).unwrap()), text);
        }
    }

    #[test]
    fn days_are_24_hours_and_weeks_7_days() {
        for (text, minutes) in [
            ("90m", 90),
            ("24h", 24 * 60),
            ("2d", 2 * 24 * 60),
            ("3w", 21 * 24 * 60),
            ("1d 12h", 36 * 60),
            ("3650d", 3650 * 24 * 60),
        ] {
            assert_eq!(parse(text), Ok(SignedDuration::from_mins(minutes)), "{text:?}");
        }
    }

    #[test]
    fn a_duration_without_a_fixed_positive_sensible_length_is_refused() {
        for (text, error) in [
            ("", DurationError::Unreadable),
            ("7", DurationError::Unreadable),
            ("d", DurationError::Unreadable),
            ("1mo", DurationError::Unreadable),
            ("1y", DurationError::Unreadable),
            ("soon", DurationError::Unreadable),
            ("99999999999999999999w", DurationError::Unreadable),
            ("0d", DurationError::NotPositive),
            ("-1d", DurationError::NotPositive),
            ("1d ago", DurationError::NotPositive),
            ("3651d", DurationError::TooLong),
        ] {
            assert_eq!(parse(text), Err(error), "{text:?}");
        }
    }
}
