//! What a scan costs, without the medium: images and fixtures are held in memory, but for the two cases of a host,
//! which open files.
//!
//! | case | what |
//! | --- | --- |
//! | `identify/FORMAT` | a whole disk that holds one format: edges, no table, superblock |
//! | `table/gpt-128` | GPT of 128 partitions, both copies, from the edges in memory |
//! | `table/ebr-60` | MBR with a chain of 60 logical partitions |
//! | `lvm2/text-1000` | metadata text of 1,000 logical volumes |
//! | `disk/node` | the disk of a node: GPT, three partitions, four logical volumes |
//! | `host/gather-64` | facts of a host with 64 disks, each such a disk |
//! | `host/check` | `check` of the fixture host good-uefi: gather, judge, report |

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use okv_host::base::units::{MIB, SectorSize};
use okv_host::disk::format::content::Kind;
use okv_host::disk::format::lvm2;
use okv_host::disk::table::{self, Edges, HEAD, TAIL};
use okv_host::disk::{ProblemId, Scratch, Source, scan_alone};
use okv_host::host::Root;
use okv_host::io::image::{self, Image, Memory, ReadError};
use okv_host::procedure::{standing, steps};
use okv_host::profile::Profile;
use okv_host::report::{self, CheckScreen, Columns, Node, Shown};
use okv_host::subjects::{Facts, of_host};

#[allow(dead_code)]
#[path = "../tests/signatures/craft.rs"]
mod craft;
#[path = "../tests/support/tables.rs"]
mod tables;

/// Short: the whole file has to run in two minutes.
fn settings() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
}

criterion_group! { name = benches; config = settings(); targets = identify, tables_of_disks, metadata, hosts }
criterion_main!(benches);

/// Fixtures of the formats that neither the fixture host's disk nor [`craft`] has, each the only content of its disk.
const FIXTURES: &[&str] =
    &["ext2", "ext3", "swap-64k-pages", "luks1", "luks2", "btrfs", "ntfs", "exfat", "iso9660", "bcache-backing"];

fn good_uefi() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts/good-uefi")
}

/// A volume of the fixture host's disk as a disk of its own.
struct Part {
    disk: Box<dyn Image>,
    start: u64,
    bytes: u64,
}

impl Image for Part {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.disk.read_at(buf, self.start + at)
    }
}

fn node() -> Box<dyn Image> {
    image::open(&good_uefi().join("dev/sda")).expect("the disk of the fixture host")
}

/// The partitions and linear logical volumes of the fixture host's disk.
fn parts_of_node() -> Vec<Part> {
    let disk = scan_alone(&Source::new("sda", Ok(node())), &mut Scratch::default());
    let mut places: Vec<(u64, u64)> = disk.partitions.iter().map(|p| (p.start_bytes, p.bytes)).collect();
    for group in &disk.volume_groups {
        let pv = disk.partitions.iter().find(|p| p.content.kind == Kind::Lvm2Pv).expect("a physical volume");
        let first = pv.start_bytes + group.physical_volumes[0].first_extent_bytes;
        let start = |stripe: &okv_host::disk::Stripe| first + stripe.start_extent * group.extent_bytes;
        places.extend(group.logical_volumes.iter().map(|v| (start(&v.segments[0].stripes[0]), v.bytes)));
    }
    places.into_iter().map(|(start, bytes)| Part { disk: node(), start, bytes }).collect()
}

fn identify(c: &mut Criterion) {
    let mut volumes: Vec<(String, Source)> = Vec::new();
    let source = |image: Box<dyn Image>| Source::new("disk", Ok(image));
    for part in parts_of_node() {
        let source = source(Box::new(part));
        let kind = scan_alone(&source, &mut Scratch::default()).content.kind;
        volumes.push((kind.word().to_owned(), source));
    }
    for made in craft::all() {
        volumes.push((made.name.replace([' ', ','], "-"), source(Box::new(Memory::new(made.bytes)))));
    }
    volumes.push(("blank".into(), source(Box::new(Memory::new(vec![0; 1 << 20])))));
    for name in FIXTURES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/images").join(name).join("disk");
        volumes.push(((*name).to_owned(), Source::open(&path)));
    }
    let (mut group, mut scratch, mut seen) = (c.benchmark_group("identify"), Scratch::default(), Vec::new());
    for (name, source) in &volumes {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let kind = scan_alone(source, &mut scratch).content.kind;
        assert!(!matches!(kind, Kind::Unknown | Kind::Ambiguous | Kind::Unreadable), "{name} is {kind:?}");
        group.bench_function(name, |b| b.iter(|| scan_alone(black_box(source), &mut scratch)));
    }
    group.finish();
}

