//! What the kernel has of the swap volume, against LVM2's metadata.

use std::cmp::Ordering;

use crate::base::units::Bytes;
use crate::engine::Refusal;
use crate::host::block::VolumeDevice;
use crate::subjects::swap::plan::group::System;
use crate::subjects::swap::plan::{Request, refuse};

/// How the kernel has the swap volume.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    AsLvm,
    /// With fewer bytes: LVM2 was cut off before it had the kernel load the new size.
    Smaller,
    /// Suspended: LVM2 was cut off before it resumed the volume.
    Suspended,
}

pub(super) fn kernel(device: &VolumeDevice, request: &Request, system: &System<'_>) -> Result<Kernel, Refusal> {
    let name = request.name();
    let refresh = format!("lvchange --refresh {name}");
    match device.bytes.cmp(&system.volume.bytes) {
        // What a run that was cut off knew is enough to go on: it cannot be read before it is resumed.
        _ if device.is_suspended => match request.remembered.as_ref().and_then(|known| known.header.as_ref()) {
            Some(_) => Ok(Kernel::Suspended),
            None => {
                let message = format!("{name} is suspended: whatever reads it waits until it is resumed");
                Err(refuse("volume-suspended", message, refresh))
            }
        },
        Ordering::Less => Ok(Kernel::Smaller),
        Ordering::Equal => Ok(Kernel::AsLvm),
        Ordering::Greater => {
            let (theirs, ours) = (Bytes(device.bytes), Bytes(system.volume.bytes));
            let message = format!("the kernel has {theirs} of {name}, and LVM2 {ours}");
            Err(refuse("lvm-sees-otherwise", message, format!("take it out of use, then {refresh}")))
        }
    }
}
