//! Volumes by their names, each opened once, and which of them is the root.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::file_system::{Mounted, open};
use super::tree::{Branch, Content, Tree};
use super::volume::image;
use crate::disk::Source;
use crate::disk::format::content::Kind;
use crate::host::Probed;
use crate::host::fstab::{self, FstabEntry};
use crate::host::locate::{Located, Volume, volume, volumes};
use crate::host::node::Node;
use crate::host::root::{Files, Root};

/// Most volumes that are looked into for the root.
const MOST: usize = 64;

/// The volumes of a node, opened as they are asked for.
pub(super) struct Volumes<'n> {
    sources: &'n Arc<[Source]>,
    node: &'n Node,
    opened: HashMap<String, Result<Arc<Mounted>, String>>,
}

/// A file system with an /etc/fstab that names it for `/`.
pub(super) struct RootOf {
    pub(super) device: String,
    pub(super) entries: Vec<FstabEntry>,
    pub(super) mounted: Arc<Mounted>,
    /// Whether the name leads to it. One that only the kernel or udev of the node can tell, such as `/dev/sda2`, may
    /// be its own.
    is_sure: bool,
}

/// A volume that could not be looked into, and why.
pub(super) type Other = (String, String);

impl<'n> Volumes<'n> {
    pub(super) fn new(sources: &'n Arc<[Source]>, node: &'n Node) -> Self {
        Self { sources, node, opened: HashMap::new() }
    }

    /// The volume that a line of /etc/fstab names, and its files.
    pub(super) fn named(&mut self, source: &str) -> Result<(String, Arc<Mounted>), String> {
        match volume(self.node, source) {
            Located::One(found) => Ok((found.device(), self.open(found)?)),
            Located::Several(_) => Err(format!("{source} is ambiguous")),
            Located::Nothing => Err(format!("{source} is on none of the disks")),
            Located::NotAVolume => Err(format!("{source} is no volume of a disk")),
            Located::Unknown(why) => Err(format!("{source} cannot be found: {why}")),
        }
    }

    fn open(&mut self, found: Volume<'_>) -> Result<Arc<Mounted>, String> {
        let device = found.device();
        if let Some(known) = self.opened.get(&device) {
            return known.clone();
        }
        let kind = found.content().map(|content| content.kind);
        let kind = kind.ok_or_else(|| format!("{} could not be looked into", found.unopened()));
        let opened = kind.and_then(|kind| open(kind, image(self.sources, self.node, found)?));
        let opened = opened.map(Arc::new).map_err(|why| format!("{device}: {why}"));
        self.opened.insert(device, opened.clone());
        opened
    }

    /// The only volume whose own /etc/fstab names it for `/`; where there is none, the only one whose /etc/fstab may
    /// name it. With the volumes that may be another root, because they could not be looked into.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub(super) fn root(&mut self) -> Result<(RootOf, Vec<Other>), String> {
        let (mut found, mut closed) = (Vec::new(), Vec::new());
        let candidates: Vec<Volume<'n>> = volumes(self.node).filter(may_be_root).collect();
        let unopened = volumes(self.node).find(|volume| volume.content().is_none());
        for (at, candidate) in candidates.into_iter().enumerate() {
            let looked = match at {
                _ if at >= MOST => Err(format!("more than {MOST} volumes could be the root")),
                _ => self.own_table(candidate),
            };
            match looked {
                Ok(root) => found.extend(root),
                Err(why) => closed.push((candidate.device(), why)),
            }
        }
        if found.iter().any(|root: &RootOf| root.is_sure) {
            found.retain(|root| root.is_sure);
        }
        let unopened = unopened.map(|volume| format!("{} could not be looked into", volume.unopened()));
        match (found.pop(), found.is_empty(), closed.first()) {
            (Some(only), true, None) if !only.is_sure && unopened.is_some() => {
                Err(format!("{} may have the root file system; {}", only.device, unopened.unwrap_or_default()))
            }
            (Some(only), true, Some((_, why))) if !only.is_sure => {
                Err(format!("{} may have the root file system; {why}", only.device))
            }
            (Some(only), true, _) => Ok((only, closed)),
            (Some(last), false, _) => {
                let mut names: Vec<&str> = found.iter().chain([&last]).map(|root| root.device.as_str()).collect();
                names.sort_unstable();
                Err(format!("several file systems have an /etc/fstab that names them for /: {}", names.join(", ")))
            }
            (None, _, Some((_, why))) => Err(format!("no root file system was found; {why}")),
            (None, _, None) if unopened.is_some() => {
                Err(format!("no root file system was found; {}", unopened.unwrap_or_default()))
            }
            (None, _, None) => Err("no file system on the disks has an /etc/fstab that names it for /".to_owned()),
        }
    }

    /// A volume whose own /etc/fstab names it for `/`, or may do so.
    fn own_table(&mut self, candidate: Volume<'n>) -> Result<Option<RootOf>, String> {
        let mounted = self.open(candidate)?;
        let alone = Branch { point: PathBuf::new(), content: Content::Opened(Arc::clone(&mounted)) };
        let files: Arc<dyn Files> = Arc::new(Tree::new(vec![alone]));
        let entries = match fstab::gather(&Root::of_disks(files)) {
            Probed::Known(entries) => entries,
            Probed::Absent => return Ok(None),
            Probed::Unreadable(why) => return Err(format!("{}: {why}", candidate.device())),
        };
        let lead = entries.iter().filter(|entry| entry.point == "/").map(|entry| volume(self.node, &entry.source));
        let lead: Vec<Located<'_>> = lead.take(MOST).collect();
        let is_sure = lead.iter().any(|found| matches!(found, Located::One(found) if *found == candidate));
        let may_be = lead.iter().any(|found| matches!(found, Located::Unknown(_)));
        Ok((is_sure || may_be).then(|| RootOf { device: candidate.device(), entries, mounted, is_sure }))
    }
}

fn may_be_root(volume: &Volume<'_>) -> bool {
    matches!(volume.content().map(|content| content.kind), Some(Kind::Ext2 | Kind::Ext3 | Kind::Ext4 | Kind::Xfs))
}
