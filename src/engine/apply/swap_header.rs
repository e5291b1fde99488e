//! The header of a swap volume that goes away. It goes first: what LVM2 gives back stays on the disk, and a disk that
//! leaves the group again must have nothing on it that looks like somebody's.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use super::host::TargetHost;
use crate::base::bytes::all_zero;
use crate::base::cause::cause;
use crate::disk::format::content::Kind;
use crate::engine::SwapHeader;
use crate::io::{image, sys};

impl TargetHost<'_> {
    /// Writes zeros over the first page of `area`, which nothing uses, and which is swap, blank, or what a mkswap that
    /// was cut off left.
    ///
    /// # Errors
    /// Where it is anything else, or something has it in use.
    pub(super) fn clear_swap_header(&self, area: &str) -> Result<(), String> {
        self.is_awake(area)?;
        let place = self.root()?.at(area)?.real_path();
        let device = image::open(&place).map_err(|e| format!("{area}: {}", cause(&e)))?;
        match crate::disk::content_of(device.as_ref()).kind {
            Kind::Swap | Kind::Blank | Kind::Unknown => self.put_bytes(area, &[], SwapHeader::PAGE),
            kind => Err(format!("{area} is {} and no swap area: nothing was written over it", kind.word())),
        }
    }

    pub(super) fn has_no_swap_header(&self, area: &str) -> Result<(), String> {
        self.is_awake(area)?;
        match all_zero(&self.first_page(area).map_err(|e| format!("{area}: {}", cause(&e)))?) {
            true => Ok(()),
            false => Err(format!("{area} still has a first page that is not zero")),
        }
    }

    fn first_page(&self, area: &str) -> io::Result<Vec<u8>> {
        let device = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(self.path(area))?;
        sys::block::forget_cached(&device);
        let mut page = vec![0; usize::try_from(SwapHeader::PAGE).unwrap_or(usize::MAX)];
        device.read_exact_at(&mut page, 0)?;
        Ok(page)
    }
}
