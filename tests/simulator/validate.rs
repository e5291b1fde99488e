//! The models against a real node: the same programs, in the same order, right and wrong ones; after each the same
//! status and the same state.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::guest::{Disk, Firmware, Guest, Spec};
use crate::kernel::devices::Device;
use crate::lvm::{EXTENT, Group, Logical, PhysicalVolume};
use crate::node::{GROUP, Shape, world};
use crate::random::Random;
use crate::world::{Ended, World};

/// The group of the guest that stands for the one of the model: the guest has its own vg_root.
const MODEL: &str = "vg_model";
/// Programs of a sequence.
const LENGTH: usize = 40;
const MIB: u64 = 1 << 20;
const BYTES: u64 = 2048 * MIB;
const AREAS: [&str; 2] = ["lv_swap_a", "lv_swap_b"];
const UUIDS: [&str; 2] = ["aaaaaaaa-0000-4000-8000-00000000000a", "aaaaaaaa-0000-4000-8000-00000000000b"];

/// Runs so many sequences. Whether model and guest agree in each program of each.
pub fn validate(from: u64, sequences: u64) -> bool {
    let guest =
        Spec::new(Firmware::Bios).disk(Disk::virtio("A").bytes(BYTES)).disk(Disk::virtio("B").bytes(BYTES)).start();
    let names = ["A", "B"].map(|serial| {
        guest
            .ok(&format!("lsblk --nodeps --noheadings --output NAME,SERIAL | awk '$2 == \"{serial}\" {{ print $1 }}'"))
            .trim()
            .to_owned()
    });
    println!("seeds from {from}");
    let (mut agreed, mut differed) = (0, 0);
    for seed in from..from + sequences {
        let programs = programs(seed, &names);
        let real = in_guest(&guest, &programs, &names);
        let model = in_model(&programs, &names);
        for (n, (program, (real, model))) in programs.iter().zip(real.iter().zip(&model)).enumerate() {
            if real != model {
                println!("sequence {seed}, program {n}: {}", program.join(" "));
                for line in real.iter().filter(|line| !model.contains(line)) {
                    println!("  guest: {line}");
                }
                for line in model.iter().filter(|line| !real.contains(line)) {
                    println!("  model: {line}");
                }
                differed += 1;
                break;
            }
            agreed += 1;
        }
        let steps = real.len();
        println!("sequence {seed}: {steps} programs ran, {agreed} agree so far, {differed} sequences differ");
    }
    println!("{agreed} programs of {sequences} sequences agree, {differed} sequences differ");
    differed == 0
}

fn programs(seed: u64, names: &[String; 2]) -> Vec<Vec<String>> {
    let mut random = Random::new(seed);
    let mut one = || {
        let part = format!("/dev/{}1", random.pick(names));
        let volume = *random.pick(&AREAS);
        let path = format!("/dev/{GROUP}/{volume}");
        let extents = (1 + random.below(40)).to_string();
        let name = format!("{GROUP}/{volume}");
        let uuid = *random.pick(&UUIDS);
        let words: Vec<&str> = match random.below(16) {
            0 => vec!["pvcreate", "--yes", "--dataalignment", "1m", &part],
            1 => vec!["pvremove", &part],
            2 | 3 => vec!["vgextend", GROUP, &part],
            4 => vec!["vgreduce", GROUP, &part],
            5 | 6 => vec!["lvcreate", "--extents", &extents, "--name", volume, "--wipesignatures", "n", GROUP],
            7 | 8 => vec!["lvresize", "--extents", &extents, &name],
            9 => vec!["lvremove", "--yes", &name],
            10 | 11 => vec!["mkswap", "--uuid", uuid, &path],
            12 => vec!["mkswap", "--uuid", uuid, "--label", "label", &path],
            13 | 14 => vec!["swapon", &path],
            _ => vec!["swapoff", &path],
        };
        words.into_iter().map(str::to_owned).collect()
    };
    (0..LENGTH).map(|_| one()).collect()
}

/// What the guest shows after each program, in the words of the model.
fn in_guest(guest: &Guest, programs: &[Vec<String>], names: &[String; 2]) -> Vec<Vec<String>> {
    let [a, b] = names;
    let areas = AREAS.join(" ");
    let mut script = format!(
        "exec 2>/dev/null
         {{
         for area in {areas}; do swapoff /dev/{MODEL}/$area; done
         vgremove --yes --force {MODEL}
         for disk in {a} {b}; do
             pvremove --yes --force --force /dev/${{disk}}1; wipefs --all /dev/$disk
             dd if=/dev/zero of=/dev/$disk bs=1M count=2 conv=fsync
             echo '2048,,8e' | sfdisk --quiet /dev/$disk; udevadm settle
             dd if=/dev/zero of=/dev/${{disk}}1 bs=1M count=64 oflag=direct
         done
         vgcreate --physicalextentsize 32m --dataalignment 1m {MODEL} /dev/{a}1
         }} >/dev/null
         pages() {{
             pages=
             for area in {areas}; do
                 [ -b /dev/{MODEL}/$area ] || continue
                 pages=\"$pages page $area $(head -c 4096 /dev/{MODEL}/$area | sha256sum)\"
             done
         }}
         show() {{
             echo rows
             pvs --noheadings --segments --units b --nosuffix --separator , --options \\
                 pv_name,vg_name,vg_free_count,vg_seqno,lv_name,lv_size,lv_active,lv_kernel_minor /dev/{a}1 /dev/{b}1
             echo swaps
             while read -r line; do echo \"$line\"; done </proc/swaps
             echo pages
             echo \"$pages\"
             echo ---
         }}
         pages\n"
    );
    for program in programs {
        let line = program.join(" ").replace(GROUP, MODEL);
        let changes = ["mkswap", "lvcreate", "lvresize", "lvremove"].contains(&program[0].as_str());
        let pages = if changes { "pages;" } else { "" };
        let _ = writeln!(script, "{line} >/dev/null </dev/null; echo $?");
        let _ = writeln!(script, "udevadm settle; {pages} show");
    }
    let output = guest.run_with(&script, &[], std::time::Duration::from_secs(3600));
    let text = output.stdout();
    text.split("---\n").take(programs.len()).map(|step| shown_by_guest(step, names)).collect()
}

