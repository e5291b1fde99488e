//! The volume groups on disks, and what must hold of them.

use super::parts::Seal;
use crate::disk::format::content::{Content, Kind};
use crate::disk::physical_volume;
use crate::disk::volume_group::{PvOnDisk, assemble};
use crate::io::image::Recording;

/// Assembles whole-disk volumes, reads each logical volume here and there, and checks what was found and read.
///
/// # Panics
/// Where it does not hold.
pub fn check(disks: &[impl Seal]) {
    let recordings: Vec<Recording<'_>> = disks.iter().map(|disk| Recording::new(disk)).collect();
    let readings: Vec<_> = disks
        .iter()
        .map(|disk| disk.get(0, disk.bytes().min(16_384) as usize).and_then(|head| physical_volume::read(disk, &head)))
        .collect();
    let paths: Vec<String> = (0..disks.len()).map(|n| format!("disk{n}")).collect();
    let pvs: Vec<PvOnDisk<'_>> = readings
        .iter()
        .enumerate()
        .filter_map(|(n, reading)| {
            let reading = reading.as_ref()?;
            Some(PvOnDisk { path: &paths[n], partition: None, image: &recordings[n], reading })
        })
        .collect();
    let groups = assemble(&pvs, &mut |volume| {
        let bytes = volume.bytes();
        for (at, len) in [(0, 8192), (bytes / 3, 70_000), (bytes.saturating_sub(5), 5), (bytes / 2, 1)] {
            let len = len.min(bytes.saturating_sub(at));
            let _ = volume.read_at(&mut vec![0; len as usize], at);
        }
        assert!(volume.read_at(&mut [0], bytes).is_err(), "a byte beyond the volume");
        (Content::new(Kind::Unknown), Vec::new())
    });
    for assembled in &groups {
        let group = &assembled.group;
        assert!(group.free_extents <= group.extents, "{group:?}");
        assert!(assembled.problems.len() < 256);
        for pv in &group.physical_volumes {
            assert!(pv.free_extents <= pv.extents, "{pv:?}");
            assert_eq!(pv.path.is_none(), group.missing_pvs.contains(&pv.uuid), "{group:?}");
        }
    }
    for (path, recording) in paths.iter().zip(&recordings) {
        for read in recording.reads() {
            let within = groups.iter().any(|assembled| {
                let extent = assembled.group.extent_bytes;
                assembled.group.physical_volumes.iter().filter(|pv| pv.path.as_ref() == Some(path)).any(|pv| {
                    let end = pv.extents.saturating_mul(extent).saturating_add(pv.first_extent_bytes);
                    read.start() >= pv.first_extent_bytes && read.end() <= end
                })
            });
            assert!(within, "{read:?} of {path} is outside the extents of every group");
        }
    }
}
