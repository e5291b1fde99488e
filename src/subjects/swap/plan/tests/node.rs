//! A node in memory: its disks, its volume group, and what the kernel swaps to.

use std::collections::BTreeMap;

use crate::base::ids::Id;
use crate::base::units::{ByteRange, GIB, MIB};
use crate::disk::content_of;
use crate::disk::format::content::Content;
use crate::host::SwapArea;
use crate::host::lvm::DevicesFile;
use crate::host::memory::Memory;
use crate::io::image::{Image, ReadError};
use crate::subjects::swap::plan::Request;
pub(crate) use disk::NodeDisk;

mod disk;

pub(crate) const EXTENT: u64 = 32 * MIB;
pub(crate) const GROUP: &str = "vg_root";
pub(crate) const SWAP: &str = "lv_swap";
pub(crate) const TEMPORARY: &str = "lv_swap_okv_host";
/// Extents of 4 GiB and of 64 GiB.
pub(crate) const SMALL: u64 = 128;
pub(crate) const FULL: u64 = 2048;
pub(crate) const UUID: &str = "aaaaaaaa-0000-4000-8000-000000000003";
/// A node. What is not listed is as on every node: a system disk `sda` with a physical volume on its third partition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// The disks beside the system disk.
    pub(crate) disks: Vec<NodeDisk>,
    /// Extents of the physical volume on the system disk.
    pub(crate) system_extents: u64,
    pub(crate) volumes: BTreeMap<String, NodeVolume>,
    /// What the kernel swaps to.
    pub(crate) areas: Vec<SwapArea>,
    pub(crate) memory: Memory,
    pub(crate) seqno: u64,
    pub(crate) devices_file: DevicesFile,
    /// Serial numbers that `--prepare` saw; `None` where it was not run.
    pub(crate) prepared: Option<Vec<String>>,
    /// Files that `vgcfgbackup` made.
    pub(crate) backups: Vec<String>,
    /// Options of lv_swap in fstab.
    pub(crate) fstab: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeVolume {
    /// What LVM2's metadata has.
    pub(crate) extents: u64,
    /// What the kernel has; nothing where it is not active.
    pub(crate) kernel_extents: Option<u64>,
    pub(crate) is_suspended: bool,
    pub(crate) tags: String,
    /// Its first page.
    pub(crate) page: Vec<u8>,
}

/// The first page of a swap area of so many bytes.
pub(crate) fn page(bytes: u64, uuid: Id, label: Option<&str>) -> Vec<u8> {
    let mut page = vec![0; 4096];
    let last = u32::try_from(bytes / 4096 - 1).unwrap();
    page[1024..1028].copy_from_slice(&1_u32.to_le_bytes());
    page[1028..1032].copy_from_slice(&last.to_le_bytes());
    let Id::Uuid(uuid) = uuid else { panic!("a swap area has a UUID") };
    page[1036..1052].copy_from_slice(&uuid);
    let label = label.unwrap_or_default().as_bytes();
    page[1052..1052 + label.len()].copy_from_slice(label);
    page[4086..4096].copy_from_slice(b"SWAPSPACE2");
    page
}

pub(crate) fn id(text: &str) -> Id {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    Id::Uuid(u128::from_str_radix(&hex, 16).unwrap().to_be_bytes())
}

pub(crate) fn request() -> Request {
    Request {
        group: GROUP.into(),
        volume: SWAP.into(),
        target_bytes: 64 * GIB,
        disk: None,
        disk_path: None,
        temporary_swap: false,
        remembered: None,
        caches_off: vec![],
    }
}

/// A logical volume of which only the first page is not zero.
struct Head<'p>(&'p [u8], u64);

impl Image for Head<'_> {
    fn bytes(&self) -> u64 {
        self.1
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        range.start() >= self.0.len() as u64
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        buf.fill(0);
        let head = self.0.get(usize::try_from(at).unwrap()..).unwrap_or_default();
        buf.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

impl NodeVolume {
    pub(crate) fn new(extents: u64, tags: &str) -> Self {
        let kernel_extents = Some(extents);
        Self { extents, kernel_extents, is_suspended: false, tags: tags.into(), page: vec![0; 4096] }
    }

    pub(crate) fn swap(extents: u64, label: Option<&str>) -> Self {
        Self { page: page(extents * EXTENT, id(UUID), label), ..Self::new(extents, "") }
    }

    /// The kernel loads what the metadata has, and resumes it.
    pub(crate) fn load(&mut self) {
        (self.kernel_extents, self.is_suspended) = (Some(self.extents), false);
    }

    /// Bytes of the device; an access to a suspended one does not end, which a program that is ended at its limit
    /// shows.
    pub(crate) fn device_bytes(&self) -> Result<u64, String> {
        match self.kernel_extents {
            Some(_) if self.is_suspended => Err("it waits for a suspended device".into()),
            Some(extents) => Ok(extents * EXTENT),
            None => Err("no such device".into()),
        }
    }

    pub(crate) fn content(&self) -> Content {
        content_of(&Head(&self.page, self.extents * EXTENT))
    }
}

/// The kernel's line of an area of so many extents.
pub(crate) fn area(path: &str, extents: u64, used_kib: u64, priority: i32) -> SwapArea {
    SwapArea { path: path.into(), is_file: false, kib: extents * EXTENT / 1024 - 4, used_kib, priority }
}

impl Node {
    /// A node with 4 GiB of swap in use, no room in its group, and one new blank disk.
    pub(crate) fn small() -> Self {
        let volumes = [("lv_root", NodeVolume::new(320, "")), (SWAP, NodeVolume::swap(SMALL, Some("node-swap")))];
        Self {
            disks: vec![NodeDisk::blank("sdb", "NEW")],
            system_extents: 320 + SMALL,
            volumes: volumes.into_iter().map(|(name, volume)| (name.to_owned(), volume)).collect(),
            areas: vec![area("/dev/dm-0", SMALL, 1024, 7)],
            memory: Memory {
                total_kib: 16 << 20,
                available_kib: Some(8 << 20),
                swap_total_kib: 4 << 20,
                commit_limit_kib: Some(12 << 20),
                committed_kib: 2 << 20,
                is_strict: false,
            },
            seqno: 7,
            devices_file: DevicesFile::NotUsed,
            prepared: Some(vec!["SYSTEM".into()]),
            backups: vec![],
            fstab: Some("defaults".into()),
        }
    }

    /// The same with room for the swap in its group, and no other disk.
    pub(crate) fn roomy() -> Self {
        Self { disks: vec![], system_extents: 320 + FULL, ..Self::small() }
    }

    pub(crate) fn swap(&mut self) -> &mut NodeVolume {
        self.volumes.get_mut(SWAP).unwrap()
    }

    pub(crate) fn disk(&mut self) -> &mut NodeDisk {
        &mut self.disks[0]
    }

    /// The kernel's path of a logical volume's device.
    pub(crate) fn device(name: &str) -> &'static str {
        match name {
            SWAP => "/dev/dm-0",
            TEMPORARY => "/dev/dm-2",
            _ => "/dev/dm-1",
        }
    }

    pub(crate) fn in_group(&self) -> impl Iterator<Item = &NodeDisk> {
        self.disks.iter().filter(|disk| disk.volume_of.as_deref() == Some(GROUP))
    }

    pub(crate) fn extents(&self) -> u64 {
        self.system_extents + self.in_group().map(NodeDisk::extents).sum::<u64>()
    }

    pub(crate) fn used_extents(&self) -> u64 {
        self.volumes.values().map(|volume| volume.extents).sum()
    }
}
