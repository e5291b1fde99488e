//! For tests: a node in memory, as the scanner and sysfs would tell of it.

use super::block::BlockDevice;
use super::device_number::DeviceNumber;
use super::firmware::Firmware;
use super::fstab::{AtPoint, FstabEntry};
use super::mounts::Mount;
use super::node::Node;
use super::probed::Probed;
use super::running::Running;
use super::setup::Setup;
use crate::base::ids::Id;
use crate::base::units::SectorSize;
use crate::disk::format::content::{Content, Kind};
use crate::disk::{
    BootEvidence, CopyState, Disk, LogicalVolume, Partition, PartitionType, PhysicalVolume, Segment, Stripe, Table,
    TableKind, VolumeGroup, guid,
};

pub(super) const BOOT_UUID: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub(super) const SWAP_UUID: &str = "aaaaaaaa-0000-4000-8000-000000000003";
const PV: Id = Id::Lvm(*b"pvpvpvpvpvpvpvpvpvpvpvpvpvpvpvpv");

pub(super) fn uuid(last: u8) -> Id {
    let mut bytes = 0xaaaa_aaaa_0000_4000_8000_0000_0000_0000_u128.to_be_bytes();
    bytes[15] = last;
    Id::Uuid(bytes)
}

pub(crate) fn partition(number: u32, kind: PartitionType, content: Content) -> Partition {
    Partition {
        number,
        start_bytes: u64::from(number) << 30,
        bytes: 1 << 30,
        kind,
        uuid: Some(uuid(0x10 + u8::try_from(number).unwrap())),
        name: None,
        flags: vec![],
        content,
    }
}

fn logical(name: &str, id: u8, pv: Id, content: Content) -> LogicalVolume {
    let stripes = vec![Stripe { pv, start_extent: 0 }];
    let segment = Segment { kind: "linear".into(), start_extent: 0, extents: 1, stripe_bytes: 0, stripes };
    let uuid = Some(Id::Lvm([id; 32]));
    LogicalVolume {
        name: name.into(),
        uuid,
        bytes: 32 << 20,
        allocation: Default::default(),
        segments: vec![segment],
        merging: false,
        content: Some(content),
    }
}

pub(crate) fn group(disk: &str) -> VolumeGroup {
    VolumeGroup {
        name: "vg-root".into(),
        uuid: Some(Id::Lvm([b'g'; 32])),
        extent_bytes: 32 << 20,
        extents: 10,
        free_extents: 8,
        missing_pvs: vec![],
        flags: vec![],
        system_id: None,
        seqno: 3,
        physical_volumes: vec![PhysicalVolume {
            uuid: PV,
            path: Some(disk.into()),
            partition: Some(3),
            first_extent_bytes: 1 << 20,
            extents: 10,
            free_extents: 8,
            allocatable: true,
        }],
        logical_volumes: vec![
            logical("lv_root", b'r', PV, Content::new(Kind::Xfs).uuid(uuid(2))),
            logical("lv-swap", b's', PV, Content::new(Kind::Swap).uuid(uuid(3)).label(Some("swap 0".into()))),
        ],
    }
}

/// A GPT disk with an ESP (1), /boot (2) and a physical volume (3).
pub(crate) fn disk(path: &str) -> Disk {
    let mut boot = partition(2, PartitionType::Mbr(0x83), Content::new(Kind::Ext4).uuid(uuid(1)));
    boot.content.label = Some("boot".into());
    boot.name = Some("boot area".into());
    Disk {
        schema: Disk::SCHEMA,
        path: path.into(),
        image_type: Default::default(),
        bytes: 1 << 40,
        sector_bytes: SectorSize::S512,
        table: Table {
            kind: TableKind::Gpt,
            uuid: Some(uuid(0)),
            primary: CopyState::Ok,
            backup: CopyState::Ok,
            hybrid: false,
        },
        partitions: vec![
            partition(1, PartitionType::Guid(guid::ESP), Content::new(Kind::Vfat).uuid(Id::Serial32(0xcafe_0001))),
            boot,
            partition(3, PartitionType::Guid(guid::LVM), Content::new(Kind::Lvm2Pv)),
        ],
        content: Content::new(Kind::Partitioned),
        volume_groups: vec![group(path)],
        boot: BootEvidence::default(),
        problems: vec![],
    }
}

pub(super) fn device(name: &str, major: u32, minor: u32) -> BlockDevice {
    BlockDevice {
        name: name.into(),
        device: DeviceNumber { major, minor },
        bytes: 1 << 40,
        partition_of: None,
        mapped: None,
        slaves: vec![],
        holders: vec![],
        is_physical_disk: major == 8,
    }
}

pub(super) fn part(disk: &str, major: u32, minor: u32, number: u32) -> BlockDevice {
    let name = format!("{disk}{number}");
    let partition_of = Some((disk.to_owned(), number));
    BlockDevice { partition_of, is_physical_disk: false, ..device(&name, major, minor) }
}

pub(super) fn mapped(minor: u32, name: &str, uuid: &str, slaves: &[&str]) -> BlockDevice {
    let slaves = slaves.iter().map(|s| (*s).to_owned()).collect();
    BlockDevice { mapped: Some((name.into(), uuid.into())), slaves, ..device(&format!("dm-{minor}"), 253, minor) }
}

pub(crate) fn fstab(line: u32, source: &str, point: &str) -> FstabEntry {
    FstabEntry {
        line,
        source: source.into(),
        point: point.into(),
        kind: "auto".into(),
        options: vec![],
        at_point: AtPoint::default(),
    }
}

pub(crate) fn mount(major: u32, minor: u32, point: &str) -> Mount {
    let device = DeviceNumber { major, minor };
    Mount { device, point: point.into(), kind: "ext4".into(), source: "/dev/root".into(), options: vec![] }
}

/// A running node of one disk, with /boot in fstab and not mounted.
pub(crate) fn node() -> Node {
    let lvm = |id: char| format!("LVM-{}{}", "g".repeat(32), id.to_string().repeat(32));
    let block = vec![
        mapped(0, "vg--root-lv--swap", &lvm('s'), &["sda3"]),
        mapped(1, "vg--root-lv_root", &lvm('r'), &["sda3"]),
        device("sda", 8, 0),
        part("sda", 8, 1, 1),
        part("sda", 8, 2, 2),
        part("sda", 8, 3, 3),
    ];
    let setup = Setup {
        firmware: Probed::Known(Firmware::Bios),
        mounts: Probed::Known(vec![mount(253, 1, "/")]),
        fstab: Probed::Known(vec![
            fstab(1, "/dev/mapper/vg--root-lv_root", "/"),
            fstab(2, &format!("UUID={BOOT_UUID}"), "/boot"),
        ]),
        crypttab: Probed::Absent,
        lvm_owner: Probed::Absent,
    };
    let running = Running {
        booted: Probed::Absent,
        loops: Probed::Absent,
        swaps: Probed::Known(vec![]),
        swap_total_kib: Probed::Known(0),
        memory_kib: Probed::Known(0),
        cmdline: Probed::Known(vec![]),
        block: Probed::Known(block),
        links: Probed::Absent,
        boot_df_bytes: Probed::Absent,
    };
    Node { name: "node".into(), disks: vec![disk("/dev/sda")], now: 0, setup: Some(setup), running: Some(running) }
}
