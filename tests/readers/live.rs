//! What only a running node, or one that was upgraded, has.

use super::scratch::with;
use super::{Reader, seeds};
use crate::host::kernel_release::is_release;
use crate::host::{Probed, processes};
use crate::subjects::preflight::facts::{interfaces, session};
use crate::subjects::upgrade::facts::upgrade_run;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "interfaces",
        sources: &["subjects/preflight/facts/interfaces"],
        seeds: || seeds::texts(&["1\n\x001000\n\0x", "0\n\0-1\n\0x"]),
        read: |data| {
            let paths = ["/sys/class/net/eth0/carrier", "/sys/class/net/eth0/speed", "/sys/class/net/eth0/device/x"];
            with(data, &paths, |root| {
                let found = interfaces::gather(root).known().cloned().unwrap_or_default();
                assert!(found.len() == 1 && found.iter().all(|one| one.name == "eth0" && one.mbit != Some(0)));
            });
        },
    },
    Reader {
        name: "session",
        sources: &["subjects/preflight/facts/session"],
        seeds: || {
            seeds::texts(&[
                "9 (okv-host) S 7 9\n\x007 (bash) S 1 7\n",
                "9 (okv-host) S 7 9\n\x007 (tmux: server) S 1 7\n",
            ])
        },
        read: |data| {
            with(data, &["/proc/self/stat", "/proc/7/stat"], |root| {
                let _ = session::gather(root);
                let known = processes::gather(root);
                assert!(known.known().is_none_or(|known| known.len() <= 1), "{known:?}");
            });
        },
    },
    Reader {
        name: "upgrade-run",
        sources: &["subjects/upgrade/facts/upgrade_run"],
        seeds: || {
            seeds::texts(&[
                "okv-host: the upgrade began at=2026-11-27T22:00:00Z messages=17 iso=/a b.iso\nReboot now\n\
                 okv-host: the upgrade ended boot=b status=0 lost=output\n\0b\n",
                "x\nokv-host: the upgrade ended boot=b status=1\n\0b\n",
            ])
        },
        read: |data| {
            with(data, &["/var/lib/okv-host/upgrade-1.log", "/proc/sys/kernel/random/boot_id"], |root| {
                let run = upgrade_run::gather(root, &Probed::Absent);
                assert!(run.known().is_none_or(|run| run.number == 1), "{run:?}");
                let _ = upgrade_run::ended(&String::from_utf8_lossy(data), Some("b"));
            });
        },
    },
    Reader {
        name: "kernel-release",
        sources: &["subjects/kernels/facts/mod"],
        seeds: || seeds::texts(&["5.4.17-2136.330.7.1.el8uek.x86_64\n"]),
        read: |data| {
            let name = str::from_utf8(data.trim_ascii()).ok().filter(|name| is_release(name));
            assert!(name.is_none_or(|name| !name.contains(['/', '\0', '\n', ' '])), "{name:?}");
        },
    },
];
