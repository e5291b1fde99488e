//! Whether partitions lie where partitions can, and beside each other.

use crate::base::units::ByteRange;
use crate::disk::{Flag, Partition, Problem, ProblemId};

/// Most problems of one kind that are told one by one; the rest is counted.
const MOST: usize = 16;

/// Problems of one kind, of which a damaged table can have thousands.
struct Counted<'p> {
    problems: &'p mut Vec<Problem>,
    id: ProblemId,
    count: usize,
}

impl<'p> Counted<'p> {
    fn new(problems: &'p mut Vec<Problem>, id: ProblemId) -> Self {
        Self { problems, id, count: 0 }
    }

    fn push(&mut self, message: impl FnOnce() -> String) {
        self.count = self.count.saturating_add(1);
        if self.count <= MOST {
            self.problems.push(Problem::new(self.id, message()));
        }
    }

    fn end(self) {
        if let Some(more @ 1..) = self.count.checked_sub(MOST) {
            self.problems.push(Problem::new(self.id, format!("and {more} more like that")));
        }
    }
}

/// Tells partitions that lie beyond the disk, outside the `usable` bytes that a GPT header grants, or over each other.
pub(super) fn check(partitions: &[Partition], disk_bytes: u64, usable: Option<ByteRange>, problems: &mut Vec<Problem>) {
    let end = |p: &Partition| p.start_bytes.saturating_add(p.bytes);
    let mut beyond = Counted::new(problems, ProblemId::PartitionBeyondDisk);
    for p in partitions.iter().filter(|p| end(p) > disk_bytes) {
        beyond.push(|| format!("partition {} ends at byte {}, the disk at byte {disk_bytes}", p.number, end(p)));
    }
    beyond.end();
    if let Some(usable) = usable {
        let (from, to) = (usable.start(), usable.end());
        let mut outside = Counted::new(problems, ProblemId::TableDamaged);
        for p in partitions.iter().filter(|p| p.start_bytes < from || end(p) > to) {
            let (start, end) = (p.start_bytes, end(p));
            outside.push(|| {
                format!("partition {} has bytes {start} to {end}, the header grants {from} to {to}", p.number)
            });
        }
        outside.end();
    }
    overlaps(partitions, problems);
}

/// The partition of one role that ends last so far: its end and number.
type Reach = Option<(u64, u32)>;

/// One pass in the order of the starts. A logical partition lies within an extended one, and that is no overlap.
fn overlaps(partitions: &[Partition], problems: &mut Vec<Problem>) {
    let ordered = partitions.is_sorted_by_key(|p| p.start_bytes);
    let mut order: Vec<&Partition> = Vec::new();
    if !ordered {
        order.extend(partitions);
        order.sort_by_key(|p| p.start_bytes);
    }
    let mut sweep = Sweep { found: Counted::new(problems, ProblemId::PartitionsOverlap), reach: [None; 3] };
    if ordered {
        partitions.iter().for_each(|p| sweep.step(p));
    } else {
        order.into_iter().for_each(|p| sweep.step(p));
    }
    sweep.found.end();
}

struct Sweep<'p> {
    found: Counted<'p>,
    /// Of plain, logical and extended partitions.
    reach: [Reach; 3],
}

impl Sweep<'_> {
    fn step(&mut self, p: &Partition) {
        let [plain, logical, extended] = &mut self.reach;
        let (own, others) = if p.kind.is_extended() {
            (extended, [*plain, None])
        } else if p.flags.contains(&Flag::Logical) {
            (logical, [*plain, None])
        } else {
            (plain, [*logical, *extended])
        };
        let furthest = others.into_iter().chain([*own]).flatten().max();
        if let Some((end, other)) = furthest.filter(|(end, _)| *end > p.start_bytes && p.bytes > 0) {
            let (number, start) = (p.number, p.start_bytes);
            self.found.push(|| {
                format!("partition {number} starts at byte {start}, but partition {other} goes on to byte {end}")
            });
        }
        let end = p.start_bytes.saturating_add(p.bytes);
        if own.is_none_or(|(reach, _)| end > reach) {
            *own = Some((end, p.number));
        }
    }
}
