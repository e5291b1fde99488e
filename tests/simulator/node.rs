//! The node as a history finds it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::deliberate::Deliberate;
use crate::kernel::disk::Disk;
use crate::kernel::files::Files;
use crate::lvm::{EXTENT, Group, Logical, PE_START, PhysicalVolume, Segment, label, metadata_header};
use crate::random::Random;
use crate::swap::page;
use crate::world::{Pretended, World};

pub const GROUP: &str = "vg_root";
pub const SWAP: &str = "lv_swap";
pub const TEMPORARY: &str = "lv_swap_okv_host";
pub const UUID: &str = "aaaaaaaa-0000-4000-8000-000000000003";
pub const LABEL: &str = "node-swap";
const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;
/// Extents of 4 GiB, of 64 GiB, and of the root volume.
pub const SMALL: u64 = 128;
pub const FULL: u64 = 2048;
const ROOT: u64 = 320;
/// Where the physical volume of the system disk begins.
const SYSTEM_PV: u64 = GIB + MIB;

/// What kind of node it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The group has room, so that no disk is needed.
    pub roomy: bool,
    /// Memory does not hold what is swapped out.
    pub pressed: bool,
    /// A disk with foreign data.
    pub foreign: bool,
    /// The new disk is larger than an MBR can say.
    pub large: bool,
    pub priority: i32,
}

impl Shape {
    /// Shapes with one thing less.
    pub fn simpler(self) -> Vec<Self> {
        let all = [
            Self { pressed: false, ..self },
            Self { foreign: false, ..self },
            Self { large: false, ..self },
            Self { priority: -2, ..self },
        ];
        all.into_iter().filter(|shape| *shape != self).collect()
    }

    pub fn random(random: &mut Random) -> Self {
        Self {
            roomy: random.percent(25),
            pressed: random.percent(25),
            foreign: random.percent(40),
            large: random.percent(20),
            priority: *random.pick(&[-2, 7]),
        }
    }
}

