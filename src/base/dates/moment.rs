//! Moments, to the second.

use jiff::SignedDuration;
use jiff::civil::Time;

use super::{Date, at_second, second_of};

/// A text of a moment, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub second: u64,
    /// Whether the text says which time zone it means; where not, UTC was taken.
    pub has_zone: bool,
}

impl Moment {
    /// `YYYY-MM-DD`, a `T` or a space, `HH:MM`, where wanted `:SS` and a fraction, and then `Z`, `UTC`, `+HH:MM`,
    /// `-HH:MM` or nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
        let (hour, rest) = (below(rest.get(..2)?, 24)?, rest.get(2..)?.strip_prefix(':')?);
        let (minute, rest) = (below(rest.get(..2)?, 60)?, rest.get(2..)?);
        let (second, rest) = match rest.strip_prefix(':') {
            // A leap second, which the calendar here does not have, is the second before it.
            Some(rest) => (below(rest.get(..2)?, 61)?.min(59), rest.get(2..)?),
            None => (0, rest),
        };
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        let local = date.0.to_datetime(Time::new(hour, minute, second, 0).ok()?);
        let zone = rest.trim();
        let offset = match zone.to_ascii_lowercase().as_str() {
            "" | "z" | "utc" | "gmt" => SignedDuration::ZERO,
            zone => offset(zone)?,
        };
        let second = local.checked_sub(offset).ok().and_then(second_of)?;
        Some(Self { second, has_zone: !zone.is_empty() })
    }
}

/// `+HH:MM`, `-HH:MM`, and both without the colon.
fn offset(zone: &str) -> Option<SignedDuration> {
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, zone.strip_prefix('+')?),
    };
    let minutes = digits.get(2..)?;
    let minutes = i64::from(below(minutes.strip_prefix(':').unwrap_or(minutes), 60)?);
    let hours = i64::from(below(digits.get(..2)?, 24)?);
    let seconds = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60));
    Some(SignedDuration::from_secs(seconds.saturating_mul(sign)))
}

/// A moment for people: `2026-11-24 03:05 UTC`.
pub fn format_minute(second: u64) -> String {
    at_second(second).strftime("%F %H:%M UTC").to_string()
}

/// A moment for machines, by RFC 3339: `2026-11-24T03:05:07Z`.
pub fn format_second(second: u64) -> String {
    at_second(second).strftime("%FT%TZ").to_string()
}

/// A number of exactly two digits under `limit`.
fn below(text: &str, limit: i8) -> Option<i8> {
    let number = super::number(text).filter(|_| text.len() == 2)?;
    i8::try_from(number).ok().filter(|number| *number < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_is_read_from_every_way_of_writing_it() {
        let noon = Date::parse("2026-11-24").unwrap().first_second() + 12 * 3600;
        for (text, has_zone) in [
            ("2026-11-24T12:00Z", true),
            ("2026-11-24 12:00:00 UTC", true),
            ("2026-11-24T12:00:00.123456Z", true),
            ("2026-11-24T13:30:00+01:30", true),
            ("2026-11-24T04:00:00-0800", true),
            ("2026-11-24 12:00:00", false),
        ] {
            assert_eq!(Moment::parse(text), Some(Moment { second: noon, has_zone }), "{text}");
        }
        assert_eq!(format_minute(noon + 3660), "2026-11-24 13:01 UTC");
        assert_eq!(format_second(noon + 3661), "2026-11-24T13:01:01Z");
        assert_eq!(Moment::parse("2026-11-24T13:01:01Z"), Some(Moment { second: noon + 3661, has_zone: true }));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for bad in [
            "",
            "2026-11-24",
            "2026-11-24T",
            "2026-11-24T24:00Z",
            "2026-11-24T12:60Z",
            "2026-11-24T1:00Z",
            "2026-11-24T12:00X",
            "2026-11-24T12:00+1",
            "1970-01-01T00:00+01:00",
            "2026-11-24T12:00:0\u{e4}",
            "24-NOV-26 12.00.00",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }
}
