//! okv-host reads the disks of an Oracle Key Vault node and judges whether the node may be upgraded.
//!
//! This page is the design: what the layers are, how data flows, and what holds everywhere.
//!
//! # Layers
//!
//! A module imports only modules of lower layers, or of its own; `tests/layers.rs` reads the sources and checks it.
//!
//! | layer | modules | what |
//! | --- | --- | --- |
//! | 0 | [`units`], [`dates`], [`versions`], [`bytes`], [`ids`] | sizes, days, versions as types; bounds-checked fields; identifiers |
//! | 0 | [`digest`] | SHA-256 sums of long files |
//! | 0 | [`chars`] | characters that must not reach a terminal |
//! | 0 | [`parallel`] | work on all processors, results in order |
//! | 1 | [`profile`] | thresholds of a release, and where to look on a node, as data |
//! | 1 | [`sys`] | the door to the kernel: one safe function a system call, the only unsafe code |
//! | 2 | [`image`] | read-only bytes with a size; there is no method that writes |
//! | 2 | [`tool`] | other programs: a closed list at absolute paths, commands as data, a runner for the host and one for tests |
//! | 2 | [`journal`] | an append-only record that survives a crash; knows nothing of what it records |
//! | 3 | [`format`](mod@format) | bytes to structs, pure: tables, superblocks, LVM2; one file a format |
//! | 4 | [`disk`] | a disk as a whole: table, partitions, volume groups, contents |
//! | 4 | [`engine`] | steps of a run, what the journal records of them, the one reader of it, and how a run ends: data |
//! | 5 | [`facts`] | what is true now, of this host, a fixture host, or powered-off disks; gathers, never judges |
//! | 6 | [`rules`] | judges: facts and profile to findings, pure, one file a rule |
//! | 6 | [`plan`] | decides: facts and a request to steps that are data, or to a refusal; pure |
//! | 7 | [`apply`] | the only module that changes the host: do, prove and undo of each step, side by side |
//! | 7 | [`cluster`] | a cluster, from saved reports on its nodes and what it says of itself; pure |
//! | 7 | [`runbook`] | the steps of the procedure as data, and how each stands: facts, findings and confirmations to steps; pure |
//! | 8 | [`report`] | findings, plans, runs and disks for people and machines |
//! | 8 | [`cli`] | what can be asked: arguments and help, no behaviour |
//! | 9 | [`commands`] | wiring, short |
//!
//! # How data flows
//!
//! ```text
//! scan    open -> image -> disk (format) -> report
//! check   disks and /proc, /sys, /etc -> facts -> rules (profile) -> findings -> report
//! runbook facts, findings and what was confirmed -> runbook -> report
//! cluster saved reports of check, cluster information -> cluster -> report; asks no host
//! change  facts -> plan, or refusal -> report; this is the dry run
//!         --apply: lock, plan again and compare -> each step: journal, do, prove, journal -> plan once more, nothing is left
//! upgrade gates: rules and runbook -> the service manager runs the vendor's program -> its log, followed -> facts, for every command
//! ```
//!
//! The same code judges a running node, a directory that stands for one, and images of a powered-off one:
//!
//! ```
//! use okv_host::disk::{Source, scan};
//! use crate::subjects::of_disks;
//! use okv_host::io::image::Memory;
//! use okv_host::profile::Profile;
//! use crate::subjects::rule::{Outcome, judge, outcome};
//!
//! let blank = Source::new("blank.img", Ok(Box::new(Memory::new(vec![0; 1 << 20]))));
//! let disks = scan(std::slice::from_ref(&blank));
//! assert_eq!(disks[0].content.kind.word(), "blank");
//!
//! let findings = judge(&of_disks(&[blank]), &Profile::named("21.8").unwrap());
//! assert_eq!(outcome(&findings), Outcome::Blocked, "a blank disk is no node");
//! ```
//!
//! # What holds everywhere
//!
//! * **Reading cannot write.** [`crate::io::image::Image`] has no method that writes, and files are opened read-only.
//! * **A dry run is not calling [`apply`].** What it prints is what `--apply` does: the same steps, as data.
//! * **Running again is the resume.** A plan is made from what is true now towards an absolute target, so a run after a crash goes on from
//!   there. The journal keeps what was begun and done, for `status` and for `undo`.
//! * **A step that fails takes back those before it.** Where that fails too, both causes are told, and the journal's path.
//! * **Could not look is never good.** A source that cannot be read is [`crate::subjects::Probed::Unreadable`], becomes a finding
//!   `unknown`, and keeps the verdict from `ready`. What surely is not there is told apart, as `Absent`.
//! * **No panic on what the world sends.** Parsers take bytes only through [`bytes`], arithmetic is checked, memory is bounded
//!   by caps in the formats and never by what a disk claims. Overflow checks stay on in release builds.
//! * **Unsafe code** is denied outside [`sys`]. There, each block wraps one system call and says why it is sound.
//! * **Few reads.** A disk costs two reads (its ends: both GPT copies lie there) and one for each partition or logical volume. More
//!   are made only where nothing was found, where a signature leaves room for an array's superblock behind it, or where a
//!   structure says that it lies elsewhere. See [`disk`].
//! * **Crates have one home each**; `Cargo.toml` says which. Tables are read by our own codec: the crates `gpt` and `mbrman` panic on
//!   legal tables or lose copies. They make the table of a blank disk, on a copy in memory ([`disk::new_table`]), and are oracles in the
//!   tests.
//!
//! # Exit status
//!
//! | status | meaning |
//! | --- | --- |
//! | 0 | done, or ready |
//! | 1 | blocked: a finding blocks, and says what would lift it |
//! | 2 | wrong usage |
//! | 3 | could not tell, or failed with everything as it was |
//! | 4 | left half-way; the journal says where |
//! | 5 | another run holds the lock |

// Outside tests nothing may panic on what the world sends. Kept here and not in Cargo.toml, where the lints would hold for tests too.
// `missing_docs` is off: a comment that repeats a name is worse than none.
#![warn(unreachable_pub)]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable)
)]

pub mod base;
pub mod cli;
pub mod cluster;
pub mod commands;
pub mod disk;
pub mod engine;
pub mod host;
pub mod io;
pub mod procedure;
pub mod profile;
pub mod report;
pub mod subjects;

#[cfg(test)]
#[path = "../tests/support/tables.rs"]
mod built_tables;

#[cfg(test)]
#[path = "../tests/support/loopdev.rs"]
#[allow(dead_code)] // the unit tests use a part
mod loopdev;

#[cfg(test)]
#[path = "../tests/support/overlay.rs"]
mod overlay;

#[cfg(test)]
#[path = "../tests/support/tls_server.rs"]
mod tls_server;

#[cfg(test)]
#[path = "../tests/support/tools.rs"]
#[allow(dead_code)] // the unit tests use a part
mod tools;
