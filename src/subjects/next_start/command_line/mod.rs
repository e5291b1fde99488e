//! What the words of a kernel command line lead to. Pure.
//!
//! The kernel, dracut and systemd each read the line by their own rules (`words`); a name is resolved on the disks that
//! were read (`device`). Sources: kernel `lib/cmdline.c` and `init/do_mounts.c`, dracut.cmdline(7) with the scripts
//! of dracut 033 and 049, systemd `proc-cmdline.c` and `fstab-util.c`.
//!
//! dracut waits for each volume of `rd.lvm.lv=` and `rd.luks.uuid=` before it mounts the root. One that never appears
//! ends the start in the emergency shell, whatever is on it. It gives up waiting for `resume=` and goes on.

mod device;
mod encrypted;
mod fips;
mod lvm;
mod mode;
mod reference;
mod resume;
mod root;
#[cfg(test)]
mod tests;
mod words;

pub use reference::{Effect, Need, Outcome, Reference};

use crate::host::Node;
use words::Line;

/// Everything on the line that the start needs or that changes where it ends, in the order of the start.
pub fn resolve(words: &[String], node: &Node) -> Vec<Reference> {
    let line = Line::of(words);
    let mut found = mode::resolve(&line);
    let (root, volume) = root::resolve(&line, node);
    found.extend(root);
    found.extend(lvm::resolve(&line, node, volume.as_ref()));
    found.extend(encrypted::resolve(&line, node));
    found.extend(resume::resolve(&line, node));
    found.extend(fips::resolve(&line, node));
    found
}
