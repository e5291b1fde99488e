//! Names and identifiers that lie far from the start of a volume: in the root directory of exFAT, the master file table
//! of NTFS, the descriptors of UDF.

use crate::disk::Problem;
use crate::disk::format::content::{Content, Kind};
use crate::disk::format::windows::Windows;
use crate::disk::format::{exfat, ntfs, udf};
use crate::disk::read::fill;
use crate::io::image::Image;

/// Most bytes that one place is read in.
const MOST: usize = 32 << 10;

/// The volume, as the formats ask for more of it.
pub(super) struct Far<'v> {
    pub(super) volume: &'v dyn Image,
    pub(super) problems: &'v mut Vec<Problem>,
}

impl Far<'_> {
    /// `None` where the bytes are beyond the volume or cannot be read.
    fn read(&mut self, at: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len.min(MOST)];
        at.checked_add(bytes.len() as u64).filter(|end| *end <= self.volume.bytes())?;
        fill(self.volume, &mut bytes, at, self.problems).is_empty().then_some(bytes)
    }

    /// Adds to `content` what is missing and lies elsewhere.
    pub(super) fn complete(&mut self, near: &Windows<'_>, content: &mut Content) {
        match content.kind {
            Kind::Exfat if content.label.is_none() => content.label = self.exfat(near),
            Kind::Ntfs if content.label.is_none() => content.label = self.ntfs(near),
            Kind::Udf => {
                let sector = self.volume.sector_size().map_or(512, |sector| sector.bytes());
                let names = udf::names(self.volume.bytes(), sector, &mut |at, len| self.read(at, len));
                (content.label, content.uuid) = (names.label, names.uuid);
            }
            _ => {}
        }
    }

    fn exfat(&mut self, near: &Windows<'_>) -> Option<String> {
        let (at, len) = exfat::root_directory(near)?;
        exfat::root_label(&self.read(at, len)?)
    }

    fn ntfs(&mut self, near: &Windows<'_>) -> Option<String> {
        let (at, len) = ntfs::volume_record(near)?;
        ntfs::name_of(&self.read(at, len)?)
    }
}
