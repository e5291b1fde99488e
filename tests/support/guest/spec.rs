//! What a guest is made of.

use super::Guest;
use super::disk::{Bus, Disk};

/// How the guest is started, which also decides its system disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Firmware {
    /// SeaBIOS, MBR table, GRUB in the gap behind the MBR.
    Bios,
    /// SeaBIOS, GPT, GRUB in a BIOS boot partition.
    BiosGpt,
    /// OVMF, GPT, GRUB on the EFI system partition.
    Uefi,
}

/// A guest to be.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(super) firmware: Firmware,
    pub(super) memory_mib: u32,
    pub(super) processors: u32,
    pub(super) system: Disk,
    pub(super) disks: Vec<Disk>,
    pub(super) kernel_line: Option<String>,
}

impl Spec {
    /// One processor, 1 GiB of memory, the system disk on virtio and nothing else.
    pub(crate) fn new(firmware: Firmware) -> Self {
        let system = Disk::virtio("SYSTEM");
        Self { firmware, memory_mib: 1024, processors: 1, system, disks: Vec::new(), kernel_line: None }
    }

    pub(crate) fn memory_mib(mut self, mib: u32) -> Self {
        self.memory_mib = mib;
        self
    }

    /// More than one is faster only where the host's processors are idle.
    pub(crate) fn processors(mut self, count: u32) -> Self {
        self.processors = count;
        self
    }

    /// The bus of the system disk: /dev/vda or /dev/sda.
    pub(crate) fn system_on(mut self, bus: Bus) -> Self {
        self.system.bus = bus;
        self
    }

    /// Another system disk than the built one.
    pub(crate) fn system(mut self, disk: Disk) -> Self {
        self.system = disk;
        self
    }

    /// QEMU loads the kernel, with this line, and no boot loader is asked.
    pub(crate) fn kernel_line(mut self, line: &str) -> Self {
        self.kernel_line = Some(line.to_owned());
        self
    }

    /// Records every write and flush of the system disk; see [`Disk::log_writes`].
    pub(crate) fn log_system_writes(mut self) -> Self {
        self.system = self.system.log_writes();
        self
    }

    /// One more disk, blank unless it says otherwise.
    pub(crate) fn disk(mut self, disk: Disk) -> Self {
        self.disks.push(disk);
        self
    }

    /// Starts it, from a saved start of a machine like it: quick. Where the start is what a test looks at,
    /// [`Self::boot`].
    pub(crate) fn start(self) -> Guest {
        Guest::resumed(self)
    }

    /// Boots it.
    pub(crate) fn boot(self) -> Guest {
        Guest::new(self)
    }
}
