//! The table of a new disk, what the kernel knows of it, and bytes that are put back.

use std::fs::OpenOptions;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use super::host::TargetHost;
use super::leftovers::zeros_over_leftovers;
use super::sectors::{self, HeldDisk};
use crate::base::cause::cause;
use crate::base::units::{ByteRange, MIB};
use crate::disk::new_table::{NewSector, first_in_sample};
use crate::engine::{BytesAt, DiskIdentity, KernelPartition, TableWrite};
use crate::host::{Probed, Root, block};
use crate::io::{image, sys};

/// Where the one partition of a new table begins.
const PARTITION: u64 = MIB;

impl TargetHost<'_> {
    pub(super) fn write_table(&self, table: &TableWrite) -> Result<(), String> {
        let disk = self.hold(&table.disk)?;
        each_is_ours_or_zero(&disk, table)?;
        is_blank_where_sampled(&disk, table)?;
        disk.write(&sectors(table))
    }

    /// Read by itself: what is opened for writing has udev read the table once more when it is closed.
    pub(super) fn has_table(&self, table: &TableWrite) -> Result<(), String> {
        let there = self.sectors_there(table)?;
        match table.sectors.iter().zip(there).find(|(_, is_there)| !is_there) {
            Some((sector, _)) => {
                Err(format!("{}: the table is not what was written at byte {}", table.disk.path, sector.at))
            }
            None => Ok(()),
        }
    }

    /// Whether surely no sector of it is on its disk. After a start, another disk may have that path.
    pub(super) fn has_nothing_of(&self, table: &TableWrite) -> bool {
        self.is_disk(&table.disk).is_ok() && self.is_without(table)
    }

    /// Whether surely no sector of it is on the disk that has its path now: its writing was refused before it began.
    pub(super) fn is_without(&self, table: &TableWrite) -> bool {
        self.sectors_there(table).is_ok_and(|there| !there.contains(&true))
    }

    fn sectors_there(&self, table: &TableWrite) -> Result<Vec<bool>, String> {
        let path = &table.disk.path;
        let disk = image::open(&self.path(path)).map_err(|e| format!("{path}: {}", cause(&e)))?;
        let is_there = |sector: &BytesAt| {
            let mut now = vec![0; sector.hex.len()];
            disk.read_at(&mut now, sector.at).map_err(|e| format!("{path}: {}", cause(&e)))?;
            Ok(now == sector.hex)
        };
        table.sectors.iter().map(is_there).collect()
    }

    /// What was there before is zero, where the partition begins too. The last that was written goes first: what is
    /// left is at no time a table of something else.
    ///
    /// Where anything but leftovers is where the partition begins, the table stays: whoever took back the steps before
    /// this one may have had a wrong answer of LVM2.
    pub(super) fn clear_table(&self, table: &TableWrite) -> Result<(), String> {
        let disk = self.hold(&table.disk)?;
        each_is_ours_or_zero(&disk, table)?;
        let mut zeros = zeros_over_leftovers(&disk, PARTITION)?;
        zeros.extend(table.sectors.iter().rev().map(|s| NewSector { at: s.at, bytes: vec![0; s.hex.len()] }));
        disk.write(&zeros)
    }

    /// A disk with neither serial number nor world wide name is recognised by its table: GPT and MBR have random
    /// identifiers.
    pub(super) fn can_clear_table(&self, table: &TableWrite) -> Result<(), String> {
        self.is_disk(&table.disk)?;
        let has_name = table.disk.serial.is_some() || table.disk.wwn.is_some();
        if has_name || self.sectors_there(table)?.contains(&true) {
            return Ok(());
        }
        Err(format!("{} has no serial number, and not the table that was written: is it that disk?", table.disk.path))
    }

    pub(super) fn add_partition(&self, partition: &KernelPartition) -> Result<(), String> {
        sectors::add_partition(&self.base, &kernel_name(&partition.disk), partition.number, range(partition)?)
    }

    pub(super) fn kernel_knows(&self, partition: &KernelPartition) -> Result<(), String> {
        match sectors::kernel_shows(&self.base, &kernel_name(&partition.disk), partition.number, range(partition)?)? {
            true => Ok(()),
            false => Err(format!("the kernel does not show partition {} of {}", partition.number, partition.disk)),
        }
    }

    pub(super) fn forget_partition(&self, partition: &KernelPartition) -> Result<(), String> {
        sectors::forget_partition(&self.base, &kernel_name(&partition.disk), partition.number, range(partition)?)
    }

    /// Writes `bytes` over what is at `path`, with zeros between them up to byte `of`.
    pub(super) fn put_bytes(&self, path: &str, bytes: &[BytesAt], of: u64) -> Result<(), String> {
        self.is_awake(path)?;
        let place = self.path(path);
        let failed = |e: std::io::Error| format!("{path}: {}", cause(&e));
        let mut whole = vec![0; usize::try_from(of).map_err(|_| format!("{path}: too many bytes"))?];
        for piece in bytes {
            let at = usize::try_from(piece.at).unwrap_or(usize::MAX);
            let to = whole.get_mut(at..at.saturating_add(piece.hex.len()));
            to.ok_or_else(|| format!("{path}: bytes beyond the end"))?.copy_from_slice(&piece.hex);
        }
        // For ourselves alone: what is swapped to is not written over.
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(sys::block::O_EXCL);
        let file = options.open(place).map_err(failed)?;
        file.write_all_at(&whole, 0).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let mut again = vec![0; whole.len()];
        file.read_exact_at(&mut again, 0).map_err(failed)?;
        if again == whole { Ok(()) } else { Err(format!("{path}: what was put back cannot be read back")) }
    }

    /// Takes the disk for itself, after looking whether it is the one of the plan.
    fn hold(&self, disk: &DiskIdentity) -> Result<HeldDisk, String> {
        self.is_disk(disk)?;
        let held = HeldDisk::open(&self.path(&disk.path))?;
        if held.bytes() != disk.bytes || held.sector_size().bytes() != disk.sector_bytes {
            return Err(format!("{} is not the disk that it was when the plan was made", disk.path));
        }
        Ok(held)
    }

    pub(super) fn is_disk(&self, disk: &DiskIdentity) -> Result<(), String> {
        let root = Root::fixture(&self.base).map_err(|e| format!("{}: {}", self.base.display(), cause(&e)))?;
        let name = disk.path.strip_prefix("/dev/").unwrap_or(&disk.path);
        match block::identity(&root, name) {
            Probed::Known(now) if now.serial == disk.serial && now.wwn == disk.wwn && now.model == disk.model => Ok(()),
            Probed::Known(_) => Err(format!("{} is not the disk that it was when the plan was made", disk.path)),
            Probed::Absent => Err(format!("{} is gone", disk.path)),
            Probed::Unreadable(why) => Err(why),
        }
    }
}

