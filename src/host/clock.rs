//! What time it is on the host.

use super::probed::Probed;
use super::root::Root;
use crate::io::sys;

/// Seconds since 1970-01-01 UTC. A host in a directory has the time of its hardware clock
/// (`/sys/class/rtc/rtc0/since_epoch`, kernel `Documentation/ABI/testing/sysfs-class-rtc`); where it has none, it is
/// looked at now.
pub fn now(root: &Root) -> u64 {
    if root.has_answers() {
        return root.answer("clock", sys::seconds_since_1970).unwrap_or_else(|_| sys::seconds_since_1970());
    }
    let clock = root.parse("/sys/class/rtc/rtc0/since_epoch", |text| {
        let text = std::str::from_utf8(text.trim_ascii()).map_err(|e| e.to_string())?;
        text.parse::<u64>().map_err(|e| e.to_string())
    });
    match clock {
        Probed::Known(seconds) => seconds,
        Probed::Absent | Probed::Unreadable(_) => {
            root.answer("clock", sys::seconds_since_1970).unwrap_or_else(|_| sys::seconds_since_1970())
        }
    }
}

/// When the host was started, in seconds since 1970-01-01 UTC: `btime` of `/proc/stat` (proc(5)).
pub fn booted(root: &Root) -> Probed<u64> {
    root.parse("/proc/stat", |text| {
        let line = text.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"btime "));
        let seconds = line.and_then(|seconds| std::str::from_utf8(seconds).ok()?.trim().parse().ok());
        seconds.ok_or("it does not show when the host was started")
    })
}