fn table(partitions: &[(u8, u64, u64)]) -> [u8; 512] {
    let mut sector = [0; 512];
    sector[440..444].copy_from_slice(&0x5eed_0001_u32.to_le_bytes());
    for (n, (kind, from, bytes)) in partitions.iter().enumerate() {
        let at = 446 + n * 16;
        sector[at + 4] = *kind;
        sector[at + 8..at + 12].copy_from_slice(&u32::try_from(from / 512).unwrap().to_le_bytes());
        sector[at + 12..at + 16].copy_from_slice(&u32::try_from(bytes / 512).unwrap().to_le_bytes());
    }
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

fn files() -> Files {
    let mut files = Files::new();
    for folder in [
        "/proc/self",
        "/sys/block",
        "/sys/class/block",
        "/dev",
        "/etc",
        "/var/lib",
        "/var/log",
        "/boot",
        "/run",
        "/tmp",
    ] {
        files.make_folders(folder);
    }
    files.put("/proc/sys/vm/overcommit_memory", "0\n");
    files.put("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg_root-lv_root ro\n");
    files.put(
        "/proc/self/mountinfo",
        "22 97 0:21 / /sys rw - sysfs sysfs rw\n23 97 0:4 / /proc rw - proc proc rw\n\
         97 1 253:1 / / rw - xfs /dev/mapper/vg_root-lv_root rw\n",
    );
    files.put(
        "/etc/fstab",
        format!("/dev/mapper/vg_root-lv_root / xfs defaults 0 0\nUUID={UUID} none swap defaults 0 0\n"),
    );
    files.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    crate::ssh::put(&mut files);
    files.put("/proc/uptime", "1000.00 1000.00\n");
    files.put("/proc/stat", "btime 1700000000\n");
    files
}

thread_local! {
    /// Worlds as histories find them, by their shape.
    static MADE: RefCell<HashMap<(Shape, Option<&'static str>), World>> = RefCell::default();
}

/// The world of a history. All of one shape differ only in what happens by chance.
pub fn world(seed: u64, shape: Shape, deliberate: Option<Deliberate>) -> World {
    let mut world = MADE.with_borrow_mut(|made| {
        let its = made.entry((shape, deliberate.map(Deliberate::word)));
        its.or_insert_with(|| new_world(shape, deliberate)).clone()
    });
    world.random = Random::new(seed ^ 0x0077_6f72_6c64);
    world
}

fn new_world(shape: Shape, deliberate: Option<Deliberate>) -> World {
    let random = Random::new(0);
    let system_extents = ROOT + if shape.roomy { FULL + 200 } else { SMALL };
    let mut sda = Disk::blank("SYSTEM", "sda", SYSTEM_PV + PE_START + system_extents * EXTENT + MIB);
    let pv_bytes = sda.bytes - SYSTEM_PV - MIB;
    let table_sector = table(&[(0x83, MIB, GIB), (0x8e, SYSTEM_PV, pv_bytes)]);
    sda.write(0, &table_sector, None);
    sda.partitions = vec![(1, MIB, GIB), (2, SYSTEM_PV, pv_bytes)];
    let pv = "ssssss-ssss-ssss-ssss-ssss-ssss-ssssss".to_owned();
    let segment = |first, extents| vec![Segment { on: pv.clone(), first, extents }];
    let logical = |name: &str, uuid: char, segments| Logical {
        name: name.into(),
        uuid: "xxxxxx-xxxx-xxxx-xxxx-xxxx-xxxx-xxxxxx".replace('x', &uuid.to_string()),
        tag: None,
        segments,
    };
    let group = Group {
        seqno: 6,
        volumes: vec![PhysicalVolume {
            uuid: pv.clone(),
            extents: system_extents,
            device: "sda2".into(),
            bytes: pv_bytes,
        }],
        logical: vec![logical(SWAP, 'w', segment(0, SMALL)), logical("lv_root", 'r', segment(SMALL, ROOT))],
    };
    sda.write(SYSTEM_PV + 512, &label(&pv, pv_bytes, true), None);
    sda.write(SYSTEM_PV + 4096, &metadata_header(None), None);
    let mut disks = vec![sda];
    if !shape.roomy {
        let mut more = if shape.pressed { 5 * GIB } else { 0 };
        if shape.large {
            more += 3 * 1024 * GIB;
        }
        disks.push(Disk::blank("NEW", "sdb", 60 * GIB + 2 * MIB + more));
    }
    if shape.foreign {
        let mut disk = Disk::blank("FOREIGN", "sdc", 80 * GIB);
        disk.write(0, &table(&[(0x83, MIB, 79 * GIB)]), None);
        disk.write(MIB + 1024, &[0x5a; 1024], None);
        disk.partitions = vec![(1, MIB, 79 * GIB)];
        disks.push(disk);
    }
    let mut world = World {
        random,
        files: files(),
        handles: Vec::new(),
        disks,
        absent: Vec::new(),
        system: 0,
        broken_disk: None,
        held_ranges: vec![(0, MIB, GIB)],
        mapped: Vec::new(),
        areas: Vec::new(),
        usual_kib: if shape.pressed { 100 << 10 } else { 8 << 20 },
        available_kib: if shape.pressed { 100 << 10 } else { 8 << 20 },
        texts: BTreeMap::new(),
        seconds: 1_800_000_000,
        nanoseconds: 0,
        is_full: false,
        printed: Vec::new(),
        events: 0,
        cut_at: None,
        is_dead: false,
        calls: 0,
        fault: None,
        broken_program: None,
        raise_at: None,
        actor: None,
        has_acted: false,
        is_taken: false,
        is_in_use: false,
        swapon_broke: false,
        was_full: false,
        was_broken: false,
        deliberate,
        pretended: Pretended::default(),
        to_read: Vec::new(),
        flush_later: Vec::new(),
        is_killed: false,
        writes_left: None,
        log: None,
        violations: Vec::new(),
        is_guarded: false,
    };
    world.first_group(group);
    world.activate();
    let swap = world.logical_device(SWAP).unwrap();
    world.write_device(swap, 0, &page(SMALL * EXTENT, UUID, Some(LABEL)), None).unwrap();
    let root = world.logical_device("lv_root").unwrap();
    world.write_device(root, 0, &[0x11; 4096], None).unwrap();
    world.swapon("/dev/vg_root/lv_swap", (shape.priority >= 0).then_some(shape.priority)).unwrap();
    world.areas[0].used_kib = if shape.pressed { 2 << 20 } else { 1024 };
    world.show_swaps();
    // What is known of the disks from before the new one was attached.
    let known_disk = |path: &str, serial: &str| {
        format!(r#"{{"path":"{path}","bytes":1,"wwn":"naa.5000{serial}","serial":"{serial}","table":null}}"#)
    };
    let (system, foreign) = (known_disk("/dev/sda", "SYSTEM"), known_disk("/dev/sdc", "FOREIGN"));
    let known = format!(r#"{{"schema":"okv-host.disks.v1","at":1700000000,"disks":[{system},{foreign}]}}"#);
    let known = match deliberate {
        Some(Deliberate::AnyDiskIsNew) => {
            world.absent.extend(world.disks.iter().position(|disk| disk.serial == "NEW"));
            world.disks.iter_mut().filter(|disk| disk.serial == "FOREIGN").for_each(|disk| disk.partitions.clear());
            world.show_devices();
            known.split_inclusive(r#""table":null}"#).next().unwrap().to_owned() + "]}"
        }
        _ => known,
    };
    world.files.put("/var/lib/okv-host/disks.json", known);
    world.files.flush_all();
    world.disks.iter_mut().for_each(Disk::flush);
    world.violations.clear();
    world.is_guarded = true;
    world.events = 0;
    world
}

impl World {
    fn first_group(&mut self, group: Group) {
        let found = self.scan_volumes();
        self.commit(&found, group).unwrap();
    }
}

/// Whose bytes these are, where nobody may write there.
pub fn owner(world: &World, disk: usize, at: u64, len: u64) -> Option<&'static str> {
    let overlaps = |from: u64, bytes: u64| at < from + bytes && from < at + len;
    match world.disks[disk].serial {
        "FOREIGN" => Some("foreign data"),
        "NEW" if world.is_taken => Some("a file system that somebody made"),
        "SYSTEM" if at < SYSTEM_PV => Some("the table or /boot"),
        "SYSTEM" if overlaps(SYSTEM_PV + PE_START + SMALL * EXTENT, ROOT * EXTENT) && world.is_guarded => {
            Some("the root volume")
        }
        _ => None,
    }
}

/// What `/boot` and the rest of the system disk have in common with everything that must not change.
pub fn foreign_content(world: &World) -> Vec<(usize, u64, Vec<u8>)> {
    let mut content = Vec::new();
    for (disk, its) in world.disks.iter().enumerate() {
        for (sector, bytes) in its.content() {
            if its.serial != "NEW" && owner(world, disk, sector * 512, 512).is_some() {
                content.push((disk, *sector, bytes.to_vec()));
            }
        }
    }
    content
}
