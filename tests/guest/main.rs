//! Tests in a whole node: QEMU, a real kernel with device-mapper, LVM, swap, BIOS and UEFI. They take root, and the
//! packages of `scripts/install-test-tools`. They fail without; they never skip.
//!
//! A boot takes 15 to 30 s, so a guest starts from a saved one where the boot is not what the test is about, and serves
//! several cases: those that only look, then those that change it.

#[path = "../support/guest/mod.rs"]
mod guest;
#[path = "../support/kernel_rpms/mod.rs"]
mod kernel_rpms;
#[path = "../support/nbd/mod.rs"]
mod nbd;
#[path = "../support/release.rs"]
mod release;
#[path = "../support/tools.rs"]
#[allow(dead_code)]
mod tools;
#[path = "../support/traces.rs"]
mod traces;

mod agreement;
mod ansible;
mod capture;
mod disks;
mod kernel_prune;
mod matrix;
mod next_start;
mod node;
mod package;
mod power;
mod powered_off;
mod record;
mod replay;
mod ssh;
mod stage;
mod swap_extend;
mod upgrade;
mod verdicts;

use std::fs;
use std::sync::OnceLock;

use guest::Guest;
use serde_json::Value;

/// Where the binary under test is in the guest.
const OKV_HOST: &str = "/root/okv-host";

/// Copies the binary of a release into the guest: what operators run, an eighth as large as that of the test profile.
fn install(guest: &Guest) {
    static BINARY: OnceLock<Vec<u8>> = OnceLock::new();
    guest.put(OKV_HOST, BINARY.get_or_init(|| fs::read(release::binary()).unwrap()), 0o755);
}

/// Makes loop devices possible. A node does this when it starts; the guest leaves it out to start sooner.
fn has_loop_devices(guest: &Guest) {
    guest.ok("modprobe loop");
}

/// What a command in the guest prints, as JSON; it must exit with `status`.
fn json(guest: &Guest, command: &str, status: i64) -> Value {
    let output = guest.run(command);
    assert_eq!(output.status, status, "{command}\n{output}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{command}: {e}\n{output}"))
}
