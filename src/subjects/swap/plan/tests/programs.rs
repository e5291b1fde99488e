//! What the programs of a plan do to a [`Node`]: as much of it as a plan counts on.

use super::node::{EXTENT, GROUP, Node, NodeDisk, NodeVolume, SWAP, TEMPORARY, area, id, page};
use crate::engine::{Action, Step};
use crate::io::tool::lvm::{LogicalVolume, PhysicalVolume, VolumeGroup};

impl Node {
    /// Does a step as the host would; its programs must succeed.
    pub(crate) fn does(&mut self, step: &Step) {
        match &step.action {
            Action::WriteTable(table) => {
                let disk = self.disks.iter_mut().find(|disk| disk.path() == table.disk.path).unwrap();
                table.sectors.iter().for_each(|sector| disk.put(sector.at, &sector.hex));
            }
            Action::AddPartition(partition) => {
                let disk = self.disks.iter_mut().find(|disk| disk.path() == partition.disk).unwrap();
                disk.partition = true;
            }
            Action::Run(run) => {
                let argv: Vec<String> = run.command.clone().into();
                let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
                self.program(&argv).unwrap_or_else(|why| panic!("{}: {why}", run.command));
            }
            Action::WriteSwapHeader(header) => {
                let volume = self.volume(&header.area).unwrap().1;
                volume.page.fill(0);
                for piece in &header.page {
                    let at = usize::try_from(piece.at).unwrap();
                    volume.page[at..at + piece.hex.len()].copy_from_slice(&piece.hex);
                }
            }
            Action::ClearSwapHeader { area } => self.volume(area).unwrap().1.page.fill(0),
            Action::SwitchCaches(_) => {}
            Action::ClearHalfMade { device } => self.on(device).unwrap().put_label(false),
            Action::Rename { .. } | Action::Copy(_) | Action::Follow(_) => panic!("no file is touched"),
        }
    }

    /// Runs a program: what it prints, or why it fails.
    pub(crate) fn program(&mut self, argv: &[&str]) -> Result<String, String> {
        let (path, args) = argv.split_first().unwrap();
        let last = args.last().copied().unwrap_or_default();
        let done = |(): ()| String::new();
        match path.rsplit('/').next().unwrap() {
            "pvs" | "vgs" | "lvs" => Ok(self.report(path)),
            "lvmconfig" => Ok("use_devicesfile=0\n".into()),
            "udevadm" => Ok(String::new()),
            "pvcreate" => self.pvcreate(last).map(done),
            "pvremove" => self.pvremove(last).map(done),
            "vgextend" => self.moves(last, "", GROUP).map(done),
            "vgreduce" => self.moves(last, GROUP, "").map(done),
            "vgcfgbackup" => {
                self.backups.push(after(args, "--file").unwrap().to_owned());
                Ok(String::new())
            }
            "lvcreate" => self.lvcreate(args).map(done),
            "lvresize" => self.lvresize(last, after(args, "--extents").unwrap().parse().unwrap()).map(done),
            "lvchange" => self.lvchange(args).map(done),
            "lvremove" => self.lvremove(last).map(done),
            "mkswap" => self.mkswap(last, after(args, "--uuid"), after(args, "--label")).map(done),
            "swapon" if last == "--version" => Ok("swapon from util-linux\n".into()),
            "swapon" => self.swapon(last, after(args, "--priority")).map(done),
            "swapoff" => self.swapoff(last).map(done),
            other => Err(format!("{other} is not played here")),
        }
    }

    fn report(&self, path: &str) -> String {
        let lvm = self.lvm();
        let figure = |n: u64| n.to_string();
        let rows = match path.rsplit('/').next().unwrap() {
            "pvs" => {
                let row =
                    |d: &PhysicalVolume| serde_json::json!({"pv_name": d.name, "pv_uuid": d.uuid, "vg_name": d.group});
                ("pv", lvm.devices.iter().map(row).collect::<Vec<_>>())
            }
            "vgs" => {
                let row = |g: &VolumeGroup| {
                    serde_json::json!({"vg_name": g.name, "vg_uuid": g.uuid, "vg_extent_size": figure(g.extent_bytes),
                        "vg_free_count": figure(g.free_extents), "vg_missing_pv_count": "0",
                        "vg_seqno": figure(g.seqno)})
                };
                ("vg", lvm.groups.iter().map(row).collect())
            }
            _ => {
                let row = |v: &LogicalVolume| {
                    serde_json::json!({"vg_name": v.group, "lv_name": v.name, "lv_size": figure(v.bytes),
                        "lv_layout": v.layout, "lv_role": v.role, "lv_tags": v.tags, "lv_active": v.active})
                };
                ("lv", lvm.volumes.iter().map(row).collect())
            }
        };
        serde_json::json!({"report": [{rows.0: rows.1}]}).to_string()
    }

    fn on(&mut self, partition: &str) -> Result<&mut NodeDisk, String> {
        let found = self.disks.iter_mut().find(|disk| disk.partition && disk.partition_path() == partition);
        found.ok_or_else(|| format!("Device {partition} not found."))
    }

