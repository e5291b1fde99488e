//! The system disks that are built once, and each guest's overlay over one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::disk::{Attached, Disk};
use super::machine::Files;
use super::spec::Firmware;

/// The directory of the system disks, built where it is not there yet.
pub(super) fn directory() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/guest/build");
        let output = Command::new(script).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.expect("scripts/guest/build can be run");
        assert!(output.status.success(), "the guest's system disks cannot be built: {}", output.status);
        PathBuf::from(String::from_utf8(output.stdout).expect("a path in UTF-8").trim_end())
    })
}

/// The kernel that the system disks have.
pub(crate) fn kernel_image() -> PathBuf {
    directory().join("vmlinuz")
}

/// The initramfs that they have.
pub(super) fn initramfs() -> PathBuf {
    directory().join("initramfs")
}

/// The disk of a system without a volume group, labelled `rescue`: the root file system alone.
pub(crate) fn rescue_disk() -> PathBuf {
    directory().join("rescue.raw")
}

/// The system disk that was built.
pub(crate) fn system_disk(firmware: Firmware) -> PathBuf {
    directory().join(match firmware {
        Firmware::Bios => "bios.raw",
        Firmware::BiosGpt => "bios-gpt.raw",
        Firmware::Uefi => "uefi.raw",
    })
}

/// A fresh system disk: reads from the built one, and keeps its own writes.
pub(super) fn overlay(firmware: Firmware, disk: Disk, files: &Files) -> Attached {
    if disk.is_served() {
        return disk.attach(0, files);
    }
    overlay_over(&system_disk(firmware), "raw", disk, files)
}

/// The same over any disk.
pub(super) fn overlay_over(base: &Path, format: &str, disk: Disk, files: &Files) -> Attached {
    let path = files.path("system.qcow2");
    let mut create = Command::new("qemu-img");
    create.args(["create", "-q", "-f", "qcow2", "-F", format, "-b"]).arg(base).arg(&path);
    let status = create.stdin(Stdio::null()).status().expect("qemu-img can be run");
    assert!(status.success(), "no overlay over {}: {status}", base.display());
    disk.attach_file(path, "qcow2", 0)
}
