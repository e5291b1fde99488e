//! The cases of the differential test.

use super::spec::Filling::{Made, Nothing, Pv};
use super::spec::{Case, DiskSpec, Filling, Harm, Layer, Layout, Maker, Part};

pub(crate) const ESP: &str = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
pub(crate) const BIOS_BOOT: &str = "21686148-6449-6E6F-744E-656564454649";
pub(crate) const LVM: &str = "E6D6D379-F507-44C2-A23C-238F2A3DF928";
pub(crate) const LINUX: &str = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
const SWAP: &str = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F";

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

const EXT4: Filling = Made("mkfs.ext4 -q -F -L boot {}");
const EXT3: Filling = Made("mkfs.ext3 -q -F -L smaller {}");
const TINY: Filling = Made("mkfs.ext4 -q -F -L tiny {}");
const XFS: Filling = Made("mkfs.xfs -q -f -L root {}");
const VFAT: Filling = Made("mkfs.vfat -n EFI {}");
const SWAP_AREA: Filling = Made("mkswap -q -f -L swap0 {}");

/// Every case.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = whole_disks();
    cases.extend(gpts());
    cases.extend(damaged_gpts());
    cases.extend(mbrs());
    cases.extend(volume_groups());
    cases
}

fn case(name: impl Into<String>, bytes: u64, sector_bytes: u32, layout: Layer) -> Case {
    let disks = vec![DiskSpec { bytes, sector_bytes, layout }];
    Case { name: name.into(), disks, lvm: None, withheld: 0, harm: &[] }
}

/// Contents on a whole disk: name, command line, size in MiB, and whether disks of 4096-byte sectors are made too.
const WHOLE: &[(&str, &str, u64, bool)] = &[
    ("blank", "true", 64, true),
    ("ext2", "mkfs.ext2 -q -F -L old {}", 100, true),
    ("ext2-1k", "mkfs.ext2 -q -F -b 1024 {}", 100, false),
    ("ext2-revision-0", "mkfs.ext2 -q -F -r 0 {}", 16, false),
    ("ext3", "mkfs.ext3 -q -F -L sixteen-letters- {}", 100, true),
    ("ext4", "mkfs.ext4 -q -F -L boot {}", 512, true),
    ("ext4-64bit", "mkfs.ext4 -q -F -O 64bit,metadata_csum,bigalloc -C 65536 {}", 512, false),
    ("ext4-plain", "mkfs.ext4 -q -F -O ^metadata_csum,^64bit {}", 512, false),
    ("ext4-no-journal", "mkfs.ext4 -q -F -O ^has_journal {}", 512, false),
    ("ext4-label-utf8", "mkfs.ext4 -q -F -L löschen {}", 512, false),
    ("jbd", "mke2fs -q -F -O journal_dev -b 4096 -L log {}", 64, false),
    ("xfs", "mkfs.xfs -q -f -L root {}", 512, true),
    ("xfs-v4", "mkfs.xfs -q -f -m crc=0 -L twelveletter {}", 512, false),
    ("xfs-1k", "mkfs.xfs -q -f -b size=1024 {}", 512, false),
    ("xfs-4k-sectors", "mkfs.xfs -q -f -s size=4096 {}", 512, false),
    ("vfat12", "mkfs.vfat -F 12 -n TWELVE {}", 8, false),
    ("vfat16", "mkfs.vfat -F 16 -n SIXTEEN {}", 64, false),
    ("vfat32", "mkfs.vfat -F 32 -n EFI {}", 512, true),
    ("vfat-no-label", "mkfs.vfat -F 32 {}", 128, false),
    ("swap", "mkswap -q -f -L swap0 {}", 64, true),
    ("swap-no-label", "mkswap -q -f {}", 64, false),
    ("swap-8k-pages", "mkswap -q -f -p 8192 -L eight {}", 64, false),
    ("swap-16k-pages", "mkswap -q -f -p 16384 {}", 64, false),
    ("swap-64k-pages", "mkswap -q -f -p 65536 -L sixty-four {}", 64, false),
    (
        "luks1",
        "cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --key-file /dev/zero --keyfile-size 32 {}",
        64,
        false,
    ),
    (
        "luks2",
        "cryptsetup luksFormat -q --type luks2 --label crypt --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file \
         /dev/zero --keyfile-size 32 {}",
        64,
        true,
    ),
    ("btrfs", "mkfs.btrfs -q -f -L data {}", 256, false),
    ("ntfs", "mkfs.ntfs -q -Q -F -L windows {}", 64, false),
    ("exfat", "mkfs.exfat -L card {}", 64, false),
    ("bcache-backing", "make-bcache -B {}", 64, false),
    ("bcache-cache", "make-bcache -C {}", 64, false),
];

