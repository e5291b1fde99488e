//! A physical volume that a program left half made, and which LVM2 then refuses to make, to remove and to use: a
//! `pvcreate` left its label alone, or a `vgextend` marked it as used and wrote no metadata of the group.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use super::host::TargetHost;
use crate::base::bytes::all_zero;
use crate::base::cause::cause;
use crate::disk::physical_volume::{WRITTEN, is_half_made};
use crate::io::sys;
use crate::io::tool::lvm;

impl TargetHost<'_> {
    /// Writes zeros over the label and the metadata area of a volume that is half made. What is blank already stays so.
    ///
    /// # Errors
    /// Where it is anything else, or something has the device in use.
    pub(super) fn clear_half_made(&self, device: &str) -> Result<(), String> {
        let failed = |e: io::Error| format!("{device}: {}", cause(&e));
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(sys::block::O_EXCL);
        let file = options.open(self.path(device)).map_err(failed)?;
        let first = first_bytes(&file).map_err(failed)?;
        if !all_zero(&first) && !is_half_made(&first) && !self.is_orphan_in_use(device)? {
            return Err(format!("{device} is more than a half-made physical volume: nothing was written over it"));
        }
        // The label goes last: as long as it is there, the rest is recognised.
        let (label, rest) = first.split_at_checked(LABEL).unwrap_or_default();
        let zeros = |len: usize| vec![0; len];
        file.write_all_at(&zeros(rest.len()), LABEL as u64).and_then(|()| file.sync_all()).map_err(failed)?;
        file.write_all_at(&zeros(label.len()), 0).and_then(|()| file.sync_all()).map_err(failed)
    }

    pub(super) fn is_not_half_made(&self, device: &str) -> Result<(), String> {
        match self.is_half_made(device)? {
            true => Err(format!("{device} still has the label of a physical volume")),
            false => Ok(()),
        }
    }

    /// Whether the volume at `device` is half made; one that is not there is not.
    pub(super) fn is_half_made(&self, device: &str) -> Result<bool, String> {
        match self.first(device)? {
            Some(first) if !all_zero(&first) => Ok(is_half_made(&first) || self.is_orphan_in_use(device)?),
            Some(_) | None => Ok(false),
        }
    }

    /// Whether nothing but the label of a physical volume is at `device`.
    pub(super) fn has_label_alone(&self, device: &str) -> Result<bool, String> {
        Ok(self.first(device)?.is_some_and(|first| is_half_made(&first)))
    }

    /// What a `pvcreate` writes to at `device`; `None` where nothing is there that could hold it.
    fn first(&self, device: &str) -> Result<Option<Vec<u8>>, String> {
        let read = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(self.path(device));
        match read.and_then(|file| first_bytes(&file)) {
            Ok(first) => Ok(Some(first)),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(None),
            Err(e) => Err(format!("{device}: {}", cause(&e))),
        }
    }

    /// The group that LVM2 shows for the volume at `device`, also where no metadata has that group.
    ///
    /// # Errors
    /// Where LVM2 does not answer.
    pub(super) fn group_of(&self, device: &str) -> Result<Option<String>, String> {
        let seen: Vec<lvm::PhysicalVolume> = lvm::ask(self.runner, &lvm::devices()).map_err(|e| e.to_string())?;
        Ok(seen.into_iter().find(|volume| volume.name == device).map(|volume| volume.group).filter(|g| !g.is_empty()))
    }

    fn is_orphan_in_use(&self, device: &str) -> Result<bool, String> {
        let seen: Vec<lvm::PhysicalVolume> = lvm::ask(self.runner, &lvm::devices()).map_err(|e| e.to_string())?;
        Ok(seen.iter().any(|volume| volume.name == device && volume.is_orphan_in_use()))
    }
}

/// Bytes of the sectors that a label may be in.
const LABEL: usize = 2048;

fn first_bytes(file: &File) -> io::Result<Vec<u8>> {
    sys::block::forget_cached(file);
    let mut first = vec![0; WRITTEN];
    file.read_exact_at(&mut first, 0)?;
    Ok(first)
}
