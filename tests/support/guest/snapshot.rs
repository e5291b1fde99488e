//! The memory and the disk of a node that has just started, saved once, from which others go on in a second or two.
//!
//! A snapshot lies beside the system disks that it was made from, under a name that is a sum over the machine. It has
//! no disk but the system disk: others are plugged in when the machine goes on.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::disk::Attached;
use super::machine::Files;
use super::monitor::Monitor;
use super::spec::{Firmware, Spec};
use super::{Guest, base};

/// The clock is that of the snapshot, and the kernel's random numbers would be those of every other machine that goes
/// on from it: 64 fresh bytes come by standard input (`RNDADDENTROPY`, `RNDRESEEDCRNG`).
const WAKE: &str = r#"
date --set @$NOW > /dev/null
exec python3 -SE -c '
import fcntl, struct, sys
fresh = sys.stdin.buffer.read()
with open("/dev/random", "wb") as file:
    fcntl.ioctl(file, 0x40085203, struct.pack("ii", 8 * len(fresh), len(fresh)) + fresh)
    fcntl.ioctl(file, 0x5207)
'"#;

/// A folder with the files of a snapshot.
#[derive(Debug)]
pub(super) struct Snapshot(PathBuf);

impl Snapshot {
    /// That of a machine like this one; made where it is not there yet.
    pub(super) fn of(spec: &Spec) -> Self {
        let folder = base::directory().join(format!("snapshot-{:016x}", key(spec)));
        let lock = File::create(base::directory().join("snapshot-lock")).expect("a lock");
        lock.lock().expect("one makes it, the others wait");
        if !folder.exists() {
            remove_old();
            let made = folder.with_extension("part");
            let _ = fs::remove_dir_all(&made); // left by a run that was cut off
            fs::create_dir(&made).unwrap_or_else(|e| panic!("{}: {e}", made.display()));
            make(spec, &made);
            fs::rename(&made, &folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        }
        Self(folder)
    }

    /// The memory and the state of the devices.
    pub(super) fn memory(&self) -> PathBuf {
        self.0.join("memory")
    }

    pub(super) fn boot_id(&self) -> String {
        fs::read_to_string(self.0.join("boot-id")).expect("a whole snapshot")
    }

    /// A system disk that goes on from it, and the variables of the firmware.
    pub(super) fn system(&self, spec: &Spec, files: &Files) -> Attached {
        if spec.firmware == Firmware::Uefi {
            copy(&self.0.join("variables"), &files.path("variables"));
        }
        base::overlay_over(&self.0.join("system.qcow2"), "qcow2", spec.system.clone(), files)
    }
}

/// Sets the clock and the random numbers of a machine that went on.
pub(super) fn wake(guest: &Guest) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64();
    let mut fresh = [0; 64];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut fresh)).expect("random bytes");
    let script = WAKE.replace("$NOW", &format!("{now:.3}"));
    let output = guest.run_with(&script, &fresh, Duration::from_secs(60));
    assert_eq!(output.status, 0, "{output}");
}

/// What other versions of this code made goes after a week.
fn remove_old() {
    for entry in fs::read_dir(base::directory()).expect("our own directory").flatten() {
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|made| made.elapsed().ok());
        let is_snapshot = entry.file_name().to_string_lossy().starts_with("snapshot-");
        if is_snapshot && age.is_some_and(|age| age > Duration::from_secs(7 * 24 * 3600)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn make(spec: &Spec, folder: &Path) {
    let mut guest = Guest::new(Spec { disks: Vec::new(), ..spec.clone() });
    guest.ok("udevadm settle; sync");
    fs::write(folder.join("boot-id"), guest.boot_id()).expect("a file of ours");
    let monitor = &mut guest.power.as_mut().expect("the guest is running").monitor;
    monitor.command("stop", json!({}));
    monitor.command("migrate-set-parameters", json!({"max-bandwidth": 1_u64 << 40}));
    monitor.command("migrate", json!({"uri": format!("exec:cat > '{}'", folder.join("memory").display())}));
    waits_for(monitor, "query-migrate", "completed");
    monitor.command("quit", json!({}));
    let machine = guest.power.take().expect("the guest was running").machine;
    assert!(machine.wait(Duration::from_secs(60)), "QEMU does not end");
    for name in ["system.qcow2", "variables"] {
        let from = guest.files.path(name);
        if from.exists() {
            copy(&from, &folder.join(name));
        }
    }
}

/// Asks until the status is that.
pub(super) fn waits_for(monitor: &mut Monitor, question: &str, status: &str) {
    for _ in 0..6000 {
        let answer = monitor.command(question, json!({}));
        if answer["status"] == status {
            return;
        }
        assert_ne!(answer["status"], "failed", "{answer}");
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{question}: never {status}");
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|e| panic!("{}: {e}", from.display()));
}

/// A sum over all that the saved state depends on, beside the system disk.
fn key(spec: &Spec) -> u64 {
    let version = Command::new("qemu-system-x86_64").arg("--version").output().expect("QEMU can be run").stdout;
    let mut sum = DefaultHasher::new();
    (version, include_str!("machine.rs"), include_str!("disk.rs")).hash(&mut sum);
    format!("{:?}", Spec { disks: Vec::new(), ..spec.clone() }).hash(&mut sum);
    sum.finish()
}
