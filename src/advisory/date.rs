//! Dates as advisory databases write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reads an RFC 3339 time, or a date without a time, which counts as midnight UTC.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse() {
        return Some(timestamp);
    }
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_midnight_utc() {
        let midnight: Timestamp = "2020-11-18T00:00:00Z".parse().unwrap();
        assert_eq!(timestamp("2020-11-18"), Some(midnight));
        assert_eq!(timestamp("2020-11-18T01:00:00+01:00"), Some(midnight));
        assert_eq!(timestamp("yesterday"), None);
        assert_eq!(timestamp(""), None);
    }
}
