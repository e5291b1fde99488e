//! LVM2: the label of a physical volume, its metadata areas, and the metadata text in them.
//!
//! Written from `lvm2/lib/format_text/layout.h`, `lib/label/label.h` and `lib/format_text/import_vsn1.c`.

use super::content::{Content, Found, Kind};
use super::windows::Windows;

mod fields;
mod import;
pub mod label;
pub mod layout;
pub mod metadata_area;
mod names;
mod segment;
mod text;
mod usual;
pub mod volume_group;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use fields::{LABEL_BYTES, checksum};
pub use label::Label;
pub use volume_group::VolumeGroup;

/// Row of the signature table: the label alone, sound or damaged. The metadata needs more reads, see
/// [`disk::physical_volume`](crate::disk::physical_volume).
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let longest = windows.volume_bytes().min(LABEL_BYTES as u64);
    let head = windows.get(0, usize::try_from(longest).ok()?)?;
    label::find(head).map(|label| found(&label))
}

/// What a label says of its volume.
pub fn found(label: &Result<Label, super::Malformed>) -> Found {
    let content = Content::new(Kind::Lvm2Pv);
    match label {
        Ok(label) => Found::at_start(content.uuid(label.uuid).bytes(label.device_bytes)),
        Err(bad) => Found::at_start(content).with_problem(bad.clone()),
    }
}
