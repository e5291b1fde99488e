//! The next start: what the boot loader's configuration, the kernel command line and /etc/fstab lead to.

pub mod command_line;
pub mod rules;
