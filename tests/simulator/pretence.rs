//! What the world pretends where a deliberate fault is made: see [`Deliberate`].

use crate::deliberate::Deliberate;
use crate::kernel::devices::Device;
use crate::world::{Area, World};

impl World {
    /// What a read of a device shows instead.
    pub fn pretend_bytes(&self, device: Device, from: u64, buf: &mut [u8]) {
        let Device::Plain { disk, from: begin, .. } = device else { return };
        if let Some((_, at, bytes)) = self.pretended.blank.filter(|(its, ..)| *its == disk) {
            for (n, sector) in buf.chunks_mut(512).enumerate() {
                if (at..at + bytes).contains(&(begin + from + n as u64 * 512)) {
                    sector.fill(0);
                }
            }
        }
        if begin != 0 {
            return;
        }
        if self.has_fault(Deliberate::AnyDiskIsNew)
            && self.disks[disk].serial == "FOREIGN"
            && !self.is_written_by_us(disk)
        {
            buf.fill(0);
        }
        if self.has_fault(Deliberate::TableStays) {
            for (n, sector) in buf.chunks_mut(512).enumerate() {
                if self.pretended.zeros.contains(&(from + n as u64 * 512)) {
                    sector.fill(0);
                }
            }
        }
    }

    fn is_written_by_us(&self, disk: usize) -> bool {
        let mut sector = [0; 512];
        self.disks[disk].read(&mut sector, 0);
        sector[440..444] != 0x5eed_0001_u32.to_le_bytes()
    }

    /// What is written to a device instead.
    pub fn other_bytes(&mut self, device: Device, from: u64, bytes: &[u8]) -> Option<Vec<u8>> {
        let is_header = matches!(device, Device::Mapped(_)) && bytes.len() == 4096 && bytes.ends_with(b"SWAPSPACE2");
        match self.deliberate? {
            Deliberate::OtherUuid if is_header => {
                let mut other = bytes.to_vec();
                other[1040] ^= 1;
                Some(other)
            }
            Deliberate::HeaderTooLarge if is_header => {
                let mut other = bytes.to_vec();
                other[1028] = other[1028].wrapping_add(1);
                Some(other)
            }
            Deliberate::TableStays
                if matches!(device, Device::Plain { from: 0, .. }) && bytes.iter().all(|b| *b == 0) =>
            {
                self.pretended.zeros.push(from);
                let mut same = vec![0; bytes.len()];
                let Device::Plain { disk, .. } = device else { return None };
                self.disks[disk].read(&mut same, from);
                Some(same)
            }
            _ => None,
        }
    }

    /// What becomes of a program that a deliberate fault concerns: nothing where it runs as ever, else what it prints.
    pub fn pretend_program(&mut self, name: &str, args: &[&str]) -> Option<String> {
        let last = args.last().copied().unwrap_or_default();
        let volume = last.trim_start_matches("vg_root/");
        let asked = |option: &str| {
            args.iter().skip_while(|arg| **arg != option).nth(1).and_then(|text| text.parse::<u64>().ok())
        };
        match (self.deliberate?, name) {
            (Deliberate::WayBackNotTried, _) if args == ["--version"] => {
                return Some(format!("{name} from util-linux\n"));
            }
            (Deliberate::ExtentsNotProved, "lvresize") => {
                self.pretended.extents.push((volume.to_owned(), asked("--extents")?));
                self.show_devices();
                // Only where it lies, a proof is missed; and only a power cut behind it shows that.
                if self.cut_at.is_some() && self.random.percent(30) {
                    return Some(String::new());
                }
            }
            (Deliberate::HeaderBeforeGrowth, "lvresize") => {
                self.pretended.extents.push((volume.to_owned(), asked("--extents")?));
                self.pretended.late = Some((volume.to_owned(), asked("--extents")?));
                self.show_devices();
                return Some(String::new());
            }
            (Deliberate::HeaderBeforeGrowth, "swapon") => {
                let (volume, extents) = self.pretended.late.take()?;
                let _ = self.lvresize(&volume, extents);
            }
            (Deliberate::HalfTheTarget, "lvresize") => {
                let extents = asked("--extents")?;
                self.pretended.extents.push((volume.to_owned(), extents));
                let _ = self.lvresize(volume, extents / 2);
                self.show_devices();
                return Some(String::new());
            }
            (Deliberate::SwapNotProved, "swapon") => {
                if let Some((_, device)) = self.device_at(last)
                    && let Device::Mapped(minor) = device
                {
                    let (path, priority) = (format!("/dev/dm-{minor}"), asked("--priority").map_or(-2, |n| n as i32));
                    let kib = self.device_bytes(device) / 1024 - 4;
                    self.pretended.areas.push(Area { path, kib, used_kib: 0, priority });
                }
            }
            (Deliberate::SwapNotRestored, "swapon") if self.is_on_the_way_back() => {
                if let Some((_, device)) = self.device_at(last)
                    && let Device::Mapped(minor) = device
                {
                    let (path, priority) = (format!("/dev/dm-{minor}"), asked("--priority").map_or(-2, |n| n as i32));
                    let kib = self.device_bytes(device) / 1024 - 4;
                    self.pretended.areas.push(Area { path, kib, used_kib: 0, priority });
                    self.show_swaps();
                    return Some(String::new());
                }
            }
            (Deliberate::TemporaryStays, "lvremove") => {
                self.pretended.no_volumes.push(volume.to_owned());
                return Some(String::new());
            }
            (Deliberate::LabelStays, "pvremove") => {
                if let Some((_, Device::Plain { disk, from, .. })) = self.device_at(last) {
                    self.pretended.blank = Some((disk, from, 1 << 20));
                }
                self.pretended.volumes.push((last.to_owned(), None));
                return Some(String::new());
            }
            (Deliberate::GroupKeepsDisk, "vgreduce") => {
                self.pretended.volumes.push((last.to_owned(), Some(String::new())));
                return Some(String::new());
            }
            (Deliberate::GroupKeepsDisk, "pvremove") => {
                if let Some((_, Device::Plain { disk, from, .. })) = self.device_at(last) {
                    self.disks[disk].write(from, &[0; 2048], None);
                    self.disks[disk].flush();
                }
                self.pretended.volumes.push((last.to_owned(), None));
                return Some(String::new());
            }
            _ => {}
        }
        None
    }
}
