//! Moments, to the second.

use super::{DAY, Date};

/// A text of a moment, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub second: u64,
    /// Whether the text says which time zone it means; where not, UTC was taken.
    pub has_zone: bool,
}

impl Moment {
    /// `YYYY-MM-DD`, a `T` or a space, `HH:MM`, where wanted `:SS` and a fraction, and then `Z`, `UTC`, `+HH:MM`, `-HH:MM` or nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
        let (hours, rest) = (below(rest.get(..2)?, 24)?, rest.get(2..)?.strip_prefix(':')?);
        let (minutes, rest) = (below(rest.get(..2)?, 60)?, rest.get(2..)?);
        let (seconds, rest) = match rest.strip_prefix(':') {
            Some(rest) => (below(rest.get(..2)?, 61)?, rest.get(2..)?),
            None => (0, rest),
        };
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        let of_day = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)).saturating_add(seconds);
        let local = date.first_second().saturating_add(of_day);
        let zone = rest.trim();
        if zone.is_empty() || ["z", "utc", "gmt"].contains(&zone.to_ascii_lowercase().as_str()) {
            return Some(Self { second: local, has_zone: !zone.is_empty() });
        }
        let (is_east, offset) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
            (Some(offset), _) => (true, offset),
            (_, Some(offset)) => (false, offset),
            _ => return None,
        };
        let minutes = offset.get(2..)?;
        let minutes = below(minutes.strip_prefix(':').unwrap_or(minutes), 60)?;
        let offset = below(offset.get(..2)?, 24)?.saturating_mul(3600).saturating_add(minutes.saturating_mul(60));
        let second = if is_east { local.checked_sub(offset)? } else { local.saturating_add(offset) };
        Some(Self { second, has_zone: true })
    }
}

/// A moment for people: `2026-11-24 03:05 UTC`.
pub fn shown(second: u64) -> String {
    let of_day = second % DAY;
    format!("{} {:02}:{:02} UTC", Date::of_second(second), of_day / 3600, of_day % 3600 / 60)
}

/// A number of exactly two digits under `limit`.
fn below(text: &str, limit: u64) -> Option<u64> {
    let number = super::number(text).filter(|_| text.len() == 2)?;
    Some(u64::from(number)).filter(|number| *number < limit)
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
        assert_eq!(shown(noon + 3660), "2026-11-24 13:01 UTC");
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
