//! What the kernel has of the swap volume, against LVM2's metadata.

use crate::base::units::Bytes;
use crate::engine::Refusal;
use crate::host::block::VolumeDevice;
use crate::subjects::swap::plan::group::System;
use crate::subjects::swap::plan::{Request, refuse};

/// How the kernel has the swap volume.
#[derive(Clone, Copy)]
pub(crate) struct Kernel {
    /// LVM2 was cut off before it resumed the volume.
    pub(super) is_suspended: bool,
    /// It has fewer bytes, or may have them once it is resumed: LVM2 was cut off before the kernel had the new size.
    pub(super) may_be_smaller: bool,
}

pub(super) fn kernel(device: &VolumeDevice, request: &Request, system: &System<'_>) -> Result<Kernel, Refusal> {
    let name = request.name();
    let refresh = format!("lvchange --refresh {name}");
    // What a run that was cut off knew is enough to go on: it cannot be read before it is resumed.
    let header = request.remembered.as_ref().and_then(|known| known.header.as_ref());
    if device.is_suspended && header.is_none() {
        let message = format!("{name} is suspended: whatever reads it waits until it is resumed");
        return Err(refuse("volume-suspended", message, refresh));
    }
    if device.bytes > system.volume.bytes {
        let (theirs, ours) = (Bytes(device.bytes), Bytes(system.volume.bytes));
        let message = format!("the kernel has {theirs} of {name}, and LVM2 {ours}");
        return Err(refuse("lvm-sees-otherwise", message, format!("take it out of use, then {refresh}")));
    }
    let may_be_smaller = device.is_suspended || device.bytes < system.volume.bytes;
    Ok(Kernel { is_suspended: device.is_suspended, may_be_smaller })
}
