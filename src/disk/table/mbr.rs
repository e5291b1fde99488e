//! The partitions of an MBR: the four of the table, and the logical ones behind an extended one.

use super::source::{Source, unreadable};
use crate::base::units::SectorSize;
use crate::disk::format::content::{Content, Kind};
use crate::disk::format::mbr::{Ebr, Entry, LENGTH, Mbr};
use crate::disk::{Flag, Partition, PartitionType, Problem, ProblemId};

/// Most extended boot records that are read. Linux numbers partitions up to 255, so that none that it sees is lost.
const MOST_RECORDS: usize = 256;
const FIRST_LOGICAL: u32 = 5;

/// The partitions, and what is wrong with the chain of logical ones. As for Linux, every extended partition of the
/// table is followed, and numbers count from 5 in the order of the chain, whatever the order on the disk.
pub(super) fn partitions(source: &Source<'_>, mbr: &Mbr, sector: SectorSize) -> (Vec<Partition>, Vec<Problem>) {
    let mut partitions: Vec<Partition> =
        mbr.partitions().map(|(number, e)| partition(number, e, u64::from(e.start), sector, false)).collect();
    let mut chain = Chain { source, sector, visited: Vec::new(), found: Vec::new(), problems: Vec::new() };
    for (_, extended) in mbr.partitions().filter(|(_, e)| e.is_extended()) {
        chain.follow(extended);
    }
    partitions.append(&mut chain.found);
    (partitions, chain.problems)
}

struct Chain<'s, 'a> {
    source: &'s Source<'a>,
    sector: SectorSize,
    /// Sectors of the records read, to know a loop.
    visited: Vec<u64>,
    found: Vec<Partition>,
    problems: Vec<Problem>,
}

impl Chain<'_, '_> {
    /// Follows the records of one extended partition. Their links may lead back and forth, but never twice to one
    /// place.
    fn follow(&mut self, extended: Entry) {
        let (base, mut lba, mut length) = (u64::from(extended.start), u64::from(extended.start), extended.sectors);
        loop {
            let at = self.sector.offset_of(lba).unwrap_or(u64::MAX);
            if self.visited.contains(&lba) {
                return self.wrong(at, "the chain of logical partitions comes back to this record");
            }
            if self.visited.len() >= MOST_RECORDS {
                return self.wrong(at, "the chain of logical partitions has more than 256 records");
            }
            self.visited.push(lba);
            let record = match self.source.read(at, LENGTH) {
                Ok(bytes) => Ebr::parse(&bytes),
                Err(_) if at.saturating_add(LENGTH as u64) > self.source.bytes() => {
                    return self.wrong(at, "it lies beyond the disk");
                }
                Err(why) => return self.problems.push(unreadable("extended boot record", at, &why)),
            };
            let Some(record) = record else {
                return self.wrong(at, "0x55AA is missing at its end");
            };
            self.take(&record, lba, length, extended);
            let Some(link) = record.next() else { return };
            lba = base.saturating_add(u64::from(link.start));
            length = link.sectors;
        }
    }

    /// Takes the data partitions of a record. Entries 3 and 4 may hold anything: they count only where they lie within
    /// what the link to the record announced and within the extended partition (`block/partitions/msdos.c`).
    fn take(&mut self, record: &Ebr, lba: u64, length: u32, extended: Entry) {
        for (slot, entry) in record.entries.iter().enumerate() {
            let start = lba.saturating_add(u64::from(entry.start));
            let end = start.saturating_add(u64::from(entry.sectors));
            let fits = entry.end() <= u64::from(length) && start >= u64::from(extended.start) && end <= extended.end();
            if !entry.is_used() || entry.is_extended() || (slot >= 2 && !fits) {
                continue;
            }
            let number = FIRST_LOGICAL.saturating_add(u32::try_from(self.found.len()).unwrap_or(u32::MAX));
            if start < u64::from(extended.start) || end > extended.end() {
                let at = self.sector.offset_of(lba).unwrap_or(u64::MAX);
                self.wrong(at, &format!("partition {number} lies outside the extended partition"));
            }
            self.found.push(partition(number, *entry, start, self.sector, true));
        }
    }

    fn wrong(&mut self, at: u64, why: &str) {
        self.problems.push(Problem::new(ProblemId::TableDamaged, format!("extended boot record at byte {at}: {why}")));
    }
}

/// A partition from sector `start`, at most 2^41 by construction, so that no product overflows.
fn partition(number: u32, entry: Entry, start: u64, sector: SectorSize, logical: bool) -> Partition {
    let mut flags = Vec::new();
    if entry.is_active() {
        flags.push(Flag::Active);
    }
    if logical {
        flags.push(Flag::Logical);
    }
    Partition {
        number,
        start_bytes: start.saturating_mul(sector.bytes()),
        bytes: u64::from(entry.sectors).saturating_mul(sector.bytes()),
        kind: PartitionType::Mbr(entry.kind),
        uuid: None,
        name: None,
        flags,
        content: Content::new(if entry.is_extended() { Kind::Extended } else { Kind::Unknown }),
    }
}
