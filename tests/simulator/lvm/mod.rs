//! LVM2, small: its bytes on the disks, how a group is found in them, and its programs.

mod bytes;
mod found;
mod programs;
mod report;

pub use bytes::{PE_START, label, metadata_header};
pub use found::{Found, Volume};

/// Bytes of an extent.
pub const EXTENT: u64 = 32 << 20;

/// A volume group, as one version of its metadata has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub seqno: u64,
    pub volumes: Vec<PhysicalVolume>,
    pub logical: Vec<Logical>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PhysicalVolume {
    pub uuid: String,
    pub extents: u64,
    pub device: String,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Logical {
    pub name: String,
    pub uuid: String,
    pub tag: Option<String>,
    pub segments: Vec<Segment>,
}

/// Extents that follow one another on a physical volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The UUID of the physical volume.
    pub on: String,
    pub first: u64,
    pub extents: u64,
}

impl Logical {
    pub fn extents(&self) -> u64 {
        self.segments.iter().map(|segment| segment.extents).sum()
    }
}

impl Group {
    pub fn extents(&self) -> u64 {
        self.volumes.iter().map(|volume| volume.extents).sum()
    }

    pub fn free(&self) -> u64 {
        self.extents() - self.logical.iter().map(Logical::extents).sum::<u64>()
    }

    pub fn find(&self, name: &str) -> Option<&Logical> {
        self.logical.iter().find(|logical| logical.name == name)
    }

    /// Free runs of a physical volume: first extent, extents.
    fn free_runs(&self, volume: &PhysicalVolume) -> Vec<(u64, u64)> {
        let on = |segment: &&Segment| segment.on == volume.uuid;
        let mut used: Vec<(u64, u64)> = self
            .logical
            .iter()
            .flat_map(|logical| logical.segments.iter().filter(on))
            .map(|segment| (segment.first, segment.extents))
            .collect();
        used.sort_unstable();
        let (mut at, mut runs) = (0, Vec::new());
        for (first, extents) in used.into_iter().chain([(volume.extents, 0)]) {
            if first > at {
                runs.push((at, first - at));
            }
            at = first + extents;
        }
        runs
    }

    /// Segments for so many more extents, or `None` where there is no room.
    pub fn allocate(&self, mut extents: u64) -> Option<Vec<Segment>> {
        let mut segments = Vec::new();
        for volume in &self.volumes {
            for (first, free) in self.free_runs(volume) {
                let taken = free.min(extents);
                if taken > 0 {
                    segments.push(Segment { on: volume.uuid.clone(), first, extents: taken });
                    extents -= taken;
                }
            }
        }
        (extents == 0).then_some(segments)
    }
}
