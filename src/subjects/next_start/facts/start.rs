//! What the next start reads on this host: the menu of the boot loader, and the files of the entries that it may start.

use std::collections::BTreeMap;

use super::efi::{self, EFI, Efi};
use super::images::{Images, Verified};
use super::initramfs::Contents;
use super::kernel_image::KernelImage;
use crate::host::kernel_release::is_release;
use crate::host::{Firmware, Mount, Node, Place, Probed, Root, Setup, mounts};
use crate::subjects::boot::{BootPlace, Entry, Loader, boot_loader, boot_place, look_unmounted, unmounted, waits};

/// What was seen of the next start.
#[derive(Debug, Clone, PartialEq)]
pub enum NextStart {
    Seen(Box<Start>),
    /// A saved host without what the boot loader reads: /boot was not mounted, by this line of /etc/fstab.
    NotSaved {
        line: u32,
    },
}

impl NextStart {
    /// What the boot loader will do, where its configuration was seen.
    pub fn loader(&self) -> Option<&Loader> {
        match self {
            Self::Seen(start) => start.loader.known(),
            Self::NotSaved { .. } => None,
        }
    }
}

/// What the next start reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// `Absent` where there is no configuration of GRUB.
    pub loader: Probed<Loader>,
    /// The kernels of the entries that may start, by their path on the host.
    pub kernels: Verified<KernelImage>,
    /// Likewise their initramfs files.
    pub images: Verified<Contents>,
    /// The sums by which FIPS mode verifies these kernels, by the path of the kernel: whether the file is there.
    pub sums: BTreeMap<String, Probed<()>>,
    /// The folders of modules of these kernels, by release: `Absent` where it has no list of modules.
    pub modules: BTreeMap<String, Probed<()>>,
    /// The initramfs files beside that of the default entry, with their sizes, of the same family of kernels.
    pub sizes: Vec<(String, u64)>,
    /// What the firmware starts; `None` where the host boots by BIOS.
    pub efi: Option<Efi>,
}

/// Looks at all of it; where /boot is not mounted on a live host, by a read-only mount that nobody else sees. `busy` is
/// why no such mount is made: as long as there is one, the kernel lets nobody mount the same device to be written to.
pub fn gather(root: &Root, node: &Node, images: &Images, busy: Option<String>) -> Probed<NextStart> {
    let is_unmounted = |setup: &Setup| root.has_answers() && !unmounted(setup).is_empty();
    if let (Some(why), Some(true)) = (busy, node.setup.as_ref().map(is_unmounted)) {
        return Probed::Unreadable(format!("/boot is not mounted, and was not looked into: {why}"));
    }
    let seen = look(root, node, |root, setup, at| start(root, setup, at, images));
    seen.map(|start| start.map_or_else(|line| NextStart::NotSaved { line }, |start| NextStart::Seen(Box::new(start))))
}

/// The menu of the boot loader alone, likewise.
pub fn menu(root: &Root, node: &Node) -> Probed<Loader> {
    look(root, node, loader).and_then(|seen| {
        seen.unwrap_or_else(|line| Probed::Unreadable(format!("/boot is not mounted (/etc/fstab line {line})")))
    })
}

/// Where what starts is looked for.
#[derive(Clone, Copy)]
struct At<'m> {
    mounts: &'m Probed<Vec<Mount>>,
    place: BootPlace,
    /// Whether it is mounted for this look alone: what lies below the mount points has the same names, and is not what
    /// starts.
    is_private: bool,
}

