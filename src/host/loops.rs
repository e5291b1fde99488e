//! Loop devices: `/sys/block/loopN/loop/backing_file` (kernel `drivers/block/loop.c`).

use super::device_number::DeviceNumber;
use super::mounts::device_number;
use super::probed::Probed;
use super::root::Root;

/// A loop device with a file behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    pub device: DeviceNumber,
    /// Path of the file, as the kernel shows it: ` (deleted)` at its end where it is no more.
    pub file: String,
}

/// Reads them.
pub fn gather(root: &Root) -> Probed<Vec<Loop>> {
    let places = match root.at("/sys/block").and_then(|block| block.places(|name| name.starts_with("loop"))) {
        Ok(Some(places)) => places,
        Ok(None) => return Probed::Absent,
        Err(why) => return Probed::Unreadable(why),
    };
    let mut loops = Vec::new();
    for place in places {
        let file = match place.below("loop/backing_file").map(|file| file.read()) {
            Ok(Probed::Known(file)) => file,
            // One without a file behind it.
            Ok(Probed::Absent) => continue,
            Ok(Probed::Unreadable(why)) | Err(why) => return Probed::Unreadable(why),
        };
        let device = match place.attribute("dev") {
            Probed::Known(text) => device_number(text.trim_ascii()),
            Probed::Absent => None,
            Probed::Unreadable(why) => return Probed::Unreadable(why),
        };
        let Some(device) = device else {
            return Probed::Unreadable(format!("{}: no device number", place.host_path()));
        };
        let file = file.strip_suffix(b"\n").unwrap_or(&file);
        loops.push(Loop { device, file: String::from_utf8_lossy(file).into_owned() });
    }
    Probed::Known(loops)
}