fn whole_disks() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, line, mib, also_4k) in WHOLE {
        for sector in [512, 4096].into_iter().filter(|s| *s == 512 || *also_4k) {
            cases.push(case(format!("whole-{name}-{sector}"), mib * MIB, sector, Layer::Whole(Made(line))));
        }
    }
    let swap: &[Harm] =
        &[Harm::Write { at: 4086, bytes: b"SWAPSPACE2" }, Harm::Write { at: 1024, bytes: &[1, 0, 0, 0, 255] }];
    let xfs = case("whole-xfs-under-swap", 512 * MIB, 512, Layer::Whole(XFS));
    cases.push(Case { harm: swap, ..xfs });
    cases.push(case("whole-pv", 128 * MIB, 512, Layer::Whole(Pv(""))));
    cases.push(case("whole-pv-two-areas", 128 * MIB, 512, Layer::Whole(Pv("--metadatacopies 2"))));
    cases.push(case("whole-pv-4096", 128 * MIB, 4096, Layer::Whole(Pv(""))));
    cases
}

/// The usual partitions of a node.
fn node_partitions() -> Vec<Part> {
    vec![
        Part::new(1, BIOS_BOOT).mib(2).name("biosboot").attributes(&[2]),
        Part::new(2, ESP).mib(128).name("EFI System Partition").holds(VFAT),
        Part::new(3, LINUX).mib(512).name("boot").holds(EXT4),
        Part::new(4, LVM).name("pv").holds(Pv("")),
    ]
}

fn gpts() -> Vec<Case> {
    let makers = [(Maker::Sfdisk, "sfdisk"), (Maker::Sgdisk, "sgdisk"), (Maker::Parted, "parted")];
    let mut cases = Vec::new();
    for (maker, tool) in makers {
        for sector in [512, 4096] {
            let name = |what: &str| format!("gpt-{tool}-{what}-{sector}");
            cases.push(case(name("node"), 2 * GIB, sector, Layer::Gpt(maker, node_partitions())));
            cases.push(case(name("one"), 600 * MIB, sector, Layer::Gpt(maker, vec![Part::new(1, LINUX).holds(XFS)])));
            let many = (1..=128).map(|n| Part::new(n, LINUX).mib(1).name(&format!("part-{n}"))).collect();
            cases.push(case(name("128"), 200 * MIB, sector, Layer::Gpt(maker, many)));
            if matches!(maker, Maker::Parted) {
                continue; // It numbers partitions itself and cannot make a table without any.
            }
            let gaps = vec![
                Part::new(7, SWAP).at_mib(300).mib(64).name("swap").attributes(&[60, 63]).holds(SWAP_AREA),
                Part::new(3, LINUX).at_mib(1).mib(200).attributes(&[0, 1, 2, 48]).holds(EXT3),
                Part::new(128, LINUX).at_mib(250).mib(8).name("ä name of thirty-six UTF-16 units x"),
            ];
            cases.push(case(name("gaps"), 512 * MIB, sector, Layer::Gpt(maker, gaps)));
            cases.push(case(name("none"), 64 * MIB, sector, Layer::Gpt(maker, Vec::new())));
        }
    }
    let large = vec![Part::new(1, ESP).mib(256).holds(VFAT), Part::new(2, LINUX).name("data").holds(Nothing)];
    cases.push(case("gpt-4-tib", 4096 * GIB, 512, Layer::Gpt(Maker::Sfdisk, large)));
    cases
}

