//! The figures by which a rule judges: the one vocabulary of all rules.

use schemars::JsonSchema;
use serde::Serialize;

/// Figures of a finding, each with its unit in its name, for scripts that compare nodes or days. A figure that a rule
/// does not know is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Figures {
    /// What was measured: the size of a disk or a file, free space, swap, memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// What it is compared with: a minimum, or a maximum where the rule has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// By how much it is below a minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_bytes: Option<u64>,
    /// By how much it is above a maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_bytes: Option<u64>,
    /// Whole MiB as `df -h` shows them, rounded up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df_mib: Option<u64>,
    /// The least that is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_mib: Option<u64>,
    /// By how much it is below that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_mib: Option<u64>,
    /// Until the last day; negative after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Up to so many days left are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_days: Option<u64>,
    /// How many there are of what the rule counts, on the whole node: old kernels, keys, areas, lines, files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_count: Option<u64>,
    /// Of the volume, or of the group where the group is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extents: Option<u64>,
    /// The least that is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_extents: Option<u64>,
    /// By how much the volume and what is free are below that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_extents: Option<u64>,
    /// Free in the group; for `vg-free`, those that LVM2 can use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_extents: Option<u64>,
    /// Size of an extent of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent_bytes: Option<u64>,
    /// The smallest disk that brings what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_to_add_bytes: Option<u64>,
}

impl Figures {
    pub(crate) fn of_bytes(bytes: u64) -> Self {
        Self { bytes: Some(bytes), ..Self::default() }
    }

    /// Compared with the least that is required.
    pub(crate) fn at_least(bytes: u64, minimum: u64) -> Self {
        let missing = minimum.checked_sub(bytes).filter(|missing| *missing > 0);
        Self { limit_bytes: Some(minimum), missing_bytes: missing, ..Self::of_bytes(bytes) }
    }

    /// Compared with the most that is allowed.
    pub(crate) fn at_most(bytes: u64, maximum: u64) -> Self {
        let over = bytes.checked_sub(maximum).filter(|over| *over > 0);
        Self { limit_bytes: Some(maximum), over_bytes: over, ..Self::of_bytes(bytes) }
    }

    /// Until the second `until`, where up to `limit` days are too few. What has ended less than a day ago has been
    /// over for a day.
    pub(crate) fn days(now: u64, until: u64, day: u64, limit: Option<u64>) -> Self {
        let days = |seconds: u64| i64::try_from(seconds / day.max(1)).unwrap_or(i64::MAX);
        let left = match until.checked_sub(now) {
            Some(left) => days(left),
            None => days(now.saturating_sub(until)).saturating_add(1).saturating_neg(),
        };
        Self { days_left: Some(left), limit_days: limit, ..Self::default() }
    }

    pub(crate) fn of_count(count: usize) -> Self {
        Self { count: Some(number(count)), ..Self::default() }
    }

    pub(crate) fn counted(self, count: usize) -> Self {
        Self { count: Some(number(count)), ..self }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How many there are, as a figure.
pub(crate) fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn only_what_is_missing_or_over_is_shown_as_such() {
        assert_eq!(Figures::at_least(3, 5).missing_bytes, Some(2));
        assert_eq!(Figures::at_least(5, 5).missing_bytes, None);
        assert_eq!(Figures::at_most(5, 3).over_bytes, Some(2));
        assert_eq!(Figures::at_most(3, 3).over_bytes, None);
    }

    #[test]
    fn days_left_are_negative_after_the_last_day() {
        let left = |now, until| Figures::days(now, until, DAY, None).days_left.unwrap();
        let days = [(0, 2 * DAY), (0, DAY - 1), (1, 0), (DAY, 1), (DAY, 0)].map(|(now, until)| left(now, until));
        assert_eq!(days, [2, 0, -1, -1, -2]);
    }

    #[test]
    fn a_figure_that_is_not_known_is_left_out() {
        assert_eq!(serde_json::to_string(&Figures::at_least(3, 5).counted(1)).unwrap(), {
            r#"{"bytes":3,"limit_bytes":5,"missing_bytes":2,"count":1}"#
        });
        assert!(Figures::default().is_empty());
    }
}
