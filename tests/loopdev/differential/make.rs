//! Makes the images of a case with the real tools.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::lvm::Lvm;
use super::spec::{Case, DiskSpec, Filling, Harm, Layer, Maker, Part};
use crate::support::loopdev::Loop;
use crate::support::tools::{Tool, ToolFailed};

/// A case on loop devices.
pub(crate) struct Made {
    pub(crate) disks: Vec<MadeDisk>,
    pub(crate) lvm: Lvm,
}

/// One disk of it.
pub(crate) struct MadeDisk {
    pub(crate) image: PathBuf,
    pub(crate) sector_bytes: u32,
    pub(crate) attached: Loop,
    /// Numbers of the partitions that the kernel knows.
    pub(crate) partitions: Vec<u32>,
    pvs: Vec<(PathBuf, &'static str)>,
}

/// Makes `case` in the empty folder `dir`.
pub(crate) fn make(case: &Case, dir: &Path) -> Result<Made, ToolFailed> {
    let mut disks = Vec::new();
    for (i, spec) in case.disks.iter().enumerate() {
        disks.push(make_disk(spec, &dir.join(format!("disk{}", i + 1)))?);
    }
    let pvs: Vec<_> = disks.iter().flat_map(|d| d.pvs.iter().cloned()).collect();
    let lvm = Lvm::new(dir, pvs.iter().map(|(device, _)| device.clone()).collect());
    for (device, options) in &pvs {
        lvm.run(&format!("pvcreate {options} {}", device.display()))?;
    }
    if let Some(layout) = &case.lvm {
        lvm.make(layout)?;
    }
    let kept = disks.len() - case.withheld;
    disks.truncate(kept);
    let lvm = Lvm::new(dir, disks.iter().flat_map(|d| d.pvs.iter().map(|(device, _)| device.clone())).collect());
    let made = Made { disks, lvm };
    if case.harm.is_empty() { Ok(made) } else { harmed(made, case, dir) }
}

/// Damages the first image, and attaches it anew: nothing of it may come from a cache.
fn harmed(made: Made, case: &Case, dir: &Path) -> Result<Made, ToolFailed> {
    let Made { mut disks, .. } = made;
    let MadeDisk { image, sector_bytes, attached, partitions, .. } = disks.remove(0);
    drop(attached);
    let file = File::options().read(true).write(true).open(&image).expect("the image opens");
    for harm in case.harm {
        let size = file.metadata().expect("the image has a size").len();
        match *harm {
            Harm::Grow(bytes) => file.set_len(size + bytes).expect("the image grows"),
            Harm::Write { at, bytes } => file.write_all_at(bytes, from(at, size)).expect("the image can be written"),
            Harm::Invert { at, len } => {
                let mut bytes = vec![0; len];
                file.read_exact_at(&mut bytes, from(at, size)).expect("the image reads");
                bytes.iter_mut().for_each(|b| *b = !*b);
                file.write_all_at(&bytes, from(at, size)).expect("the image can be written");
            }
        }
    }
    let attached = Loop::attach(&image, sector_bytes)?;
    attached.add_partitions()?;
    disks.insert(0, MadeDisk { image, sector_bytes, attached, partitions, pvs: Vec::new() });
    Ok(Made { disks, lvm: Lvm::new(dir, Vec::new()) })
}

/// An offset from the start, or from the end where it is negative.
fn from(at: i64, size: u64) -> u64 {
    if at < 0 { size - at.unsigned_abs() } else { at.unsigned_abs() }
}

fn make_disk(spec: &DiskSpec, image: &Path) -> Result<MadeDisk, ToolFailed> {
    File::create_new(image).and_then(|f| f.set_len(spec.bytes)).expect("a new image");
    let attached = Loop::attach(image, spec.sector_bytes)?;
    let disk = attached.device().to_path_buf();
    let mut pvs = Vec::new();
    let mut partitions = Vec::new();
    match &spec.layout {
        Layer::Whole(filling) => fill(*filling, &disk, &mut pvs)?,
        Layer::Gpt(_, parts) | Layer::Mbr(parts) => {
            match &spec.layout {
                Layer::Gpt(Maker::Sfdisk, _) => sfdisk("gpt", parts, spec.sector_bytes, &disk)?,
                Layer::Gpt(Maker::Sgdisk, _) => sgdisk(parts, spec.sector_bytes, &disk)?,
                Layer::Gpt(Maker::Parted, _) => parted(parts, &disk)?,
                _ => sfdisk("dos", parts, spec.sector_bytes, &disk)?,
            }
            if !parts.is_empty() {
                attached.add_partitions()?;
            }
            for part in parts {
                // The kernel is told of an extended partition with 1024 bytes, which is no whole sector on a 4Kn disk.
                if !(spec.sector_bytes == 4096 && matches!(part.kind, "5" | "f")) {
                    partitions.push(part.number);
                }
                if !matches!(part.filling, Filling::Nothing) {
                    fill(part.filling, &attached.partition(part.number), &mut pvs)?;
                }
            }
        }
    }
    Ok(MadeDisk { image: image.to_path_buf(), sector_bytes: spec.sector_bytes, attached, partitions, pvs })
}

fn fill(filling: Filling, device: &Path, pvs: &mut Vec<(PathBuf, &'static str)>) -> Result<(), ToolFailed> {
    match filling {
        Filling::Nothing => Ok(()),
        Filling::Made(line) => Tool::line(line, device).run().map(drop),
        Filling::Pv(options) => {
            pvs.push((device.to_path_buf(), options));
            Ok(())
        }
    }
}

fn sfdisk(label: &str, parts: &[Part], sector_bytes: u32, disk: &Path) -> Result<(), ToolFailed> {
    let mut script = format!("label: {label}\n");
    for part in parts {
        script += &format!("{}: type={}", part.number, part.kind);
        if let Some(start) = part.start {
            script += &format!(", start={}", start / u64::from(sector_bytes));
        }
        if let Some(bytes) = part.bytes {
            script += &format!(", size={}", bytes / u64::from(sector_bytes));
        }
        if let Some(name) = &part.name {
            script += &format!(", name=\"{name}\"");
        }
        if !part.attributes.is_empty() {
            let names: Vec<_> = part.attributes.iter().map(|bit| sfdisk_attribute(*bit)).collect();
            script += &format!(", attrs=\"{}\"", names.join(","));
        }
        script += if part.bootable { ", bootable\n" } else { "\n" };
    }
    let call = Tool::new("sfdisk").args(["--quiet", "--no-reread", "--no-tell-kernel", "--wipe=never"]);
    call.arg(disk).input(script).run().map(drop)
}

fn sfdisk_attribute(bit: u8) -> String {
    match bit {
        0 => "RequiredPartition".to_owned(),
        1 => "NoBlockIOProtocol".to_owned(),
        2 => "LegacyBIOSBootable".to_owned(),
        _ => format!("GUID:{bit}"),
    }
}

fn sgdisk(parts: &[Part], sector_bytes: u32, disk: &Path) -> Result<(), ToolFailed> {
    let mut call = Tool::new("sgdisk").arg("--clear");
    for part in parts {
        let Part { number, kind, .. } = part;
        let start = part.start.map_or(0, |start| start / u64::from(sector_bytes));
        let size = part.bytes.map_or("0".to_owned(), |bytes| format!("+{}K", bytes >> 10));
        call = call.arg(format!("--new={number}:{start}:{size}")).arg(format!("--typecode={number}:{kind}"));
        if let Some(name) = &part.name {
            call = call.arg(format!("--change-name={number}:{name}"));
        }
        for bit in part.attributes {
            call = call.arg(format!("--attributes={number}:set:{bit}"));
        }
    }
    call.arg(disk).run().map(drop)
}

/// parted takes no type GUID and no numbers: the parts must be numbered from 1, and types are set by flags.
fn parted(parts: &[Part], disk: &Path) -> Result<(), ToolFailed> {
    let mut call =
        Tool::new("parted").args(["--script", "--align=optimal"]).arg(disk).args(["unit", "B", "mklabel", "gpt"]);
    let mut at = 1 << 20;
    for part in parts {
        let start = part.start.unwrap_or(at);
        let end = part.bytes.map_or("100%".to_owned(), |bytes| format!("{}B", start + bytes - 1));
        at = start + part.bytes.unwrap_or_default();
        call = call
            .arg("mkpart")
            .arg(format!("\"{}\"", part.name.as_deref().unwrap_or_default()))
            .arg(format!("{start}B"))
            .arg(end);
        let flag = match part.kind {
            super::cases::ESP => Some("esp"),
            super::cases::LVM => Some("lvm"),
            super::cases::BIOS_BOOT => Some("bios_grub"),
            _ => None,
        };
        for flag in flag.into_iter().chain(part.attributes.contains(&2).then_some("legacy_boot")) {
            call = call.args(["set", &part.number.to_string(), flag, "on"]);
        }
    }
    call.run().map(drop)
}
