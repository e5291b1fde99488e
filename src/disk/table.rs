//! The partition table of a disk, whichever it has, and in what state.
//!
//! | sector 0 | GPT | table |
//! | --- | --- | --- |
//! | a protective entry (type 0xEE), anywhere in the MBR | any | GPT; what is not there is damaged |
//! | an MBR with other partitions | any | MBR; a GPT is a problem, because Linux does not look for it |
//! | no MBR, or an empty one | sound primary copy | GPT, with a problem: nothing but sector 0 is lost |
//! | no MBR, or an empty one | no sound primary | none; what is there is a leftover, and a problem |
//! | unreadable | any copy is sound, or begins like one | GPT |
//! | unreadable | none | none, with a damaged primary copy: nobody knows |
//!
//! In the third case Linux and UEFI firmware see no table at all. It is still called GPT, because a disk whose array is
//! intact has not been put to another use: every other use of it overwrites sectors 1 to 33.
//!
//! The usual disk costs no read: both copies lie within the [`Edges`].

use super::format::mbr::{LENGTH, Mbr};
use crate::base::ids::Id;
use crate::base::units::{ByteRange, SectorSize};
use crate::disk::{BootEvidence, CopyState, Partition, Problem, ProblemId, Table, TableKind};
use crate::io::image::Image;
use source::Source;

mod boot;
mod gpt;
mod layout;
mod mbr;
mod sector;
mod source;
#[cfg(test)]
mod tests;

/// Bytes of [`Edges::head`]: two sectors and an array of 16 KiB on a disk with 4096-byte sectors.
pub const HEAD: u64 = 24_576;
/// Bytes of [`Edges::tail`]: an array and a sector of the same.
pub const TAIL: u64 = 20_480;

/// The start and the end of a disk, in memory.
#[derive(Debug, Clone, Copy)]
pub struct Edges<'e> {
    /// The first [`HEAD`] bytes, or all of a smaller disk.
    pub head: &'e [u8],
    /// The last [`TAIL`] bytes, or all of a smaller disk.
    pub tail: &'e [u8],
    /// What of the two the medium could not give, in bytes of the disk. It is zero there.
    pub bad: &'e [ByteRange],
}

/// The table of a disk, and all that it tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The sector size: that of the device, or the one that the table was made for.
    pub sector: SectorSize,
    pub table: Table,
    /// Its partitions, by number; extended ones are [`Kind::Extended`](super::format::content::Kind::Extended), of the
    /// others nothing is known yet.
    pub partitions: Vec<Partition>,
    pub boot: BootEvidence,
    pub problems: Vec<Problem>,
}

/// What sector 0 is.
enum Start {
    Mbr(Mbr),
    Other,
    Unreadable(String),
}

impl Start {
    fn read(source: &Source<'_>) -> Self {
        if source.bytes() < LENGTH as u64 {
            return Self::Other;
        }
        match source.read(0, LENGTH) {
            Ok(bytes) => Mbr::parse(&bytes, source.bytes()).map_or(Self::Other, Self::Mbr),
            Err(why) => Self::Unreadable(why),
        }
    }

    fn mbr(&self) -> Option<&Mbr> {
        match self {
            Self::Mbr(mbr) => Some(mbr),
            _ => None,
        }
    }
}

/// Reads the partition table of `image`, of which `edges` are in memory.
pub fn read(image: &dyn Image, edges: &Edges<'_>) -> Reading {
    let source = Source::new(image, edges);
    let start = Start::read(&source);
    let sector = sector::find(&source, start.mbr());
    let mut reading = Reading {
        sector: sector.size(),
        table: Table::NONE,
        partitions: Vec::new(),
        boot: BootEvidence::default(),
        problems: Vec::new(),
    };
    if let Start::Unreadable(why) = &start {
        reading.problems.push(source::unreadable("master boot record", 0, why));
        reading.table.primary = CopyState::Damaged;
    }
    match start.mbr() {
        Some(mbr) if mbr.protective().is_none() && mbr.has_partitions() => reading.take_mbr(&source, mbr),
        _ => reading.take_gpt(&source, &start),
    }
    if matches!(sector, sector::Sector::Assumed(_)) {
        let why = "sectors are taken to have 512 bytes: an image file does not tell, and neither does its table";
        reading.problems.push(Problem::new(ProblemId::SectorSizeAssumed, why));
    }
    let disk_bytes = source.bytes();
    reading.boot = boot::evidence(start.mbr(), &reading.partitions);
    if reading.table.kind == TableKind::Mbr {
        layout::check(&reading.partitions, disk_bytes, None, &mut reading.problems);
    }
    reading
}

impl Reading {
    fn take_mbr(&mut self, source: &Source<'_>, mbr: &Mbr) {
        let (partitions, mut problems) = mbr::partitions(source, mbr, self.sector);
        let primary = if problems.is_empty() { CopyState::Ok } else { CopyState::Damaged };
        self.partitions = partitions;
        self.problems.append(&mut problems);
        self.table = Table { kind: TableKind::Mbr, uuid: disk_id(mbr), primary, ..Table::NONE };
        let size = self.sector;
        let ends = [Some(1), source.last_lba(size)];
        for lba in ends.into_iter().flatten().filter(|lba| sector::has_signature(source, *lba, size)) {
            let at = size.offset_of(lba).unwrap_or_default();
            let why = "a GPT header is there, but the MBR has no protective entry and has partitions: Linux uses those";
            self.disagrees(format!("GPT header at byte {at}: {why}"));
        }
    }

