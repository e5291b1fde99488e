//! A disk of a [`Node`](super::Node) that can be added to its group.

use std::collections::BTreeMap;

use super::EXTENT;
use crate::base::ids::Id;
use crate::base::units::{ByteRange, GIB, MIB, SectorSize};
use crate::host::block::Identity;
use crate::io::image::{Image, ReadError};

/// Where the one partition of a new disk begins.
const PARTITION: u64 = MIB;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeDisk {
    /// `sdb`.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sector: SectorSize,
    pub(crate) identity: Identity,
    pub(crate) held: Option<String>,
    /// What is not zero, by offset.
    pub(crate) written: BTreeMap<u64, Vec<u8>>,
    /// Whether the kernel shows its partition.
    pub(crate) partition: bool,
    /// Its group, where it is a physical volume: nothing where of none.
    pub(crate) volume_of: Option<String>,
}

impl NodeDisk {
    /// A blank disk that gives just 60 GiB.
    pub(crate) fn blank(name: &str, serial: &str) -> Self {
        Self {
            name: name.into(),
            bytes: 60 * GIB + 2 * MIB,
            sector: SectorSize::S512,
            identity: Identity {
                model: Some("DISK".into()),
                serial: Some(serial.into()),
                wwn: Some(format!("naa.5000{serial}")),
                ..Identity::default()
            },
            held: None,
            written: BTreeMap::new(),
            partition: false,
            volume_of: None,
        }
    }

    pub(crate) fn path(&self) -> String {
        format!("/dev/{}", self.name)
    }

    pub(crate) fn partition_path(&self) -> String {
        format!("/dev/{}1", self.name)
    }

    /// Bytes at a place, in whole units of 512.
    pub(crate) fn put(&mut self, at: u64, bytes: &[u8]) {
        for (n, unit) in bytes.chunks(512).enumerate() {
            let at = at + n as u64 * 512;
            let mut whole = unit.to_vec();
            whole.resize(512, 0);
            if whole.iter().all(|byte| *byte == 0) {
                self.written.remove(&at);
            } else {
                self.written.insert(at, whole);
            }
        }
    }

    pub(crate) fn volume_id(&self) -> Id {
        let mut name = [b'p'; 32];
        name[..self.name.len()].copy_from_slice(self.name.as_bytes());
        Id::Lvm(name)
    }

    pub(crate) fn extents(&self) -> u64 {
        (self.bytes - PARTITION - MIB) / EXTENT
    }

    /// What `pvcreate` and `vgextend` write, as far as it stays when the label is wiped.
    pub(crate) fn put_metadata(&mut self) {
        let mut header = vec![0; 512];
        header[4..20].copy_from_slice(b" LVM2 x[5A%r0N*>");
        self.put(PARTITION + 4096, &header);
    }

    /// Whether a `pvcreate` was cut off before its metadata area had a header.
    pub(crate) fn has_label_alone(&self) -> bool {
        let is_there = |at: u64| self.written.contains_key(&(PARTITION + at));
        is_there(512) && !is_there(4096)
    }

    pub(crate) fn put_label(&mut self, is_there: bool) {
        self.put(PARTITION + 512, if is_there { b"LABELONE" } else { &[0] });
    }
}

impl Image for NodeDisk {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        Some(self.sector)
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        self.written.range(range.start() / 512 * 512..range.end()).next().is_none()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        buf.fill(0);
        let end = at + buf.len() as u64;
        for (start, unit) in self.written.range((at / 512 * 512)..end) {
            for (byte, place) in unit.iter().zip(*start..) {
                if (at..end).contains(&place) {
                    buf[usize::try_from(place - at).unwrap()] = *byte;
                }
            }
        }
        Ok(())
    }
}
