//! An image in memory.

use super::{Image, ReadError, check_range};
use crate::base::units::SectorSize;

/// Bytes in memory as an image, for tests and for a table that is planned but not yet written.
#[derive(Debug, Clone)]
pub struct Memory {
    bytes: Vec<u8>,
    sector: Option<SectorSize>,
}

impl Memory {
    /// An image of these bytes; the sector size is left to be found out.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, sector: None }
    }

    /// The same image as if it were a device of this logical block size.
    pub fn with_sector_size(mut self, sector: SectorSize) -> Self {
        self.sector = Some(sector);
        self
    }
}

impl Image for Memory {
    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.bytes())?;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        match self.bytes.get(from..).and_then(|rest| rest.get(..buf.len())) {
            Some(part) => buf.copy_from_slice(part),
            None => return Err(ReadError::out_of_range(at, buf.len(), self.bytes())),
        }
        Ok(())
    }
}
