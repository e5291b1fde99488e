//! A volume group as its metadata text describes it.

use std::borrow::Cow;

use crate::base::ids::Id;

/// Longest name of a group or logical volume (`NAME_LEN` less its NUL).
pub(super) const LONGEST_NAME: usize = 127;
/// Longest name of a device that is kept, in bytes.
pub(super) const LONGEST_HINT: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeGroup {
    pub name: String,
    pub uuid: Id,
    /// Counts the changes of the metadata: the highest is in force.
    pub seqno: u64,
    /// Words of `status` and `flags`, lower-case: `resizeable`, `read`, `write`, `exported`, ...
    pub flags: Vec<Cow<'static, str>>,
    pub extent_bytes: u64,
    /// The host that owns it, where one does: LVM2 of another one leaves it alone (lvmsystemid(7)).
    pub system_id: Option<String>,
    /// For volumes that inherit it.
    pub allocation: Allocation,
    pub physical_volumes: Vec<PhysicalVolume>,
    /// Its logical volumes, hidden ones too, in order.
    pub logical_volumes: Vec<LogicalVolume>,
}

/// From where LVM2 takes the extents of a volume that grows (lvm(8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Allocation {
    /// Right behind its last extent, and nowhere else.
    Contiguous,
    /// On the physical volumes that it lies on.
    Cling,
    #[default]
    Normal,
    Anywhere,
}

impl Allocation {
    pub(super) fn from_word(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"contiguous" => Self::Contiguous,
            b"cling" | b"cling_by_tags" => Self::Cling,
            b"normal" => Self::Normal,
            b"anywhere" => Self::Anywhere,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhysicalVolume {
    /// Its identifier, by which it is found.
    pub uuid: Id,
    /// Name of the device when the metadata was written; names change.
    pub device_hint: Option<String>,
    /// Extents of it may be given to logical volumes.
    pub allocatable: bool,
    /// The group was changed while it was missing, so that what it holds cannot be trusted.
    pub missing: bool,
    /// Size of its device in bytes, where the text says it.
    pub device_bytes: Option<u64>,
    /// Offset of its first extent in bytes.
    pub first_extent_bytes: u64,
    pub extents: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogicalVolume {
    pub name: String,
    pub uuid: Id,
    /// Whether it has a device of its own that users see; parts of other volumes have not.
    pub visible: bool,
    /// A snapshot is merged into it, at its next activation or already (lvconvert(8), `--mergesnapshot`): until that
    /// has ended, its extents alone are not what it holds.
    pub merging: bool,
    /// `None` where it inherits that of the group.
    pub allocation: Option<Allocation>,
    /// Its segments, by first extent.
    pub segments: Vec<Segment>,
}

impl LogicalVolume {
    /// Its extents: those of its segments.
    pub fn extents(&self) -> u64 {
        self.segments.iter().map(|s| u64::from(s.extents)).fold(0, u64::saturating_add)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub kind: SegmentKind,
    pub start_extent: u32,
    pub extents: u32,
    /// Bytes of one stripe; 0 where nothing is striped.
    pub stripe_bytes: u64,
    /// What it takes from physical volumes, and from logical ones that stand in for those.
    pub areas: Vec<Area>,
    /// The logical volumes that it is made of, where it is made of any.
    pub parts: Option<Box<Parts>>,
}

/// Names of the logical volumes that a segment is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Those of its areas that are on no physical volume, in order.
    pub areas: Vec<String>,
    /// Of a raid: for each image the volume of its metadata and that of its data.
    pub raid: Vec<String>,
    /// Of a cache: the volume that is cached.
    pub origin: Option<String>,
    /// Of a cache: the pool or volume that caches.
    pub cache: Option<String>,
    /// Of a cache or its pool: when what is written reaches the origin.
    pub cache_mode: Option<String>,
}

impl Segment {
    /// Extents that each of its areas has.
    pub fn area_extents(&self) -> u32 {
        match (&self.kind, u32::try_from(self.areas.len())) {
            (SegmentKind::Striped, Ok(areas)) => self.extents.checked_div(areas).unwrap_or(0),
            _ => self.extents,
        }
    }

    /// Its type as `lvs` shows it: a segment of one stripe is `linear`.
    pub fn type_name(&self) -> Cow<'static, str> {
        match &self.kind {
            SegmentKind::Striped if self.areas.len() == 1 => "linear".into(),
            SegmentKind::Striped => "striped".into(),
            SegmentKind::Other(name) => name.clone().into(),
        }
    }
}

/// How the areas of a segment make up its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentKind {
    /// In turns, a stripe of each; or one after another where there is only one.
    Striped,
    /// In a way that is not followed here: `raid1`, `mirror`, `thin-pool`, ...
    Other(String),
}

/// A run of extents that a segment uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub of: AreaOf,
    pub start_extent: u32,
}

impl Area {
    /// The physical volume that it is on, by its place in the group.
    pub fn physical(&self) -> Option<usize> {
        match self.of {
            AreaOf::Physical(on) => usize::try_from(on).ok(),
            AreaOf::Logical => None,
        }
    }
}

/// What an area is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaOf {
    /// The physical volume of this place in [`VolumeGroup::physical_volumes`].
    Physical(u32),
    /// Another logical volume, as while `pvmove` runs.
    Logical,
}