fn damaged_gpts() -> Vec<Case> {
    let harms: [(&str, &'static [Harm]); 6] = [
        ("primary-header", &[Harm::Invert { at: 512 + 40, len: 8 }]),
        ("primary-array", &[Harm::Invert { at: 1024 + 56, len: 1 }]),
        ("backup-header", &[Harm::Invert { at: -512 + 24, len: 4 }]),
        ("backup-array", &[Harm::Invert { at: -33 * 512, len: 16 }]),
        ("grown", &[Harm::Grow(64 << 20)]),
        ("grown-without-primary", &[Harm::Invert { at: 512, len: 8 }]),
    ];
    let parts = || vec![Part::new(1, ESP).mib(64).holds(VFAT), Part::new(2, LINUX).name("boot").holds(EXT4)];
    let one = |(name, harm): (&str, &'static [Harm])| Case {
        harm,
        ..case(format!("gpt-damaged-{name}"), 700 * MIB, 512, Layer::Gpt(Maker::Sfdisk, parts()))
    };
    harms.into_iter().map(one).collect()
}

fn mbrs() -> Vec<Case> {
    let mut cases = Vec::new();
    for sector in [512, 4096] {
        let name = |what: &str| format!("mbr-{what}-{sector}");
        let node = vec![
            Part::new(1, "83").mib(512).bootable().holds(EXT4),
            Part::new(2, "82").mib(64).holds(SWAP_AREA),
            Part::new(3, "ef").mib(64).holds(VFAT),
            Part::new(4, "8e").holds(Pv("")),
        ];
        cases.push(case(name("node"), 2 * GIB, sector, Layer::Mbr(node)));
        cases.push(case(name("one"), 512 * MIB, sector, Layer::Mbr(vec![Part::new(1, "7").holds(XFS)])));
        for logicals in [1, 5, 20, 56] {
            let mut parts = vec![Part::new(1, "83").mib(16).holds(TINY), Part::new(4, "f")];
            parts.extend((5..5 + logicals).map(|n| Part::new(n, "83").mib(4)));
            cases.push(case(name(&format!("{logicals}-logicals")), GIB, sector, Layer::Mbr(parts)));
        }
        let mut descending = vec![Part::new(2, "5").at_mib(8).mib(400)];
        descending
            .extend([(5, 300), (6, 200), (7, 100)].map(|(n, at)| Part::new(n, "83").at_mib(at).mib(20).holds(TINY)));
        cases.push(case(name("descending-logicals"), 512 * MIB, sector, Layer::Mbr(descending)));
    }
    let far =
        vec![Part::new(1, "83").at_mib(1 << 20).mib(512).holds(EXT4), Part::new(2, "5"), Part::new(5, "83").mib(64)];
    cases.push(case("mbr-beyond-a-tebibyte-512", 2 * 1024 * GIB - MIB, 512, Layer::Mbr(far)));
    cases
}

const PLAIN: Layout = Layout {
    vg: "VG",
    options: "-s 4m",
    then: &[
        "lvcreate -n root -L 400m VG",
        "lvcreate -n lv_swap -L 64m VG",
        "lvcreate -n home -L 100m VG",
        "lvextend -L +40m VG/root",
    ],
    contents: &[("lv_swap", "mkswap -q -f -L swap {}"), ("home", "mkfs.ext4 -q -F -L home {}")],
};

fn layouts() -> Vec<Layout> {
    vec![
        Layout { vg: "vg_plain", ..PLAIN },
        Layout { vg: "vg_root", options: "-s 32m", ..PLAIN },
        Layout { vg: "vg_empty", options: "", then: &[], contents: &[] },
        Layout { vg: "vg-with-dash", options: "-s 1m", ..PLAIN },
        Layout {
            vg: "vg_tagged",
            options: "-s 4m --addtag owner",
            then: &["lvcreate -n root -L 400m VG", "lvchange --addtag a1 VG/root", "vgchange --addtag b --addtag c VG"],
            contents: &[("root", "mkfs.xfs -q -f {}")],
        },
        Layout {
            vg: "vg_exported",
            options: "-s 4m",
            then: &["lvcreate -n root -L 100m VG", "vgexport VG"],
            contents: &[],
        },
        Layout {
            vg: "vg_holes",
            options: "-s 4m",
            then: &[
                "lvcreate -n a -L 40m VG",
                "lvcreate -n b -L 80m VG",
                "lvcreate -n c -L 40m VG",
                "lvremove VG/b",
                "lvextend -L 100m VG/a",
                "lvextend -L 60m VG/c",
                "lvcreate -n ro -L 40m -pr VG",
                "lvrename VG c renamed",
            ],
            contents: &[("ro", "mkfs.ext4 -q -F -L ro {}")],
        },
    ]
}

fn volume_groups() -> Vec<Case> {
    let mut cases = Vec::new();
    for layout in layouts() {
        let lvm = Some(layout);
        let whole = Layer::Whole(Pv(""));
        let gpt =
            Layer::Gpt(Maker::Sfdisk, vec![Part::new(1, ESP).mib(64).holds(VFAT), Part::new(2, LVM).holds(Pv(""))]);
        let mbr = Layer::Mbr(vec![Part::new(1, "83").mib(64), Part::new(4, "8e").holds(Pv("--metadatacopies 2"))]);
        for (on, layer) in [("whole", whole), ("gpt", gpt), ("mbr", mbr)] {
            cases.push(Case { lvm, ..case(format!("{}-{on}", layout.vg), GIB, 512, layer) });
        }
    }
    let lvm = Some(Layout { vg: "vg_4k", ..PLAIN });
    let layer = Layer::Gpt(Maker::Sgdisk, vec![Part::new(1, LVM).holds(Pv(""))]);
    cases.push(Case { lvm, ..case("vg_4k-gpt", GIB, 4096, layer) });
    cases.extend(wrapped());
    cases.extend(over_several_disks());
    cases
}

/// Metadata whose text wraps round the end of its ring.
fn wrapped() -> Vec<Case> {
    const TO_THE_END: &[&str] = &[
        "lvcreate -n lv1 -l 1 VG",
        "lvcreate -n lv2 -l 2 VG",
        "lvcreate -n lv3 -l 3 VG",
        "lvcreate -n lv4 -l 4 VG",
        "wrap lv1",
    ];
    const AND_ON: &[&str] = &[
        "lvcreate -n lv1 -l 1 VG",
        "lvcreate -n lv2 -l 2 VG",
        "lvcreate -n lv3 -l 3 VG",
        "wrap lv1",
        "lvremove VG/lv3",
        "lvextend -l 8 VG/lv2",
    ];
    [("wrapped", TO_THE_END), ("wrapped-and-on", AND_ON)]
        .into_iter()
        .map(|(name, then)| {
            let lvm = Some(Layout { vg: "vg_ring", options: "-s 4m", then, contents: &[] });
            let layer = Layer::Whole(Pv("--metadatasize 16k --dataalignment 64k"));
            Case { lvm, ..case(format!("vg_ring-{name}"), 256 * MIB, 512, layer) }
        })
        .collect()
}

fn over_several_disks() -> Vec<Case> {
    let striped = Layout {
        vg: "vg_striped",
        options: "-s 4m",
        then: &[
            "lvcreate -n data -i 2 -I 64k -L 80m VG PV1 PV2",
            "lvcreate -n linear -L 100m VG PV2",
            "lvextend -i 2 -I 128k -L +40m VG/data PV1 PV2",
            "lvcreate -n both -l 60%FREE VG",
        ],
        contents: &[("linear", "mkfs.ext4 -q -F -L two {}")],
    };
    let disk = |layout| DiskSpec { bytes: 300 * MIB, sector_bytes: 512, layout };
    let whole = || disk(Layer::Whole(Pv("")));
    let part = || disk(Layer::Gpt(Maker::Sfdisk, vec![Part::new(1, LVM).holds(Pv(""))]));
    let several = |name: &str, disks, vg, withheld| {
        let lvm = Some(Layout { vg, ..striped });
        Case { name: name.into(), disks, lvm, withheld, harm: &[] }
    };
    vec![
        several("two-pvs", vec![whole(), part()], "vg_two", 0),
        several("three-pvs", vec![part(), whole(), whole()], "vg_three", 0),
        several("one-of-two-pvs-missing", vec![whole(), part()], "vg_half", 1),
        several("one-of-three-pvs-missing", vec![part(), whole(), whole()], "vg_lame", 1),
    ]
}