/// Reads the table of a disk whose edges are in memory, and finds `partitions` of them.
fn table_of(c: &mut Criterion, name: &str, bytes: Vec<u8>, partitions: usize) {
    let (head, tail) = (bytes[..HEAD as usize].to_vec(), bytes[bytes.len() - TAIL as usize..].to_vec());
    let disk = Memory::new(bytes).with_sector_size(SectorSize::S512);
    let edges = Edges { head: &head, tail: &tail, bad: &[] };
    let reading = table::read(&disk, &edges);
    assert_eq!((reading.partitions.len(), reading.problems), (partitions, Vec::new()), "{name}");
    c.bench_function(name, |b| b.iter(|| table::read(black_box(&disk), black_box(&edges))));
}

fn tables_of_disks(c: &mut Criterion) {
    let mib = MIB / 512;
    let mut gpt = tables::Gpt::new(512, 132 * mib);
    for n in 0..128 {
        let first = mib * (n + 1);
        gpt = gpt.with(tables::GptEntry::new(n as usize, tables::LINUX, first, first + mib - 1));
    }
    table_of(c, "table/gpt-128", gpt.disk(), 128);
    let records: Vec<u32> = (0..60).map(|n| n * 16).collect();
    table_of(c, "table/ebr-60", tables::chain(8192, &records), 62);
}

fn metadata(c: &mut Criterion) {
    let id = |n: u32| format!("aaaaaa-0000-0000-0000-0000-0000-{n:06}");
    let mut text = format!(
        "vg0 {{\nid = \"{}\"\nseqno = 7\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\n\
         extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\n\nphysical_volumes {{\n\npv0 {{\nid = \"{}\"\n\
         device = \"/dev/sda3\"\n\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = 2147483648\npe_start = 2048\n\
         pe_count = 262143\n}}\n}}\n\nlogical_volumes {{\n",
        id(1),
        id(2)
    );
    for n in 0..1000 {
        text += &format!(
            "\nlv{n:04} {{\nid = \"{}\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\ncreation_time = 1700000000\n\
             creation_host = \"node1.example.com\"\nsegment_count = 1\n\nsegment1 {{\nstart_extent = 0\nextent_count = 100\n\n\
             type = \"striped\"\nstripe_count = 1\t# linear\n\nstripes = [\n\"pv0\", {}\n]\n}}\n}}\n",
            id(1000 + n),
            n * 100
        );
    }
    text += "}\n\n}\n# Generated by a benchmark\ncontents = \"Text Format Volume Group\"\nversion = 1\n\0";
    let parse = |text: &[u8]| lvm2::VolumeGroup::parse(text).expect("a group");
    assert_eq!(parse(text.as_bytes()).logical_volumes.len(), 1000);
    c.bench_function("lvm2/text-1000", |b| b.iter(|| parse(black_box(text.as_bytes()))));
}

fn hosts(c: &mut Criterion) {
    let (node, mut scratch) = (Source::new("sda", Ok(node())), Scratch::default());
    c.bench_function("disk/node", |b| b.iter(|| scan_alone(black_box(&node), &mut scratch)));

    let dir = tempfile::tempdir().expect("a directory");
    host_of_disks(dir.path(), 64);
    let many = Root::fixture(dir.path()).expect("a host");
    let facts = of_host(&many);
    let told_twice = facts.node.disks.iter().flat_map(|d| &d.problems).find(|p| p.id == ProblemId::Duplicate);
    assert_eq!((facts.node.disks.len(), told_twice), (64, None));
    assert!(facts.node.disks.iter().all(|disk| disk.volume_groups.len() == 1 && disk.problems.is_empty()));
    c.bench_function("host/gather-64", |b| b.iter(|| of_host(black_box(&many))));

    let one = Root::fixture(good_uefi()).expect("a host");
    let profile = Profile::named(Profile::DEFAULT).expect("the default profile");
    assert!(check(&of_host(&one), &profile).contains("NO BLOCKER FOUND"));
    c.bench_function("host/check", |b| b.iter(|| check(&of_host(black_box(&one)), &profile)));
}

