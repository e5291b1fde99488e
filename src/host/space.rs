//! Room for the ISO: `statvfs(3)`.

use super::probed::Probed;
use super::root::Root;
use crate::base::cause::cause;
use crate::io::sys::filesystem::available_bytes;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that can be written without the reserve of root: `f_bavail * f_frsize`.
    pub available: u64,
}

/// Asks for it. A fixture host has nobody to ask.
pub fn gather(root: &Root, folder: &str) -> Probed<Space> {
    let place = match root.at(folder) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    place.kind().and_then(|_| match available_bytes(&place.real_path()) {
        _ if !root.is_live() => Probed::Unreadable(format!("{folder}: a saved host cannot be asked by statvfs")),
        Ok(available) => Probed::Known(Space { available }),
        Err(e) => Probed::Unreadable(format!("{folder}: {}", cause(&e))),
    })
}
