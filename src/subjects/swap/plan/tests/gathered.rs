//! What is gathered of a [`Node`]: the facts that a plan is made from.

use super::node::{EXTENT, GROUP, Node, NodeDisk, NodeVolume, SWAP, TEMPORARY, UUID};
use crate::base::ids::Id;
use crate::base::units::{GIB, MIB, SectorSize};
use crate::disk::format::content::{Content, Kind};
use crate::disk::new_table::{Identifiers, one_lvm_partition};
use crate::disk::{
    BootEvidence, Disk, LogicalVolume, Partition, PartitionType, PhysicalVolume, Segment, Source, Stripe, Table,
    TableKind, VolumeGroup, scan,
};
use crate::host::block::{Identity, VolumeDevice};
use crate::host::lvm::Lvm;
use crate::host::{BlockDevice, DeviceNumber, Firmware, FstabEntry, Probed, Running};
use crate::io::tool::lvm as told;
use crate::subjects::disks::{Inventory, Known};
use crate::subjects::swap::facts::{DiskState, Growth, has_label_alone};

impl NodeDisk {
    fn state(&self, others: usize) -> DiskState {
        let identifiers =
            Identifiers::of(&format!("{} beside {others}", self.identity.serial.as_deref().unwrap_or("")));
        let table = one_lvm_partition(self.bytes, self.sector, &identifiers).map_err(|e| e.to_string());
        DiskState {
            path: self.path(),
            bytes: self.bytes,
            sector_bytes: self.sector.bytes(),
            identity: Probed::Known(self.identity.clone()),
            held: Probed::Known(self.held.clone()),
            write_cache: Probed::Absent,
            is_half_made: table.as_ref().is_ok_and(|table| has_label_alone(self, table)),
            table: table.and_then(|table| {
                let begun = table.begun_on(self).map_err(|e| e.to_string())?;
                Ok((table, begun))
            }),
        }
    }

    fn scanned(&self, group: &VolumeGroup) -> Disk {
        let source = Source::new(self.path(), Ok(Box::new(self.clone())));
        let mut disk = scan(&[source]).pop().unwrap();
        if let (Some(of), Some(partition)) = (&self.volume_of, disk.partitions.first_mut()) {
            partition.content = Content::new(Kind::Lvm2Pv);
            if of == GROUP {
                disk.volume_groups.push(group.clone());
            }
        }
        disk
    }
}

impl Node {
    fn group(&self) -> VolumeGroup {
        let mut used = self.used_extents();
        let mut volumes = vec![(Id::Lvm([b's'; 32]), "/dev/sda".to_owned(), 3, self.system_extents)];
        volumes.extend(self.in_group().map(|disk| (disk.volume_id(), disk.path(), 1, disk.extents())));
        let physical_volumes = volumes.into_iter().map(|(uuid, path, partition, extents)| {
            let taken = used.min(extents);
            used -= taken;
            PhysicalVolume {
                uuid,
                path: Some(path),
                partition: Some(partition),
                first_extent_bytes: MIB,
                extents,
                free_extents: extents - taken,
                allocatable: true,
            }
        });
        VolumeGroup {
            name: GROUP.into(),
            uuid: Some(Id::Lvm([b'g'; 32])),
            extent_bytes: EXTENT,
            extents: self.extents(),
            free_extents: self.extents() - self.used_extents(),
            missing_pvs: vec![],
            flags: vec!["resizeable".into()],
            system_id: None,
            seqno: self.seqno,
            physical_volumes: physical_volumes.collect(),
            logical_volumes: self.volumes.iter().map(|(name, volume)| logical(name, volume)).collect(),
        }
    }

    pub(crate) fn lvm(&self) -> Lvm {
        let row = |name: String, uuid: Option<Id>, group: &str| told::PhysicalVolume {
            name,
            uuid: uuid.map(|id| id.to_string()).unwrap_or_default(),
            group: group.into(),
        };
        let mut devices = vec![row("/dev/sda3".into(), Some(Id::Lvm([b's'; 32])), GROUP)];
        for disk in &self.disks {
            devices.push(match &disk.volume_of {
                Some(group) => row(disk.partition_path(), Some(disk.volume_id()), group),
                None if disk.partition => row(disk.partition_path(), None, ""),
                None => row(disk.path(), None, ""),
            });
        }
        let volume = |(name, volume): (&String, &NodeVolume)| told::LogicalVolume {
            group: GROUP.into(),
            name: name.clone(),
            bytes: volume.extents * EXTENT,
            layout: "linear".into(),
            role: "public".into(),
            tags: volume.tags.clone(),
            active: "active".into(),
        };
        let group = told::VolumeGroup {
            name: GROUP.into(),
            uuid: Id::Lvm([b'g'; 32]).to_string(),
            extent_bytes: EXTENT,
            free_extents: self.extents() - self.used_extents(),
            missing: 0,
            seqno: self.seqno,
        };
        let volumes = self.volumes.iter().map(volume).collect();
        Lvm { devices, groups: vec![group], volumes, devices_file: self.devices_file }
    }

