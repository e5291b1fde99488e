//! A physical volume that a `pvcreate` left half made: LVM2 shows it, and refuses to make it, to remove it and to use it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use super::host::TargetHost;
use crate::base::bytes::all_zero;
use crate::disk::physical_volume::{WRITTEN, is_half_made};
use crate::io::sys;

/// Bytes of the sectors that a label may be in.
const LABEL: usize = 2048;

impl TargetHost<'_> {
    /// Writes zeros over the label at `device`. What is blank already stays so.
    ///
    /// # Errors
    /// Where something else is there, or something has the device in use.
    pub(super) fn clear_label(&self, device: &str) -> Result<(), String> {
        let failed = |e: io::Error| format!("{device}: {e}");
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(sys::block::O_EXCL);
        let file = options.open(self.path(device)).map_err(failed)?;
        let first = first_bytes(&file).map_err(failed)?;
        if !is_half_made(&first) && !all_zero(&first) {
            return Err(format!("{device} has more than the label of a physical volume: nothing was written over it"));
        }
        file.write_all_at(&[0; LABEL], 0).and_then(|()| file.sync_all()).map_err(failed)
    }

    pub(super) fn has_no_label_alone(&self, device: &str) -> Result<(), String> {
        match self.has_label_alone(device)? {
            true => Err(format!("{device} still has the label of a physical volume")),
            false => Ok(()),
        }
    }

    /// Whether the volume at `device` is half made; one that is not there is not.
    pub(super) fn has_label_alone(&self, device: &str) -> Result<bool, String> {
        let read = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(self.path(device));
        match read.and_then(|file| first_bytes(&file)) {
            Ok(first) => Ok(is_half_made(&first)),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(false),
            Err(e) => Err(format!("{device}: {e}")),
        }
    }
}

fn first_bytes(file: &File) -> io::Result<Vec<u8>> {
    sys::block::forget_cached(file);
    let mut first = vec![0; WRITTEN];
    file.read_exact_at(&mut first, 0)?;
    Ok(first)
}