fn shown_by_guest(step: &str, names: &[String; 2]) -> Vec<String> {
    let part = |after: &str, before: &str| {
        let rest = step.split_once(after).map_or("", |(_, rest)| rest);
        rest.split_once(before).map_or(rest, |(part, _)| part).to_owned()
    };
    let mut lines = vec![format!("good {}", u8::from(step.lines().next() == Some("0")))];
    let swaps = part("swaps\n", "pages\n");
    for row in part("rows\n", "swaps\n").lines() {
        let fields: Vec<&str> = row.trim().split(',').collect();
        let [pv, group, free, seqno, volume, bytes, active, minor] = fields.as_slice() else {
            lines.push(format!("row {row}"));
            continue;
        };
        let name = pv.trim_start_matches("/dev/");
        if names.iter().any(|disk| name == format!("{disk}1")) && !step.is_empty() {
            lines.push(if group.is_empty() { format!("pv {name}") } else { format!("pv {name} {group}") });
        }
        if !group.is_empty() {
            lines.push(format!("vg {free} {seqno}"));
        }
        if !volume.is_empty() {
            lines.push(format!("lv {volume} {bytes} {active}"));
            let path = format!("/dev/dm-{minor}");
            let area = swaps.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            lines.extend(area.filter(|area| area[0] == path).map(|area| format!("swap {volume} {}", area[2])));
        }
    }
    let pages = part("pages\n", "---");
    let words: Vec<&str> = pages.split_whitespace().filter(|word| *word != "-").collect();
    lines.extend(words.chunks_exact(3).map(|page| page.join(" ")));
    in_order(lines)
}

fn in_order(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines.dedup();
    lines
}

/// What the model shows after each.
pub fn in_model(programs: &[Vec<String>], names: &[String; 2]) -> Vec<Vec<String>> {
    let mut model = two_disks(names);
    let mut shown = Vec::new();
    for program in programs {
        let (name, args) = program.split_first().unwrap();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let done: Result<String, Ended> = model.program(name, &args);
        shown.push(in_order(show(&model, done.is_ok())));
    }
    shown
}

/// A world with two disks of one partition each, and a group on the first.
fn two_disks(names: &[String; 2]) -> World {
    let shape = Shape { roomy: true, pressed: false, foreign: false, large: false, priority: -2 };
    let mut model = world(1, shape, None);
    model.is_guarded = false;
    model.areas.clear();
    model.mapped.clear();
    model.held_ranges.clear();
    model.system = 0;
    model.disks.clear();
    for (name, serial) in names.iter().zip(["A", "B"]) {
        let mut disk = crate::kernel::disk::Disk::blank(serial, name, BYTES);
        disk.partitions = vec![(1, MIB, BYTES - MIB)];
        model.disks.push(disk);
    }
    model.show_devices();
    let part = format!("/dev/{}1", names[0]);
    model.pvcreate(&part).unwrap();
    let found = model.scan_volumes();
    let its = &found.volumes[0];
    let extents = (BYTES - 2 * MIB) / EXTENT;
    let volume = PhysicalVolume { uuid: its.uuid.clone(), extents, device: its.name.clone(), bytes: BYTES - MIB };
    model.commit(&found, Group { seqno: 0, volumes: vec![volume], logical: Vec::new() }).unwrap();
    model
}

fn show(model: &World, is_good: bool) -> Vec<String> {
    let found = model.scan_volumes();
    let mut lines = vec![format!("good {}", u8::from(is_good))];
    let mut volumes: Vec<String> = found
        .volumes
        .iter()
        .map(|volume| format!("pv {}{}", volume.name, if found.is_in_group(volume) { " vg_model" } else { "" }))
        .collect();
    volumes.sort();
    lines.extend(volumes);
    let Some(group) = &found.group else { return lines };
    lines.push(format!("vg {} {}", group.free(), group.seqno));
    let active = |its: &&Logical| model.minor_of(&its.name).is_some();
    let mut logical: Vec<String> = group
        .logical
        .iter()
        .map(|its| format!("lv {} {} {}", its.name, its.extents() * EXTENT, if active(&its) { "active" } else { "" }))
        .collect();
    logical.sort();
    lines.extend(logical);
    for area in AREAS {
        let Some(Device::Mapped(minor)) = model.logical_device(area) else { continue };
        let mut page = vec![0; 4096];
        model.read_device(Device::Mapped(minor), 0, &mut page).unwrap();
        lines.push(format!("page {area} {}", hex::encode(Sha256::digest(&page))));
        let path = format!("/dev/dm-{minor}");
        lines.extend(model.areas.iter().filter(|its| its.path == path).map(|its| format!("swap {area} {}", its.kib)));
    }
    lines
}