fn sectors(table: &TableWrite) -> Vec<NewSector> {
    table.sectors.iter().map(|sector| NewSector { at: sector.at, bytes: sector.hex.clone() }).collect()
}

fn each_is_ours_or_zero(disk: &HeldDisk, table: &TableWrite) -> Result<(), String> {
    for sector in &table.sectors {
        let now = disk.read(sector.at, sector.hex.len())?;
        if now != sector.hex && now.iter().any(|byte| *byte != 0) {
            let path = &table.disk.path;
            return Err(format!("{path}: something else is at byte {}: nothing was written over it", sector.at));
        }
    }
    Ok(())
}

/// The ends of the disk were read when the plan was made. What lies between them is sampled.
fn is_blank_where_sampled(disk: &HeldDisk, table: &TableWrite) -> Result<(), String> {
    let (path, seed) = (&table.disk.path, table.seed());
    match first_in_sample(disk, seed).map_err(|e| format!("{path}: {}", cause(&e)))? {
        None => Ok(()),
        Some(at) => Err(format!(
            "{path}: it is not blank: there is data at byte {at} (sample {seed:016x}); nothing was written; add a \
             blank disk, or make this one blank where nothing of it is needed: dd if=/dev/zero of={path} bs=1M"
        )),
    }
}

/// sysfs writes `!` where a name has a slash.
fn kernel_name(path: &str) -> String {
    path.strip_prefix("/dev/").unwrap_or(path).replace('/', "!")
}

fn range(partition: &KernelPartition) -> Result<ByteRange, String> {
    ByteRange::new(partition.start_bytes, partition.bytes).ok_or_else(|| "a partition beyond 2^64 bytes".to_owned())
}
