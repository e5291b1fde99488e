//! Days of the calendar, in UTC.

use std::fmt;

mod moment;

pub use moment::{Moment, shown};

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// The last second that has a date here: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// A day of the Gregorian calendar, from 1970 on: `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day of `year`, `month` (from 1) and `day` (from 1), where there is one, and not before 1970.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_there = (1970..=9999).contains(&year) && (1..=days_of_month(year, month)?).contains(&day);
        is_there.then_some(Self { year, month, day })
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
        let mut days = second.min(LAST_SECOND) / DAY;
        let mut date = Self { year: 1970, month: 1, day: 1 };
        while days >= days_of_year(date.year) {
            days = days.saturating_sub(days_of_year(date.year));
            date.year = date.year.saturating_add(1);
        }
        while let Some(month) = days_of_month(date.year, date.month).filter(|month| days >= u64::from(*month)) {
            days = days.saturating_sub(u64::from(month));
            date.month = date.month.saturating_add(1);
        }
        date.day = u8::try_from(days).unwrap_or(u8::MAX).saturating_add(1);
        date
    }

    /// The first second of the day, since 1970-01-01 UTC.
    pub fn first_second(self) -> u64 {
        let years: u64 = (1970..self.year).map(days_of_year).sum();
        let months: u64 = (1..self.month).filter_map(|m| days_of_month(self.year, m)).map(u64::from).sum();
        let days = years.saturating_add(months).saturating_add(u64::from(self.day)).saturating_sub(1);
        days.saturating_mul(DAY)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn number(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: u16, month: u8) -> Option<u8> {
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => return None,
    })
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
