//! A new table is read back before it is written: from a copy in memory, by our own scanner and by the crates.

use std::fmt::Display;

use super::NewTable;
use super::copy::SparseCopy;
use crate::base::units::SectorSize;
use crate::disk::format::content::Kind;
use crate::disk::format::gpt::Header;
use crate::disk::{CopyState, Disk, Source, TableKind, scan};
use crate::io::image::Image;

impl NewTable {
    /// Writes the sectors to a blank disk in memory and reads them back.
    ///
    /// # Errors
    /// Unless our own scanner and the crates find exactly one LVM partition of that range there, both copies of a GPT
    /// sound, and nothing wrong.
    pub fn rehearse(&self, disk_bytes: u64, sector: SectorSize) -> Result<(), String> {
        let mut copy = SparseCopy::blank(disk_bytes, sector);
        for new in &self.sectors {
            if new.bytes.len() as u64 != sector.bytes() || !new.at.is_multiple_of(sector.bytes()) {
                return Err(format!("what is to be written at byte {} is not one sector", new.at));
            }
            copy.put(new.at, &new.bytes).map_err(|e| format!("byte {} is not on the disk: {e}", new.at))?;
        }
        self.our_own_reading(&copy)?;
        match self.kind {
            TableKind::Mbr => self.reading_of_mbrman(&mut copy, sector),
            TableKind::Gpt => self.reading_of_gpt(copy, sector),
            TableKind::None => Err("there is no table to be written".into()),
        }
    }

    fn our_own_reading(&self, copy: &SparseCopy) -> Result<(), String> {
        let source = Source::new("the new table", Ok(Box::new(copy.clone())));
        let disks = scan(std::slice::from_ref(&source));
        let [disk] = disks.as_slice() else { return Err("the new table cannot be read".into()) };
        if let Some(problem) = disk.problems.first() {
            return Err(disk.describe(problem));
        }
        let backup = if self.kind == TableKind::Gpt { CopyState::Ok } else { CopyState::Missing };
        let table = &disk.table;
        if (table.kind, table.primary, table.backup, table.hybrid) != (self.kind, CopyState::Ok, backup, false) {
            return Err(format!("the new table is read as {table:?}"));
        }
        self.is_the_one_partition(disk)
    }

    fn is_the_one_partition(&self, disk: &Disk) -> Result<(), String> {
        let [partition] = disk.partitions.as_slice() else {
            return Err(format!("the new table is read with {} partitions", disk.partitions.len()));
        };
        if partition.number != 1 || !partition.kind.is_lvm() || !partition.flags.is_empty() {
            return Err(format!("partition {} of the new table has type {}", partition.number, partition.kind));
        }
        if partition.content.kind != Kind::Blank {
            return Err(format!("the new table reaches into its partition, which holds {:?}", partition.content.kind));
        }
        self.has_range("our own scanner", partition.start_bytes, partition.bytes)
    }

    fn has_range(&self, reader: &str, start: u64, len: u64) -> Result<(), String> {
        if (start, len) == (self.partition.start(), self.partition.len()) {
            return Ok(());
        }
        let (planned_start, planned_len) = (self.partition.start(), self.partition.len());
        Err(format!(
            "{reader} reads a partition of {len} bytes from byte {start}, not {planned_len} from byte {planned_start}"
        ))
    }

    fn reading_of_mbrman(&self, copy: &mut SparseCopy, sector: SectorSize) -> Result<(), String> {
        let block = u32::try_from(sector.bytes()).map_err(|e| e.to_string())?;
        let table = mbrman::MBR::read_from(copy, block).map_err(|e| unreadable("mbrman", e))?;
        let mut used = table.header.iter().filter(|(_, entry)| entry.is_used());
        let (Some((1, entry)), None) = (used.next(), used.next()) else {
            return Err("mbrman does not read the one partition".into());
        };
        let bytes = |lba: u32| u64::from(lba).saturating_mul(sector.bytes());
        self.has_range("mbrman", bytes(entry.starting_lba), bytes(entry.sectors))
    }

    fn reading_of_gpt(&self, mut copy: SparseCopy, sector: SectorSize) -> Result<(), String> {
        let block = gpt::disk::LogicalBlockSize::try_from(sector.bytes()).map_err(|e| unreadable("gpt", e))?;
        // The crate panics on entries of another size, and takes memory for as many as the header claims.
        let mut header = vec![0; block.as_usize()];
        copy.read_at(&mut header, sector.bytes()).map_err(|e| e.to_string())?;
        match Header::parse(&header) {
            Ok(Some(header)) if (header.entries, header.entry_bytes) == (128, 128) => {}
            _ => return Err("the header of the new GPT does not announce 128 entries of 128 bytes".into()),
        }
        gpt::mbr::ProtectiveMBR::from_disk(&mut copy, block).map_err(|e| unreadable("gpt", e))?;
        let config = gpt::GptConfig::new().logical_block_size(block).only_valid_headers(true);
        let table = config.open_from_device(copy).map_err(|e| unreadable("gpt", e))?;
        let mut used = table.partitions().iter().filter(|(_, entry)| entry.is_used());
        let (Some((1, entry)), None) = (used.next(), used.next()) else {
            return Err("gpt does not read the one partition".into());
        };
        let start = entry.bytes_start(block).map_err(|e| unreadable("gpt", e))?;
        self.has_range("gpt", start, entry.bytes_len(block).map_err(|e| unreadable("gpt", e))?)
    }
}

fn unreadable(reader: &str, why: impl Display) -> String {
    format!("{reader} cannot read the new table: {why}")
}