    fn take_gpt(&mut self, source: &Source<'_>, start: &Start) {
        let copies = gpt::Copies::find(source, self.sector);
        let protective = start.mbr().and_then(Mbr::protective);
        let unreadable = matches!(start, Start::Unreadable(_));
        if copies.best().is_none() && self.take_foreign(source) {
            return;
        }
        let evidence = match start {
            Start::Unreadable(_) => {
                copies.best().is_some()
                    || matches!(copies.primary, gpt::Copy::Damaged { .. })
                        && sector::has_signature(source, 1, self.sector)
            }
            _ => protective.is_some() || copies.primary.sound().is_some(),
        };
        if !evidence {
            return self.take_none(&copies, start);
        }
        if let Some(other) = sector::left_over(source, self.sector) {
            let (at, ours, theirs) = (other.bytes(), self.sector.bytes(), other.bytes());
            self.disagrees(format!(
                "GPT header at byte {at}: left from a table for sectors of {theirs} bytes; that for {ours} bytes is \
                 used"
            ));
        }
        let verdict = copies.judge();
        self.problems.extend(verdict.problems);
        self.table = Table {
            kind: TableKind::Gpt,
            uuid: copies.best().map(|copy| copy.header.disk_guid).filter(|id| !id.is_nil()),
            primary: verdict.primary,
            backup: verdict.backup,
            hybrid: protective.is_some() && start.mbr().is_some_and(Mbr::has_partitions),
        };
        match protective {
            None if !unreadable => self.ignored(
                "master boot record at byte 0: no protective entry (type 0xee); Linux and firmware ignore this GPT"
                    .into(),
            ),
            Some(entry) if entry.start != 1 && !starts_at_one(start) => self.ignored(format!(
                "master boot record at byte 0: the protective entry starts in sector {}, not 1; Linux ignores this GPT",
                entry.start
            )),
            _ => {}
        }
        if let Some(copy) = copies.best().or_else(|| copies.of_longer_disk()) {
            self.partitions = copy.partitions(self.sector, &mut self.problems);
            layout::check(&self.partitions, source.bytes(), copies.usable(), &mut self.problems);
        }
    }

    /// No GPT that counts: an empty MBR, or no table, and perhaps leftovers.
    fn take_none(&mut self, copies: &gpt::Copies<'_>, start: &Start) {
        if let Some(mbr) = start.mbr() {
            let (kind, primary) = (TableKind::Mbr, CopyState::Ok);
            self.table = Table { kind, uuid: disk_id(mbr), primary, ..Table::NONE };
        }
        if let gpt::Copy::Damaged { problem, .. } = &copies.primary {
            self.problems.push(problem.clone());
        }
        match &copies.backup {
            gpt::Copy::Damaged { problem, .. } => self.problems.push(problem.clone()),
            gpt::Copy::Sound(copy) => {
                let at = self.sector.offset_of(copy.header.my_lba).unwrap_or_default();
                let why = "a backup without primary and without protective MBR, left from an earlier use of the disk";
                self.disagrees(format!("GPT header at byte {at}: {why}; Linux ignores it"));
            }
            gpt::Copy::Nothing => {}
        }
    }

    /// A table that was made for another sector size than the device has. Linux does not see it, so that it has no
    /// partitions; but the disk is not blank.
    fn take_foreign(&mut self, source: &Source<'_>) -> bool {
        let Some(foreign) = sector::foreign(source, self.sector) else { return false };
        let copies = gpt::Copies::find(source, foreign);
        let state = |copy: &gpt::Copy<'_>| match copy {
            gpt::Copy::Sound(_) => CopyState::Disagrees,
            gpt::Copy::Damaged { .. } => CopyState::Damaged,
            gpt::Copy::Nothing => CopyState::Missing,
        };
        self.table = Table {
            kind: TableKind::Gpt,
            uuid: copies.best().map(|copy| copy.header.disk_guid).filter(|id| !id.is_nil()),
            primary: state(&copies.primary),
            backup: state(&copies.backup),
            hybrid: false,
        };
        let (ours, theirs) = (self.sector.bytes(), foreign.bytes());
        self.ignored(format!(
            "the device has sectors of {ours} bytes, but its GPT was made for sectors of {theirs} bytes: \
             Linux does not see it"
        ));
        true
    }

    fn disagrees(&mut self, message: String) {
        self.problems.push(Problem::new(ProblemId::TableDisagrees, message));
    }

    fn ignored(&mut self, message: String) {
        self.problems.push(Problem::new(ProblemId::TableIgnored, message));
    }
}

fn starts_at_one(start: &Start) -> bool {
    start.mbr().is_some_and(|mbr| mbr.entries.iter().any(|e| e.is_protective() && e.start == 1))
}

fn disk_id(mbr: &Mbr) -> Option<Id> {
    (mbr.disk_id != 0).then_some(Id::MbrDisk(mbr.disk_id))
}
