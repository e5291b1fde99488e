//! Which sector size a table was made for.
//!
//! A device tells it. An image file does not, and the first of these that speaks decides:
//! 1. a sound primary GPT header at byte 512 or 4096 that says it lies in sector 1;
//! 2. a sound backup header in the last sector of 512 or 4096 bytes that says so;
//! 3. the protective MBR entry, where it covers the disk exactly in one of the two sizes;
//! 4. a damaged primary header: the bytes that all headers begin with, at 512 or 4096;
//! 5. an MBR whose partitions would lie beyond the disk if sectors had 4096 bytes, as those of a disk that is used to
//!    its end do: 512;
//! 6. the first extended boot record, which is at the one place or at the other.
//!
//! Otherwise it is 512, and with an MBR that has partitions the answer is called an assumption. (The start of a
//! partition tells nothing for sure: sector 256 is 1 MiB in the one case, 128 KiB in the other, and both are in use.)

use super::gpt::Copies;
use super::source::Source;
use crate::base::units::SectorSize;
use crate::disk::format::{gpt, mbr};

const COMMON: [SectorSize; 2] = [SectorSize::S512, SectorSize::S4096];

/// A sector size, and whether it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sector {
    /// Told by the device or by the table.
    Known(SectorSize),
    /// Taken for want of anything that tells.
    Assumed(SectorSize),
}

impl Sector {
    pub(super) fn size(self) -> SectorSize {
        match self {
            Self::Known(size) | Self::Assumed(size) => size,
        }
    }
}

/// The sector size of the disk.
pub(super) fn find(source: &Source<'_>, mbr: Option<&mbr::Mbr>) -> Sector {
    if let Some(size) = source.device_sector().or_else(|| by_gpt(source)) {
        return Sector::Known(size);
    }
    if let Some(protective) = mbr.and_then(mbr::Mbr::protective) {
        let covers = |size: &&SectorSize| source.bytes() / size.bytes() == protective.end();
        if let Some(size) = COMMON.iter().find(covers) {
            return Sector::Known(*size);
        }
    }
    let signed = |size: &&SectorSize| has_signature(source, 1, **size);
    match (COMMON.iter().find(signed), mbr) {
        (Some(size), _) => Sector::Known(*size),
        (None, Some(mbr)) if mbr.has_partitions() => by_partitions(source, mbr),
        (None, Some(mbr)) if mbr.protective().is_some() => Sector::Assumed(SectorSize::S512),
        (None, _) => Sector::Known(SectorSize::S512),
    }
}

/// A size other than `device` that a sound GPT header was made for.
pub(super) fn foreign(source: &Source<'_>, device: SectorSize) -> Option<SectorSize> {
    by_gpt(source).filter(|size| *size != device)
}

/// Whether sector `lba` begins like a GPT header.
pub(super) fn has_signature(source: &Source<'_>, lba: u64, size: SectorSize) -> bool {
    let at = size.offset_of(lba);
    at.is_some_and(|at| source.read(at, 8).is_ok_and(|bytes| *bytes == *gpt::SIGNATURE))
}

/// Another size whose sector 1 has a header that is sound in itself, beside the table for `used`.
pub(super) fn left_over(source: &Source<'_>, used: SectorSize) -> Option<SectorSize> {
    let others = COMMON.into_iter().filter(|size| *size != used);
    others.into_iter().find(|size| {
        let sector = source.sector(1, *size).ok();
        sector.is_some_and(|bytes| matches!(gpt::Header::parse(&bytes), Ok(Some(header)) if header.my_lba == 1))
    })
}

fn by_gpt(source: &Source<'_>) -> Option<SectorSize> {
    let sound = |lba: u64, size: SectorSize| {
        let sector = source.sector(lba, size).ok()?;
        gpt::Header::parse(&sector).ok().flatten().filter(|header| header.my_lba == lba)
    };
    let mut headed = COMMON.iter().filter(|size| sound(1, **size).is_some());
    let primary = match (headed.next(), headed.next()) {
        // One of them is left from before the disk was partitioned anew.
        (Some(one), Some(other)) => {
            let soundness = |size: &SectorSize| Copies::find(source, *size).soundness();
            Some(if soundness(other) > soundness(one) { other } else { one })
        }
        (one, _) => one,
    };
    let backup = || COMMON.iter().find(|size| source.last_lba(**size).is_some_and(|lba| sound(lba, **size).is_some()));
    primary.or_else(backup).copied()
}

fn by_partitions(source: &Source<'_>, mbr: &mbr::Mbr) -> Sector {
    let end = mbr.partitions().map(|(_, e)| e.end()).max().unwrap_or_default();
    let fits = SectorSize::S4096.offset_of(end).is_some_and(|end| end <= source.bytes());
    if !fits || !source.bytes().is_multiple_of(SectorSize::S4096.bytes()) {
        return Sector::Known(SectorSize::S512);
    }
    let extended = mbr.partitions().find(|(_, e)| e.is_extended());
    let record = |size: &&SectorSize| {
        let at = extended.and_then(|(_, e)| size.offset_of(u64::from(e.start)));
        at.and_then(|at| source.read(at, mbr::LENGTH).ok()).is_some_and(|bytes| mbr::Ebr::parse(&bytes).is_some())
    };
    COMMON.iter().find(record).map_or(Sector::Assumed(SectorSize::S512), |size| Sector::Known(*size))
}
