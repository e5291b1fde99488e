//! Disks of a guest.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::machine::Files;

/// The bus that a disk is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bus {
    /// /dev/vdX
    Virtio,
    /// /dev/sdX
    Scsi,
}

/// What the disk does with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cache {
    /// It has a volatile cache, and the guest flushes it: what disks do.
    WriteBack,
    /// It has none: a write that is completed is on the disk.
    WriteThrough,
    /// It has one, and lies about flushes.
    Unsafe,
}

/// A disk to be.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(super) bus: Bus,
    serial: String,
    wwn: Option<u64>,
    bytes: u64,
    sector_bytes: u32,
    cache: Cache,
    logs_writes: bool,
    served: Option<Served>,
}

/// A disk that another process has.
#[derive(Debug, Clone)]
struct Served {
    socket: PathBuf,
    name: String,
}

impl Disk {
    /// A blank disk of 64 GiB on virtio. A serial has at most 20 characters there.
    pub(crate) fn virtio(serial: &str) -> Self {
        let serial = serial.to_owned();
        let (bytes, sector_bytes) = (64 << 30, 512);
        let (wwn, served) = (None, None);
        Self { bus: Bus::Virtio, serial, wwn, bytes, sector_bytes, cache: Cache::WriteBack, logs_writes: false, served }
    }

    /// A blank disk of 64 GiB on SCSI.
    pub(crate) fn scsi(serial: &str) -> Self {
        Self { bus: Bus::Scsi, ..Self::virtio(serial) }
    }

    /// Its size. The file is sparse: terabytes cost nothing.
    pub(crate) fn bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// Logical and physical sector size, 512 or 4096.
    pub(crate) fn sector_bytes(mut self, bytes: u32) -> Self {
        self.sector_bytes = bytes;
        self
    }

    /// World wide name; only on SCSI.
    pub(crate) fn wwn(mut self, wwn: u64) -> Self {
        assert!(self.bus == Bus::Scsi, "virtio disks have no WWN");
        self.wwn = Some(wwn);
        self
    }

    pub(crate) fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// Records every write and flush, in order, in the format of the kernel's dm-log-writes, at [`Attached::log`].
    pub(crate) fn log_writes(mut self) -> Self {
        self.logs_writes = true;
        self
    }

    /// What it contains is what a server (NBD) at this socket has under that name.
    pub(crate) fn served(mut self, socket: PathBuf, name: &str) -> Self {
        self.served = Some(Served { socket, name: name.to_owned() });
        self
    }

    pub(super) fn is_served(&self) -> bool {
        self.served.is_some()
    }

    /// What udev calls it.
    pub(super) fn link(&self) -> String {
        let bus = if self.bus == Bus::Virtio { "virtio-" } else { "scsi-0QEMU_QEMU_HARDDISK_" };
        format!("/dev/disk/by-id/{bus}{}", self.serial)
    }

    pub(super) fn has_serial(&self, serial: &str) -> bool {
        self.serial == serial
    }

    /// Makes the file of a blank disk, where it is not served.
    pub(super) fn attach(self, number: usize, files: &Files) -> Attached {
        if self.is_served() {
            return self.attach_file(PathBuf::new(), "raw", number);
        }
        let path = files.path(&format!("disk{number}.raw"));
        let made = File::create_new(&path).and_then(|file| file.set_len(self.bytes));
        made.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        self.attach_file(path, "raw", number)
    }

    /// Takes a file that is there.
    pub(super) fn attach_file(self, path: PathBuf, format: &'static str, number: usize) -> Attached {
        let log = path.with_extension("log");
        if self.logs_writes {
            fs::write(&log, b"").unwrap_or_else(|e| panic!("{}: {e}", log.display()));
        }
        Attached { disk: self, path, log, format, number }
    }
}

/// A disk of a guest, and the file that it is.
#[derive(Debug)]
pub(crate) struct Attached {
    disk: Disk,
    path: PathBuf,
    log: PathBuf,
    format: &'static str,
    number: usize,
}

impl Attached {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// The record of writes of the last boot; see [`Disk::log_writes`].
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// The argument of `-blockdev` and `blockdev-add`.
    pub(super) fn blockdev(&self) -> Value {
        let lies = self.disk.cache == Cache::Unsafe;
        let name = format!("disk{}", self.number);
        let data = match &self.disk.served {
            None => json!({
                "driver": self.format, "discard": "unmap",
                "cache": {"direct": false, "no-flush": lies},
                "file": {"driver": "file", "filename": self.path, "discard": "unmap"},
            }),
            Some(Served { socket, name }) => json!({
                "driver": "nbd", "export": name, "server": {"type": "unix", "path": socket},
                "cache": {"direct": false, "no-flush": lies},
            }),
        };
        let mut top = data;
        if self.disk.logs_writes {
            let log = json!({"driver": "raw", "file": {"driver": "file", "filename": self.log}});
            let sector = self.disk.sector_bytes;
            top = json!({"driver": "blklogwrites", "file": top, "log": log, "log-sector-size": sector});
        }
        top["node-name"] = json!(name);
        top
    }

    /// The argument of `-device` and `device_add`.
    pub(super) fn device(&self) -> Value {
        let Disk { bus, serial, wwn, sector_bytes, cache, .. } = &self.disk;
        let drive = format!("disk{}", self.number);
        let mut device = json!({
            "id": format!("device{}", self.number), "drive": drive, "serial": serial,
            "logical_block_size": sector_bytes, "physical_block_size": sector_bytes,
            "write-cache": if *cache == Cache::WriteThrough { "off" } else { "on" },
        });
        match bus {
            Bus::Virtio => device["driver"] = json!("virtio-blk-pci"),
            Bus::Scsi => {
                device["driver"] = json!("scsi-hd");
                device["bus"] = json!("scsi.0");
                device["device_id"] = json!(serial);
            }
        }
        if let Some(wwn) = wwn {
            device["wwn"] = json!(wwn);
        }
        if self.number == 0 {
            device["bootindex"] = json!(1); // a kernel that QEMU loads is 0
        }
        device
    }
}