/// Judges a host, and writes the report.
fn check(facts: &Facts, profile: &Profile) -> String {
    let findings = okv_host::subjects::table::judge(facts, profile);
    let steps = steps(facts, &findings, profile);
    let screen = CheckScreen {
        node: Node {
            host: &facts.node.name,
            release: &profile.release,
            now: None,
            is_here: false,
            root: None,
            defaults: &[],
        },
        standing: &standing(facts, &findings, &steps, profile),
        findings: &findings,
        steps: &steps,
        shown: Shown::Screen,
    };
    report::check_text(&screen, Columns::PIPE)
}

/// Makes of the fixture host one with `count` copies of its disk, each with identifiers of its own.
fn host_of_disks(to: &Path, count: u32) {
    let from = good_uefi();
    for dir in ["proc", "etc", "sys"] {
        copy(&from.join(dir), &to.join(dir));
    }
    fs::create_dir(to.join("dev")).expect("a directory");
    let disk = fs::read(from.join("dev/sda")).expect("the disk of the fixture host");
    for n in 0..count {
        let name = if n == 0 { "sda".to_owned() } else { format!("sd{}{}", letter(n / 26), letter(n % 26)) };
        fs::write(to.join("dev").join(&name), with_ids(&disk, n)).expect("a disk");
        if n == 0 {
            continue;
        }
        let entry = to.join("sys/block").join(&name);
        copy(&from.join("sys/block/sda"), &entry);
        fs::write(entry.join("dev"), format!("{}:{}\n", 65 + n / 16, n % 16 * 16)).expect("a number");
        for part in 1..=3 {
            let entry_of_part = entry.join(format!("{name}{part}"));
            fs::rename(entry.join(format!("sda{part}")), &entry_of_part).expect("a partition");
            fs::write(entry_of_part.join("dev"), format!("{}:{}\n", 65 + n / 16, n % 16 * 16 + part))
                .expect("a number");
        }
    }
}

fn letter(n: u32) -> char {
    char::from_u32(u32::from('a') + n).expect("a letter")
}

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp");
    assert!(status.success(), "cp {}", from.display());
}

/// The container of a disk with the identifiers of disk `n`: of the GPT, the physical volume, the group and its name.
fn with_ids(container: &[u8], n: u32) -> Vec<u8> {
    let mut data = container.to_vec();
    let all = |data: &[u8], what: &[u8]| -> Vec<usize> {
        (0..data.len()).filter(|at| data[*at..].starts_with(what)).collect()
    };
    for at in all(&data, b"EFI PART") {
        data[at + 56..at + 60].copy_from_slice(&(0x1000 + n).to_le_bytes());
        tables::seal(&mut data[at..at + 512]);
    }
    let label = all(&data, b"LABELONE")[0];
    let digits = format!("{n:04}");
    data[label + 32..label + 36].copy_from_slice(digits.as_bytes());
    let crc = lvm2::checksum(&[&data[label + 20..label + 512]]);
    data[label + 16..label + 20].copy_from_slice(&crc.to_le_bytes());

    let area = all(&data, b" LVM2 x[5A%r0N*>")[0] - 4;
    let text = all(&data, b"vg_root {")[0];
    data[text..text + 7].copy_from_slice(format!("vg_{digits}").as_bytes());
    // The group's and the physical volume's; those of logical volumes may repeat.
    for id in all(&data[text..], b"id = \"").into_iter().take(2) {
        data[text + id + 6..text + id + 10].copy_from_slice(digits.as_bytes());
    }
    let len = u64::from_le_bytes(data[area + 48..area + 56].try_into().expect("eight bytes")) as usize;
    let crc = lvm2::checksum(&[&data[text..text + len]]);
    data[area + 56..area + 60].copy_from_slice(&crc.to_le_bytes());
    let crc = lvm2::checksum(&[&data[area + 4..area + 512]]);
    data[area..area + 4].copy_from_slice(&crc.to_le_bytes());
    data
}
