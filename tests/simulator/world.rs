//! The world of a history: the node, what fails in it, and what is counted.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::deliberate::Deliberate;
use crate::kernel::devices::MappedDevice;
use crate::kernel::disk::Disk;
use crate::kernel::errors::{EIO, Errno};
use crate::kernel::files::Files;
use crate::kernel::handles::Handle;
use crate::lvm::Group;
use crate::random::Random;
use crate::script::Actor;

/// What the kernel swaps to.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub path: String,
    pub kib: u64,
    pub used_kib: u64,
    pub priority: i32,
}

/// How a program ends other than well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Status(i32, String),
    /// A signal ended it, in the middle of its work.
    Killed,
    PowerCut,
}

/// How a program fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It does nothing and ends with status 1.
    Status,
    /// It does its work and ends with status 1.
    StatusAfterwards,
    /// It does nothing and is ended at its limit.
    Hangs,
    /// It does its work and is ended at its limit.
    HangsAfterwards,
    /// It is ended after this many writes.
    HangsAmid(u64),
    Missing,
    /// It does nothing, prints garbage, and ends with status 0.
    Garbage,
    /// It does nothing, prints nothing, and ends with status 0.
    Lies,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The number of the call, from 0, in a command.
    pub call: u64,
    pub way: Way,
    /// Whether that program fails until the command ends.
    pub lasting: bool,
}

#[derive(Clone)]
pub struct World {
    pub random: Random,
    pub files: Files,
    pub handles: Vec<Option<Handle>>,
    pub disks: Vec<Disk>,
    /// Disks that are not attached.
    pub absent: Vec<usize>,
    pub system: usize,
    /// Every read and write of it fails.
    pub broken_disk: Option<usize>,
    /// Mounted, or in use in another way: disk, first byte, bytes.
    pub held_ranges: Vec<(usize, u64, u64)>,
    pub mapped: Vec<Option<MappedDevice>>,
    pub areas: Vec<Area>,
    pub available_kib: u64,
    pub usual_kib: u64,
    pub texts: BTreeMap<(u32, u64), Rc<Group>>,
    pub seconds: u64,
    pub nanoseconds: u64,
    /// The disk of the journal has no room.
    pub is_full: bool,
    pub printed: Vec<u8>,
    /// Things that happened since the last start.
    pub events: u64,
    /// The power is cut instead of this event.
    pub cut_at: Option<u64>,
    pub is_dead: bool,
    pub calls: u64,
    pub fault: Option<Fault>,
    pub broken_program: Option<&'static str>,
    pub raise_at: Option<u64>,
    /// Somebody else does something after this call.
    pub actor: Option<(u64, Actor)>,
    /// Somebody else changed what states are compared by.
    pub has_acted: bool,
    /// The new disk has a file system of somebody else.
    pub is_taken: bool,
    /// The new disk is in use by somebody, and looks blank.
    pub is_in_use: bool,
    /// swapon failed after it worked when the area was given up: nobody could foresee that.
    pub swapon_broke: bool,
    pub was_full: bool,
    /// swapon did not work when swapoff ran.
    pub was_broken: bool,
    pub deliberate: Option<Deliberate>,
    /// What a deliberate fault has the world pretend, until the command ends.
    pub pretended: Pretended,
    /// Disks of which the kernel is to read the table again.
    pub to_read: Vec<usize>,
    pub flush_later: Vec<(u64, crate::kernel::devices::Device)>,
    /// A signal ended the command.
    pub is_killed: bool,
    /// Writes that the program under way may still do.
    pub writes_left: Option<u64>,
    pub log: Option<Vec<String>>,
    /// Whether writes are watched.
    pub is_guarded: bool,
    pub violations: Vec<String>,
}

/// See [`World::pretended`].
#[derive(Debug, Clone, Default)]
pub struct Pretended {
    /// Logical volumes and their extents.
    pub extents: Vec<(String, u64)>,
    /// Logical volumes that are gone.
    pub no_volumes: Vec<String>,
    /// Partitions and their groups; nothing where they are no physical volume.
    pub volumes: Vec<(String, Option<String>)>,
    /// Lines of /proc/swaps.
    pub areas: Vec<Area>,
    /// Sectors of the new disk that are zero.
    pub zeros: Vec<u64>,
    /// A range of a disk that is zero: disk, first byte, bytes.
    pub blank: Option<(usize, u64, u64)>,
    /// A growth that comes later.
    pub late: Option<(String, u64)>,
    /// Devices that are flushed later.
    pub flushes: Vec<u64>,
}

impl World {
    pub fn has_fault(&self, fault: Deliberate) -> bool {
        self.deliberate == Some(fault)
    }

    /// Something is about to happen; an error where the power is gone.
    pub fn is_alive(&mut self, what: &str) -> Result<(), Errno> {
        if self.is_dead {
            return Err(EIO);
        }
        self.events += 1;
        let event = self.events;
        self.note(|| format!("  {event}: {what}"));
        if self.cut_at == Some(self.events) {
            self.note(|| format!("the power is cut before: {what}"));
            self.is_dead = true;
            return Err(EIO);
        }
        Ok(())
    }

    /// The same in a program, which may also be ended there.
    pub fn in_program(&mut self) -> Result<(), Ended> {
        self.is_alive("step of a program").map_err(|_| Ended::PowerCut)?;
        match &mut self.writes_left {
            Some(0) => Err(Ended::Killed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Time passes.
    pub fn pass(&mut self, nanoseconds: u64) {
        let all = self.nanoseconds + nanoseconds;
        self.seconds += all / 1_000_000_000;
        self.nanoseconds = all % 1_000_000_000;
    }

    pub fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(what());
        }
    }

    pub fn violates(&mut self, what: String) {
        self.note(|| format!("VIOLATION {what}"));
        self.violations.push(what);
    }

    /// No byte of anybody else is written over.
    pub fn watch_write(&mut self, disk: usize, at: u64, bytes: &[u8]) {
        if let Some(whose) = crate::node::owner(self, disk, at, bytes.len() as u64) {
            let serial = self.disks[disk].serial;
            self.violates(format!("foreign-bytes: {whose} on disk {serial} at byte {at}"));
        }
    }
}
