//! Numbers, lists and durations in words.

use jiff::SignedDuration;

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// `3,450 advisories`
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), plural(number, one, many))
}

/// Singular or plural, depending on the number.
pub fn plural<'word, Number: Copy + PartialEq + From<u8>>(
    number: Number,
    one: &'word str,
    many: &'word str,
) -> &'word str {
    if number == Number::from(1) { one } else { many }
}

/// A number with separated thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// ` and 3 more`; empty if nothing is left out.
pub fn and_more(left_out: usize) -> String {
    if left_out == 0 { String::new() } else { format!(" and {left_out} more") }
}

/// The first few of some texts, and how many more there are.
pub fn few(texts: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    let mut texts = texts.into_iter();
    let mut shown: Vec<String> = texts.by_ref().take(most).collect();
    let more = texts.count();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

/// A duration in its largest unit, rounded down: `3 days`, from two days on; `26 hours`;
/// `5 minutes`.
pub fn span(duration: SignedDuration) -> String {
    match duration.as_mins() {
        minutes if minutes >= 2 * MINUTES_OF_A_DAY => units(minutes / MINUTES_OF_A_DAY, "day"),
        minutes if minutes >= 2 * 60 => units(minutes / 60, "hour"),
        minutes => units(minutes, "minute"),
    }
}

/// A duration to the minute: `72 hours`, `90 minutes`.
pub fn exact_span(duration: SignedDuration) -> String {
    match duration.as_mins() {
        minutes if minutes % 60 == 0 => units(minutes / 60, "hour"),
        minutes => units(minutes, "minute"),
    }
}

fn units(number: i64, unit: &str) -> String {
    format!("{number} {unit}{}", plural(number, "", "s"))
}

/// How long ago something happened: `3 days ago`; `5 minutes from now`.
pub fn ago(age: SignedDuration) -> String {
    if age.is_negative() {
        format!("{} from now", span(-age))
    } else {
        format!("{} ago", span(age))
    }
}

/// How old something is, abbreviated and rounded down: `3 h old`.
pub fn age(age: SignedDuration) -> String {
    match age.as_hours() {
        _ if age.is_negative() => "dated in the future".to_owned(),
        0 => format!("{} min old", age.as_mins()),
        hours @ 1..48 => format!("{hours} h old"),
        hours => format!("{} days old", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_followed_by_singular_or_plural() {
        assert_eq!(count(1, "advisory", "advisories"), "1 advisory");
        assert_eq!(count(0, "advisory", "advisories"), "0 advisories");
        assert_eq!(count(3450, "advisory", "advisories"), "3,450 advisories");
        assert_eq!(count(1_000_000, "gap", "gaps"), "1,000,000 gaps");
    }

    #[test]
    fn only_a_few_of_many_texts_are_listed() {
        let texts = |count: usize| few((0..count).map(|number| number.to_string()), 2);
        assert_eq!(texts(2), ["0", "1"]);
        assert_eq!(texts(4), ["0", "1", "and 2 more"]);
        assert_eq!((and_more(0).as_str(), and_more(2).as_str()), ("", " and 2 more"));
    }

    #[test]
    fn a_duration_is_written_in_its_largest_unit_or_to_the_minute() {
        for (minutes, rounded, exact) in [
            (0, "0 minutes", "0 hours"),
            (1, "1 minute", "1 minute"),
            (119, "119 minutes", "119 minutes"),
            (120, "2 hours", "2 hours"),
            (47 * 60, "47 hours", "47 hours"),
            (48 * 60 + 1, "2 days", "2881 minutes"),
        ] {
            let duration = SignedDuration::from_mins(minutes);
            assert_eq!((span(duration).as_str(), exact_span(duration).as_str()), (rounded, exact));
        }
        assert_eq!(ago(SignedDuration::from_hours(72)), "3 days ago");
        assert_eq!(ago(SignedDuration::from_mins(-5)), "5 minutes from now");
    }

    #[test]
    fn ages_read_naturally() {
        for (seconds, said) in [
            (0, "0 min old"),
            (59 * 60, "59 min old"),
            (3 * 3600 + 1, "3 h old"),
            (47 * 3600, "47 h old"),
            (50 * 3600, "2 days old"),
            (-1, "dated in the future"),
        ] {
            assert_eq!(age(SignedDuration::from_secs(seconds)), said);
        }
    }
}