    fn pvcreate(&mut self, partition: &str) -> Result<(), String> {
        let disk = self.on(partition)?;
        if disk.volume_of.as_deref() == Some(GROUP) {
            return Err("is already in a volume group".into());
        }
        if disk.has_label_alone() {
            return Err("Command failed with status code 5.".into());
        }
        disk.volume_of = Some(String::new());
        disk.put_label(true);
        disk.put_metadata();
        Ok(())
    }

    fn pvremove(&mut self, partition: &str) -> Result<(), String> {
        let disk = self.on(partition)?;
        if disk.volume_of.as_deref() != Some("") || disk.has_label_alone() {
            return Err("No PV label found, or it is used by a VG.".into());
        }
        disk.volume_of = None;
        disk.put_label(false);
        Ok(())
    }

    fn moves(&mut self, partition: &str, from: &str, to: &str) -> Result<(), String> {
        let (extents, used) = (self.extents(), self.used_extents());
        let disk = self.on(partition)?;
        if disk.volume_of.as_deref() != Some(from) || (to.is_empty() && extents - disk.extents() < used) {
            return Err("Physical volume is of another group, or still in use".into());
        }
        disk.volume_of = Some(to.into());
        self.seqno += 1;
        Ok(())
    }

    fn lvcreate(&mut self, args: &[&str]) -> Result<(), String> {
        let (name, extents) = (after(args, "--name").unwrap(), after(args, "--extents").unwrap().parse().unwrap());
        if self.volumes.contains_key(name) || self.extents() - self.used_extents() < extents {
            return Err("insufficient free space, or the name is taken".into());
        }
        self.volumes.insert(name.into(), NodeVolume::new(extents, after(args, "--addtag").unwrap()));
        self.seqno += 1;
        Ok(())
    }

    fn lvresize(&mut self, name: &str, extents: u64) -> Result<(), String> {
        let free = self.extents() - self.used_extents();
        let volume = self.volumes.get_mut(name.trim_start_matches("vg_root/")).ok_or("no such volume")?;
        if extents <= volume.extents || extents - volume.extents > free {
            return Err("Insufficient free space".into());
        }
        volume.extents = extents;
        if volume.kernel_extents.is_some() {
            volume.load();
        }
        self.seqno += 1;
        Ok(())
    }

    /// `lvchange --refresh` or `--activate y`, with a name or the path of its link.
    fn lvchange(&mut self, args: &[&str]) -> Result<(), String> {
        let name = args.last().unwrap().trim_start_matches("/dev/").trim_start_matches("vg_root/");
        let volume = self.volumes.get_mut(name).ok_or("no such volume")?;
        if volume.is_suspended {
            // It is resumed with what the kernel has.
            volume.is_suspended = false;
        } else if args[0] == "--activate" || volume.kernel_extents.is_some() {
            volume.load();
        }
        Ok(())
    }

    fn lvremove(&mut self, name: &str) -> Result<(), String> {
        let name = name.trim_start_matches("vg_root/");
        if self.area(name).is_some() {
            return Err("Logical volume in use.".into());
        }
        self.volumes.remove(name).ok_or("Failed to find logical volume")?;
        self.seqno += 1;
        Ok(())
    }

    fn area(&self, name: &str) -> Option<usize> {
        self.areas.iter().position(|area| area.path == Self::device(name))
    }

    fn volume(&mut self, path: &str) -> Result<(&'static str, &mut NodeVolume), String> {
        let name = [SWAP, TEMPORARY].into_iter().find(|name| path == format!("/dev/{GROUP}/{name}"));
        let name = name.ok_or_else(|| format!("{path}: no such device"))?;
        Ok((name, self.volumes.get_mut(name).ok_or_else(|| format!("{path}: no such device"))?))
    }

    fn mkswap(&mut self, path: &str, uuid: Option<&str>, label: Option<&str>) -> Result<(), String> {
        let (name, volume) = self.volume(path)?;
        let bytes = volume.device_bytes()?;
        let new = page(bytes, id(uuid.unwrap_or("bbbbbbbb-0000-4000-8000-000000000001")), label);
        if self.area(name).is_some() {
            return Err("is mounted; will not make swapspace".into());
        }
        self.volumes.get_mut(name).unwrap().page = new;
        Ok(())
    }

    fn swapon(&mut self, path: &str, priority: Option<&str>) -> Result<(), String> {
        let (name, volume) = self.volume(path)?;
        let (content, has) = (volume.content(), volume.device_bytes()?);
        let bytes = content.bytes.filter(|bytes| *bytes <= has).ok_or("read swap header failed")?;
        if self.area(name).is_some() {
            return Err("swapon failed: Device or resource busy".into());
        }
        let priority = priority.map_or(-2, |n| n.parse().unwrap());
        self.areas.push(area(Self::device(name), bytes / EXTENT, 0, priority));
        Ok(())
    }

    fn swapoff(&mut self, path: &str) -> Result<(), String> {
        let (name, _) = self.volume(path)?;
        let at = self.area(name).ok_or("swapoff failed: Invalid argument")?;
        let gone = self.areas.remove(at);
        // Its pages go to another area, or to memory.
        if let Some(other) = self.areas.first_mut() {
            other.used_kib += gone.used_kib;
        }
        Ok(())
    }
}

/// The word behind `option`.
fn after<'a>(args: &[&'a str], option: &str) -> Option<&'a str> {
    args.iter().skip_while(|arg| **arg != option).nth(1).copied()
}
