//! The figures of findings that monitoring follows over days: swap, what expires, free extents.

use std::collections::BTreeMap;

use crate::subjects::rule::{Figures, Finding};

/// The rules whose figures have a name of their own in monitoring.
const SWAP: &str = "swap-size";
const GROUP: &str = "vg-health";

pub(super) struct Measures<'f> {
    /// How much swap there is, and how much is required.
    pub(super) swap: Option<(u64, u64)>,
    /// Days until the last one, and up to how many are too few, by rule and subject.
    pub(super) days: BTreeMap<(&'static str, &'f str), (i64, Option<u64>)>,
    /// Free extents and the size of one, by group.
    pub(super) free: BTreeMap<&'f str, (u64, u64)>,
}

impl<'f> Measures<'f> {
    pub(super) fn of(findings: &'f [Finding]) -> Self {
        let mut measures = Self { swap: None, days: BTreeMap::new(), free: BTreeMap::new() };
        for Finding { id, subject, figures, .. } in findings {
            if let (Figures { bytes: Some(bytes), limit_bytes: Some(limit), .. }, SWAP) = (figures, id.as_str()) {
                measures.swap = Some((*bytes, *limit));
            }
            let group = (figures.free_extents, figures.extent_bytes, id.as_str());
            if let (Some(free), Some(bytes), GROUP) = group {
                measures.free.insert(subject, (free, bytes));
            }
            if let Some(left) = figures.days_left {
                let days = measures.days.entry((id.as_str(), subject)).or_insert((left, figures.limit_days));
                days.0 = days.0.min(left);
            }
        }
        measures
    }
}