    fn seen(&self) -> crate::host::Node {
        let group = self.group();
        let mut disks = vec![system_disk(&group)];
        disks.extend(self.disks.iter().map(|disk| disk.scanned(&group)));
        let fstab = self.fstab.iter().map(|options| FstabEntry {
            line: 3,
            source: format!("UUID={UUID}"),
            point: "none".into(),
            kind: "swap".into(),
            options: options.split(',').map(str::to_owned).collect(),
            at_point: crate::host::AtPoint::default(),
        });
        let setup = crate::host::Setup {
            firmware: Probed::Known(Firmware::Bios),
            mounts: Probed::Known(vec![]),
            fstab: Probed::Known(fstab.collect()),
            crypttab: Probed::Absent,
            lvm_owner: Probed::Absent,
        };
        let running = Running {
            booted: Probed::Absent,
            loops: Probed::Absent,
            swaps: Probed::Known(self.areas.clone()),
            swap_total_kib: Probed::Known(self.areas.iter().map(|area| area.kib).sum()),
            memory_kib: Probed::Known(0),
            cmdline: Probed::Known(vec![]),
            block: Probed::Known(self.block()),
            links: Probed::Absent,
            boot_df_bytes: Probed::Absent,
        };
        crate::host::Node { name: "node".into(), disks, now: 0, setup: Some(setup), running: Some(running) }
    }

    fn block(&self) -> Vec<BlockDevice> {
        let device = |name: &str, minor: u32| BlockDevice {
            name: name.into(),
            device: DeviceNumber { major: 8, minor },
            bytes: GIB,
            partition_of: None,
            mapped: None,
            slaves: vec![],
            holders: vec![],
            is_physical_disk: name.starts_with("sd"),
        };
        let of_system =
            BlockDevice { partition_of: Some(("sda".into(), 3)), is_physical_disk: false, ..device("sda3", 3) };
        let mut block = vec![device("sda", 0), of_system];
        block.extend(self.disks.iter().zip(1..).map(|(disk, n)| device(&disk.name, n * 16)));
        for name in self.volumes.keys() {
            let kernel = Self::device(name).trim_start_matches("/dev/");
            let mapped = Some((format!("{GROUP}-{name}"), format!("LVM-{}{name}", "g".repeat(32))));
            block.push(BlockDevice { mapped, ..device(kernel, 100) });
        }
        block.sort_by(|a, b| a.name.cmp(&b.name));
        block
    }

    fn volume_device(&self, name: &str) -> Probed<VolumeDevice> {
        let Some(volume) = self.volumes.get(name) else { return Probed::Absent };
        volume.kernel_extents.map_or(Probed::Absent, |extents| {
            Probed::Known(VolumeDevice {
                path: Self::device(name).into(),
                bytes: extents * EXTENT,
                is_suspended: volume.is_suspended,
            })
        })
    }

    /// All that is gathered of it.
    pub(crate) fn growth(&self) -> Growth {
        let others = self.in_group().count();
        let mut disks = vec![DiskState {
            path: "/dev/sda".into(),
            bytes: 1 << 40,
            sector_bytes: 512,
            identity: Probed::Known(Identity { serial: Some("SYSTEM".into()), ..Identity::default() }),
            held: Probed::Known(Some("/dev/dm-0 is built on it".into())),
            write_cache: Probed::Absent,
            is_half_made: false,
            table: Err("it has a table".into()),
        }];
        disks.extend(self.disks.iter().map(|disk| disk.state(others)));
        let known = |serial: &String| Known {
            path: "/dev/sdz".into(),
            bytes: GIB,
            wwn: (serial != "SYSTEM").then(|| format!("naa.5000{serial}")),
            serial: Some(serial.clone()),
            table: None,
        };
        let inventory = self.prepared.as_ref().map(|serials| Inventory {
            schema: Inventory::SCHEMA.into(),
            at: 0,
            machine: None,
            memory_kib: None,
            disks: serials.iter().map(known).collect(),
        });
        Growth {
            node: self.seen(),
            lvm: Probed::Known(self.lvm()),
            memory: Probed::Known(self.memory),
            disks,
            inventory: inventory.map_or(Probed::Absent, Probed::Known),
            swap_device: self.volume_device(SWAP),
            temporary_device: self.volume_device(TEMPORARY),
            swap_header: match self.volumes.get(SWAP) {
                Some(volume) if volume.is_suspended => Probed::Unreadable("it is suspended".into()),
                Some(volume) => Probed::Known(volume.page.clone()),
                None => Probed::Absent,
            },
        }
    }
}
fn logical(name: &str, volume: &NodeVolume) -> LogicalVolume {
    let stripes = vec![Stripe { pv: Id::Lvm([b's'; 32]), start_extent: 0 }];
    let kind = "linear".into();
    let mut uuid = [b'v'; 32];
    uuid[..name.len()].copy_from_slice(name.as_bytes());
    LogicalVolume {
        name: name.into(),
        uuid: Some(Id::Lvm(uuid)),
        bytes: volume.extents * EXTENT,
        allocation: Default::default(),
        segments: vec![Segment { kind, start_extent: 0, extents: volume.extents, stripe_bytes: 0, stripes }],
        merging: false,
        content: Some(if name == "lv_root" { Content::new(Kind::Xfs) } else { volume.content() }),
    }
}

fn system_disk(group: &VolumeGroup) -> Disk {
    let partition = Partition {
        number: 3,
        start_bytes: GIB,
        bytes: 1 << 39,
        kind: PartitionType::Mbr(0x8e),
        uuid: None,
        name: None,
        flags: vec![],
        content: Content::new(Kind::Lvm2Pv),
    };
    Disk {
        schema: Disk::SCHEMA,
        path: "/dev/sda".into(),
        image_type: Default::default(),
        bytes: 1 << 40,
        sector_bytes: SectorSize::S512,
        table: Table { kind: TableKind::Mbr, ..Table::NONE },
        partitions: vec![partition],
        content: Content::new(Kind::Partitioned),
        volume_groups: vec![group.clone()],
        boot: BootEvidence::default(),
        problems: vec![],
    }
}
