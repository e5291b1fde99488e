//! What others do to the node while a command runs, and how it ends.

use crate::kernel::devices::Device;
use crate::kernel::disk::Disk;
use crate::script::Actor;
use crate::world::World;

const GIB: u64 = 1 << 30;
const UPGRADE: &str = "/proc/4711";

impl World {
    pub fn acts(&mut self, actor: Actor) {
        self.note(|| format!("somebody else: {actor:?}"));
        match actor {
            Actor::AttachesDisk => {
                if !self.disks.iter().any(|disk| disk.serial == "OTHER") {
                    let is_free = |name: &&str| !self.disks.iter().any(|disk| disk.name == **name);
                    let name = ["sda", "sdb", "sdc", "sdd"].into_iter().find(is_free).unwrap();
                    self.disks.push(Disk::blank("OTHER", name, 90 * GIB));
                    self.show_devices();
                }
            }
            Actor::TakesDisk => self.take_disk(true),
            Actor::UsesDisk => self.take_disk(false),
            Actor::Upgrades => {
                self.files.put(&format!("{UPGRADE}/stat"), "4711 (ruby) S 1 4711 4711 0 -1\n");
                self.files.put(&format!("{UPGRADE}/cmdline"), "ruby\0/images/upgrade.rb\0--confirm\0");
            }
            Actor::UsesMemory => {
                self.available_kib = 20 << 10;
                self.show_swaps();
            }
        }
    }

    /// The whole new disk is taken, where nothing is on it: for a file system that is mounted, or as it is.
    fn take_disk(&mut self, has_file_system: bool) {
        let Some(disk) = self.disks.iter().position(|disk| disk.serial == "NEW") else { return };
        let bytes = self.disks[disk].bytes;
        if self.is_held(Device::Plain { disk, from: 0, bytes }) || !self.disks[disk].content().is_empty() {
            return;
        }
        let mut superblock = [0; 512];
        superblock[..4].copy_from_slice(b"XFSB");
        superblock[4..8].copy_from_slice(&4096_u32.to_be_bytes());
        if has_file_system {
            self.disks[disk].write(0, &superblock, None);
        }
        self.disks[disk].write((7 << 30) + (3 << 12), &[0x77; 512], None);
        self.disks[disk].flush();
        self.held_ranges.push((disk, 0, bytes));
        (self.is_taken, self.has_acted, self.is_in_use) = (true, true, !has_file_system);
    }

    /// Nothing fails any more, and nobody else is at work.
    pub fn calm_down(&mut self) {
        if let Some(disk) = self.disks.iter().position(|disk| disk.serial == "OTHER")
            && self.disks[disk].content().is_empty()
            && !self.absent.contains(&disk)
        {
            self.absent.push(disk);
            self.disks[disk].partitions.clear();
            self.show_devices();
        }
        let _ = self.files.remove(UPGRADE);
        self.available_kib = self.usual_kib;
        self.show_swaps();
    }

    /// How the last run ended, by the journal: the word of its last record, where that is an end.
    pub fn recorded_ending(&self) -> Option<String> {
        let text = self.files.text(JOURNAL)?;
        let line = text.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty())?;
        let record: serde_json::Value = serde_json::from_slice(line.get(9..)?).ok()?;
        record["entry"]["ended"].as_str().map(str::to_owned)
    }

    /// How many runs the journal has.
    pub fn recorded_runs(&self) -> usize {
        let Some(text) = self.files.text(JOURNAL) else { return 0 };
        let mut lines = text.split_inclusive(|byte| *byte == b'\n');
        // A power cut may have torn the last one: then it is no record.
        let last = lines.next_back().filter(|line| is_begin(line) && is_whole(line));
        lines.filter(|line| is_begin(line)).count() + usize::from(last.is_some())
    }

    /// Whether the last run was one of `command`, and has no end after which another one begins anew.
    pub fn is_last_unfinished(&self, command: &str, went_on: bool) -> bool {
        let ended = self.recorded_ending();
        let has_ended = match ended.as_deref() {
            Some("done" | "undone") => true,
            // What it went on from is left.
            Some("rolled-back") => !went_on,
            _ => false,
        };
        !has_ended && self.last_command().as_deref() == Some(command)
    }

    /// The command of the last run.
    pub fn last_command(&self) -> Option<String> {
        let text = self.files.text(JOURNAL)?;
        // A power cut may have torn the last one.
        let whole = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line.get(9..)?).ok();
        let began = text.split(|byte| *byte == b'\n').filter(|line| is_begin(line)).filter_map(whole).next_back()?;
        began["entry"]["began"]["command"].as_str().map(str::to_owned)
    }

    /// Whether the journal says, durably, that a step is under way or is being taken back.
    pub fn is_recorded(&self) -> bool {
        let Some(text) = self.files.text(JOURNAL) else { return false };
        let line = text.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let is_said = ["step-began", "step-failed", "step-undone", "undo-began"].iter().any(|word| line.contains(word));
        is_said && self.files.is_durable(JOURNAL)
    }

    /// A record that a step is done is about to become durable: so must be what the step wrote.
    pub fn watch_record(&mut self) {
        let Some(text) = self.files.text(JOURNAL) else { return };
        let line = text.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
        let is_done = head(line).contains("\"step-done\"");
        if is_begin_of_step(line) {
            self.disks.iter_mut().for_each(crate::kernel::disk::Disk::begin_step);
        }
        if is_done
            && !self.files.is_durable(JOURNAL)
            && let Some(disk) = self.disks.iter().find(|disk| disk.has_volatile())
        {
            let serial = disk.serial;
            self.violates(format!("not-durable: a step counts as done, and disk {serial} can lose what was written"));
        }
    }

    pub fn is_on_the_way_back(&self) -> bool {
        let Some(text) = self.files.text(JOURNAL) else { return false };
        let line = text.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        ["step-failed", "step-undone", "undo-began"].iter().any(|word| line.contains(word))
    }
}

/// What a line begins with: its kind is there.
fn head(line: &[u8]) -> &str {
    let head = &line[..line.len().min(400)];
    std::str::from_utf8(head).unwrap_or_else(|why| std::str::from_utf8(&head[..why.valid_up_to()]).unwrap())
}

fn is_begin_of_step(line: &[u8]) -> bool {
    head(line).contains("\"step-began\"")
}

/// Whether a line of the journal begins a run.
fn is_begin(line: &[u8]) -> bool {
    head(line).contains("\"entry\":{\"began\":")
}

/// Whether a line of the journal has its end, and the sum that it begins with.
fn is_whole(line: &[u8]) -> bool {
    let sum = |json: &[u8]| format!("{:08x}", crc32fast::hash(json));
    line.strip_suffix(b"\n")
        .and_then(|line| Some((line.get(..8)?, line.get(9..)?)))
        .is_some_and(|(begin, json)| begin == sum(json).as_bytes())
}

pub const JOURNAL: &str = "/var/lib/okv-host/journal";
