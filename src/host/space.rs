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
    place.kind().and_then(|_| {
        if !root.has_answers() {
            return Probed::Unreadable(format!("{folder}: a saved host cannot be asked by statvfs"));
        }
        let available = place.answer("statvfs", || available_bytes(&place.real_path()).map_err(|e| cause(&e)));
        match available.and_then(|available| available) {
            Ok(available) => Probed::Known(Space { available }),
            Err(why) => Probed::Unreadable(format!("{folder}: {why}")),
        }
    })
}
