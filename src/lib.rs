//! okv-host reads the disks of an Oracle Key Vault node and judges whether the node may be upgraded.
//!
//! This page is the design: what each folder is for, how data flows, and what holds everywhere.
//!
//! # Folders
//!
//! A layered substrate lies below, the subjects of the upgrade lie in the middle, and what shows and asks lies above. A
//! folder imports only folders above it in this table.
//!
//! | folder | what |
//! | --- | --- |
//! | [`base`] | pure values: bytes, units, identifiers, versions, days, sums |
//! | [`profile`] | the thresholds of a release, and where to look on a node, as data |
//! | [`io`] | the doors to the outside: `sys` (all unsafe code of `src`), `image` (cannot write), `tool`, `journal` |
//! | [`disk`] | bytes to what a disk contains: formats, tables, volume groups, files; and the table of a blank disk |
//! | [`host`] | how a host is read, live, from a folder, a capture or disks: one source a file, never judged |
//! | [`engine`] | how a host is changed: steps, proofs and endings as data; only [`engine::apply`] changes a host |
//! | [`subjects`] | a folder each: boot, next_start, kernels, disks, swap, ssh_keys, media, upgrade, and others |
//! | [`procedure`] | the numbered items of the procedure as data, and the state of each on a node; pure |
//! | [`cluster`] | a cluster, from saved reports on its nodes; pure, beside `procedure` |
//! | [`compare`] | two saved reports of one node, read as `cluster` reads them; pure |
//! | [`report`] | findings, plans, runs and disks for people and machines |
//! | [`cli`] | what can be asked: arguments and help; beside `report` |
//! | [`commands`] | wiring, short |
//!
//! **One question, one folder.** Where is swap? It is read in `subjects/swap/facts.rs` (and, as any host has it, in
//! `host/swaps.rs`), judged in `subjects/swap/rules/`, planned in `subjects/swap/plan/`, changed by the steps of that
//! plan in `engine/apply/`, and tested beside each.
//!
//! Inside a subject: `facts` gathers; what lies beside it is judgement that rules and plans share; `rules/` has one
//! rule a file, with its record and its tests; `plan` decides; `steps` does and verifies what only this subject knows.
//! A subject reads another one only through what that exports in its `mod.rs`.
//!
//! `tests/layers` reads the imports and verifies all of this, the home of each outside crate, that rules and plans are
//! pure, that no file imports one that imports it, and the length of files.
//!
//! # Why it is like this
//!
//! * **`profile` is a folder of its own**, not a part of `base`: it has the words of the vendor's procedure, and
//!   changes with its releases.
//! * **The engine lies below the subjects and knows their steps as data.** A journal is one closed format, so
//!   [`engine::Action`] and [`engine::Proof`] list everything that can be done to a host. What only a subject can do or
//!   verify, such as following the vendor's upgrade, the engine asks of it through [`engine::apply::SubjectSteps`].
//! * **A rule is one record** ([`subjects::rule::Rule`]) at the top of its file. Lists, documents, waivers and the
//!   procedure are made from the table of these records ([`subjects::table`]).
//! * **`host::Node` is the node without its subjects**: disks, and what the kernel says. A command gathers it and the
//!   facts of its own subject; only `check`, `runbook`, `stage` and `upgrade` gather all of [`subjects::Facts`].
//! * **`boot` has the boot loader's menu**, which `kernels` reads: a menu says which kernel starts, whatever packages
//!   there are.
//! * **A file may use what the file above it in the tree defines**; that is what a folder's `mod.rs` is for. Other
//!   circles are refused.
//!
//! # How data flows
//!
//! ```text
//! scan    open -> image -> disk (format) -> report
//! check   node and facts of all subjects -> rules (profile) -> findings -> report
//! --image disks -> volumes -> file systems (disk) -> one tree of files (host) -> the same facts, rules, report
//! runbook facts, findings and confirmations -> procedure -> report
//! cluster saved reports of check, cluster information -> cluster -> report; reads no host
//! compare two saved reports of check -> compare -> report; reads no host
//! change  node and facts of the command's subject -> plan, or refusal -> report; this is the dry run
//!         --apply: lock, plan again and compare -> each step: journal, do, prove, journal -> plan once more, none left
//! upgrade gates: rules and procedure -> the service manager runs the vendor's program -> its log, followed -> facts
//! ```
//!
//! The same code judges a running node, a directory that stands for one, and images of a powered-off one:
//!
//! ```
//! use okv_host::disk::{Source, scan};
//! use okv_host::subjects::of_disks;
//! use okv_host::io::image::Memory;
//! use okv_host::profile::Profile;
//! use okv_host::subjects::rule::{Outcome, outcome};
//! use okv_host::subjects::table::judge;
//!
//! let blank = Source::new("blank.img", Ok(Box::new(Memory::new(vec![0; 1 << 20]))));
//! let disks = scan(std::slice::from_ref(&blank));
//! assert_eq!(disks[0].content.kind.word(), "blank");
//!
//! let findings = judge(&of_disks(vec![blank]), &Profile::named("21.8").unwrap());
//! assert_eq!(outcome(&findings), Outcome::Unknown, "a node may have other disks than this one");
//! ```
//!
//! # What holds everywhere
//!
//! * **Reading cannot write.** [`io::image::Image`] has no method that writes, and files are opened read-only.
//! * **A dry run does not call [`engine::apply`].** What it prints is what `--apply` does: the same steps, as data.
//! * **Running again is the resume.** A plan is made from what is true now towards an absolute target, so a run after a
//!   crash goes on from there. The journal keeps what was begun and done, for `status` and for `undo`.
//! * **A step that fails takes back those before it.** Where that fails too, both causes are reported, and the
//!   journal's path.
//! * **Could not look is never good.** A source that cannot be read is [`host::Probed::Unreadable`], becomes a finding
//!   `unknown`, and keeps the verdict from `ready`. What surely is not there is `Absent`.
//! * **No panic on what the world sends.** Parsers take bytes only through [`base::bytes`], arithmetic is checked,
//!   memory is bounded by caps in the formats and never by what a disk claims. Overflow checks stay on in release
//!   builds.
//! * **Unsafe code** is denied outside [`io::sys`]. There, each block wraps one system call and says why it is sound.
//! * **Few reads.** A disk costs two reads (its ends: both GPT copies lie there) and one for each partition or logical
//!   volume. More are made only where nothing was found, where a signature leaves room for an array's superblock behind
//!   it, or where a structure says that it lies elsewhere. See [`disk`].
//! * **Crates have one home each**; `Cargo.toml` says which. Tables are read by our own codec: the crates `gpt` and
//!   `mbrman` panic on legal tables or lose copies. They make the table of a blank disk, on a copy in memory
//!   ([`disk::new_table`]), and are oracles in the tests.
//!
//! # Exit status
//!
//! | status | meaning |
//! | --- | --- |
//! | 0 | done, or ready |
//! | 1 | blocked: a finding blocks, and says how to fix it |
//! | 2 | wrong usage |
//! | 3 | could not determine, or failed and everything was restored |
//! | 4 | stopped half-way: the journal is named |
//! | 5 | another run holds the lock |
//! | 6 | a file of `--output` could not be written; the screen has the answer |
//!
//! With `check --format nagios` it is that of a plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

// Outside tests nothing may panic on what the world sends. Kept here and not in Cargo.toml, where the lints would hold
// for tests too. `missing_docs` is off: a comment that repeats a name is worse than none.
#![warn(unreachable_pub)]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable)
)]

pub mod base;
pub mod cli;
pub mod cluster;
pub mod commands;
pub mod compare;
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

/// Every reader of what the world sends, by name, for `tests/fuzz` and the test of damaged inputs.
#[cfg(any(test, fuzzing))]
#[path = "../tests/readers/mod.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a panic is a finding
pub mod readers;

#[cfg(test)]
#[path = "../tests/support/tls_server.rs"]
mod tls_server;

#[cfg(test)]
#[path = "../tests/support/tools.rs"]
#[allow(dead_code)] // the unit tests use a part
mod tools;
