//! Whether what the boot loader passes to a kernel leads to a root file system. Pure.

use super::facts::Kernels;
use crate::host::Node;
use crate::subjects::boot::Entry;
use crate::subjects::next_start::{Effect, line_links};

impl Kernels {
    /// Why `release` would stop on its way to the root file system: each of its entries names what does not exist.
    /// `None` where one of them leads there.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub fn stops(&self, release: &str, node: &Node) -> Result<Option<String>, String> {
        let loader = self.loader().ok_or("the menu of the boot loader is not seen")?;
        let entries = loader.entries.iter().filter(|entry| entry.release.as_deref() == Some(release));
        // The same entry must load the initramfs of the kernel: see `missing`.
        let initramfs = format!("initramfs-{release}.img");
        let loads = |entry: &&Entry| entry.initrd.iter().any(|file| file.rsplit('/').next() == Some(&initramfs));
        let usable = entries.filter(|entry| entry.lacks.is_empty()).filter(loads);
        let mut found: Vec<Result<Option<String>, String>> = usable.map(|entry| of_entry(entry, node)).collect();
        // One entry that leads there is enough.
        found.sort_by_key(|outcome| match outcome {
            Ok(None) => 0,
            Err(_) => 1,
            Ok(Some(_)) => 2,
        });
        found.into_iter().next().unwrap_or(Ok(None))
    }
}

fn of_entry(entry: &Entry, node: &Node) -> Result<Option<String>, String> {
    let links = line_links(entry, node);
    let with = |effect: Effect| links.iter().find(|link| link.effect == effect).map(|link| link.why.clone());
    match (with(Effect::Stops), with(Effect::Unknown)) {
        (Some(why), _) => Ok(Some(why)),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(None),
    }
}
