//! What the crates make of a blank disk.

use std::fmt::Display;

use super::copy::SparseCopy;
use super::{ALIGNMENT, Identifiers, NewSector, NewTable, NewTableError};
use crate::base::ids::Id;
use crate::base::units::{ByteRange, Bytes, SectorSize};
use crate::disk::TableKind;

/// Type of an LVM partition in an MBR.
const LVM: u8 = 0x8e;
/// The geometry that the tools take for every disk, cylinders, heads, sectors; and the last address it has, for all
/// that lies beyond.
const GEOMETRY: (u16, u8, u8) = (1023, 255, 63);
const LAST_CHS: (u16, u8, u8) = (1023, 254, 63);

/// The error for what a crate said.
fn refused(why: impl Display) -> NewTableError {
    NewTableError::Crate(why.to_string())
}

/// An MBR. `disk_bytes` is a whole number of sectors, above 1 MiB and at most 2 TiB.
pub(super) fn mbr(disk_bytes: u64, sector: SectorSize, ids: &Identifiers) -> Result<NewTable, NewTableError> {
    let too_small = || NewTableError::TooSmall(Bytes(disk_bytes));
    let len = disk_bytes.checked_sub(ALIGNMENT).ok_or_else(too_small)?;
    let partition = ByteRange::new(ALIGNMENT, len).ok_or_else(too_small)?;
    let lba = |bytes: u64| u32::try_from(bytes / sector.bytes()).map_err(refused);
    let (starting_lba, sectors) = (lba(partition.start())?, lba(partition.len())?);
    let chs = |lba: u32| {
        let (cylinders, heads, per_track) = GEOMETRY;
        let (c, h, s) = LAST_CHS;
        mbrman::CHS::from_lba_exact(lba, cylinders, heads, per_track).unwrap_or(mbrman::CHS::new(c, h, s))
    };
    let mut copy = SparseCopy::blank(disk_bytes, sector);
    let block = u32::try_from(sector.bytes()).map_err(refused)?;
    let mut table = mbrman::MBR::new_from(&mut copy, block, ids.signature()).map_err(refused)?;
    table.header.partition_1 = mbrman::MBRPartitionEntry {
        boot: mbrman::BOOT_INACTIVE,
        first_chs: chs(starting_lba),
        sys: LVM,
        last_chs: chs(starting_lba.saturating_add(sectors.saturating_sub(1))),
        starting_lba,
        sectors,
    };
    table.write_into(&mut copy).map_err(refused)?;
    Ok(NewTable { kind: TableKind::Mbr, partition, sectors: copy.sectors() })
}

/// A GPT. `disk_bytes` is a whole number of sectors.
pub(super) fn gpt(disk_bytes: u64, sector: SectorSize, ids: &Identifiers) -> Result<NewTable, NewTableError> {
    let block = gpt::disk::LogicalBlockSize::try_from(sector.bytes()).map_err(refused)?;
    let copy = SparseCopy::blank(disk_bytes, sector);
    let guid = Id::Uuid(ids.disk).to_string().parse().map_err(refused)?;
    let mut table = gpt::GptConfig::new()
        .writable(true)
        .logical_block_size(block)
        .create_from_device(copy, Some(guid))
        .map_err(refused)?;
    let usable = table.header().last_usable.checked_add(1).and_then(|lba| sector.offset_of(lba));
    let end = usable.map(|end| end.saturating_sub(end % ALIGNMENT)).unwrap_or_default();
    let partition = end.checked_sub(ALIGNMENT).filter(|len| *len > 0).and_then(|len| ByteRange::new(ALIGNMENT, len));
    let partition = partition.ok_or(NewTableError::TooSmall(Bytes(disk_bytes)))?;
    // Not by `add_partition_at`, which invents a GUID.
    let entry = gpt::partition::Partition {
        part_type_guid: gpt::partition_types::LINUX_LVM,
        part_guid: Id::Uuid(ids.partition).to_string().parse().map_err(refused)?,
        first_lba: partition.start() / sector.bytes(),
        last_lba: (partition.end() / sector.bytes()).saturating_sub(1),
        flags: 0,
        name: String::new(),
    };
    table.update_partitions([(1, entry)].into()).map_err(refused)?;
    let mut copy = table.write().map_err(refused)?;
    let behind_it = (disk_bytes / sector.bytes()).saturating_sub(1);
    let protective = gpt::mbr::ProtectiveMBR::with_lb_size(u32::try_from(behind_it).unwrap_or(u32::MAX));
    protective.overwrite_lba0(&mut copy).map_err(refused)?;
    let sectors = in_order(copy.sectors(), partition);
    Ok(NewTable { kind: TableKind::Gpt, partition, sectors })
}

/// Puts the sectors of a GPT, which come by offset, in the order in which they are written: those at the end from array
/// to header, then those at the start backwards, from array over header to sector 0.
fn in_order(sectors: Vec<NewSector>, partition: ByteRange) -> Vec<NewSector> {
    let (start, mut ordered): (Vec<_>, Vec<_>) = sectors.into_iter().partition(|s| s.at < partition.start());
    ordered.extend(start.into_iter().rev());
    ordered
}