/// What `look` sees; the line of /etc/fstab where a saved host has no /boot.
fn look<T: Send>(
    root: &Root,
    node: &Node,
    look: impl FnOnce(&Root, &Setup, At<'_>) -> T + Send,
) -> Probed<Result<T, u32>> {
    let Some(setup) = &node.setup else { return Probed::Absent };
    let place = match boot_place(&setup.mounts, &setup.fstab) {
        Ok(BootPlace::NotMounted { line }) if !root.has_answers() => return Probed::Known(Err(line)),
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    if !root.has_answers() || unmounted(setup).is_empty() {
        return Probed::Known(Ok(look(root, setup, At { mounts: &setup.mounts, place, is_private: false })));
    }
    let private = |mounts: &Probed<Vec<Mount>>| look(&root.apart(), setup, At { mounts, place, is_private: true });
    look_unmounted(root, node, setup, private).map(Ok).into()
}

fn is_uefi(setup: &Setup) -> bool {
    matches!(setup.firmware, Probed::Known(Firmware::Uefi { .. }))
}

fn loader(root: &Root, setup: &Setup, at: At<'_>) -> Probed<Loader> {
    match at.mounts.known().filter(|_| is_uefi(setup)) {
        Some(mounts) if waits(mounts, EFI) => Probed::Unreadable(format!("{EFI} is not mounted")),
        Some(mounts) if mounts::mounted_at(mounts, EFI).is_some() && !has_configuration(root) => Probed::Absent,
        _ => boot_loader(root, &setup.firmware, at.place.prefix()),
    }
}

fn start(root: &Root, setup: &Setup, at: At<'_>, images: &Images) -> Start {
    let (loader, own) = (loader(root, setup, at), Images::default());
    let images = if at.is_private { &own } else { images };
    let mut start = Start {
        kernels: BTreeMap::new(),
        images: BTreeMap::new(),
        sums: BTreeMap::new(),
        modules: BTreeMap::new(),
        sizes: Vec::new(),
        efi: is_uefi(setup).then(|| efi::gather(root, at.mounts)),
        loader: Probed::Absent,
    };
    if let Probed::Known(loader) = &loader {
        let entries: Vec<&Entry> = loader.may_start().collect();
        entries.iter().for_each(|entry| start.look(root, loader, entry, images));
        start.sizes = entries.first().map(|entry| siblings(root, loader, entry)).unwrap_or_default();
    }
    start.loader = loader;
    start
}

impl Start {
    fn look(&mut self, root: &Root, loader: &Loader, entry: &Entry, images: &Images) {
        let place = |path: &String| loader.place_of(entry, path).ok().filter(|_| path.starts_with('/'));
        if let Some(path) = place(&entry.linux) {
            let release = images.kernel(root, &path);
            let named = entry.release.clone().into_iter();
            let own = release.known().and_then(|verdict| verdict.whole()).and_then(|image| image.release.clone());
            for release in named.chain(own).filter(|release| is_release(release)) {
                let list = format!("/lib/modules/{release}/modules.dep");
                self.modules.entry(release).or_insert_with(|| is_there(root, &list));
            }
            if let Some((folder, name)) = path.rsplit_once('/') {
                self.sums.insert(path.clone(), is_there(root, &format!("{folder}/.{name}.hmac")));
            }
            self.kernels.insert(path, release);
        }
        for path in entry.initrd.iter().filter_map(place) {
            let found = images.initramfs(root, &path);
            self.images.insert(path, found);
        }
    }
}

fn is_there(root: &Root, path: &str) -> Probed<()> {
    match root.at(path) {
        Ok(place) => place.metadata().and_then(|meta| match meta.len() {
            0 => Probed::Absent,
            _ => Probed::Known(()),
        }),
        Err(why) => Probed::Unreadable(why),
    }
}

/// The initramfs files of the same family in the folder of the entry's.
fn siblings(root: &Root, loader: &Loader, entry: &Entry) -> Vec<(String, u64)> {
    let Some(path) = entry.initrd.last().and_then(|path| loader.place_of(entry, path).ok()) else { return Vec::new() };
    let Some((folder, name)) = path.rsplit_once('/') else { return Vec::new() };
    let is_uek = name.contains("uek");
    let is_sibling = |other: &str| {
        let release = other.strip_prefix("initramfs-").and_then(|rest| rest.strip_suffix(".img"));
        release.is_some_and(|release| !release.ends_with("kdump") && !release.starts_with("0-rescue"))
            && other.contains("uek") == is_uek
    };
    let places = root.at(folder).and_then(|folder| folder.places(is_sibling)).ok().flatten().unwrap_or_default();
    let size = |place: &Place<'_>| {
        let meta = place.metadata();
        Some((place.name()?.to_owned(), meta.known().filter(|meta| meta.is_file())?.len()))
    };
    places.iter().filter_map(size).collect()
}

/// Whether a folder of the EFI System Partition has a configuration; also where that cannot be looked at.
fn has_configuration(root: &Root) -> bool {
    let vendors = root.at(format!("{EFI}/EFI")).and_then(|folder| folder.places(|_| true));
    let has = |vendor: &Place<'_>| {
        vendor.below("grub.cfg").map_or(true, |config| !matches!(config.metadata(), Probed::Absent))
    };
    vendors.map_or(true, |vendors| vendors.unwrap_or_default().iter().any(has))
}
