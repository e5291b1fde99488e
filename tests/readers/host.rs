//! Files of /proc and /etc that every host has.

use std::fmt::Display;

use super::{Reader, seeds};
use crate::host::line::BadLine;
use crate::host::{
    cmdline, crypttab, device_number, firmware, fstab, glob, memory, mounts, os_release, processes, swaps,
};

pub(super) const READERS: &[Reader] = &[
    Reader { name: "fstab", sources: &["host/fstab", "host/line"], seeds: || seeds::ending("/fstab"), read: fstab },
    Reader {
        name: "crypttab",
        sources: &["host/crypttab"],
        seeds: || {
            seeds::texts(&["# x\nswap /dev/sda4 /dev/urandom swap,cipher=aes\ndata UUID=1-2 none luks,discard\n"])
        },
        read: |data| {
            let entries = within(data, crypttab::parse(data));
            assert!(entries.iter().all(|entry| !entry.name.is_empty() && !entry.source.contains('\0')));
        },
    },
    Reader {
        name: "mountinfo",
        sources: &["host/mounts", "host/device_number"],
        seeds: || seeds::ending("/mountinfo"),
        read: |data| {
            let found = within(data, mounts::parse(data));
            assert!(found.iter().all(|mount| mount.point.starts_with('/') && !mount.kind.is_empty()));
            let _ = str::from_utf8(data).map(device_number::DeviceNumber::of_kernel_word);
        },
    },
    Reader {
        name: "swaps",
        sources: &["host/swaps"],
        seeds: || seeds::ending("proc/swaps"),
        read: |data| {
            within(data, swaps::parse(data))
                .iter()
                .for_each(|area| assert!(area.unlinked().0.len() <= area.path.len()));
        },
    },
    Reader { name: "cmdline", sources: &["host/cmdline"], seeds: || seeds::ending("proc/cmdline"), read: cmdline },
    Reader {
        name: "meminfo",
        sources: &["host/memory"],
        seeds: || seeds::ending("proc/meminfo"),
        read: |data| {
            let _ = short(memory::parse(data));
        },
    },
    Reader {
        name: "os-release",
        sources: &["host/os_release"],
        seeds: || seeds::ending("etc/os-release"),
        read: |data| {
            let _ = os_release::parse(&String::from_utf8_lossy(data));
        },
    },
    Reader {
        name: "process",
        sources: &["host/processes"],
        seeds: || seeds::texts(&["17 (a b) c) S 1 17 17 0 -1", "1 (systemd) S 0 1 1"]),
        read: |data| {
            if let Some((_, _, name)) = processes::parse_stat(data) {
                assert!(name.len() <= 3 * data.len());
            }
        },
    },
    Reader {
        name: "firmware",
        sources: &["host/firmware"],
        seeds: || seeds::texts(&["64\n", "32\n"]),
        read: |data| assert!(matches!(firmware::parse(data), None | Some(32 | 64))),
    },
    Reader { name: "glob", sources: &["host/glob"], seeds: globs, read: pattern },
];

/// What an error says is short, whatever the text was.
pub(super) fn short<T, E: Display>(read: Result<T, E>) -> Option<T> {
    read.map_err(|why| assert!(why.to_string().len() < 1000, "{why}")).ok()
}

/// No more than one item for each two bytes.
fn within<T>(data: &[u8], read: Result<Vec<T>, BadLine>) -> Vec<T> {
    let items = short(read).unwrap_or_default();
    assert!(items.len() <= data.len().div_ceil(2), "{} items of {} bytes", items.len(), data.len());
    items
}

fn fstab(data: &[u8]) {
    let entries = within(data, fstab::parse(data));
    assert!(entries.is_sorted_by_key(|entry| entry.line), "lines out of order");
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!(entries.iter().all(|entry| entry.line as usize <= lines));
}

fn cmdline(data: &[u8]) {
    let words = within(data, cmdline::parse(data));
    assert!(cmdline::values(&words, "root").count() <= words.len());
    let _ = cmdline::asks_for_fips(&words);
}

fn globs() -> Vec<Vec<u8>> {
    seeds::texts(&["*.conf\0a.conf", "[!a-c]?*\0xyz", "a*b*c*d\0aXbXcXd", "\\*\0*"])
}

/// A pattern, a NUL, and a name: a name that is its own pattern without special characters fits.
fn pattern(data: &[u8]) {
    // One star can begin anywhere, and so on: names are as long as a file system lets them be.
    let data = &data[..data.len().min(512)];
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len() / 2);
    let (pattern, name) = data.split_at(at);
    let name = name.strip_prefix(&[0]).unwrap_or(name);
    let _ = glob::matches(pattern, name);
    if !name.iter().any(|byte| b"*?[\\".contains(byte)) {
        assert!(glob::matches(name, name), "a plain name does not fit itself");
        assert!(glob::matches(b"*", name) || name.starts_with(b"."), "a star does not fit");
    }
}
