//! The bytes of a volume that a name led to.

use std::sync::Arc;

use crate::base::units::ByteRange;
use crate::disk::{LogicalVolume, OpenedDisk, PhysicalVolume, Segment, Source, Stripe, VolumeGroup};
use crate::host::locate::Volume;
use crate::host::node::Node;
use crate::io::image::{Image, Mapped, MappedSegment, MappedStripe, MappedStripes};

type Shared = Arc<dyn Image>;

/// The volume as an image, over the disks that were opened for `node`.
///
/// # Errors
/// Where a part of it is on no disk, or what it is made of is not followed.
pub(super) fn image(sources: &Arc<[Source]>, node: &Node, volume: Volume<'_>) -> Result<Shared, String> {
    match volume {
        Volume::WholeDisk(disk) => opened(sources, &disk.path),
        Volume::Partition { disk, partition } => {
            let range = ByteRange::new(partition.start_bytes, partition.bytes);
            let piece = piece(opened(sources, &disk.path)?, range.ok_or_else(|| format!("{volume} has no end"))?);
            joined(vec![piece], &volume)
        }
        Volume::Logical { group, volume: logical } => {
            let segments = logical.segments.iter().map(|segment| of_segment(sources, node, (group, logical), segment));
            joined(segments.collect::<Result<_, _>>()?, &volume)
        }
        Volume::Array { .. } => Err(format!("{volume}: files on an md array are not read")),
    }
}

fn opened(sources: &Arc<[Source]>, path: &str) -> Result<Shared, String> {
    let disk = OpenedDisk::named(sources, path).ok_or_else(|| format!("{path} could not be opened"))?;
    Ok(Arc::new(disk))
}

fn piece(image: Shared, range: ByteRange) -> MappedSegment<Shared> {
    let stripe = MappedStripe { image, at: range.start() };
    MappedSegment { bytes: range.len(), stripe_bytes: 0, stripes: MappedStripes::One(stripe) }
}

fn joined(segments: Vec<MappedSegment<Shared>>, volume: &Volume<'_>) -> Result<Shared, String> {
    match Mapped::new(segments) {
        Some(mapped) => Ok(Arc::new(mapped)),
        None => Err(format!("{volume} has impossible segments")),
    }
}

fn of_segment(
    sources: &Arc<[Source]>,
    node: &Node,
    (group, volume): (&VolumeGroup, &LogicalVolume),
    segment: &Segment,
) -> Result<MappedSegment<Shared>, String> {
    let name = || format!("{}/{}", group.name, volume.name);
    if !matches!(&*segment.kind, "linear" | "striped") || segment.stripes.is_empty() {
        return Err(format!("{} is of type {}, whose files are not read", name(), segment.kind));
    }
    let bytes = segment.extents.checked_mul(group.extent_bytes);
    let stripes = segment.stripes.iter().map(|stripe| of_stripe(sources, node, group, stripe));
    let stripes = stripes.collect::<Result<Vec<_>, _>>().map_err(|why| format!("{}: {why}", name()))?;
    Ok(MappedSegment {
        bytes: bytes.ok_or_else(|| format!("{} has no end", name()))?,
        stripe_bytes: segment.stripe_bytes,
        stripes: MappedStripes::Many(stripes),
    })
}

fn of_stripe(
    sources: &Arc<[Source]>,
    node: &Node,
    group: &VolumeGroup,
    stripe: &Stripe,
) -> Result<MappedStripe<Shared>, String> {
    let is_it = |pv: &&PhysicalVolume| pv.uuid == stripe.pv;
    let pv = group.physical_volumes.iter().find(is_it).ok_or("a physical volume is not in its group")?;
    let path = pv.path.as_deref().ok_or_else(|| format!("physical volume {} is on no disk", pv.uuid))?;
    let start = match pv.partition {
        None => 0,
        Some(number) => {
            let disk = node.disks.iter().find(|disk| disk.path == path);
            let partition = disk.and_then(|disk| disk.partitions.iter().find(|partition| partition.number == number));
            partition.ok_or_else(|| format!("{path} has no partition {number}"))?.start_bytes
        }
    };
    let within = stripe.start_extent.checked_mul(group.extent_bytes);
    let at = within.and_then(|within| within.checked_add(pv.first_extent_bytes)?.checked_add(start));
    Ok(MappedStripe { image: opened(sources, path)?, at: at.ok_or("an extent lies beyond every disk")? })
}
