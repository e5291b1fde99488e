//! Whether the segments of a volume group can all be true at once, and what they leave free.

use super::volume_group::{AreaOf, LogicalVolume, VolumeGroup};

/// Most contradictions that are told of one group.
const MOST: usize = 16;

/// What the segments of a group use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Extents in use, for each physical volume in the group's order.
    pub allocated: Vec<u64>,
    /// Contradictions, in words; at most sixteen.
    pub contradictions: Vec<String>,
}

impl Layout {
    /// Lays out the extents of `group`. Every area of every logical volume counts, hidden ones too: raid images, mirror
    /// legs and pool data are hidden logical volumes with linear or striped segments of their own.
    pub fn of(group: &VolumeGroup) -> Self {
        let mut layout = Self { allocated: Vec::new(), contradictions: Vec::new() };
        layout.allocated.resize(group.physical_volumes.len(), 0);
        let mut runs = Vec::new();
        for (number, volume) in group.logical_volumes.iter().enumerate() {
            layout.check_logical(volume);
            for segment in &volume.segments {
                let len = u64::from(segment.area_extents());
                for area in &segment.areas {
                    if let AreaOf::Physical(on) = area.of {
                        runs.push(ExtentRun { on, start: area.start_extent, len, number });
                    }
                }
            }
        }
        runs.sort_unstable_by_key(|run| (run.on, run.start));
        layout.check_physical(group, &runs);
        layout
    }

    fn report(&mut self, why: impl FnOnce() -> String) {
        if self.contradictions.len() < MOST {
            self.contradictions.push(why());
        }
    }

    /// Segments have to follow one another from extent 0.
    fn check_logical(&mut self, volume: &LogicalVolume) {
        let mut next: u64 = 0;
        for segment in &volume.segments {
            let start = u64::from(segment.start_extent);
            if start != next {
                let what = if start > next { "nothing lies" } else { "two segments lie" };
                self.report(|| {
                    let (from, to) = (start.min(next), start.max(next).saturating_sub(1));
                    format!("logical volume {}: {what} at its extents {from} to {to}", volume.name)
                });
            }
            next = next.max(start.saturating_add(u64::from(segment.extents)));
        }
    }

    /// Areas must not share extents, and lie on their physical volume. `runs` is sorted.
    fn check_physical(&mut self, group: &VolumeGroup, runs: &[ExtentRun]) {
        let name = |run: &ExtentRun| group.logical_volumes.get(run.number).map_or("", |v| v.name.as_str());
        let mut before: Option<(&ExtentRun, u64)> = None;
        for run in runs {
            let Some(on) = usize::try_from(run.on).ok() else { continue };
            let Some(volume) = group.physical_volumes.get(on) else { continue };
            let (start, limit) = (u64::from(run.start), u64::from(volume.extents));
            let end = start.saturating_add(run.len);
            let covered = before.filter(|(last, _)| last.on == run.on);
            if let Some((last, covered)) = covered
                && start < covered
            {
                self.report(|| {
                    format!("logical volumes {} and {} share extent {start} of {}", name(last), name(run), volume.uuid)
                });
            }
            if end > limit {
                self.report(|| {
                    let uuid = volume.uuid;
                    format!(
                        "logical volume {} uses extents {start} to {} of {uuid}, which has {limit}",
                        name(run),
                        end.saturating_sub(1)
                    )
                });
            }
            let from = covered.map_or(0, |(_, covered)| covered).max(start);
            if let Some(used) = self.allocated.get_mut(on) {
                *used = used.saturating_add(end.min(limit).saturating_sub(from));
            }
            before = match covered {
                Some((last, covered)) if covered >= end => Some((last, covered)),
                _ => Some((run, end)),
            };
        }
    }
}

/// A run of extents of a physical volume, and which logical volume uses it.
struct ExtentRun {
    on: u32,
    start: u32,
    len: u64,
    number: usize,
}
