//! What a node shows past its programs, as files below a folder.

use std::fs;
use std::os::unix::fs::{FileExt, symlink};

use super::Machine;
use crate::subjects::swap::plan::tests::node::{EXTENT, GROUP, Node, NodeVolume, SWAP, TEMPORARY};

/// Where a test finds bytes on a disk: its first sector, and the beginning of its partition.
const LOOKED_AT: [(u64, usize); 2] = [(0, 4096), (1 << 20, 16 << 10)];

impl Machine {
    /// Takes over what was written to the files.
    pub(super) fn look(&self, node: &mut Node) {
        for disk in &mut node.disks {
            let file = fs::File::open(self.at(&disk.path())).unwrap();
            for (at, len) in LOOKED_AT {
                let mut bytes = vec![0; len];
                file.read_exact_at(&mut bytes, at).unwrap();
                disk.put(at, &bytes);
            }
            disk.partition = self.at(&format!("sys/class/block/{0}/{0}1", disk.name)).exists();
        }
        for (name, volume) in &mut node.volumes {
            if let Ok(file) = fs::File::open(self.at(Node::device(name))) {
                file.read_exact_at(&mut volume.page, 0).unwrap();
            }
        }
    }

    /// Writes the files that the node would show.
    pub(super) fn show(&self, node: &Node) {
        for disk in &node.disks {
            let file = fs::OpenOptions::new().write(true).open(self.at(&disk.path())).unwrap();
            for (at, len) in LOOKED_AT {
                let mut bytes = vec![0; len];
                crate::io::image::Image::read_at(disk, &mut bytes, at).unwrap();
                file.write_all_at(&bytes, at).unwrap();
            }
        }
        for name in [SWAP, TEMPORARY] {
            let (device, link) = (self.at(Node::device(name)), self.at(&format!("dev/{GROUP}/{name}")));
            let has = |volume: &&NodeVolume| volume.kernel_extents.is_some();
            let Some(volume) = node.volumes.get(name).filter(has) else {
                let _ = (fs::remove_file(device), fs::remove_file(link));
                continue;
            };
            let extents = volume.kernel_extents.unwrap();
            let sys = self.at(&format!("sys/class/block/{}", Node::device(name).trim_start_matches("/dev/")));
            fs::create_dir_all(sys.join("dm")).unwrap();
            fs::write(sys.join("size"), format!("{}\n", extents * EXTENT / 512)).unwrap();
            fs::write(sys.join("dm/suspended"), format!("{}\n", u8::from(volume.is_suspended))).unwrap();
            let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&device).unwrap();
            file.set_len(extents * EXTENT).unwrap();
            file.write_all_at(&volume.page, 0).unwrap();
            let _ = symlink(format!("..{}", Node::device(name).trim_start_matches("/dev")), link);
        }
        for backup in &node.backups {
            fs::write(self.at(backup), "vg_root { }\n").unwrap();
        }
        let mut swaps = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_owned();
        for area in &node.areas {
            swaps += &format!("{} partition\t{}\t{}\t{}\n", area.path, area.kib, area.used_kib, area.priority);
        }
        fs::write(self.at("proc/swaps"), swaps).unwrap();
        fs::write(self.at("proc/meminfo"), meminfo(node)).unwrap();
    }
}

/// Every field that a kernel of el7 has and the reader asks for.
fn meminfo(node: &Node) -> String {
    let swap: u64 = node.areas.iter().map(|area| area.kib).sum();
    let mut text = String::new();
    for (name, kib) in [
        ("MemTotal", node.memory.total_kib),
        ("MemFree", 9_137_984),
        ("MemAvailable", node.memory.available_kib.unwrap()),
        ("Buffers", 2104),
        ("Cached", 4_003_252),
        ("SwapCached", 0),
        ("Active", 3_905_204),
        ("Inactive", 2_671_668),
        ("SwapTotal", swap),
        ("SwapFree", swap),
        ("Dirty", 20),
        ("Writeback", 0),
        ("AnonPages", 2_571_516),
        ("Mapped", 120_004),
        ("Slab", 311_716),
        ("CommitLimit", node.memory.commit_limit_kib.unwrap()),
        ("Committed_AS", node.memory.committed_kib),
        ("VmallocTotal", 34_359_738_367),
        ("VmallocUsed", 192_556),
        ("VmallocChunk", 0),
    ] {
        text += &format!("{name}: {kib} kB\n");
    }
    text
}
