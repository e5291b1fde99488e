//! A power cut, and the start after it.

use crate::kernel::disk::Disk;
use crate::swap::header;
use crate::world::World;

impl World {
    /// Everything in memory is lost, and any part of what was not flushed.
    pub fn lose_power(&mut self) {
        for disk in 0..self.disks.len() {
            let mut its = std::mem::replace(&mut self.disks[disk], Disk::blank("", "", 0));
            its.lose_power(&mut self.random);
            self.disks[disk] = its;
        }
        self.files.lose_power(&mut self.random);
        self.stop();
    }

    /// An orderly end: everything is flushed.
    pub fn shut_down(&mut self) {
        for disk in 0..self.disks.len() {
            for id in 0..self.mapped.len() as u64 {
                self.disks[disk].write_out((253 << 8) + id);
            }
            self.disks[disk].flush();
            self.disks[disk].partitions.clear();
        }
        self.files.flush_all();
        self.stop();
    }

    fn stop(&mut self) {
        self.handles.clear();
        self.to_read.clear();
        self.mapped.clear();
        self.areas.clear();
        (self.is_dead, self.cut_at, self.fault, self.broken_program, self.writes_left) =
            (false, None, None, None, None);
        (self.raise_at, self.actor) = (None, None);
        self.held_ranges.truncate(1);
        // Who used it does so no more, and nothing shows that it was used.
        self.is_taken &= !std::mem::take(&mut self.is_in_use);
        let _ = self.files.remove("/proc/4711");
        self.available_kib = self.usual_kib;
    }

    /// The kernel finds the disks, in any order; LVM2 activates what is whole; fstab names the swap area.
    pub fn start(&mut self) {
        let mut names: Vec<String> = ["sda", "sdb", "sdc", "sdd"].map(str::to_owned).to_vec();
        for disk in &mut self.disks {
            let at = if self.random.percent(20) { self.random.below(names.len() as u64) } else { 0 };
            disk.name = names.remove(crate::kernel::disk::index(at));
        }
        for disk in 0..self.disks.len() {
            self.disks[disk].partitions = crate::table::read(&self.disks[disk]);
        }
        self.seconds += 120;
        self.files.put("/proc/stat", format!("btime {}\n", self.seconds));
        self.activate();
        self.show_devices();
        self.boot_swap();
        self.show_swaps();
        self.files.flush_all();
        self.note(|| "started".to_owned());
    }

    fn boot_swap(&mut self) {
        let fstab = self.files.text("/etc/fstab").map(|text| String::from_utf8_lossy(&text).into_owned());
        let fstab = fstab.unwrap_or_default();
        let wanted: Vec<&str> = fstab.lines().filter(|line| line.contains(" swap ")).collect();
        for line in wanted {
            let Some(uuid) = line.strip_prefix("UUID=").and_then(|rest| rest.split(' ').next()) else { continue };
            for minor in 0..self.mapped.len() {
                let device = crate::kernel::devices::Device::Mapped(minor);
                let mut page = vec![0; 4096];
                if self.mapped[minor].is_none() || self.read_device(device, 0, &mut page).is_err() {
                    continue;
                }
                if header(&page).is_some_and(|(its, _)| its == uuid) {
                    let _ = self.swapon(&format!("/dev/dm-{minor}"), None);
                }
            }
        }
    }
}
