//! `kernel-prune` on whole nodes: packages of the real families' shape in a real database, removed by the real dnf, and
//! real boots.
//!
//! What is real: rpm, dnf, /boot as a partition of its own, GRUB with its menu and its grubenv, BIOS and UEFI firmware,
//! and which file GRUB loads. What stands for something: each `vmlinuz-RELEASE` is the guest's own kernel with that
//! release in its setup header, so the running release that is shown is taken from the name of the file that GRUB says
//! it loaded; `kernel-entry` does what grubby, kernel-install and dracut do; the database is
//! SQLite's, where Oracle Linux 7 and 8 have Berkeley DB; Debian's GRUB knows no `blscfg`, so entries in files of their
//! own, which are all that kernel-install of systemd writes, are tested by fixtures and by `tests/kernel_install.rs`;
//! and a script stands for yum of Oracle Linux 7.

mod cuts;
mod failures;
mod families;
pub(crate) mod node;
mod procedure;
mod reads;
mod refusals;
