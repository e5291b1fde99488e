//! Days of the calendar, in UTC.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};

mod moment;

pub use moment::{Moment, format_minute, format_second};

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// The last second that has a date here: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// A day of the Gregorian calendar, from 1970 to 9999: `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day of `year`, `month` (from 1) and `day` (from 1), where there is one, and not before 1970.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_in_range = (1970..=9999).contains(&year);
        let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        civil::Date::new(year, month, day).ok().filter(|_| is_in_range).map(Self)
    }

    /// `YYYY-MM-DD`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |range| number(text.get(range)?);
        let is_shaped = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        if !is_shaped {
            return None;
        }
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The day of a second since 1970-01-01 UTC; beyond the year 9999 its last day.
    pub fn of_second(second: u64) -> Self {
        Self(at_second(second).date())
    }

    /// The first second of the day, since 1970-01-01 UTC.
    pub fn first_second(self) -> u64 {
        second_of(self.0.to_datetime(civil::Time::midnight())).unwrap_or_default()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn number(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// When seconds since 1970 are counted from. Not a timestamp of `jiff`, which ends a day before the year 9999 does.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The date and time of a second since 1970; beyond the year 9999 its last second.
fn at_second(second: u64) -> DateTime {
    let second = i64::try_from(second.min(LAST_SECOND)).unwrap_or_default();
    EPOCH.saturating_add(SignedDuration::from_secs(second))
}

/// The second since 1970; `None` before that.
fn second_of(moment: DateTime) -> Option<u64> {
    u64::try_from(moment.duration_since(EPOCH).as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_up_to_2100_comes_after_the_one_before_it() {
        let mut last = Date::of_second(0);
        assert_eq!(last.to_string(), "1970-01-01");
        for day in 1..47_847 {
            let date = Date::of_second(day * DAY + DAY - 1);
            assert!(date > last, "{date} after {last}");
            assert_eq!(date.first_second(), day * DAY);
            assert_eq!(Date::parse(&date.to_string()), Some(date));
            last = date;
        }
        assert_eq!(last.to_string(), "2100-12-31");
        assert_eq!(Date::of_second(1_795_505_564).to_string(), "2026-11-24");
        assert_eq!(Date::of_second(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in ["", "2026-2-1", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31", "+026-01-01"]
        {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        for bad in ["2026-01-01T00:00", "2026/01/01", "20\u{e4}6-01-0", " 2026-01-01"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        assert!(Date::parse("2028-02-29").is_some());
    }
}
